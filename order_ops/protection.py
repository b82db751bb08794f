"""What nobody types: fields that only a service writes, rows that only their document changes."""

from __future__ import annotations

from collections.abc import Collection

import frappe
from frappe import _
from frappe.model import display_fieldtypes
from frappe.model.document import Document


class Row(Document):
	"""A row of a table, saved and deleted with its document only, whose rules see it then (G8-03.2)."""

	def validate(self) -> None:
		self.refuse_alone()

	def before_update_after_submit(self) -> None:
		self.refuse_alone()

	def before_cancel(self) -> None:
		self.refuse_alone()

	def on_trash(self) -> None:
		self.refuse_alone()

	def refuse_alone(self) -> None:
		"""Refuse what goes past the document: frappe saves a row alone when REST names it."""
		message = _("Change {0} {1} itself, not a row of it [G8-03.2]")
		frappe.throw(message.format(_(self.parenttype or ""), self.parent or ""), frappe.PermissionError)


def restore_read_only(doc: Document, but: Collection[str] = ()) -> None:
	"""Give every read-only field of a saved document the value it had, whoever sent another one."""
	before = doc.get_doc_before_save()
	if not before:
		return
	for field in doc.meta.fields:
		if field.read_only and field.fieldtype not in display_fieldtypes and field.fieldname not in but:
			doc.set(field.fieldname, before.get(field.fieldname))
