"""Documents: loading, saving and their life cycle."""

from collections.abc import Callable, Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model import checks
from frappe.model.base_document import BaseDocument, get_controller, insert_rows
from frappe.model.docstatus import DocStatus
from frappe.model.fieldplan import plan_of
from frappe.model.naming import set_new_name
from frappe.model.workflow import set_workflow_state_on_action, validate_workflow
from frappe.utils import cstr, get_datetime, now_datetime

__all__ = ["BaseDocument", "Document", "bulk_insert", "copy_doc", "get_cached_doc", "get_doc", "get_lazy_doc", "new_doc"]


def get_doc(*args: Any, **kwargs: Any) -> "Document":
	"""A document: `(doctype, name)`, `(doctype)` of a Single, `(doctype, filters)`, `({values})` or `(doctype=…, …)`."""
	if args and isinstance(args[0], BaseDocument):
		return args[0]
	if args and isinstance(args[0], dict):
		kwargs = {**args[0], **kwargs} if kwargs else args[0]
		args = ()
	if not args:
		if "doctype" not in kwargs:
			raise ValueError('"doctype" is a required key')
		return get_controller(kwargs["doctype"])(kwargs)
	return get_controller(args[0])(*args, **kwargs)


get_lazy_doc = get_doc


def new_doc(doctype: str, *, parent_doc: Any = None, parentfield: str | None = None, as_dict: bool = False, **values: Any) -> Any:
	"""A new document with its default values."""
	doc = get_controller(doctype)({"doctype": doctype, "__islocal": 1, "owner": frappe.session.user, "docstatus": 0})
	checks.set_defaults(doc)
	if parent_doc is not None:
		doc.update({"parent": parent_doc.name, "parenttype": parent_doc.doctype, "parentfield": parentfield})
	doc.update(values)
	return doc.as_dict() if as_dict else doc


def copy_doc(doc: Any, ignore_no_copy: bool = True) -> "Document":
	"""A new, unsaved document with the values of another; fields marked *no copy* stay empty if `ignore_no_copy` is false."""
	values = (doc if isinstance(doc, BaseDocument) else get_doc(doc)).as_dict()
	copy = get_doc(_without_identity(values, ignore_no_copy))
	copy.__dict__["__islocal"] = 1
	return copy


def _without_identity(values: dict[str, Any], ignore_no_copy: bool) -> dict[str, Any]:
	meta = frappe.get_meta(values["doctype"])
	plan = plan_of(meta)
	drop = {"name", "owner", "creation", "modified", "modified_by", "amended_from", "amendment_date", "parent"}
	if not ignore_no_copy:
		drop |= {df.fieldname for df in meta.fields if df.get("no_copy")}
	out = {key: value for key, value in values.items() if key not in drop and not key.startswith("__")}
	for table in plan.tables:
		if out.get(table):
			out[table] = [_without_identity(row, ignore_no_copy) for row in out[table]]
	return out


def get_cached_doc(doctype: str, name: str | None = None) -> "Document":
	"""A document read once a request; never change it."""
	cache = frappe.local.document_cache
	key = (doctype, name or doctype)
	if key not in cache:
		cache[key] = get_doc(doctype, name or doctype)
	return cache[key]


def bulk_insert(doctype: str, documents: Iterable["Document"], ignore_duplicates: bool = False, chunk_size: int = 10_000) -> None:
	"""Write many named documents with their rows, without checks or hooks."""
	docs = list(documents)
	for table_docs in (docs, *([r for d in docs for r in d.get(field) or ()] for field in plan_of(frappe.get_meta(doctype)).tables)):
		if not table_docs:
			continue
		now = now_datetime()
		for doc in table_docs:
			if not doc.name:
				set_new_name(doc)
			for column, value in (("creation", now), ("modified", now), ("owner", frappe.session.user), ("modified_by", frappe.session.user)):
				if not doc.get(column):
					doc.set(column, value)
			if doc.get("parent_doc"):
				doc.parent = doc.parent_doc.name
		fields = plan_of(table_docs[0].meta).columns
		rows = [tuple(doc._row().values()) for doc in table_docs]
		frappe.db.bulk_insert(table_docs[0].doctype, fields, rows, ignore_duplicates=ignore_duplicates, chunk_size=chunk_size)


class Document(BaseDocument):
	"""A document with its life cycle; controllers extend it."""

	def __init__(self, *args: Any, **kwargs: Any):
		if args and isinstance(args[0], str):
			self.__dict__["doctype"] = args[0]
			name = args[1] if len(args) > 1 else args[0]
			for_update = kwargs.get("for_update", False)
			if isinstance(name, dict):
				found = frappe.db.get_value(args[0], name, "name", for_update=for_update)
				if found is None:
					frappe.throw(_("{0} {1} not found").format(_(args[0]), name), frappe.DoesNotExistError)
				name = found
			self.__dict__["name"] = name
			if for_update:
				self.flags.for_update = True
			self.load_from_db()
			return
		super().__init__(args[0] if args else kwargs)

	# reading

	def load_from_db(self) -> "Document":
		"""Read the document and its rows again."""
		data = self.__dict__
		data["flags"] = flags = self.flags
		meta = self.meta
		plan = plan_of(meta)
		if meta.issingle:
			values = checks.single_values(self)
		else:
			values = frappe.db.get_value(self.doctype, self.name, "*", as_dict=True, for_update=bool(flags.for_update))
			if not values:
				frappe.throw(_("{0} {1} not found").format(_(self.doctype), self.name), frappe.DoesNotExistError)
		for column in plan.columns:
			data[column] = values.get(column)
		data["docstatus"] = data["docstatus"] or 0
		data.pop("__islocal", None)
		data.pop("__unsaved", None)
		for field, doctype in plan.tables.items():
			data[field] = self._load_rows(field, doctype, bool(flags.for_update))
		if hasattr(self, "__setup__"):
			self.__setup__()
		return self

	def reload(self) -> "Document":
		"""Read the document again."""
		return self.load_from_db()

	def _load_rows(self, field: str, doctype: str, for_update: bool = False) -> list[BaseDocument]:
		rows = frappe.db.sql(
			f"SELECT * FROM `tab{doctype}` WHERE `parent` = %s AND `parenttype` = %s AND `parentfield` = %s ORDER BY `idx`"
			+ (" FOR UPDATE" if for_update and frappe.db.db_type == "mariadb" else ""),
			(self.name, self.doctype, field),
			as_dict=True,
		)
		if not rows:
			return []
		controller, columns = get_controller(doctype), plan_of(frappe.get_meta(doctype)).columns
		out = []
		for row in rows:
			child = controller.__new__(controller)
			child.__dict__.update({column: row.get(column) for column in columns}, doctype=doctype, parent_doc=self)
			out.append(child)
		return out

	def get_latest(self) -> "Document":
		"""The document as it is stored now."""
		if not self.__dict__.get("_latest"):
			self.__dict__["_latest"] = get_doc(self.doctype, self.name)
		return self.__dict__["_latest"]

	def load_doc_before_save(self, *, raise_exception: bool = False) -> None:
		"""Keep the stored state beside the new one."""
		self.__dict__["_doc_before_save"] = None
		if self.is_new():
			return
		try:
			self.__dict__["_doc_before_save"] = get_doc(self.doctype, self.name, for_update=not frappe.get_meta(self.doctype).issingle)
		except frappe.DoesNotExistError:
			if raise_exception:
				raise
			frappe.clear_last_message()

	def get_doc_before_save(self) -> "Document | None":
		"""The state before this save; None for a new document."""
		return self.__dict__.get("_doc_before_save")

	def has_value_changed(self, fieldname: str) -> bool:
		"""Whether this save changes the field; always true for a new document."""
		previous = self.get_doc_before_save()
		if not previous:
			return True
		before, after = previous.get(fieldname), self.get(fieldname)
		plan = plan_of(self.meta)
		convert = plan.converters.get(fieldname) or plan.moments.get(fieldname)
		if convert and before is not None and after is not None:
			before, after = convert(before), convert(after)
		return before != after

	def get_title(self) -> str:
		"""What people call this document."""
		return self.get(self.meta.get_title_field()) or ""

	# permission

	def check_permission(self, permtype: str = "read", permlevel: int | None = None) -> None:
		"""Raise unless the user may do this."""
		if not self.has_permission(permtype):
			self.raise_no_permission_to(permtype)

	def has_permission(self, permtype: str = "read", *, debug: bool = False, user: str | None = None) -> bool:
		"""Whether the user may do this."""
		if self.flags.ignore_permissions:
			return True
		from frappe.permissions import has_permission

		return has_permission(self.doctype, permtype, self, user)

	def raise_no_permission_to(self, perm_type: str) -> None:
		"""The refusal."""
		from frappe.permissions import refuse

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
		self,
		ignore_permissions: bool | None = None,
		ignore_links: bool | None = None,
		ignore_if_duplicate: bool = False,
		ignore_mandatory: bool | None = None,
		set_name: str | None = None,
		set_child_names: bool = True,
	) -> "Document":
		"""Create the document, with all checks and hooks."""
		if self.flags.in_print:
			return self
		self.flags.notifications_executed = []
		for flag, value in (
			("ignore_permissions", ignore_permissions), ("ignore_links", ignore_links), ("ignore_mandatory", ignore_mandatory),
		):  # fmt: skip
			if value is not None:
				self.flags[flag] = value
		self.__dict__["__islocal"] = 1
		self.__dict__["_doc_before_save"] = None
		checks.set_defaults(self)
		self._stamp()
		self._set_docstatus()
		self._check_transition(DocStatus(0))
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
		self.flags.in_insert = False
		if self.meta.issingle:
			self.update_single(self.get_valid_dict())
		else:
			self._insert_rows(ignore_if_duplicate)
		self.__dict__.pop("__islocal", None)
		self.flags.in_insert = True
		self.run_method("after_insert")
		self._after_write()
		self.flags.in_insert = False
		self.__dict__.pop("__unsaved", None)
		return self

	def save(self, ignore_permissions: bool | None = None, ignore_version: bool | None = None) -> "Document":
		"""Write the document, with all checks and hooks; a new one is inserted."""
		if self.flags.in_print:
			return self
		self.flags.notifications_executed = []
		if ignore_permissions is not None:
			self.flags.ignore_permissions = ignore_permissions
		self.flags.ignore_version = frappe.flags.in_test if ignore_version is None else ignore_version
		if self.is_new() or not self.name:
			return self.insert()
		self.check_permission("write")
		self._stamp()
		self._set_docstatus()
		self.check_if_latest()
		checks.set_defaults(self)
		self._set_parents()
		self._set_child_names()
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
		self.__dict__.pop("__unsaved", None)
		return self

	def submit(self) -> "Document":
		"""Draft → submitted."""
		self.docstatus = 1
		return self.save()

	def cancel(self) -> "Document":
		"""Submitted → cancelled."""
		self.docstatus = 2
		return self.save()

	def discard(self) -> None:
		"""Draft → cancelled, without the checks of a cancellation."""
		if not self.docstatus.is_draft():
			raise frappe.DocstatusTransitionError(_("Only draft documents can be discarded"), self.docstatus)
		self.check_permission("write")
		self.run_method("before_discard")
		self.db_set("docstatus", 2)
		self.run_method("on_discard")

	def delete(self, ignore_permissions: bool = False, force: bool = False, *, delete_permanently: bool = False) -> None:
		"""Delete the document, with all checks and hooks."""
		from frappe.model.delete_doc import delete_doc

		delete_doc(
			self.doctype, self.name, ignore_permissions=ignore_permissions or bool(self.flags.ignore_permissions),
			flags=self.flags, force=force, delete_permanently=delete_permanently,
		)  # fmt: skip

	def db_set(
		self, fieldname: str | dict[str, Any], value: Any = None, update_modified: bool = True, notify: bool = False,
		commit: bool = False,
	) -> None:
		"""Write fields at once, without checks."""
		values = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
		self.update(values)
		if update_modified:
			self.set("modified", frappe.utils.now())
			self.set("modified_by", frappe.session.user)
			values.update(modified=self.modified, modified_by=self.modified_by)
		if self.get_doc_before_save() is None and not self.is_new() and self._listens("before_change", "on_change"):
			self.load_doc_before_save()
		self.run_method("before_change")
		if self.meta.issingle:
			frappe.db.set_single_value(self.doctype, values, update_modified=False)
		elif self.name:
			frappe.db.set_value(self.doctype, self.name, values, update_modified=False)
		frappe.clear_document_cache(self.doctype, self.name)
		self.run_method("on_change")
		if notify:
			self.notify_update()
		if commit:
			frappe.db.commit()

	def update_single(self, values: dict[str, Any]) -> None:
		"""Write the values of a Single."""
		frappe.db.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s", (self.doctype,))
		rows = [(self.doctype, k, v) for k, v in values.items() if k != "doctype" and v is not None]
		marks = ", ".join(["(%s, %s, %s)"] * len(rows))
		flat = tuple(cstr(v) if i == 2 else v for row in rows for i, v in enumerate(row))
		frappe.db.sql(f"INSERT INTO `tabSingles` (`doctype`, `field`, `value`) VALUES {marks}", flat)
		frappe.clear_document_cache(self.doctype, self.name)

	def update_children(self) -> None:
		"""Write the rows of all tables: new ones, changed ones, and delete those that are gone."""
		for field in plan_of(self.meta).tables:
			self.update_child_table(field)

	def update_child_table(self, fieldname: str, df: Any = None) -> None:
		"""Write the rows of one table."""
		rows: list[BaseDocument] = self.get(fieldname) or []
		before = self.get_doc_before_save()
		stored = {row.name for row in (before.get(fieldname) or ())} if before else None
		new = [row for row in rows if row.is_new() or (stored is not None and row.name not in stored)]
		if new:
			insert_rows(new)
		doctype = plan_of(self.meta).tables[fieldname]
		values = {row.name: row._row() for row in rows if row not in new}
		if values:
			frappe.db.bulk_update(doctype, values, update_modified=False)
		kept = {row.name for row in rows}
		if stored is None or stored - kept:
			frappe.db.delete(
				doctype,
				{"parent": self.name, "parenttype": self.doctype, "parentfield": fieldname, "name": ("not in", list(kept) or [""])},
			)

	def _insert_rows(self, ignore_if_duplicate: bool) -> None:
		insert_rows([self], ignore_if_duplicate)
		for field in plan_of(self.meta).tables:
			if rows := self.get(field):
				insert_rows(rows)

	# the steps of a save

	def _stamp(self) -> None:
		data = self.__dict__
		now, user = frappe.utils.now(), frappe.session.user
		data["_original_modified"] = data.get("modified")
		data["modified"], data["modified_by"] = now, user
		new = self.is_new()
		if new or not data.get("creation"):
			data["creation"] = now
		if not data.get("owner") or (new and not self.flags.keep_owner):
			data["owner"] = user
		for row in self.get_all_children():
			values = row.__dict__
			values["modified"], values["modified_by"] = now, user
			values["owner"], values["creation"] = values.get("owner") or user, values.get("creation") or now

	def _set_docstatus(self) -> None:
		self.docstatus = self.docstatus
		for row in self.get_all_children():
			row.__dict__["docstatus"] = self.__dict__["docstatus"]

	def check_if_latest(self) -> None:
		"""Nobody else has saved since this document was read."""
		self.load_doc_before_save(raise_exception=not self.meta.issingle)
		previous = self.get_doc_before_save()
		if self.meta.issingle:
			self._action = "save"
			if previous is None or not previous.modified:
				return
		seen = self._original_modified
		if not self.flags.ignore_timestamp and get_datetime(previous.modified) != get_datetime(seen):
			frappe.throw(
				_("Error: Document has been modified after you have opened it")
				+ f" ({previous.modified}, {seen}). "
				+ _("Please refresh to get the latest document."),
				frappe.TimestampMismatchError,
			)
		if not self.meta.issingle:
			self._check_transition(previous.docstatus)

	def _check_transition(self, before: DocStatus) -> None:
		after = self.docstatus
		action = {(0, 0): "save", (0, 1): "submit", (1, 1): "update_after_submit", (1, 2): "cancel"}.get((int(before), int(after)))
		if after not in (0, 1, 2):
			raise frappe.ValidationError(_("Invalid docstatus"), after)
		if action is None:
			names = {0: "Draft", 1: "Submitted", 2: "Cancelled"}
			if before == 2:
				raise frappe.ValidationError(_("Cannot edit cancelled document"))
			text = _("Cannot change docstatus from {0} ({1}) to {2} ({3})")
			raise frappe.DocstatusTransitionError(text.format(int(before), _(names[before]), int(after), _(names[after])))
		self._action = action
		if action != "save":
			self.check_permission("cancel" if action == "cancel" else "submit")

	def _set_name(self, set_name: str | None, set_child_names: bool) -> None:
		if self.flags.name_set:
			return
		if set_name:
			self.name = set_name
			checks.check_name(self)
		else:
			set_new_name(self)
		if set_child_names:
			self._set_child_names()
		self.flags.name_set = True

	def _set_child_names(self) -> None:
		for row in self.get_all_children():
			if not row.name:
				set_new_name(row)

	def _set_parents(self) -> None:
		for field in plan_of(self.meta).tables:
			for row in self.__dict__.get(field) or ():
				row.__dict__.update(parent=self.name, parenttype=self.doctype, parentfield=field, parent_doc=self)

	def _before_write(self) -> None:
		if not self.flags.ignore_validate:
			if self.is_new() or self._action in ("save", "submit"):
				self.run_method("before_validate")
			if self._action == "save":
				self.run_method("validate")
				self.run_method("before_save")
			elif self._action == "submit":
				self.run_method("validate")
				self.run_method("before_submit")
			elif self._action == "cancel":
				self.run_method("before_cancel")
			else:
				self.run_method("before_update_after_submit")
		if not frappe.flags.in_patch or self.get("workflow_state") is not None:
			validate_workflow(self)
			set_workflow_state_on_action(self, self._action)
		checks.check_constants(self)

	def _after_write(self) -> None:
		if self._action == "save":
			self.run_method("on_update")
		elif self._action == "submit":
			self.run_method("on_update")
			self.run_method("on_submit")
		elif self._action == "cancel":
			self.run_method("on_cancel")
			self.check_no_back_links_exist()
		else:
			self.run_method("on_update_after_submit")
		frappe.clear_document_cache(self.doctype, self.name)
		self.notify_update()
		self.save_version()
		self.run_method("on_change")
		self.__dict__.pop("_latest", None)

	def check_no_back_links_exist(self) -> None:
		"""No submitted document points at this one, that is being cancelled."""
		from frappe.model.delete_doc import check_if_doc_is_linked

		if not self.flags.ignore_links:
			check_if_doc_is_linked(self, method="Cancel")

	def save_version(self) -> None:
		"""Keep what this save changed, where the DocType tracks changes."""
		if self.meta.track_changes and self.get_doc_before_save() and not self.flags.ignore_version and not frappe.flags.in_patch:
			from frappe.core.doctype.version.version import insert_version

			insert_version(self.get_doc_before_save(), self)

	def notify_update(self) -> None:
		"""Tell listeners on the desk; there is no live channel here."""

	# methods and hooks

	def run_method(self, method: str, *args: Any, **kwargs: Any) -> Any:
		"""Call the controller's method, then the apps' `doc_events`."""
		result = None
		function = getattr(type(self), method, None)
		if function is not None:
			result = function(self, *args, **kwargs)
		for handler in self._handlers(method):
			given = handler(self, method, *args, **kwargs)
			if given is not None:
				result = given
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

	def _listens(self, *methods: str) -> bool:
		return any(hasattr(type(self), m) or self._handlers(m) for m in methods)

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
	) -> "Document":
		"""Add a comment to the timeline."""
		return get_doc(
			doctype="Comment", comment_type=comment_type, comment_email=comment_email or frappe.session.user,
			comment_by=comment_by,
			reference_doctype=self.doctype, reference_name=self.name, content=text or comment_type,
		).insert(ignore_permissions=True)  # fmt: skip

	def get_url(self) -> str:
		"""The form's path on the desk."""
		return f"/app/{frappe.scrub(self.doctype).replace('_', '-')}/{self.name}"

	def set_onload(self, key: str, value: Any) -> None:
		"""Send a value along to the form."""
		self.__dict__.setdefault("__onload", frappe._dict())[key] = value

	def get_onload(self, key: str | None = None) -> Any:
		"""What `set_onload` set."""
		values = self.__dict__.get("__onload") or frappe._dict()
		return values.get(key) if key else values
