"""Fields and child rows of a document: what parents and children have in common."""

import datetime
import importlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.docstatus import DocStatus
from frappe.model.fieldplan import DEFAULT_COLUMNS, plan_of
from frappe.model.naming import set_new_name
from frappe.utils import cint, compare, cstr, flt

if TYPE_CHECKING:
	from frappe.model.meta import Meta

RESERVED = frozenset({"doctype", "meta", "flags", "parent_doc", "_meta"})
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
	from frappe.model.document import Document
	from frappe.modules.utils import doctype_module_path

	if override := frappe.get_hooks("override_doctype_class", {}).get(doctype):
		return frappe.get_attr(override[-1])
	failed = f"Module import failed for {doctype}, the DocType you're trying to open might be deleted."
	try:
		meta = frappe.get_meta(doctype)
	except frappe.DoesNotExistError as error:
		raise ImportError(failed) from error
	if meta.custom:
		return Document
	path = doctype_module_path(doctype, meta.module)
	try:
		return getattr(importlib.import_module(path), doctype.replace(" ", "").replace("-", ""))
	except ModuleNotFoundError as error:
		if path.startswith("frappe.") and path.startswith(error.name or path):
			return Document
		raise ImportError(f"{failed}\nError: {error}") from error


class BaseDocument:
	"""Values, child rows and their way into the database."""

	def __init__(self, values: dict[str, Any]):
		data = self.__dict__
		data["doctype"] = values.get("doctype") or data.get("doctype")
		plan = plan_of(self.meta)
		data.update(dict.fromkeys(plan.columns), docstatus=0, idx=0)
		for fieldname in plan.tables:
			data[fieldname] = []
		self.update(values)

	def __getstate__(self) -> dict[str, Any]:
		dropped = ("_meta", "flags", "parent_doc", "_doc_before_save")
		return {key: value for key, value in self.__dict__.items() if key not in dropped}

	def __getattr__(self, key: str) -> Any:
		if key == "flags":
			self.__dict__["flags"] = flags = frappe._dict()
			return flags
		raise AttributeError(f"{type(self).__name__!r} object has no attribute {key!r}")

	def __repr__(self) -> str:
		parent = f" parent={self.parent}" if self.get("parent") else ""
		return f"<{type(self).__name__}: {self.get('name') or 'unsaved'}{parent}>"

	def __str__(self) -> str:
		return f"{self.doctype}({self.get('name') or 'unsaved'})"

	@property
	def meta(self) -> "Meta":
		"""The DocType's meta."""
		meta = self.__dict__.get("_meta")
		if meta is None:
			self.__dict__["_meta"] = meta = frappe.get_meta(self.doctype)
		return meta

	@property
	def docstatus(self) -> DocStatus:
		"""0 draft, 1 submitted, 2 cancelled."""
		return DocStatus(cint(self.__dict__.get("docstatus")))

	@docstatus.setter
	def docstatus(self, value: int) -> None:
		self.__dict__["docstatus"] = DocStatus(cint(value))

	# values

	def get(self, key: Any, filters: Any = None, limit: int | None = None, default: Any = None) -> Any:
		"""A field's value; for a table the rows that match `filters`."""
		if isinstance(key, dict):
			return _matching(self.get_all_children(), key, limit)
		if isinstance(filters, dict):
			return _matching(self.__dict__.get(key) or [], filters, limit)
		value = self.__dict__.get(key)
		if value is None and key in plan_of(self.meta).virtual:
			value = getattr(self, key, None)
		if value is None:
			return filters if default is None else default
		return value[:limit] if limit and isinstance(value, list) else value

	def set(self, key: str, value: Any, as_value: bool = False) -> None:
		"""Set a field; a list for a table field replaces its rows."""
		plan = plan_of(self.meta)
		if key in RESERVED or key in plan.virtual:
			return
		if key in plan.tables and not as_value:
			self.__dict__[key] = []
			self.extend(key, value or [])
		elif key == "docstatus":
			self.docstatus = value
		else:
			self.__dict__[key] = value

	def update(self, values: Any) -> "BaseDocument":
		"""Set many fields."""
		values = values.__dict__ if isinstance(values, BaseDocument) else values
		if "name" in values:  # the rows need it
			self.__dict__["name"] = values["name"]
		for key, value in values.items():
			self.set(key, value)
		return self

	def append(self, key: str, value: Any = None, position: int = -1) -> "BaseDocument":
		"""Add a child row and return it."""
		doctype = plan_of(self.meta).tables.get(key)
		if not doctype:
			raise AttributeError(key)
		row = value
		if not isinstance(value, BaseDocument):
			row = get_controller(doctype)({**(value or {}), "doctype": doctype})
		rows = self.__dict__[key] = self.__dict__.get(key) or []
		set_parent(row, self, key)
		if not row.idx:
			row.idx = len(rows) + 1
		if not row.name:
			row.__dict__["__islocal"] = 1
		rows.insert(len(rows) if position == -1 else position, row)
		if position != -1:
			_number(rows)
		return row

	def extend(self, key: str, value: Iterable[Any]) -> None:
		"""Add many child rows."""
		if isinstance(value, dict | str) or not isinstance(value, Iterable):
			raise ValueError(f"{key} takes a list of rows")
		for row in value:
			self.append(key, row)

	def remove(self, row: "BaseDocument") -> None:
		"""Take a row out of its table."""
		rows = self.__dict__[row.parentfield]
		rows.remove(row)
		_number(rows)

	def get_all_children(self, parenttype: str | None = None) -> list["BaseDocument"]:
		"""Rows of all tables."""
		return [row for field in plan_of(self.meta).tables for row in self.__dict__.get(field) or ()]

	def is_new(self) -> bool:
		"""Not in the database yet."""
		return bool(self.__dict__.get("__islocal"))

	# forms for others

	def get_valid_dict(
		self, sanitize: bool = True, convert_dates_to_str: bool = False, ignore_nulls: bool = False,
		ignore_virtual: bool = False,
	) -> "frappe._dict":  # fmt: skip
		"""What is stored in the row; numbers in the types of their columns."""
		data, plan, out = self.__dict__, plan_of(self.meta), frappe._dict()
		for column in plan.columns:
			value = data.get(column)
			convert = plan.converters.get(column)
			if convert:
				value = convert(value)
			elif isinstance(value, list | dict | tuple):
				frappe.throw(_("Value for {0} cannot be a list").format(_(self.label_of(column))))
			elif value == "" and column in plan.empty_is_null:
				value = None
			elif convert_dates_to_str and isinstance(
				value, datetime.date | datetime.time | datetime.timedelta
			):
				value = cstr(value)
			out[column] = value
		if plan.virtual and not ignore_virtual:
			out.update((field, self.get(field)) for field in plan.virtual)
		return frappe._dict((k, v) for k, v in out.items() if v is not None) if ignore_nulls else out

	def as_dict(
		self, no_nulls: bool = False, no_default_fields: bool = False, convert_dates_to_str: bool = False,
		no_child_table_fields: bool = False, no_private_properties: bool = False,
	) -> "frappe._dict":  # fmt: skip
		"""All values, rows as dicts."""
		out = self.get_valid_dict(convert_dates_to_str=convert_dates_to_str, ignore_nulls=no_nulls)
		out["doctype"] = self.doctype
		for field in plan_of(self.meta).tables:
			rows = self.__dict__.get(field) or ()
			out[field] = [row.as_dict(no_nulls, no_default_fields, convert_dates_to_str) for row in rows]
		for key in (*DEFAULT_COLUMNS, "doctype") if no_default_fields else ():
			out.pop(key, None)
		if self.is_new() and not no_private_properties:
			out["__islocal"] = 1
		return out

	def as_json(self) -> str:
		"""As JSON text."""
		return frappe.as_json(self.as_dict())

	def get_formatted(
		self, fieldname: str, doc: Any = None, currency: str | None = None, absolute_value: bool = False,
		translated: bool = False, format: str | None = None,
	) -> str:  # fmt: skip
		"""The value as people read it."""
		from frappe.utils.formatters import format_value

		value = self.get(fieldname)
		if absolute_value and isinstance(value, int | float):
			value = abs(value)
		doc = doc or self.get("parent_doc") or self
		value = _(value) if translated else value
		return format_value(value, self.meta.get_field(fieldname), doc, currency=currency, format=format)

	def precision(self, fieldname: str, parentfield: str | None = None) -> int | None:
		"""Decimal places of a number field (of a row's field when `parentfield` is given)."""
		from frappe.model.meta import get_field_precision

		meta = frappe.get_meta(plan_of(self.meta).tables[parentfield]) if parentfield else self.meta
		df = meta.get_field(fieldname)
		return (
			get_field_precision(df, self) if df and df.fieldtype in ("Currency", "Float", "Percent") else None
		)

	def get_password(self, fieldname: str = "password", raise_exception: bool = True) -> str | None:
		"""A Password field in the clear."""
		from frappe.utils.password import get_decrypted_password

		value = self.get(fieldname)
		if value and set(value) != {"*"}:
			return value
		return get_decrypted_password(self.doctype, self.name, fieldname, raise_exception=raise_exception)

	def label_of(self, fieldname: str) -> str:
		"""The field's label, not translated."""
		df = self.meta.get_field(fieldname)
		return (df and df.label) or frappe.unscrub(fieldname)

	# database

	def row_values(self) -> dict[str, Any]:
		"""What is written into the row."""
		values = self.get_valid_dict(ignore_virtual=True)
		for column, convert in plan_of(self.meta).moments.items():
			if isinstance(values[column], str):
				values[column] = convert(values[column])
		return values

	def db_insert(self, ignore_if_duplicate: bool = False) -> None:
		"""Write the row, without checks or hooks."""
		insert_rows([self], ignore_if_duplicate)

	def db_update(self) -> None:
		"""Overwrite the row, without checks or hooks."""
		values = self.row_values()
		name = values.pop("name")
		columns = ", ".join(f"`{column}` = %s" for column in values)
		try:
			frappe.db.sql(
				f"UPDATE `tab{self.doctype}` SET {columns} WHERE `name` = %s", (*values.values(), name)
			)
		except Exception as error:
			_explain_violation(self, error)
			raise


def set_parent(row: BaseDocument, parent: BaseDocument, field: str) -> None:
	"""Say where a row belongs."""
	values = {"parent": parent.__dict__.get("name"), "parenttype": parent.doctype, "parentfield": field}
	row.__dict__.update(values, parent_doc=parent)


def _number(rows: list[BaseDocument]) -> None:
	for idx, row in enumerate(rows, 1):
		row.idx = idx


def load_rows(parent: BaseDocument, field: str, doctype: str, for_update: bool = False) -> list[BaseDocument]:
	"""The stored rows of a table, in their order."""
	found = frappe.db.sql(
		f"SELECT * FROM `tab{doctype}` WHERE `parent` = %s AND `parenttype` = %s AND `parentfield` = %s"
		f" ORDER BY `idx`{' FOR UPDATE' if for_update else ''}",
		(parent.name, parent.doctype, field),
		as_dict=True,
	)
	controller, columns = get_controller(doctype), plan_of(frappe.get_meta(doctype)).columns
	rows = []
	for values in found:
		row = controller.__new__(controller)
		row.__dict__.update(
			{column: values.get(column) for column in columns}, doctype=doctype, parent_doc=parent
		)
		rows.append(row)
	return rows


def insert_rows(docs: list[BaseDocument], ignore_if_duplicate: bool = False) -> None:
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
		if ignore_if_duplicate and frappe.db.is_primary_key_violation(error):
			return
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
		fields = sorted((field for field in plan_of(doc.meta).unique if field in cstr(error)), key=len)
		frappe.msgprint(
			_("{0} must be unique").format(_(doc.label_of(fields[-1])) if fields else cstr(error))
		)
		raise frappe.UniqueValidationError(doc.doctype, doc.name, error) from error


def _matching(rows: Iterable[Any], filters: dict[str, Any], limit: int | None = None) -> list[Any]:
	tests = [
		(key, *(value if isinstance(value, list | tuple) else ("=", value))) for key, value in filters.items()
	]
	found = [
		row for row in rows if all(compare(getattr(row, key, None), op, value) for key, op, value in tests)
	]
	return found[:limit] if limit else found


def _to_json(value: Any) -> str | None:
	if value is None or isinstance(value, str):
		return value
	return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


CONVERTERS = {
	"Check": lambda value: 1 if cint(value) else 0,
	"JSON": _to_json,
	**dict.fromkeys(("Int", "Long Int"), cint),
	**dict.fromkeys(("Float", "Currency", "Percent", "Duration", "Rating"), flt),
}
