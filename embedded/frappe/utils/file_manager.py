"""Storing and reading files from code."""

from typing import Any

import frappe
from frappe.utils import cint


def save_file(
	fname: str, content: bytes | str, dt: str | None, dn: str | None, folder: str | None = None, decode: bool = False,
	is_private: int = 0, df: str | None = None,
) -> Any:  # fmt: skip
	"""Store a content as a File attached to a document."""
	return frappe.get_doc(
		doctype="File", file_name=fname, attached_to_doctype=dt, attached_to_name=dn, attached_to_field=df,
		is_private=cint(is_private), content=content, decode=decode,
	).insert(ignore_permissions=True)  # fmt: skip


def get_file(fname: str) -> list:
	"""Name and content of a File, found by its address or its file name."""
	for field in ("file_url", "file_name", "name"):
		if name := frappe.db.get_value("File", {field: fname}, "name"):
			doc = frappe.get_doc("File", name)
			return [doc.file_name, doc.get_content()]
	raise frappe.DoesNotExistError(frappe._("File {0} does not exist").format(fname))
