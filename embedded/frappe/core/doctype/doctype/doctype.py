"""DocTypes: a row each; those that are custom keep their definition in it."""

import json
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.sync import make_roles

LISTS = ("fields", "permissions")


class DocType(Document):
	"""A kind of document."""

	def __init__(self, *args: Any, **kwargs: Any):
		super().__init__(*args, **kwargs)
		for key in LISTS:
			self.__dict__.setdefault(key, [])

	def autoname(self) -> None:
		"""A DocType is called what it is called."""
		if frappe.db.exists("DocType", self.name):
			frappe.throw(_("DocType {0} exists").format(self.name), frappe.DuplicateEntryError)

	def validate(self) -> None:
		"""Only custom DocTypes are made here; the others are files."""
		self.on_trash()
		hidden = ("definition", "flags")
		values = {k: v for k, v in self.__dict__.items() if not k.startswith("_") and k not in hidden}
		self.definition = json.dumps({**values, "doctype": "DocType"}, default=str)

	def on_update(self) -> None:
		"""Make its table."""
		frappe.clear_cache(doctype=self.name)
		frappe.db.updatedb(self.name)
		make_roles(frappe.get_meta(self.name))

	def on_trash(self) -> None:
		"""Only custom DocTypes are removed here."""
		if not self.custom:
			frappe.throw(_("A DocType that is not custom is a file of its app"))

	def after_delete(self) -> None:
		"""Its table goes with it."""
		if not self.issingle:
			frappe.db.drop_table(self.name)
		frappe.clear_cache(doctype=self.name)
