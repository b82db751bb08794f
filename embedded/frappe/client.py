"""What other programs may call over HTTP: documents and values, with the user's permissions."""

from typing import Any

import frappe
from frappe import _


@frappe.whitelist()
def get_list(
	doctype: str, fields: Any = None, filters: Any = None, group_by: str | None = None, order_by: str | None = None,
	limit_start: int | None = None, limit_page_length: int = 20, parent: str | None = None, debug: bool = False,
	as_dict: bool = True, or_filters: Any = None, limit: int | None = None,
) -> Any:
	"""Rows that the user may read."""
	return frappe.get_list(
		doctype, fields=_parsed(fields), filters=_parsed(filters), or_filters=_parsed(or_filters), group_by=group_by,
		order_by=order_by, limit_start=limit_start, limit_page_length=limit or limit_page_length,
		as_list=not as_dict, parent_doctype=parent,
	)  # fmt: skip


def _parsed(value: Any) -> Any:
	return frappe.parse_json(value) if isinstance(value, str) and value[:1] in ("[", "{", '"') else value


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
	"""A document's values without those that the user may not read."""
	values = doc.as_dict()
	levels = {0, *doc.get_permlevel_access("read")}
	for df in doc.meta.fields:
		if int(df.permlevel or 0) not in levels:
			values.pop(df.fieldname, None)
	for df in doc.meta.get_table_fields():
		for row in values.get(df.fieldname) or ():
			for child in frappe.get_meta(df.options).fields:
				if int(child.permlevel or 0) not in levels:
					row.pop(child.fieldname, None)
	return values


@frappe.whitelist()
def get_value(doctype: str, fieldname: Any, filters: Any = None, as_dict: bool = True, debug: bool = False, parent: str | None = None) -> Any:
	"""Values of one row that the user may read."""
	filters = _parsed(filters)
	if isinstance(filters, str | int):
		filters = {"name": filters}
	fields = _parsed(fieldname)
	fields = [fields] if isinstance(fields, str) else fields
	if frappe.get_meta(doctype).issingle:
		frappe.has_permission(doctype, "read", throw=True)
		row = frappe._dict((field, frappe.db.get_single_value(doctype, field)) for field in fields)
		return row if as_dict else list(row.values())
	rows = frappe.get_list(doctype, filters=filters, fields=fields, limit=1, parent_doctype=parent, as_list=not as_dict)
	return rows[0] if rows else ({} if as_dict else None)


@frappe.whitelist()
def get_single_value(doctype: str, field: str) -> Any:
	"""A value of a Single."""
	frappe.has_permission(doctype, "read", throw=True)
	return frappe.db.get_single_value(doctype, field)


@frappe.whitelist(methods=["POST", "PUT"])
def set_value(doctype: str, name: str | int, fieldname: Any, value: Any = None) -> dict:
	"""Change values of a document, through its checks."""
	values = frappe.parse_json(fieldname) if isinstance(fieldname, str) and fieldname.startswith("{") else fieldname
	if not isinstance(values, dict):
		values = {fieldname: value}
	for key in values:
		if key in frappe.model.default_fields or key in frappe.model.child_table_fields:
			frappe.throw(_("Cannot edit standard fields"))
	if frappe.get_meta(doctype).istable:
		parent = frappe.db.get_value(doctype, name, ["parenttype", "parent"], as_dict=True)
		doc = frappe.get_doc(parent.parenttype, parent.parent)
		next(row for row in doc.get_all_children() if row.doctype == doctype and row.name == name).update(values)
	else:
		doc = frappe.get_doc(doctype, name).update(values)
	doc.save()
	return doc.as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def insert(doc: Any = None) -> dict:
	"""Make a document, or add a row to one."""
	return _insert(frappe.parse_json(doc)).as_dict()


def _insert(values: dict) -> Any:
	if values.get("parenttype"):
		parent = frappe.get_doc(values["parenttype"], values["parent"])
		parent.append(values["parentfield"], values)
		return parent.save()
	return frappe.get_doc(values).insert()


@frappe.whitelist(methods=["POST", "PUT"])
def insert_many(docs: Any = None) -> list[str]:
	"""Make at most 200 documents."""
	docs = frappe.parse_json(docs)
	if len(docs) > 200:
		frappe.throw(_("Only 200 inserts allowed in one request"))
	return [_insert(doc).name for doc in docs]


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


@frappe.whitelist()
def has_permission(doctype: str, docname: str | int, perm_type: str = "read") -> dict[str, bool]:
	"""Whether the user has a right on a document."""
	return {"has_permission": frappe.has_permission(doctype, perm_type, docname)}
