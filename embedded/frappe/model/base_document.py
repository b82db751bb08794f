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
from frappe.utils import cint, cstr, flt

if TYPE_CHECKING:
	from frappe.model.document import Document
	from frappe.model.meta import Meta

RESERVED = frozenset({"doctype", "meta", "flags", "parent_doc", "_meta", "_plan"})
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
	from frappe.modules.utils import doctype_module_path, get_module_app

	override = frappe.get_hooks("override_doctype_class", {}).get(doctype)
	if override:
		return frappe.get_attr(override[-1])
	try:
		meta = frappe.get_meta(doctype)
	except frappe.DoesNotExistError as error:
		raise ImportError(f"Module import failed for {doctype}, the DocType you're trying to open might be deleted.") from error
	if meta.get("custom"):
		return Document
	path = doctype_module_path(doctype, meta.module)
	try:
		module = importlib.import_module(path)
	except ModuleNotFoundError as error:
		if error.name and path.startswith(error.name) and get_module_app(meta.module) == "frappe":
			return Document
		raise ImportError(f"Module import failed for {doctype} ({path}: {error})") from error
	classname = doctype.replace(" ", "").replace("-", "")
	if not hasattr(module, classname):
		raise ImportError(doctype)
	return getattr(module, classname)


class BaseDocument:
	"""Values, child rows and their way into the database."""

	def __init__(self, values: dict[str, Any]):
		if values.get("doctype"):
			self.__dict__["doctype"] = values["doctype"]
		plan = plan_of(self.meta)
		data = self.__dict__
		for column in plan.columns:
			data.setdefault(column, None)
		data["docstatus"] = data["idx"] = 0
		for fieldname in plan.tables:
			data[fieldname] = []
		self.update(values)

	def __getstate__(self) -> dict[str, Any]:
		return {k: v for k, v in self.__dict__.items() if k not in ("_meta", "flags", "parent_doc", "_doc_before_save")}

	def __getattr__(self, key: str) -> Any:
		if key == "flags":
			self.__dict__["flags"] = flags = frappe._dict()
			return flags
		raise AttributeError(f"{type(self).__name__!r} object has no attribute {key!r}")

	def __repr__(self) -> str:
		name = self.get("name") or "unsaved"
		parent = f" parent={self.parent}" if self.get("parent") else ""
		return f"<{type(self).__name__}: {self.doctype} {name}{parent}>"

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
			return _filter_rows(self.get_all_children(), key, limit)
		if filters is not None:
			if isinstance(filters, dict):
				return _filter_rows(self.__dict__.get(key) or [], filters, limit)
			default = filters
		value = self.__dict__.get(key)
		if value is None and key in plan_of(self.meta).virtual:
			value = getattr(self, key, None)
		if value is None:
			return default
		return value[:limit] if limit and isinstance(value, list) else value

	def getone(self, key: str, filters: dict | None = None) -> Any:
		"""The first row of `get`."""
		rows = self.get(key, filters, 1)
		return rows[0] if rows else None

	def set(self, key: str, value: Any, as_value: bool = False) -> None:
		"""Set a field; a list for a table field replaces its rows."""
		if key in RESERVED:
			return
		if not as_value and key in plan_of(self.meta).tables:
			self.__dict__[key] = []
			if value:
				self.extend(key, value)
		elif key == "docstatus":
			self.docstatus = value
		elif key not in plan_of(self.meta).virtual:
			self.__dict__[key] = value

	def update(self, values: Any) -> "BaseDocument":
		"""Set many fields."""
		if isinstance(values, BaseDocument):
			values = values.__dict__
		if "name" in values:
			self.__dict__["name"] = values["name"]
		for key, value in values.items():
			self.set(key, value)
		return self

	def update_if_missing(self, values: Any) -> None:
		"""Set those fields that are None here."""
		if isinstance(values, BaseDocument):
			values = values.get_valid_dict()
		for key, value in values.items():
			if value is not None and self.get(key) is None:
				self.set(key, value)

	def append(self, key: str, value: Any = None, position: int = -1) -> "BaseDocument":
		"""Add a child row and return it."""
		child = self._init_child({} if value is None else value, key)
		rows = self.__dict__.setdefault(key, None) or []
		self.__dict__[key] = rows
		if position == -1:
			rows.append(child)
		else:
			rows.insert(position, child)
			for idx, row in enumerate(rows, 1):
				row.idx = idx
		return child

	def extend(self, key: str, value: Iterable[Any]) -> None:
		"""Add many child rows."""
		if isinstance(value, dict | str) or not isinstance(value, Iterable):
			raise ValueError(f"{key} takes a list of rows")
		for row in value:
			self.append(key, row)

	def remove(self, row: "BaseDocument") -> None:
		"""Take a row out of its table."""
		rows = self.__dict__.get(row.get("parentfield")) or []
		if row in rows:
			rows.remove(row)
			for idx, left in enumerate(rows, 1):
				left.idx = idx

	def _init_child(self, value: Any, key: str) -> "BaseDocument":
		if isinstance(value, BaseDocument):
			child = value
		else:
			doctype = plan_of(self.meta).tables.get(key)
			if not doctype:
				raise AttributeError(key)
			child = get_controller(doctype)({**value, "doctype": doctype})
		data = child.__dict__
		data.update(parent=self.__dict__.get("name"), parenttype=self.doctype, parentfield=key, parent_doc=self)
		if not data.get("idx"):
			data["idx"] = len(self.__dict__.get(key) or ()) + 1
		if not data.get("name"):
			data["__islocal"] = 1
		return child

	def get_all_children(self, parenttype: str | None = None) -> list["BaseDocument"]:
		"""Rows of all tables."""
		return [row for field in plan_of(self.meta).tables for row in self.__dict__.get(field) or ()]

	def is_new(self) -> bool:
		"""Not in the database yet."""
		return bool(self.__dict__.get("__islocal"))

	def get_parentfield_of_doctype(self, doctype: str) -> str | None:
		"""The table field that holds rows of this child DocType."""
		return next((f for f, child in plan_of(self.meta).tables.items() if child == doctype), None)

	def get_label_from_fieldname(self, fieldname: str) -> str | None:
		"""The field's label, not translated."""
		df = self.meta.get_field(fieldname)
		return df.label if df else None

	# forms for others

	def get_valid_dict(
		self,
		sanitize: bool = True,
		convert_dates_to_str: bool = False,
		ignore_nulls: bool = False,
		ignore_virtual: bool = False,
	) -> "frappe._dict":
		"""What is stored in the row, in the types of its columns."""
		data, out = self.__dict__, frappe._dict()
		plan = plan_of(self.meta)
		for column in plan.columns:
			value = data.get(column)
			convert = plan.converters.get(column)
			if convert and (value is not None or convert in _NEVER_NULL):
				value = convert(value)
			elif isinstance(value, list | dict | tuple):
				frappe.throw(_("Value for {0} cannot be a list").format(_(self._label(column))))
			elif value == "" and (column in plan.unique or column in plan.moments):
				value = None
			if value is None and ignore_nulls:
				continue
			if convert_dates_to_str and isinstance(value, datetime.date | datetime.time | datetime.timedelta):
				value = cstr(value)
			out[column] = value
		if plan.virtual and not ignore_virtual:
			out.update((field, self.get(field)) for field in plan.virtual)
		return out

	def as_dict(
		self,
		no_nulls: bool = False,
		no_default_fields: bool = False,
		convert_dates_to_str: bool = False,
		no_child_table_fields: bool = False,
		no_private_properties: bool = False,
	) -> "frappe._dict":
		"""All values, rows as dicts."""
		out = self.get_valid_dict(convert_dates_to_str=convert_dates_to_str, ignore_nulls=no_nulls)
		out["doctype"] = self.doctype
		for field in plan_of(self.meta).tables:
			out[field] = [
				row.as_dict(no_nulls, no_default_fields, convert_dates_to_str, no_child_table_fields)
				for row in self.__dict__.get(field) or ()
			]
		if no_default_fields:
			for key in (*DEFAULT_COLUMNS, "doctype"):
				out.pop(key, None)
		if no_child_table_fields:
			for key in ("parent", "parentfield", "parenttype"):
				out.pop(key, None)
		if not no_private_properties:
			for key in ("__islocal", "__onload", "__run_link_triggers", "__unsaved"):
				if self.__dict__.get(key):
					out[key] = self.__dict__[key]
		return out

	def as_json(self) -> str:
		"""As JSON text."""
		return frappe.as_json(self.as_dict())

	def get_formatted(
		self, fieldname: str, doc: Any = None, currency: str | None = None, absolute_value: bool = False,
		translated: bool = False, format: str | None = None,
	) -> str:
		"""The value as people read it."""
		from frappe.utils.formatters import format_value

		df = self.meta.get_field(fieldname)
		value = self.get(fieldname)
		if absolute_value and isinstance(value, int | float):
			value = abs(value)
		if translated:
			value = _(value)
		return format_value(value, df, doc or self.get("parent_doc") or self, currency=currency, format=format)

	def precision(self, fieldname: str, parentfield: str | None = None) -> int | None:
		"""Decimal places of a number field (of a row's field when `parentfield` is given)."""
		from frappe.model.meta import get_field_precision

		meta = frappe.get_meta(plan_of(self.meta).tables[parentfield]) if parentfield else self.meta
		df = meta.get_field(fieldname)
		if not df or df.fieldtype not in ("Currency", "Float", "Percent"):
			return None
		return get_field_precision(df, self)

	def get_password(self, fieldname: str = "password", raise_exception: bool = True) -> str | None:
		"""A Password field in the clear."""
		from frappe.utils.password import get_decrypted_password

		value = self.get(fieldname)
		if value and set(value) != {"*"}:
			return value
		return get_decrypted_password(self.doctype, self.name, fieldname, raise_exception=raise_exception)

	def _label(self, fieldname: str) -> str:
		df = self.meta.get_field(fieldname)
		return (df.label if df else None) or frappe.unscrub(fieldname)

	# database

	def _row(self) -> dict[str, Any]:
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
		if self.is_new() or not self.name:
			self.db_insert()
			return
		values = self._row()
		name = values.pop("name")
		assignments = ", ".join(f"`{column}` = %s" for column in values)
		try:
			frappe.db.sql(f"UPDATE `tab{self.doctype}` SET {assignments} WHERE `name` = %s", (*values.values(), name))
		except Exception as error:
			_explain_violation(self, error)
			raise


def insert_rows(docs: list[BaseDocument], ignore_if_duplicate: bool = False) -> None:
	"""Write many new rows of one DocType in one statement."""
	now, user = frappe.utils.now_datetime(), frappe.session.user
	rows = []
	for doc in docs:
		data = doc.__dict__
		if not data.get("name"):
			from frappe.model.naming import set_new_name

			set_new_name(doc)
		data["creation"] = data["modified"] = data.get("creation") or data.get("modified") or now
		data["owner"] = data["modified_by"] = data.get("owner") or data.get("modified_by") or user
		rows.append(doc._row())
	columns = ", ".join(f"`{column}`" for column in rows[0])
	marks = "(" + ", ".join(["%s"] * len(rows[0])) + ")"
	try:
		frappe.db.sql(
			f"INSERT INTO `tab{docs[0].doctype}` ({columns}) VALUES {', '.join([marks] * len(rows))}",
			tuple(value for row in rows for value in row.values()),
		)
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
		frappe.msgprint(_("{0} {1} already exists").format(_(doc.doctype), frappe.bold(doc.name)), title=_("Duplicate Name"), indicator="red")
		raise frappe.DuplicateEntryError(doc.doctype, doc.name, error) from error
	if frappe.db.is_unique_key_violation(error):
		text = cstr(error)
		fields = sorted((f for f in plan_of(doc.meta).unique if f in text), key=len)
		label = _(doc._label(fields[-1])) if fields else text
		frappe.msgprint(_("{0} must be unique").format(label))
		raise frappe.UniqueValidationError(doc.doctype, doc.name, error) from error


def _filter_rows(rows: Iterable[Any], filters: dict[str, Any], limit: int | None = None) -> list[Any]:
	from frappe.utils import compare

	out = []
	for row in rows:
		conditions = ((k, v if isinstance(v, list | tuple) else ("=", v)) for k, v in filters.items())
		if all(compare(getattr(row, k, None), op, v) for k, (op, v) in conditions):
			out.append(row)
			if limit and len(out) == limit:
				break
	return out


def _to_json(value: Any) -> str | None:
	return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


def _to_check(value: Any) -> int:
	return 1 if cint(value) else 0


CONVERTERS = {
	"Check": _to_check, "Int": cint, "Long Int": cint, "Float": flt, "Currency": flt, "Percent": flt, "Duration": flt,
	"Rating": flt, "JSON": _to_json,
}  # fmt: skip
_NEVER_NULL = frozenset({_to_check, cint, flt})
