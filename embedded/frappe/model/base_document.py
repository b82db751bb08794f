"""Fields and child rows of a document, and their way into the database."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.hooks_registry import get_module_app, scrub
from frappe.model.naming import set_new_name
from frappe.utils import cstr

if TYPE_CHECKING:
	from frappe.model.meta import Meta

RESERVED = frozenset({"doctype", "meta", "flags", "parent_doc", "_meta"})
EVERYWHERE = ("System Settings", "Translation", "Workflow")
_controllers: dict[tuple[str, str], type["BaseDocument"]] = {}


def get_controller(doctype: str) -> type["BaseDocument"]:
	"""The class that carries the behaviour of this DocType."""
	key = (frappe.local.site, doctype)
	if key not in _controllers:
		_controllers[key] = _import_controller(doctype)
	return _controllers[key]


def clear_controllers(doctype: str | None = None) -> None:
	"""Forget the class of one DocType, or of all."""
	for key in [k for k in _controllers if doctype in (None, k[1])]:
		del _controllers[key]


def _import_controller(doctype: str) -> type["BaseDocument"]:
	standard = importlib.import_module("frappe.model.document").Document
	try:
		meta, name = frappe.get_meta(doctype), scrub(doctype)
		if meta.custom:
			return standard
		path = f"{get_module_app(meta.module)}.{scrub(meta.module)}.doctype.{name}.{name}"
		return getattr(importlib.import_module(path), doctype.replace(" ", "").replace("-", ""))
	except (frappe.DoesNotExistError, ModuleNotFoundError) as error:
		if isinstance(error, ModuleNotFoundError) and path.startswith("frappe.") and error.name in path:
			return standard
		text = f"Module import failed for {doctype}, the DocType you're trying to open might be deleted."
		raise ImportError(f"{text}\nError: {error}") from error


class BaseDocument:
	"""Values, child rows and their way into the database."""

	def __init__(self, values: dict[str, Any]):
		data = self.__dict__
		data["doctype"] = values.get("doctype") or data.get("doctype")
		plan = self.meta.plan
		data.update(dict.fromkeys(plan.columns), docstatus=0, idx=0)
		data.update((fieldname, []) for fieldname in plan.tables)
		self.update(values)

	def __getattr__(self, key: str) -> Any:
		if key == "flags":
			self.__dict__["flags"] = flags = frappe._dict()
			return flags
		raise AttributeError(f"{type(self).__name__!r} object has no attribute {key!r}")

	def __repr__(self) -> str:
		return f"<{type(self).__name__}: {self.get('name') or 'unsaved'}>"

	@property
	def meta(self) -> "Meta":
		"""The DocType's meta."""
		meta = self.__dict__.get("_meta")
		if meta is None:
			self.__dict__["_meta"] = meta = frappe.get_meta(self.doctype)
		return meta

	def get(self, key: str, default: Any = None) -> Any:
		"""A field's value."""
		value = self.__dict__.get(key)
		return default if value is None else value

	def set(self, key: str, value: Any) -> None:
		"""Set a field; a list for a table field replaces its rows."""
		if key in self.meta.plan.tables:
			self.__dict__[key] = []
			self.extend(key, value or [])
		elif key not in RESERVED:
			self.__dict__[key] = value

	def update(self, values: Any) -> "BaseDocument":
		"""Set many fields."""
		values = values.__dict__ if isinstance(values, BaseDocument) else values
		if "name" in values:  # the rows need it
			self.__dict__["name"] = values["name"]
		for key, value in values.items():
			self.set(key, value)
		return self

	def append(self, key: str, value: Any = None) -> "BaseDocument":
		"""Add a child row and return it."""
		doctype = self.meta.plan.tables.get(key)
		if not doctype:
			raise AttributeError(key)
		row = value
		if not isinstance(value, BaseDocument):
			row = get_controller(doctype)({**(value or {}), "doctype": doctype})
		rows = self.__dict__[key] = self.__dict__.get(key) or []
		row.belong_to(self, key)
		row.idx = row.idx or len(rows) + 1
		if not row.name:
			row.__dict__["__islocal"] = 1
		rows.append(row)
		return row

	def extend(self, key: str, value: Iterable[Any]) -> None:
		"""Add many child rows."""
		if isinstance(value, dict | str) or not isinstance(value, Iterable):
			raise ValueError(f"{key} takes a list of rows")
		for row in value:
			self.append(key, row)

	def belong_to(self, parent: "BaseDocument", field: str) -> None:
		"""Be a row of this table."""
		values = {"parent": parent.__dict__.get("name"), "parenttype": parent.doctype, "parentfield": field}
		self.__dict__.update(values, parent_doc=parent)

	def remove(self, row: "BaseDocument") -> None:
		"""Take a row out of its table."""
		rows = self.__dict__[row.parentfield]
		rows.remove(row)
		for idx, each in enumerate(rows, 1):
			each.idx = idx

	def get_all_children(self) -> list["BaseDocument"]:
		"""Rows of all tables."""
		return [row for field in self.meta.plan.tables for row in self.__dict__.get(field) or ()]

	def is_new(self) -> bool:
		"""Not in the database yet."""
		return bool(self.__dict__.get("__islocal"))

	def get_valid_dict(self) -> "frappe._dict":
		"""What is stored in the row; numbers in the types of their columns."""
		data, plan, out = self.__dict__, self.meta.plan, frappe._dict()
		for column in plan.columns:
			value = data.get(column)
			convert = plan.numbers.get(column)
			if convert:
				value = convert(value)
			elif isinstance(value, list | dict | tuple):
				label = _(self.meta.get_label(column))
				frappe.throw(_("Value for {0} cannot be a list").format(label))
			elif value == "" and column in plan.empty_is_null:
				value = None
			out[column] = value
		return out

	def as_dict(self, no_nulls: bool = False) -> "frappe._dict":
		"""All values, rows as dicts."""
		out = self.get_valid_dict()
		if no_nulls:
			out = frappe._dict((key, value) for key, value in out.items() if value is not None)
		out["doctype"] = self.doctype
		for field in self.meta.plan.tables:
			rows = self.__dict__.get(field) or ()
			out[field] = [row.as_dict(no_nulls) for row in rows]
		if self.is_new():
			out["__islocal"] = 1
		return out

	def get_formatted(self, fieldname: str, doc: Any = None) -> str:
		"""The value as people read it."""
		from frappe.utils.formatters import format_value

		return format_value(self.get(fieldname), self.meta.get_field(fieldname), doc or self)

	def row_values(self) -> dict[str, Any]:
		"""What is written into the row."""
		values = self.get_valid_dict()
		for column, convert in self.meta.plan.moments.items():
			if isinstance(values[column], str):
				values[column] = convert(values[column])
		return values

	def db_update(self) -> None:
		"""Overwrite the row, without checks or hooks."""
		values = self.row_values()
		columns = ", ".join(f"`{column}` = %s" for column in values)
		query = f"UPDATE `tab{self.doctype}` SET {columns} WHERE `name` = %s"
		try:
			frappe.db.sql(query, (*values.values(), self.name))
		except Exception as error:
			_explain_violation(self, error)
			raise


def forget(doc: BaseDocument) -> None:
	"""Read afresh what rests on this document."""
	frappe.clear_document_cache(doc.doctype, doc.name)
	if doc.doctype in ("User", "User Permission"):
		frappe.local.role_permissions.clear()
	elif doc.doctype in EVERYWHERE:
		frappe.clear_cache()


def load_rows(parent: BaseDocument, field: str, doctype: str, for_update: bool = False) -> list[BaseDocument]:
	"""The stored rows of a table, in their order."""
	found = frappe.db.sql(
		f"SELECT * FROM `tab{doctype}` WHERE `parent` = %s AND `parenttype` = %s AND `parentfield` = %s"
		f" ORDER BY `idx`{' FOR UPDATE' if for_update else ''}",
		(parent.name, parent.doctype, field),
		as_dict=True,
	)
	controller, columns = get_controller(doctype), frappe.get_meta(doctype).plan.columns
	rows = [controller.__new__(controller) for _values in found]
	for row, values in zip(rows, found, strict=True):
		row.__dict__.update((column, values.get(column)) for column in columns)
		row.__dict__.update(doctype=doctype, parent_doc=parent)
	return rows


def insert_rows(docs: list[BaseDocument]) -> None:
	"""Write many new rows of one DocType in one statement."""
	if not docs:
		return
	now, user, rows = frappe.utils.now(), frappe.session.user, []
	for doc in docs:
		data = doc.__dict__
		if not data.get("name"):
			set_new_name(doc)
		data["modified"] = data.get("modified") or data.get("creation") or now
		data["creation"] = data.get("creation") or data["modified"]
		data["owner"] = data.get("owner") or user
		data["modified_by"] = data.get("modified_by") or data["owner"]
		rows.append(doc.row_values())
	columns = ", ".join(f"`{column}`" for column in rows[0])
	marks = ", ".join(["(" + ", ".join(["%s"] * len(rows[0])) + ")"] * len(rows))
	values = tuple(value for row in rows for value in row.values())
	try:
		frappe.db.sql(f"INSERT INTO `tab{docs[0].doctype}` ({columns}) VALUES {marks}", values)
	except Exception as error:
		_explain_violation(docs[0], error)
		raise
	for doc in docs:
		doc.__dict__.pop("__islocal", None)


def _explain_violation(doc: BaseDocument, error: Exception) -> None:
	"""Say which name or value exists already."""
	if frappe.db.is_primary_key_violation(error):
		text = _("{0} {1} already exists").format(_(doc.doctype), frappe.bold(doc.name))
		frappe.msgprint(text, title=_("Duplicate Name"), indicator="red")
		raise frappe.DuplicateEntryError(doc.doctype, doc.name, error) from error
	if frappe.db.is_unique_key_violation(error):
		fields = sorted((field for field in doc.meta.plan.unique if field in cstr(error)), key=len)
		label = _(doc.meta.get_label(fields[-1])) if fields else cstr(error)
		frappe.msgprint(_("{0} must be unique").format(label))
		raise frappe.UniqueValidationError(doc.doctype, doc.name, error) from error
