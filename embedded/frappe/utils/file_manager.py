"""Storing and reading files from code."""

from typing import Any

import frappe
from frappe.utils import cint


def save_file(
	fname: str, content: bytes | str, dt: str | None, dn: str | None,
	folder: str | None = None, decode: bool = False, is_private: int = 0, df: str | None = None,
) -> Any:  # fmt: skip
	"""Store a content as a File attached to a document."""
	return frappe.get_doc(
		{
			"doctype": "File",
			"file_name": fname,
			"attached_to_doctype": dt,
			"attached_to_name": dn,
			"attached_to_field": df,
			"folder": folder,
			"is_private": cint(is_private),
			"content": content,
			"decode": decode,
		}
	).insert(ignore_permissions=True)


def get_file(fname: str) -> list:
	"""Name and content of a File, found by its address or its name."""
	doc = find_file(fname)
	return [doc.file_name, doc.get_content()]


def get_file_path(file_name: str) -> str:
	"""Where the content of a File lies on disk."""
	return find_file(file_name).get_full_path()


def find_file(fname: str) -> Any:
	"""The File of this address, file name or name."""
	for field in ("file_url", "file_name", "name"):
		if name := frappe.db.get_value("File", {field: fname}, "name"):
			return frappe.get_doc("File", name)
	raise frappe.DoesNotExistError(frappe._("File {0} does not exist").format(fname))
