"""Documents: loading, saving and their life cycle."""

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.model import checks
from frappe.model.base_document import BaseDocument, get_controller, insert_rows, load_rows, set_parent
from frappe.model.docstatus import DocStatus
from frappe.model.fieldplan import plan_of
from frappe.model.naming import set_new_name, validate_name
from frappe.model.workflow import set_workflow_state_on_submit, validate_workflow
from frappe.utils import cstr, now

__all__ = ["BaseDocument", "Document", "copy_doc", "get_cached_doc", "get_doc", "new_doc"]
STEPS = {(0, 0): "save", (0, 1): "submit", (1, 1): "update_after_submit", (1, 2): "cancel"}
BEFORE = {
	"save": ("before_validate", "validate", "before_save"),
	"submit": ("before_validate", "validate", "before_submit"),
	"update_after_submit": ("before_update_after_submit",),
	"cancel": ("before_cancel",),
}
AFTER = {
	"save": ("on_update",),
	"submit": ("on_update", "on_submit"),
	"update_after_submit": ("on_update_after_submit",),
	"cancel": ("on_cancel",),
}
STATES = ("Draft", "Submitted", "Cancelled")


def get_doc(*args: Any, **kwargs: Any) -> "Document":
	"""`(doctype, name)`, `(doctype)` of a Single, `(doctype, filters)`, `({values})` or `(doctype=…, …)`."""
	if args and isinstance(args[0], BaseDocument):
		return args[0]
	if args and isinstance(args[0], str):
		return get_controller(args[0])(*args, **kwargs)
	values = {**args[0], **kwargs} if args else kwargs
	if "doctype" not in values:
		raise ValueError('"doctype" is a required key')
	return get_controller(values["doctype"])(values)


def new_doc(
	doctype: str,
	*,
	parent_doc: Any = None,
	parentfield: str | None = None,
	as_dict: bool = False,
	**values: Any,
) -> Any:
	"""A new document with its default values."""
	doc = get_controller(doctype)({"doctype": doctype, "__islocal": 1, "owner": frappe.session.user})
	checks.set_defaults(doc)
	if parent_doc is not None:
		values.update(parent=parent_doc.name, parenttype=parent_doc.doctype, parentfield=parentfield)
	doc.update(values)
	return doc.as_dict() if as_dict else doc


def copy_doc(doc: Any, ignore_no_copy: bool = True) -> "Document":
	"""A new document with another's values; without those marked *no copy* if `ignore_no_copy` is false."""
	return get_doc({**_without_identity(get_doc(doc).as_dict(), ignore_no_copy), "__islocal": 1})


def _without_identity(values: dict[str, Any], ignore_no_copy: bool) -> dict[str, Any]:
	meta = frappe.get_meta(values["doctype"])
	drop = {"name", "owner", "creation", "modified", "modified_by", "amended_from", "parent"}
	if not ignore_no_copy:
		drop.update(df.fieldname for df in meta.fields if df.no_copy)
	out = {key: value for key, value in values.items() if key not in drop and not key.startswith("__")}
	for table in plan_of(meta).tables:
		if table in out:
			out[table] = [_without_identity(row, ignore_no_copy) for row in out[table]]
	return out


def get_cached_doc(doctype: str, name: str | None = None) -> "Document":
	"""A document read once a request; never change it."""
	cache, key = frappe.local.document_cache, (doctype, name or doctype)
	if key not in cache:
		cache[key] = get_doc(*key)
	return cache[key]


class Document(BaseDocument):
	"""A document with its life cycle; controllers extend it."""

	def __init__(self, *args: Any, **kwargs: Any):
		if not (args and isinstance(args[0], str)):
			super().__init__(args[0] if args else kwargs)
			return
		doctype, name = args[0], args[1] if len(args) > 1 else args[0]
		self.__dict__["doctype"] = doctype
		self.flags.for_update = kwargs.get("for_update", False)
		if isinstance(name, dict):
			found = frappe.db.get_value(doctype, name, "name", for_update=self.flags.for_update)
			if found is None:
				frappe.throw(_("{0} {1} not found").format(_(doctype), name), frappe.DoesNotExistError)
			name = found
		self.__dict__["name"] = name
		self.load_from_db()

	# reading

	def load_from_db(self) -> "Document":
		"""Read the document and its rows again."""
		data, plan, locked = self.__dict__, plan_of(self.meta), bool(self.flags.for_update)
		if self.meta.issingle:
			values = checks.single_values(self)
		else:
			values = frappe.db.get_value(self.doctype, self.name, "*", as_dict=True, for_update=locked)
			if not values:
				frappe.throw(
					_("{0} {1} not found").format(_(self.doctype), self.name), frappe.DoesNotExistError
				)
		for column in plan.columns:
			data[column] = values.get(column)
		data["docstatus"] = data["docstatus"] or 0
		data.pop("__islocal", None)
		for field, doctype in plan.tables.items():
			data[field] = load_rows(self, field, doctype, locked)
		return self

	def reload(self) -> "Document":
		"""Read the document again."""
		return self.load_from_db()

	def load_doc_before_save(self, *, raise_exception: bool = False) -> None:
		"""Keep the stored state beside the new one."""
		self.__dict__["_doc_before_save"] = None
		if not self.is_new():
			try:
				locked = not self.meta.issingle
				self.__dict__["_doc_before_save"] = get_doc(self.doctype, self.name, for_update=locked)
			except frappe.DoesNotExistError:
				if raise_exception:
					raise
				frappe.clear_last_message()

	def get_doc_before_save(self) -> "Document | None":
		"""The state before this save; None for a new document."""
		return self.__dict__.get("_doc_before_save")

	def has_value_changed(self, fieldname: str) -> bool:
		"""Whether this save changes the field; always true for a new document."""
		previous, plan = self.get_doc_before_save(), plan_of(self.meta)
		if not previous:
			return True
		before, after = previous.get(fieldname), self.get(fieldname)
		convert = plan.converters.get(fieldname) or plan.moments.get(fieldname)
		if convert and before is not None and after is not None:
			before, after = convert(before), convert(after)
		return before != after

	def get_title(self) -> str:
		"""What people call this document."""
		return self.get(self.meta.get_title_field()) or ""

	def get_url(self) -> str:
		"""The form's path on the desk."""
		return f"/app/{frappe.scrub(self.doctype).replace('_', '-')}/{self.name}"

	# permission

	def has_permission(self, permtype: str = "read", *, debug: bool = False, user: str | None = None) -> bool:
		"""Whether the user may do this."""
		from frappe.permissions import has_permission

		return bool(self.flags.ignore_permissions) or has_permission(self.doctype, permtype, self, user)

	def check_permission(self, permtype: str = "read", permlevel: int | None = None) -> None:
		"""Raise unless the user may do this."""
		from frappe.permissions import refuse

		if not self.has_permission(permtype):
			refuse(self.doctype, frappe.session.user, self)

	def get_permlevel_access(self, permission_type: str = "write") -> list[int]:
		"""Permission levels the user has for this DocType."""
		from frappe.permissions import get_permlevel_access

		return get_permlevel_access(self.meta, permission_type)

	def apply_fieldlevel_read_permissions(self) -> None:
		"""Empty the fields of permission levels that the user may not read."""
		visible = self.get_permlevel_access("read")
		for row in (self, *self.get_all_children()):
			for df in row.meta.get_high_permlevel_fields():
				if df.permlevel not in visible:
					row.set(df.fieldname, None)

	# writing

	def insert(
		self, ignore_permissions: bool | None = None, ignore_links: bool | None = None,
		ignore_if_duplicate: bool = False, ignore_mandatory: bool | None = None, set_name: str | None = None,
		set_child_names: bool = True,
	) -> "Document":  # fmt: skip
		"""Create the document, with all checks and hooks."""
		self._set_flags(
			ignore_permissions=ignore_permissions,
			ignore_links=ignore_links,
			ignore_mandatory=ignore_mandatory,
		)
		self.__dict__.update(__islocal=1, _doc_before_save=None)
		checks.set_defaults(self)
		self._stamp()
		self._set_docstatus()
		self._set_action(DocStatus(0))
		checks.check_links(self)
		self.check_permission("create")
		self.run_method("before_insert")
		self._set_name(set_name, set_child_names)
		self._set_parents()
		checks.reset_forbidden_fields(self)
		self.flags.in_insert = True
		self._before_write()
		checks.check_values(self)
		self._set_docstatus()
		checks.save_passwords(self)
		if self.meta.issingle:
			self.update_single(self.get_valid_dict())
		else:
			insert_rows([self], ignore_if_duplicate)
			for field in plan_of(self.meta).tables:
				insert_rows(self.get(field))
		self.__dict__.pop("__islocal", None)
		self.run_method("after_insert")
		self._after_write()
		self.flags.in_insert = False
		return self

	def save(self, ignore_permissions: bool | None = None, ignore_version: bool | None = None) -> "Document":
		"""Write the document, with all checks and hooks; a new one is inserted."""
		ignore_version = frappe.flags.in_test if ignore_version is None else ignore_version
		self._set_flags(ignore_permissions=ignore_permissions, ignore_version=bool(ignore_version))
		if self.is_new() or not self.name:
			return self.insert()
		self.check_permission("write")
		self._stamp()
		self._set_docstatus()
		self.check_if_latest()
		checks.set_defaults(self)
		self._set_parents()
		self._name_rows(anew=False)
		checks.reset_forbidden_fields(self)
		checks.check_links(self)
		self._before_write()
		if self._action != "cancel":
			checks.check_values(self)
		if self._action == "update_after_submit":
			checks.check_update_after_submit(self)
		self._set_docstatus()
		checks.save_passwords(self)
		if self.meta.issingle:
			self.update_single(self.get_valid_dict())
		else:
			self.db_update()
		self.update_children()
		self._after_write()
		return self

	def submit(self) -> "Document":
		"""Draft → submitted."""
		self.docstatus = 1
		return self.save()

	def cancel(self) -> "Document":
		"""Submitted → cancelled."""
		self.docstatus = 2
		return self.save()

	def delete(
		self, ignore_permissions: bool = False, force: bool = False, *, delete_permanently: bool = False
	) -> None:
		"""Delete the document, with all checks and hooks."""
		frappe.delete_doc(
			self.doctype, self.name, force=force, flags=self.flags, ignore_permissions=ignore_permissions
		)

	def db_set(
		self, fieldname: str | dict[str, Any], value: Any = None, update_modified: bool = True,
		notify: bool = False, commit: bool = False,
	) -> None:  # fmt: skip
		"""Write fields at once, without checks."""
		values = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
		if update_modified:
			values.update(modified=now(), modified_by=frappe.session.user)
		self.update(values)
		self.run_method("before_change")
		if self.meta.issingle:
			frappe.db.set_single_value(self.doctype, values, update_modified=False)
		elif self.name:
			frappe.db.set_value(self.doctype, self.name, values, update_modified=False)
		self.run_method("on_change")
		if commit:
			frappe.db.commit()

	def update_single(self, values: dict[str, Any]) -> None:
		"""Write the values of a Single."""
		frappe.db.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s", self.doctype)
		rows = [(self.doctype, field, cstr(value)) for field, value in values.items() if value is not None]
		marks = ", ".join(["(%s, %s, %s)"] * len(rows))
		flat = tuple(part for row in rows for part in row)
		frappe.db.sql(f"INSERT INTO `tabSingles` (`doctype`, `field`, `value`) VALUES {marks}", flat)

	def update_children(self) -> None:
		"""Write the rows of all tables: new ones, changed ones, and delete those that are gone."""
		before = self.get_doc_before_save()
		for field, doctype in plan_of(self.meta).tables.items():
			rows, stored = self.get(field) or [], {row.name for row in (before and before.get(field)) or ()}
			insert_rows([row for row in rows if row.name not in stored])
			if kept := {row.name: row.row_values() for row in rows if row.name in stored}:
				frappe.db.bulk_update(doctype, kept, update_modified=False)
			if gone := stored - kept.keys():
				frappe.db.delete(doctype, {"name": ("in", list(gone))})

	# the steps of a save

	def _set_flags(self, **flags: bool | None) -> None:
		self.flags.update({flag: value for flag, value in flags.items() if value is not None})

	def _stamp(self) -> None:
		data, moment, user = self.__dict__, now(), frappe.session.user
		data["_original_modified"] = data.get("modified")
		data["modified"], data["modified_by"] = moment, user
		if self.is_new():
			data["creation"], data["owner"] = moment, user
		for row in self.get_all_children():
			values = row.__dict__
			values.update(modified=moment, modified_by=user, owner=values.get("owner") or user)
			values["creation"] = values.get("creation") or moment

	def _set_docstatus(self) -> None:
		self.docstatus = self.docstatus
		for row in self.get_all_children():
			row.__dict__["docstatus"] = self.__dict__["docstatus"]

	def check_if_latest(self) -> None:
		"""Nobody else has saved since this document was read."""
		self.load_doc_before_save(raise_exception=True)
		previous, seen = self.get_doc_before_save(), self._original_modified
		if previous.modified and cstr(previous.modified) != cstr(seen):
			text = _("Error: Document has been modified after you have opened it")
			frappe.throw(
				f"{text} ({previous.modified}, {seen}). {_('Please refresh to get the latest document.')}",
				frappe.TimestampMismatchError,
			)
		self._set_action(previous.docstatus)

	def _set_action(self, before: DocStatus) -> None:
		after = self.docstatus
		if after not in (0, 1, 2):
			raise frappe.ValidationError(_("Invalid docstatus"), after)
		if before.is_cancelled():
			raise frappe.ValidationError(_("Cannot edit cancelled document"))
		self._action = STEPS.get((before, after))
		if not self._action:
			text = _("Cannot change docstatus from {0} ({1}) to {2} ({3})")
			text = text.format(int(before), _(STATES[before]), int(after), _(STATES[after]))
			raise frappe.DocstatusTransitionError(text)
		if self._action != "save":
			self.check_permission("cancel" if self._action == "cancel" else "submit")

	def _set_name(self, set_name: str | None, set_child_names: bool) -> None:
		if self.flags.name_set:
			return
		if set_name:
			self.name = validate_name(self.doctype, set_name)
		else:
			set_new_name(self)
		if set_child_names:
			self._name_rows(anew=True)
		self.flags.name_set = True

	def _name_rows(self, anew: bool) -> None:
		for row in self.get_all_children():
			if anew or not row.name:
				set_new_name(row)

	def _set_parents(self) -> None:
		for field in plan_of(self.meta).tables:
			for row in self.__dict__[field] or ():
				set_parent(row, self, field)

	def _before_write(self) -> None:
		if not self.flags.ignore_validate:
			for method in BEFORE[self._action]:
				self.run_method(method)
		validate_workflow(self)
		if self._action == "submit":
			set_workflow_state_on_submit(self)
		checks.check_constants(self)

	def _after_write(self) -> None:
		for method in AFTER[self._action]:
			self.run_method(method)
		if self._action == "cancel" and not self.flags.ignore_links:
			from frappe.model.delete_doc import check_if_doc_is_linked

			check_if_doc_is_linked(self, method="Cancel")
		frappe.clear_document_cache(self.doctype, self.name)
		self.notify_update()
		if self.meta.track_changes and self.get_doc_before_save() and not self.flags.ignore_version:
			from frappe.core.doctype.version.version import insert_version

			insert_version(self.get_doc_before_save(), self)
		self.run_method("on_change")

	def notify_update(self) -> None:
		"""Tell listeners on the desk; there is no live channel here."""

	# methods and hooks

	def run_method(self, method: str, *args: Any, **kwargs: Any) -> Any:
		"""Call the controller's method, then the apps' `doc_events`."""
		function = getattr(type(self), method, None)
		result = function(self, *args, **kwargs) if function is not None else None
		for handler in self._handlers(method):
			given = handler(self, method, *args, **kwargs)
			result = result if given is None else given
		return result

	def _handlers(self, method: str) -> list[Callable]:
		cache = frappe.local.request_cache
		events = cache.get("doc_events")
		if events is None:
			cache["doc_events"] = events = frappe.get_doc_hooks()
		if not events:
			return []
		paths = [*events.get(self.doctype, {}).get(method, ()), *events.get("*", {}).get(method, ())]
		return [frappe.get_attr(path) for path in dict.fromkeys(paths)]

	def is_whitelisted(self, method_name: str) -> None:
		"""Raise unless this method may be called over HTTP."""
		method = getattr(self, method_name, None)
		if not method:
			raise frappe.DoesNotExistError(f"Method {method_name} not found")
		frappe.is_whitelisted(getattr(method, "__func__", method))

	@frappe.whitelist()
	def add_comment(
		self, comment_type: str = "Comment", text: str | None = None, comment_email: str | None = None,
		comment_by: str | None = None,
	) -> "Document":  # fmt: skip
		"""Add a comment to the timeline."""
		comment = {"comment_type": comment_type, "content": text or comment_type, "comment_by": comment_by}
		comment["comment_email"] = comment_email or frappe.session.user
		comment.update(doctype="Comment", reference_doctype=self.doctype, reference_name=self.name)
		return get_doc(comment).insert(ignore_permissions=True)
