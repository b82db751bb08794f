"""DocTypes: a row each; those that are custom keep their definition in it."""

import json
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

GRANTED = ("read", "write", "create", "delete", "report", "export", "share", "print", "email")
LISTS = ("fields", "permissions", "actions", "links", "states")


class DocType(Document):
	"""A kind of document."""

	def __init__(self, *args: Any, **kwargs: Any):
		super().__init__(*args, **kwargs)
		for key in LISTS:
			self.__dict__.setdefault(key, [])

	def load_from_db(self) -> "DocType":
		"""The row, and what the DocType's file or definition says."""
		super().load_from_db()
		for key, value in frappe.get_meta(self.name).as_dict().items():
			self.__dict__.setdefault(key, value)
		return self

	def append(self, key: str, value: Any = None, position: int = -1) -> Any:
		"""Add a field, a permission, …"""
		row = frappe._dict(value or {})
		self.__dict__[key].append(row)
		return row

	def autoname(self) -> None:
		"""A DocType is called what it is called."""
		if frappe.db.exists("DocType", self.name):
			frappe.throw(_("DocType {0} exists").format(self.name), frappe.DuplicateEntryError)

	def validate(self) -> None:
		"""Only custom DocTypes are made here; the others are files."""
		if not self.custom:
			frappe.throw(_("A DocType that is not custom is a file of its app"))
		for df in self.fields:
			if not df.get("fieldtype"):
				frappe.throw(_("Fieldtype not set"), frappe.MandatoryError)
			df.setdefault("fieldname", frappe.scrub(df.get("label") or ""))
		for row in self.permissions:
			for right in GRANTED:
				row.setdefault(right, 1)
		values = {
			k: v
			for k, v in self.__dict__.items()
			if not k.startswith("_") and k not in ("definition", "flags")
		}
		self.definition = json.dumps({**values, "doctype": "DocType"}, default=str)

	def on_update(self) -> None:
		"""Make its table."""
		from frappe.model.sync import clear_doctype, make_roles

		clear_doctype(self.name)
		frappe.db.updatedb(self.name)
		make_roles(frappe.get_meta(self.name))

	def on_trash(self) -> None:
		"""Its table goes with it."""
		if not self.custom and not frappe.flags.in_uninstall:
			frappe.throw(_("A DocType that is not custom is a file of its app"))

	def after_delete(self) -> None:
		"""Drop the table."""
		from frappe.model.sync import clear_doctype

		if self.issingle:
			frappe.db.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s", (self.name,))
		else:
			frappe.db.drop_table(self.name)
		clear_doctype(self.name)
