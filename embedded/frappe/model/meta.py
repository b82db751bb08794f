"""What a DocType is: its JSON file, or the definition in its row when it is custom."""

import json
import os
from typing import Any

import frappe
from frappe.context import local
from frappe.database.dialects import FIELD_KINDS
from frappe.hooks_registry import get_app_path, get_installed_apps, scrub
from frappe.model import child_table_fields, default_fields, no_value_fields, std_fields, table_fields
from frappe.types.frappedict import _dict

_metas: dict[tuple[str, str], "Meta"] = {}
_files: dict[tuple[str, ...], dict[str, str]] = {}
_STANDARD = {df["fieldname"]: _dict(df) for df in std_fields}
LISTS = ("fields", "permissions", "actions", "links", "states")


class DocField(_dict):
	"""One field of a DocType."""

	__slots__ = ()

	def as_dict(self, no_nulls: bool = False) -> _dict:
		"""A copy as a plain dict."""
		return _dict(self)


class Meta:
	"""A DocType with its fields, permissions, actions, links and states."""

	doctype = "DocType"

	def __init__(self, definition: dict):
		for key in LISTS:
			setattr(self, key, [])
		for key, value in definition.items():
			setattr(self, key, [DocField(row) for row in value] if key in LISTS else value)
		self.istable, self.issingle = int(self.get("istable") or 0), int(self.get("issingle") or 0)
		self.is_submittable = int(self.get("is_submittable") or 0)
		self.sort_field = self.get("sort_field") or "modified"
		self.sort_order = self.get("sort_order") or "DESC"
		self._order_fields(definition.get("field_order"))
		if self.is_submittable and not any(df.fieldname == "amended_from" for df in self.fields):
			self.fields.append(DocField(fieldname="amended_from", fieldtype="Link", label="Amended From",
				options=self.name, read_only=1, no_copy=1, print_hide=1, search_index=1))  # fmt: skip
		for idx, df in enumerate(self.fields, 1):
			df.idx, df.parent, df.permlevel = idx, self.name, int(df.permlevel or 0)
		self._fields = {df.fieldname: df for df in self.fields if df.fieldname}
		self._valid_columns: list[str] | None = None

	def __getattr__(self, key: str) -> Any:
		if key.startswith("__"):
			raise AttributeError(key)
		return None

	def __repr__(self) -> str:
		return f"<Meta: {self.name}>"

	def _order_fields(self, order: list[str] | None) -> None:
		if order:
			place = {fieldname: i for i, fieldname in enumerate(order)}
			self.fields.sort(key=lambda df: place.get(df.fieldname, len(place)))

	def get(
		self, key: str, filters: dict | None = None, limit: int | None = None, default: Any = None
	) -> Any:
		"""A property; for a list those rows that match `filters`."""
		value = self.__dict__.get(key, default)
		if isinstance(filters, dict) and isinstance(value, list):
			value = [row for row in value if all(_matches(row.get(k), v) for k, v in filters.items())]
			return value[:limit] if limit else value
		return filters if value is None and filters is not None else value

	def as_dict(self, no_nulls: bool = False) -> _dict:
		"""All of it as a dict."""
		return _dict(
			{key: value for key, value in self.__dict__.items() if not key.startswith("_")}, doctype="DocType"
		)

	def get_field(self, fieldname: str) -> DocField | None:
		"""The field of this name."""
		return self._fields.get(fieldname)

	def has_field(self, fieldname: str) -> bool:
		"""Whether there is a field of this name."""
		return fieldname in self._fields

	def get_fieldnames_with_value(
		self, with_field_meta: bool = False, with_virtual_fields: bool = False
	) -> list:
		"""The fields that hold a value."""
		found = [
			df for df in self.fields
			if df.fieldtype not in no_value_fields and (with_virtual_fields or not df.is_virtual)
		]  # fmt: skip
		return found if with_field_meta else [df.fieldname for df in found]

	def get_valid_columns(self) -> list[str]:
		"""The columns of the table."""
		if self._valid_columns is None:
			own = [*default_fields[1:], *(child_table_fields if self.istable else ())]
			stored = [df.fieldname for df in self.fields if df.fieldtype in FIELD_KINDS and not df.is_virtual]
			self._valid_columns = own + [column for column in stored if column not in own]
		return self._valid_columns

	def _of_type(self, *fieldtypes: str) -> list[DocField]:
		return [df for df in self.fields if df.fieldtype in fieldtypes]

	def get_link_fields(self) -> list[DocField]:
		"""Link fields."""
		return [df for df in self._of_type("Link") if df.options != "[Select]"]

	def get_dynamic_link_fields(self) -> list[DocField]:
		"""Dynamic Link fields."""
		return self._of_type("Dynamic Link")

	def get_table_fields(self, include_computed: bool = False) -> list[DocField]:
		"""Table and Table MultiSelect fields."""
		return [df for df in self._of_type(*table_fields) if include_computed or not df.is_virtual]

	def get_table_field_doctype(self, fieldname: str) -> str | None:
		"""The child DocType of a table field."""
		df = self.get_field(fieldname)
		return df.options if df and df.fieldtype in table_fields else None

	get_field_doctype = get_table_field_doctype

	def get_label(self, fieldname: str) -> str:
		"""The label of a field, standard ones included."""
		df = self.get_field(fieldname) or _STANDARD.get(fieldname)
		return df.label if df and df.label else "No Label"

	def get_options(self, fieldname: str) -> str | None:
		"""The options of a field."""
		return self._fields[fieldname].options

	def get_title_field(self) -> str:
		"""The field that names the document to people."""
		return self.title_field or ("title" if self.has_field("title") else "name")

	def get_search_fields(self) -> list[str]:
		"""The fields a search looks at."""
		fields = [f.strip() for f in (self.search_fields or "name").split(",") if f.strip()]
		return fields if "name" in fields else [*fields, "name"]

	def get_workflow(self) -> str | None:
		"""The active workflow of the DocType."""
		return frappe.db.get_value("Workflow", {"document_type": self.name, "is_active": 1}, cache=True)

	def get_high_permlevel_fields(self) -> list[DocField]:
		"""Fields above permission level 0."""
		return [df for df in self.fields if df.permlevel > 0]

	def get_permissions(self, parenttype: str | None = None) -> list[DocField]:
		"""The permission rows; a child table has its parent's."""
		return get_meta(parenttype).permissions if self.istable and parenttype else self.permissions

	def get_permlevel_access(
		self, permission_type: str = "read", parenttype: str | None = None, *, user: str | None = None
	) -> list[int]:
		"""The permission levels at which the user has this right."""
		if permission_type == "select":
			permission_type = "read"
		roles = set(frappe.get_roles(user))
		rows = [
			row for row in self.get_permissions(parenttype) if row.role in roles and row.get(permission_type)
		]
		return sorted({int(row.permlevel or 0) for row in rows})

	def get_permitted_fieldnames(
		self, parenttype: str | None = None, *, user: str | None = None, permission_type: str = "read",
		with_virtual_fields: bool = True,
	) -> list[str]:  # fmt: skip
		"""The fields with a value that the user has this right on."""
		fields = self.get_fieldnames_with_value(with_field_meta=True, with_virtual_fields=with_virtual_fields)
		user = user or frappe.session.user
		free = user == "Administrator" or (self.istable and not parenttype)
		if free or not self.get_permissions(parenttype):
			return [df.fieldname for df in fields]
		levels = self.get_permlevel_access(permission_type, parenttype, user=user)
		if 0 not in levels and permission_type in ("read", "select"):
			levels = [0, *levels]
		return [df.fieldname for df in fields if df.permlevel in levels]


def _matches(value: Any, wanted: Any) -> bool:
	if isinstance(wanted, list | tuple) and len(wanted) == 2 and isinstance(wanted[1], list | tuple | set):
		return (value in wanted[1]) == (wanted[0] == "in")
	if isinstance(wanted, list | tuple) and len(wanted) == 2:
		return (value == wanted[1]) == (wanted[0] == "=")
	return bool(value) if wanted is True else value == wanted


def _doctype_files() -> dict[str, str]:
	"""Folder name -> JSON file of every DocType of the installed apps; a later app wins."""
	apps = tuple(get_installed_apps() if local.db is not None else ["frappe"])
	if apps not in _files:
		found: dict[str, str] = {}
		for app in apps:
			root = get_app_path(app)
			for module in sorted(os.listdir(root)):
				folder = os.path.join(root, module, "doctype")
				for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
					path = os.path.join(folder, name, f"{name}.json")
					if os.path.exists(path):
						found[name] = path
		_files[apps] = found
	return _files[apps]


def find_definition(doctype: str) -> dict | None:
	"""The definition of a DocType: from its file, else from its row when it is custom."""
	path = _doctype_files().get(scrub(doctype))
	if path:
		with open(path, encoding="utf-8") as file:
			definition = json.load(file)
		if definition.get("name") == doctype and definition.get("doctype") == "DocType":
			return definition
	if local.db is not None and local.db.table_exists("DocType"):
		stored = local.db.get_value("DocType", {"name": doctype, "custom": 1}, "definition")
		return json.loads(stored) if stored else None
	return None


def get_meta(doctype: str, cached: bool = True) -> Meta:
	"""The meta of a DocType."""
	key = (local.site, doctype)
	meta = _metas.get(key) if cached else None
	if meta is None:
		definition = find_definition(doctype)
		if definition is None:
			raise frappe.DoesNotExistError(f"DocType {doctype} not found")
		_metas[key] = meta = Meta(definition)
	return meta


def clear_meta_cache(doctype: str | None = None) -> None:
	"""Read the meta of one DocType, or of all, afresh."""
	for key in [key for key in _metas if doctype in (None, key[1])]:
		_metas.pop(key, None)
	if doctype is None:
		_files.clear()


def get_field_precision(df: Any, doc: Any = None, currency: str | None = None) -> int:
	"""The number of decimal places of a Float, Currency or Percent field."""
	from frappe.utils.data import cint, get_currency_precision, get_number_format_info

	if df.precision not in (None, ""):
		return cint(df.precision)
	if df.fieldtype == "Currency":
		precision = get_currency_precision()
		places = get_number_format_info(frappe.db.get_default("number_format"))[2]
		return places if precision is None else precision
	return cint(frappe.db.get_default("float_precision")) or 3
