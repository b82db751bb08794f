"""What nobody types: fields that only a service writes."""

from __future__ import annotations

from collections.abc import Collection

from frappe.model import display_fieldtypes
from frappe.model.document import Document


def restore_read_only(doc: Document, but: Collection[str] = ()) -> None:
	"""Give every read-only field of a saved document the value it had, whoever sent another one."""
	before = doc.get_doc_before_save()
	if not before:
		return
	for field in doc.meta.fields:
		if field.read_only and field.fieldtype not in display_fieldtypes and field.fieldname not in but:
			doc.set(field.fieldname, before.get(field.fieldname))
