"""Who may do what: roles, owners, user permissions, and the apps' own rules."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import cint, cstr

if TYPE_CHECKING:
	from frappe.model.document import Document
	from frappe.model.meta import Meta

rights = (
	"select", "read", "write", "create", "delete", "submit", "cancel", "amend",
	"print", "email", "report", "import", "export", "share",
)  # fmt: skip
AUTOMATIC_ROLES = ("Guest", "All", "Desk User", "Administrator")


# roles


def get_roles(user: str | None = None) -> list[str]:
	"""The roles of a user."""
	user = user or frappe.session.user
	if not user or user == "Guest":
		return ["Guest"]
	cache = frappe.local.role_permissions
	if user not in cache:
		cache[user] = _read_roles(user)
	return list(cache[user])


def _read_roles(user: str) -> list[str]:
	if user == "Administrator":
		return frappe.db.sql("SELECT `name` FROM `tabRole`", pluck=True)
	query = "SELECT `role` FROM `tabHas Role` WHERE `parenttype` = 'User' AND `parent` = %s"
	roles = [role for role in frappe.db.sql(query, user, pluck=True) if role not in AUTOMATIC_ROLES]
	desk = frappe.db.get_value("User", user, "user_type") == "System User"
	return [*roles, "All", "Guest", *(["Desk User"] if desk else [])]


def only_for(roles: list[str] | tuple[str] | str) -> None:
	"""Raise unless the user has one of the roles."""
	roles = (roles,) if isinstance(roles, str) else roles
	free = frappe.flags.in_test or frappe.session.user == "Administrator"
	if not free and set(roles).isdisjoint(get_roles()):
		raise frappe.PermissionError


# the check


def has_permission(
	doctype: str, ptype: str = "read", doc: Any = None, user: str | None = None, throw: bool = False
) -> bool:
	"""Whether the user has a right on a DocType, or on one document of it; raises when asked to."""
	user, meta = user or frappe.session.user, frappe.get_meta(doctype)
	frappe.flags.pop("error_message", None)
	if user == "Administrator":
		return True
	if isinstance(doc, str | int):
		doc = frappe.get_doc(doctype, doc)
	allowed = get_role_permissions(meta, user) if doc is None else get_doc_permissions(doc, user, ptype)
	if allowed.get(ptype) and ptype not in _impossible(meta):
		return True
	if throw:
		refuse(doctype, user, doc)
	return False


def _impossible(meta: "Meta") -> list[str]:
	"""Rights that mean nothing on this DocType."""
	found = [] if meta.is_submittable else ["submit", "cancel", "amend"]
	return found if meta.allow_import else [*found, "import"]


def refuse(doctype: str, user: str, doc: Any = None) -> None:
	"""Raise, and say to the user what he lacks."""
	who, meta = frappe.bold(user), frappe.get_meta(doctype)
	readable = get_role_permissions(meta, user)["read"]
	lines = [frappe.flags.pop("error_message")] if frappe.flags.error_message else []
	if not (lines or readable):
		text = _("User {0} does not have doctype access via role permission for document {1}")
		lines.append(text.format(who, frappe.bold(_(doctype))))
	if doc is not None:
		name = doc if isinstance(doc, str | int) else doc.get("name")
		text = _("User {0} does not have access to this document").format(who)
		lines.append(f"{text}: {_(doctype)} - {name}" if readable else text)
	frappe.msgprint("<br>".join(lines) or _("Not permitted"), title=_("Not Permitted"), indicator="red")
	raise frappe.PermissionError


def get_role_permissions(meta: "Meta", user: str, is_owner: bool = False) -> dict:
	"""What the user's roles allow on a DocType: right -> 0/1, and under `if_owner` what depends on the owner."""
	if user == "Administrator":
		return {**dict.fromkeys(rights, 1), "if_owner": {}}
	roles = set(get_roles(user))
	rows = [p for p in meta.permissions if p.role in roles and not cint(p.permlevel)]
	out: dict[str, Any] = {"if_owner": {}}
	for right in rights:
		granting = [p for p in rows if p.get(right)]
		out[right] = 1 if granting else 0
		if granting and right != "create" and all(p.if_owner for p in granting):
			out["if_owner"][right] = int(is_owner)
			out[right] = int(is_owner or right in ("select", "read"))
	return out


def get_doc_permissions(doc: "Document", user: str, ptype: str | None = None) -> dict:
	"""What the user may do with this document."""
	if not _hooks_allow(doc, ptype, user):
		return {}
	is_owner = cstr(doc.get("owner")).lower() == user.lower()
	allowed = get_role_permissions(doc.meta, user, is_owner) | dict.fromkeys(_impossible(doc.meta), 0)
	owned = allowed.pop("if_owner")
	if not has_user_permission(doc, user):
		return {**owned, "create": 0} if is_owner else {}
	return allowed | owned


def _hooks_allow(doc: "Document", ptype: str | None, user: str) -> bool:
	"""What the first of the apps' `has_permission` hooks says that has an opinion."""
	for path in reversed(frappe.get_hooks("has_permission", {}).get(doc.doctype, [])):
		verdict = frappe.call(path, doc=doc, ptype=ptype, user=user)
		if verdict is not None:
			return bool(verdict)
	return True


def get_permlevel_access(meta: "Meta", permission_type: str = "write", user: str | None = None) -> list[int]:
	"""The permission levels the user has."""
	user = user or frappe.session.user
	if user == "Administrator":
		return sorted({cint(df.permlevel) for df in meta.fields} | {0})
	roles = get_roles(user)
	return sorted(
		{cint(row.permlevel) for row in meta.permissions if row.role in roles and row.get(permission_type)}
	)


# user permissions


def get_user_permissions(user: str | None = None) -> dict[str, list[dict]]:
	"""DocType -> the documents the user is held to."""
	user = user or frappe.session.user
	if user in ("Administrator", "Guest"):
		return {}
	cache, key = frappe.local.role_permissions, ("held to", user)
	if key not in cache:
		cache[key] = found = {}
		columns = "`allow`, `for_value` AS `doc`, `applicable_for`, `apply_to_all_doctypes`"
		query = f"SELECT {columns} FROM `tabUser Permission` WHERE `user` = %s"
		for row in frappe.db.sql(query, user, as_dict=True):
			if row.pop("apply_to_all_doctypes"):
				row.applicable_for = None
			found.setdefault(row.pop("allow"), []).append(row)
	return cache[key]


def _allowed(held: dict, of: str, doctype: str) -> list[str]:
	"""The documents of `of` that bind when documents of `doctype` are looked at."""
	return [one["doc"] for one in held.get(of, []) if one["applicable_for"] in (None, "", doctype)]


def _bound_fields(meta: "Meta", held: dict, doctype: str) -> Iterator[tuple[Any, list[str]]]:
	"""(Link field, documents it is held to) where a user permission binds documents of `doctype`."""
	for df in meta.plan.links if held else ():
		allowed = _allowed(held, df.options, doctype)
		if allowed and not df.ignore_user_permissions:
			yield df, allowed


def has_user_permission(doc: "Document", user: str) -> bool:
	"""Whether the document and what it links to lie within the user's permissions."""
	held, doctype = get_user_permissions(user), doc.doctype
	own = _allowed(held, doctype, doctype)
	if own and cstr(doc.name) not in own:
		frappe.flags.error_message = _("Not allowed for {0}: {1}").format(_(doctype), doc.name)
		return False
	for one in [doc, *doc.get_all_children()] if held else ():
		for df, allowed in _bound_fields(one.meta, held, doctype):
			value = cstr(one.get(df.fieldname))
			if value and value not in allowed:
				text = _(
					"You are not allowed to access this {0} record because it is linked to {1} '{2}' in {3}"
				)
				place = f"{_('Row')} {one.idx}: {_(df.label)}" if one is not doc else _(df.label)
				frappe.flags.error_message = text.format(_(doctype), _(df.options), value, place)
				return False
	return True


# lists


def get_list_conditions(doctype: str, user: str) -> str | None:
	"""The SQL condition that a list of `doctype` is held to, if any; a right to read is there."""
	meta = frappe.get_meta(doctype)
	conditions = [] if user == "Administrator" else _role_conditions(meta, user)
	for path in frappe.get_hooks("permission_query_conditions", {}).get(doctype, []):
		condition = frappe.call(path, user, doctype=doctype)
		if condition:
			conditions.append(f"({condition})")
	return " and ".join(conditions) or None


def _role_conditions(meta: "Meta", user: str) -> list[str]:
	allowed, table = get_role_permissions(meta, user), f"`tab{meta.name}`"
	if "read" in allowed["if_owner"] or (not allowed["read"] and "select" in allowed["if_owner"]):
		return [f"{table}.`owner` = {frappe.db.escape(user)}"]
	held, conditions = get_user_permissions(user), []
	if own := _allowed(held, meta.name, meta.name):
		conditions.append(f"{table}.`name` in ({_listed(own)})")
	for df, allowed in _bound_fields(meta, held, meta.name):
		column = f"{table}.`{df.fieldname}`"
		conditions.append(f"(ifnull({column}, '') = '' or {column} in ({_listed(allowed)}))")
	return conditions


def _listed(names: list[str]) -> str:
	return ", ".join(frappe.db.escape(name) for name in names)
