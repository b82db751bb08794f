"""Documents: loading, saving and their life cycle."""

from typing import Any

import frappe
from frappe import _
from frappe.model import checks
from frappe.model.base_document import BaseDocument, forget, get_controller, insert_rows, load_rows
from frappe.model.delete_doc import check_if_doc_is_linked
from frappe.model.naming import set_new_name
from frappe.model.versions import insert_version
from frappe.model.workflow import validate_workflow
from frappe.permissions import get_permlevel_access, has_permission, refuse
from frappe.utils import cint, cstr, now

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


def new_doc(doctype: str, **values: Any) -> "Document":
	"""A new document with its default values."""
	doc = get_controller(doctype)({"doctype": doctype, "__islocal": 1, "owner": frappe.session.user})
	checks.set_defaults(doc)
	return doc.update(values)


def copy_doc(doc: Any, ignore_no_copy: bool = True) -> "Document":
	"""A new document with another's values; without those marked *no copy* if `ignore_no_copy` is false."""
	return get_doc({**_without_identity(get_doc(doc).as_dict(), ignore_no_copy), "__islocal": 1})


def _without_identity(values: dict[str, Any], ignore_no_copy: bool) -> dict[str, Any]:
	meta = frappe.get_meta(values["doctype"])
	drop = {"name", "owner", "creation", "modified", "modified_by", "amended_from", "parent", "__islocal"}
	if not ignore_no_copy:
		drop.update(df.fieldname for df in meta.fields if df.no_copy)
	out = {key: value for key, value in values.items() if key not in drop}
	for table in out.keys() & meta.plan.tables:
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
			name = _found(found, doctype, name)
		self.__dict__["name"] = name
		self.load_from_db()

	# reading

	def load_from_db(self) -> "Document":
		"""Read the document and its rows again."""
		data, plan, locked = self.__dict__, self.meta.plan, bool(self.flags.for_update)
		if self.meta.issingle:
			values = checks.single_values(self)
		else:
			values = frappe.db.get_value(self.doctype, self.name, "*", as_dict=True, for_update=locked)
			_found(values, self.doctype, self.name)
		data.update((column, values.get(column)) for column in plan.columns)
		data["docstatus"] = data["docstatus"] or 0
		data.pop("__islocal", None)
		for field, doctype in plan.tables.items():
			data[field] = load_rows(self, field, doctype, locked)
		return self

	reload = load_from_db

	def get_doc_before_save(self) -> "Document | None":
		"""The state before this save; None for a new document."""
		return self.__dict__.get("_doc_before_save")

	def has_value_changed(self, fieldname: str) -> bool:
		"""Whether this save changes the field; always true for a new document."""
		previous = self.get_doc_before_save()
		return not previous or checks.typed(self, fieldname, previous.get(fieldname)) != checks.typed(
			self, fieldname, self.get(fieldname)
		)

	# permission

	def has_permission(self, permtype: str = "read", user: str | None = None) -> bool:
		"""Whether the user may do this."""
		return bool(self.flags.ignore_permissions) or has_permission(self.doctype, permtype, self, user)

	def check_permission(self, permtype: str = "read") -> None:
		"""Raise unless the user may do this."""
		if not self.has_permission(permtype):
			refuse(self.doctype, frappe.session.user, self)

	def apply_fieldlevel_read_permissions(self) -> None:
		"""Empty the fields of permission levels that the user may not read."""
		visible = get_permlevel_access(self.meta, "read")
		for row in (self, *self.get_all_children()):
			for df in row.meta.plan.high_permlevel:
				if df.permlevel not in visible:
					row.set(df.fieldname, None)

	# writing

	def insert(self, ignore_permissions: bool | None = None, ignore_links: bool | None = None) -> "Document":
		"""Create the document, with all checks and hooks."""
		self._set_flags(ignore_permissions=ignore_permissions, ignore_links=ignore_links)
		self.__dict__.update(__islocal=1, _doc_before_save=None)
		checks.set_defaults(self)
		self._stamp()
		self._set_action(0)
		checks.check_links(self)
		self.check_permission("create")
		self.run_method("before_insert")
		set_new_name(self)
		for row in self.get_all_children():
			set_new_name(row)
		self._set_parents()
		checks.reset_forbidden_fields(self)
		self.flags.in_insert = True
		self._write()
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
		self.check_if_latest()
		checks.set_defaults(self)
		self._set_parents()
		for row in self.get_all_children():
			if not row.name:
				set_new_name(row)
		checks.reset_forbidden_fields(self)
		checks.check_links(self)
		self._write()
		return self

	def submit(self) -> "Document":
		"""Draft → submitted."""
		self.docstatus = 1
		return self.save()

	def cancel(self) -> "Document":
		"""Submitted → cancelled."""
		self.docstatus = 2
		return self.save()

	def delete(self, ignore_permissions: bool = False, force: bool = False) -> None:
		"""Delete the document, with all checks and hooks."""
		ignore_permissions = ignore_permissions or bool(self.flags.ignore_permissions)
		frappe.delete_doc(self.doctype, self.name, force=force, ignore_permissions=ignore_permissions)

	def db_set(
		self, fieldname: str | dict[str, Any], value: Any = None, update_modified: bool = True
	) -> None:
		"""Write fields at once, without checks."""
		values = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
		if update_modified:
			values.update(modified=now(), modified_by=frappe.session.user)
		self.update(values)
		if not self.get_doc_before_save():
			self.__dict__["_doc_before_save"] = get_doc(self.doctype, self.name)
		frappe.db.set_value(self.doctype, self.name, values, update_modified=False)
		self.run_method("on_change")

	def update_children(self) -> None:
		"""Write the rows of all tables: new ones, changed ones, and delete those that are gone."""
		before = self.get_doc_before_save()
		for field, doctype in self.meta.plan.tables.items():
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
		self._set_docstatus()

	def _set_docstatus(self) -> None:
		for row in (self, *self.get_all_children()):
			row.__dict__["docstatus"] = cint(self.docstatus)

	def check_if_latest(self) -> None:
		"""Nobody else has saved since this document was read."""
		previous = get_doc(self.doctype, self.name, for_update=not self.meta.issingle)
		self.__dict__["_doc_before_save"], seen = previous, self._original_modified
		if previous.modified and cstr(previous.modified) != cstr(seen):
			text = _("Error: Document has been modified after you have opened it")
			advice = _("Please refresh to get the latest document.")
			text = f"{text} ({previous.modified}, {seen}). {advice}"
			frappe.throw(text, frappe.TimestampMismatchError)
		self._set_action(previous.docstatus)

	def _set_action(self, before: int) -> None:
		after = self.docstatus
		if after not in (0, 1, 2):
			raise frappe.ValidationError(_("Invalid docstatus"), after)
		if before == 2:
			raise frappe.ValidationError(_("Cannot edit cancelled document"))
		self._action = STEPS.get((before, after))
		if not self._action:
			text = _("Cannot change docstatus from {0} ({1}) to {2} ({3})")
			text = text.format(before, _(STATES[before]), after, _(STATES[after]))
			raise frappe.DocstatusTransitionError(text)
		if self._action != "save":
			self.check_permission("cancel" if self._action == "cancel" else "submit")

	def _set_parents(self) -> None:
		for field in self.meta.plan.tables:
			for row in self.__dict__[field] or ():
				row.belong_to(self, field)

	def _write(self) -> None:
		"""The hooks, the checks, the rows, and the hooks that follow."""
		for method in BEFORE[self._action]:
			self.run_method(method)
		validate_workflow(self)
		checks.check_constants(self)
		if self._action != "cancel":
			checks.check_values(self)
		if self._action == "update_after_submit":
			checks.check_update_after_submit(self)
		self._set_docstatus()
		checks.save_passwords(self)
		is_new = self.is_new()
		if self.meta.issingle:
			frappe.db.set_single_value(self.doctype, self.get_valid_dict(), update_modified=False)
		elif is_new:
			insert_rows([self])
		else:
			self.db_update()
		self.update_children()
		if is_new:
			self.run_method("after_insert")
		for method in AFTER[self._action]:
			self.run_method(method)
		if self._action == "cancel":
			check_if_doc_is_linked(self, method="Cancel")
		forget(self)
		if self.meta.track_changes and self.get_doc_before_save() and not self.flags.ignore_version:
			insert_version(self.get_doc_before_save(), self)
		self.run_method("on_change")

	def run_method(self, method: str, *args: Any, **kwargs: Any) -> Any:
		"""Call the controller's method, if it has one."""
		function = getattr(type(self), method, None)
		return function(self, *args, **kwargs) if function is not None else None

	@frappe.whitelist()
	def add_comment(self, comment_type: str = "Comment", text: str | None = None) -> "Document":
		"""Add a comment to the timeline."""
		comment = {"comment_type": comment_type, "content": text, "comment_email": frappe.session.user}
		comment.update(doctype="Comment", reference_doctype=self.doctype, reference_name=self.name)
		return get_doc(comment).insert(ignore_permissions=True)


def _found(value: Any, doctype: str, name: Any) -> Any:
	if not value:
		frappe.throw(_("{0} {1} not found").format(_(doctype), name), frappe.DoesNotExistError)
	return value
