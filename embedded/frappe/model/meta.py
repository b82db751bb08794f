"""What a DocType is: its JSON file, or the definition in its row when it is custom."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import frappe
from frappe.context import local
from frappe.hooks_registry import get_app_path, get_installed_apps, scrub
from frappe.model import table_fields
from frappe.model.fieldplan import FieldPlan
from frappe.types.frappedict import _dict

_metas: dict[tuple[str, str], "Meta"] = {}
_files: dict[tuple[str, ...], dict[str, str]] = {}
LISTS = ("fields", "permissions", "actions", "links", "states")


class Meta:
	"""A DocType with its fields, permissions, actions, links and states."""

	doctype = "DocType"

	def __init__(self, definition: dict):
		for key in LISTS:
			setattr(self, key, [])
		for key, value in definition.items():
			setattr(self, key, [_dict(row) for row in value] if key in LISTS else value)
		self.istable, self.issingle = int(self.get("istable") or 0), int(self.get("issingle") or 0)
		self.is_submittable = int(self.get("is_submittable") or 0)
		self.sort_field = self.get("sort_field") or "modified"
		self.sort_order = self.get("sort_order") or "DESC"
		if order := definition.get("field_order"):
			self.fields.sort(
				key=lambda df: order.index(df.fieldname) if df.fieldname in order else len(order)
			)
		if self.is_submittable and not any(df.fieldname == "amended_from" for df in self.fields):
			self.fields.append(_dict(fieldname="amended_from", fieldtype="Link", label="Amended From",
				options=self.name, read_only=1, no_copy=1, print_hide=1, search_index=1))  # fmt: skip
		for idx, df in enumerate(self.fields, 1):
			df.idx, df.parent, df.permlevel = idx, self.name, int(df.permlevel or 0)
		self._fields = {df.fieldname: df for df in self.fields if df.fieldname}

	def __getattr__(self, key: str) -> Any:
		if key.startswith("__"):
			raise AttributeError(key)
		return None

	def get(self, key: str, filters: dict | None = None) -> Any:
		"""A property; for a list those rows that match `filters`."""
		value = self.__dict__.get(key)
		if isinstance(filters, dict):
			return [row for row in value if all(row.get(key) == wanted for key, wanted in filters.items())]
		return filters if value is None else value

	def as_dict(self, no_nulls: bool = False) -> _dict:
		"""All of it as a dict."""
		return _dict(
			{key: value for key, value in self.__dict__.items() if not key.startswith("_") and key != "plan"}
		)

	def get_field(self, fieldname: str) -> _dict | None:
		"""The field of this name."""
		return self._fields.get(fieldname)

	def has_field(self, fieldname: str) -> bool:
		"""Whether there is a field of this name."""
		return fieldname in self._fields

	@cached_property
	def plan(self) -> FieldPlan:
		"""The fields sorted by what has to be done with them."""
		return FieldPlan(self)

	def get_valid_columns(self) -> list[str]:
		"""The columns of the table."""
		return self.plan.columns

	def get_table_fields(self) -> list[_dict]:
		"""Table and Table MultiSelect fields."""
		return [df for df in self.fields if df.fieldtype in table_fields]

	def get_label(self, fieldname: str) -> str:
		"""The label of a field."""
		df = self.get_field(fieldname)
		return df.label if df and df.label else "No Label"


def _doctype_files() -> dict[str, str]:
	"""Folder name -> JSON file of every DocType of the installed apps; a later app wins."""
	apps = tuple(get_installed_apps())
	if apps not in _files:
		paths = [path for app in apps for path in Path(get_app_path(app)).glob("*/doctype/*/*.json")]
		_files[apps] = {path.stem: str(path) for path in paths if path.stem == path.parent.name}
	return _files[apps]


def find_definition(doctype: str) -> dict | None:
	"""The definition of a DocType: from its file, else from its row when it is custom."""
	path = _doctype_files().get(scrub(doctype))
	if path:
		with open(path, encoding="utf-8") as file:
			definition = json.load(file)
		if definition.get("name") == doctype and definition.get("doctype") == "DocType":
			return definition
	if local.db and local.db.table_exists("DocType"):
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
