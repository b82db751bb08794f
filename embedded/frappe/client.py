"""What other programs may call over HTTP: documents and values, with the user's permissions."""

from typing import Any

import frappe
from frappe import _
from frappe.model import child_table_fields, default_fields


def _parsed(value: Any) -> Any:
	return frappe.parse_json(value) if isinstance(value, str) and value[:1] in ("[", "{", '"') else value


@frappe.whitelist()
def get_list(
	doctype: str, fields: Any = None, filters: Any = None, group_by: str | None = None, order_by: str | None = None,
	limit_start: int | None = None, limit_page_length: int = 20, parent: str | None = None, debug: bool = False,
	as_dict: bool = True, or_filters: Any = None, limit: int | None = None,
) -> Any:  # fmt: skip
	"""Rows that the user may read."""
	return frappe.get_list(
		doctype, fields=_parsed(fields), filters=_parsed(filters), or_filters=_parsed(or_filters), group_by=group_by,
		order_by=order_by, limit_start=limit_start, limit_page_length=limit or limit_page_length,
		as_list=not as_dict, parent_doctype=parent,
	)  # fmt: skip


@frappe.whitelist()
def get_count(doctype: str, filters: Any = None, debug: bool = False, cache: bool = False) -> int:
	"""How many rows the user may read."""
	return frappe.get_list(doctype, filters=_parsed(filters), fields=["count(*) as n"], order_by="")[0].n


@frappe.whitelist()
def get(doctype: str, name: str | int | None = None, filters: Any = None, parent: str | None = None) -> dict:
	"""A document."""
	doc = frappe.get_doc(doctype, name or _parsed(filters) or doctype)
	doc.check_permission()
	return visible_dict(doc)


def visible_dict(doc: Any) -> dict:
	"""A document's values without the fields that the user may not read."""
	values, levels = doc.as_dict(), {0, *doc.get_permlevel_access("read")}
	tables = {df.fieldname: frappe.get_meta(df.options) for df in doc.meta.get_table_fields()}
	rows = [(doc.meta, values), *((meta, row) for table, meta in tables.items() for row in values[table])]
	for meta, row in rows:
		for df in meta.get_high_permlevel_fields():
			if df.permlevel not in levels:
				row.pop(df.fieldname, None)
	return values


@frappe.whitelist()
def get_value(
	doctype: str, fieldname: Any, filters: Any = None, as_dict: bool = True, debug: bool = False,
	parent: str | None = None,
) -> Any:  # fmt: skip
	"""Values of one row that the user may read."""
	filters, fields = _parsed(filters), _parsed(fieldname)
	filters = {"name": filters} if isinstance(filters, str | int) else filters
	fields = [fields] if isinstance(fields, str) else fields
	if frappe.get_meta(doctype).issingle:
		found = get(doctype)
		return frappe._dict((field, found.get(field)) for field in fields)
	rows = frappe.get_list(
		doctype, filters=filters, fields=fields, limit=1, parent_doctype=parent, as_list=not as_dict
	)
	return rows[0] if rows else ({} if as_dict else None)


@frappe.whitelist(methods=["POST", "PUT"])
def set_value(doctype: str, name: str | int, fieldname: Any, value: Any = None) -> dict:
	"""Change values of a document, or of a row, through the document's checks."""
	values = _parsed(fieldname)
	values = values if isinstance(values, dict) else {fieldname: value}
	if any(key in default_fields or key in child_table_fields for key in values):
		frappe.throw(_("Cannot edit standard fields"))
	if not frappe.get_meta(doctype).istable:
		return frappe.get_doc(doctype, name).update(values).save().as_dict()
	parenttype, parent = frappe.db.get_value(doctype, name, ["parenttype", "parent"])
	doc = frappe.get_doc(parenttype, parent)
	next(row for row in doc.get_all_children() if (row.doctype, row.name) == (doctype, name)).update(values)
	return doc.save().as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def insert(doc: Any = None) -> dict:
	"""Make a document, or add a row to one."""
	values = frappe.parse_json(doc)
	if not values.get("parenttype"):
		return frappe.get_doc(values).insert().as_dict()
	parent = frappe.get_doc(values["parenttype"], values["parent"])
	parent.append(values["parentfield"], values)
	return parent.save().as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def save(doc: Any) -> dict:
	"""Write a document."""
	return frappe.get_doc(frappe.parse_json(doc)).save().as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def submit(doc: Any) -> dict:
	"""Submit a document."""
	return frappe.get_doc(frappe.parse_json(doc)).submit().as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def cancel(doctype: str, name: str) -> dict:
	"""Cancel a document."""
	return frappe.get_doc(doctype, name).cancel().as_dict()


@frappe.whitelist(methods=["DELETE", "POST"])
def delete(doctype: str, name: str | int) -> None:
	"""Delete a document."""
	frappe.delete_doc(doctype, name, ignore_missing=False)
