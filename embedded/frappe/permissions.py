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
ADMIN_ROLE, ALL_USER_ROLE, GUEST_ROLE, SYSTEM_USER_ROLE = "Administrator", "All", "Guest", "Desk User"
AUTOMATIC_ROLES = (GUEST_ROLE, ALL_USER_ROLE, SYSTEM_USER_ROLE, ADMIN_ROLE)


# roles


def get_roles(user: str | None = None, with_standard: bool = True) -> list[str]:
	"""The roles of a user."""
	user = user or frappe.session.user
	if not user or user == "Guest":
		return [GUEST_ROLE]
	cache = frappe.local.role_permissions
	if user not in cache:
		cache[user] = _read_roles(user)
	roles = cache[user]
	return list(roles) if with_standard else [role for role in roles if role not in AUTOMATIC_ROLES]


def _read_roles(user: str) -> list[str]:
	if user == "Administrator":
		return frappe.db.sql("SELECT `name` FROM `tabRole`", pluck=True)
	query = "SELECT `role` FROM `tabHas Role` WHERE `parenttype` = 'User' AND `parent` = %s"
	roles = [role for role in frappe.db.sql(query, user, pluck=True) if role not in AUTOMATIC_ROLES]
	desk = frappe.db.get_value("User", user, "user_type") == "System User"
	return [*roles, ALL_USER_ROLE, GUEST_ROLE, *([SYSTEM_USER_ROLE] if desk else [])]


def only_for(roles: list[str] | tuple[str] | str, message: bool = False) -> None:
	"""Raise unless the user has one of the roles."""
	if frappe.flags.in_test or frappe.session.user == "Administrator":
		return
	roles = (roles,) if isinstance(roles, str) else roles
	if set(roles).isdisjoint(get_roles()):
		if not message:
			raise frappe.PermissionError
		text = _("This action is only allowed for {}").format(
			", ".join(frappe.bold(_(role)) for role in roles)
		)
		frappe.throw(text, frappe.PermissionError, _("Not Permitted"))


def clear_cache(user: str | None = None) -> None:
	"""Read roles and user permissions afresh."""
	frappe.local.role_permissions.clear()


# the check


def has_permission(
	doctype: str | None = None, ptype: str = "read", doc: Any = None, user: str | None = None, throw: bool = False,
	*, parent_doctype: str | None = None, debug: bool = False, raise_exception: bool = False,
) -> bool:  # fmt: skip
	"""Whether the user has a right on a DocType, or on one document of it; raises when asked to."""
	user = user or frappe.session.user
	doctype = doctype or doc.doctype
	frappe.flags.pop("error_message", None)
	if user == "Administrator" or _is_permitted(doctype, ptype, doc, user, parent_doctype):
		return True
	if throw:
		refuse(doctype, user, doc)
	return False


def _is_permitted(doctype: str, ptype: str, doc: Any, user: str, parent_doctype: str | None) -> bool:
	meta = frappe.get_meta(doctype)
	if isinstance(doc, str | int):
		doc = frappe.get_doc(doctype, doc)
	if meta.istable:
		return _has_child_permission(doctype, ptype, doc, user, parent_doctype)
	allowed = get_role_permissions(meta, user) if doc is None else get_doc_permissions(doc, user, ptype)
	return bool(allowed.get(ptype)) and ptype not in _impossible(meta)


def _impossible(meta: "Meta") -> list[str]:
	"""Rights that mean nothing on this DocType."""
	return ([] if meta.is_submittable else ["submit", "cancel", "amend"]) + (
		[] if meta.allow_import else ["import"]
	)


def refuse(doctype: str, user: str, doc: Any = None) -> None:
	"""Raise, and say to the user what he lacks."""
	who, lines = frappe.bold(user), []
	meta = frappe.get_meta(doctype)
	readable = meta.istable or get_role_permissions(meta, user)["read"]
	if frappe.flags.error_message:
		lines.append(frappe.flags.pop("error_message"))
	elif not readable:
		text = _("User {0} does not have doctype access via role permission for document {1}")
		lines.append(text.format(who, frappe.bold(_(doctype))))
	if doc is not None:
		name = doc if isinstance(doc, str | int) else doc.get("name")
		text = _("User {0} does not have access to this document").format(who)
		lines.append(f"{text}: {_(doctype)} - {name}" if readable else text)
	frappe.msgprint("<br>".join(lines) or _("Not permitted"), title=_("Not Permitted"), indicator="red")
	raise frappe.PermissionError


def _has_child_permission(doctype: str, ptype: str, doc: Any, user: str, parent_doctype: str | None) -> bool:
	"""Rows follow their parent."""
	parent_doctype = (doc is not None and doc.get("parenttype")) or parent_doctype
	if not parent_doctype:
		frappe.msgprint(_("Please specify a valid parent DocType for {0}").format(frappe.bold(doctype)))
		return False
	meta, parent = frappe.get_meta(parent_doctype), None
	tables = [df for df in meta.get_table_fields() if df.options == doctype]
	if doc is not None and doc.get("parent"):
		tables = [df for df in tables if df.fieldname == doc.parentfield]
		parent = doc.get("parent_doc") or frappe.get_doc(parent_doctype, doc.parent)
	levels = {0, *get_permlevel_access(meta, ptype, user)}
	ptype = "write" if ptype in ("create", "delete") else ptype
	return any(df.permlevel in levels for df in tables) and has_permission(
		parent_doctype, ptype, parent, user
	)


def get_role_permissions(
	doctype_meta: "Meta | str", user: str | None = None, is_owner: bool | None = None
) -> dict:
	"""What the user's roles allow on a DocType: right -> 0/1, and under `if_owner` what depends on the owner."""
	meta = frappe.get_meta(doctype_meta) if isinstance(doctype_meta, str) else doctype_meta
	user = user or frappe.session.user
	if user == "Administrator":
		return {**dict.fromkeys(rights, 1), "if_owner": {}}
	roles = set(get_roles(user))
	rows = [p for p in meta.permissions if p.role in roles and not cint(p.permlevel)]
	out: dict[str, Any] = {"if_owner": {}, "has_if_owner_enabled": any(p.if_owner for p in rows)}
	for right in rights:
		granting = [p for p in rows if p.get(right)]
		out[right] = 1 if granting else 0
		if granting and right != "create" and all(p.if_owner for p in granting):
			out["if_owner"][right] = 1 if is_owner else 0
			out[right] = 1 if right in ("select", "read") or is_owner else 0
	return out


def get_doc_permissions(doc: "Document", user: str | None = None, ptype: str | None = None) -> dict:
	"""What the user may do with this document."""
	user = user or frappe.session.user
	meta = doc.meta
	if has_controller_permissions(doc, ptype, user) is False:
		return {ptype: 0}
	is_owner = cstr(doc.get("owner")).lower() == user.lower()
	allowed = get_role_permissions(meta, user, is_owner=is_owner) | dict.fromkeys(_impossible(meta), 0)
	owned = allowed.pop("if_owner")
	if not has_user_permission(doc, user):
		return {**owned, "create": 0} if is_owner else {}
	return allowed | owned


def has_controller_permissions(
	doc: "Document", ptype: str | None, user: str, debug: bool = False
) -> bool | None:
	"""What the apps' `has_permission` hooks say; None when they have no opinion."""
	hooks = frappe.get_hooks("has_permission", {})
	if not hooks:
		return None
	for path in reversed([*hooks.get("*", []), *hooks.get(doc.doctype, [])]):
		verdict = frappe.call(path, doc=doc, ptype=ptype, user=user, debug=debug)
		if verdict is not None:
			return bool(verdict)
	return None


def get_permlevel_access(meta: "Meta", permission_type: str = "write", user: str | None = None) -> list[int]:
	"""The permission levels the user has."""
	user = user or frappe.session.user
	if user == "Administrator":
		return sorted({cint(df.permlevel) for df in meta.fields} | {0})
	roles = get_roles(user)
	return sorted({cint(p.permlevel) for p in meta.permissions if p.role in roles and p.get(permission_type)})


# user permissions


def get_user_permissions(user: str | None = None) -> dict[str, list[dict]]:
	"""DocType -> the documents the user is held to."""
	user = user or frappe.session.user
	if user in ("Administrator", "Guest"):
		return {}
	cache, key = frappe.local.role_permissions, ("held to", user)
	if key not in cache:
		cache[key] = found = {}
		columns = "`allow`, `for_value` AS `doc`, `applicable_for`, `is_default`, `apply_to_all_doctypes`"
		query = f"SELECT {columns} FROM `tabUser Permission` WHERE `user` = %s"
		for row in frappe.db.sql(query, user, as_dict=True):
			if row.pop("apply_to_all_doctypes"):
				row.applicable_for = None
			found.setdefault(row.pop("allow"), []).append(row)
	return cache[key]


def get_allowed_docs_for_doctype(user_permissions: list[dict], doctype: str) -> list[str]:
	"""Those documents that bind when documents of `doctype` are looked at."""
	return [held["doc"] for held in user_permissions if held["applicable_for"] in (None, "", doctype)]


def _bound_fields(meta: "Meta", held: dict, doctype: str) -> Iterator[tuple[Any, list[str]]]:
	"""(Link field, documents it is held to) where a user permission binds documents of `doctype`."""
	for df in meta.get_link_fields():
		allowed = get_allowed_docs_for_doctype(held.get(df.options, []), doctype)
		if allowed and not df.ignore_user_permissions:
			yield df, allowed


def _is_strict() -> int:
	return cint(frappe.db.get_single_value("System Settings", "apply_strict_user_permissions"))


def has_user_permission(doc: "Document", user: str | None = None, debug: bool = False) -> bool:
	"""Whether the document and what it links to lie within the user's permissions."""
	held, doctype = get_user_permissions(user), doc.doctype
	own = get_allowed_docs_for_doctype(held.get(doctype, []), doctype)
	if own and cstr(doc.name) not in own:
		frappe.flags.error_message = _("Not allowed for {0}: {1}").format(_(doctype), doc.name)
		return False
	for one in [doc, *doc.get_all_children()] if held else ():
		for df, allowed in _bound_fields(one.meta, held, doctype):
			value = cstr(one.get(df.fieldname))
			if value not in allowed and (value or _is_strict()):
				text = _(
					"You are not allowed to access this {0} record because it is linked to {1} '{2}' in {3}"
				)
				place = f"{_('Row')} {one.idx}: {_(df.label)}" if one is not doc else _(df.label)
				frappe.flags.error_message = text.format(_(doctype), _(df.options), value, place)
				return False
	return True


def add_user_permission(
	doctype: str, name: str, user: str, ignore_permissions: bool = False, applicable_for: str | None = None,
	is_default: int = 0, hide_descendants: int = 0,
) -> None:  # fmt: skip
	"""Hold a user to a document, unless he is already."""
	values = {"user": user, "allow": doctype, "for_value": name, "applicable_for": applicable_for}
	if not frappe.db.exists("User Permission", {k: v if v else ("is", "not set") for k, v in values.items()}):
		values.update(is_default=is_default, apply_to_all_doctypes=0 if applicable_for else 1)
		frappe.get_doc({"doctype": "User Permission", **values}).insert(ignore_permissions=ignore_permissions)


def remove_user_permission(doctype: str, name: str, user: str) -> None:
	"""Take the hold away."""
	frappe.delete_doc(
		"User Permission",
		frappe.db.get_value("User Permission", {"user": user, "allow": doctype, "for_value": name}),
	)


# lists


def get_list_conditions(
	doctype: str, user: str | None = None, parent_doctype: str | None = None
) -> str | None:
	"""The SQL condition that a list of `doctype` is held to, if any; raises without a right to read."""
	user = user or frappe.session.user
	meta = frappe.get_meta(doctype)
	conditions = [] if user == "Administrator" else _role_conditions(meta, user, parent_doctype)
	hooks = frappe.get_hooks("permission_query_conditions", {})
	for path in [*hooks.get(doctype, []), *hooks.get("*", [])] if hooks else ():
		condition = frappe.call(path, user, doctype=doctype)
		if condition:
			conditions.append(f"({condition})")
	return " and ".join(conditions) or None


def _role_conditions(meta: "Meta", user: str, parent_doctype: str | None) -> list[str]:
	if meta.istable:
		has_permission(meta.name, "read", user=user, throw=True, parent_doctype=parent_doctype)
		return []
	allowed = get_role_permissions(meta, user)
	if not (allowed["read"] or allowed["select"]):
		has_permission(meta.name, "read", user=user, throw=True)
	if "read" in allowed["if_owner"] or (not allowed["read"] and "select" in allowed["if_owner"]):
		return [f"`tab{meta.name}`.`owner` = {frappe.db.escape(user)}"]
	return _user_permission_conditions(meta, f"`tab{meta.name}`", user)


def _user_permission_conditions(meta: "Meta", table: str, user: str) -> list[str]:
	held, conditions = get_user_permissions(user), []
	if own := get_allowed_docs_for_doctype(held.get(meta.name, []), meta.name):
		conditions.append(f"{table}.`name` in ({_listed(own)})")
	for df, allowed in _bound_fields(meta, held, meta.name) if held else ():
		column = f"{table}.`{df.fieldname}`"
		empty = "" if _is_strict() else f"ifnull({column}, '') = '' or "
		conditions.append(f"({empty}{column} in ({_listed(allowed)}))")
	return conditions


def _listed(names: list[str]) -> str:
	return ", ".join(frappe.db.escape(name) for name in names)
