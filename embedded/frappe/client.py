"""What other programs may call over HTTP: documents and values, with the user's permissions."""

from typing import Any

import frappe


def _parsed(value: Any) -> Any:
	return frappe.parse_json(value) if isinstance(value, str) and value[:1] in ("[", "{", '"') else value


@frappe.whitelist()
def get_list(
	doctype: str, fields: Any = None, filters: Any = None, group_by: str | None = None, order_by: str | None = None,
	limit_start: int | None = None, limit_page_length: int = 20,
	as_dict: bool = True, or_filters: Any = None, limit: int | None = None,
) -> Any:  # fmt: skip
	"""Rows that the user may read."""
	return frappe.get_list(
		doctype, fields=_parsed(fields), filters=_parsed(filters), or_filters=_parsed(or_filters), group_by=group_by,
		order_by=order_by, limit_start=limit_start, limit_page_length=limit or limit_page_length,
		as_list=not as_dict,
	)  # fmt: skip


@frappe.whitelist()
def get_count(doctype: str, filters: Any = None) -> int:
	"""How many rows the user may read."""
	return frappe.get_list(doctype, filters=_parsed(filters), fields=["count(*) as n"], order_by="")[0].n


@frappe.whitelist()
def get(doctype: str, name: str | int) -> dict:
	"""A document, without what the user may not read."""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission()
	doc.apply_fieldlevel_read_permissions()
	return doc.as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def insert(doc: Any) -> dict:
	"""Make a document."""
	return frappe.get_doc(frappe.parse_json(doc)).insert().as_dict()


@frappe.whitelist(methods=["DELETE", "POST"])
def delete(doctype: str, name: str | int) -> None:
	"""Delete a document."""
	frappe.delete_doc(doctype, name, ignore_missing=False)
