"""Field types and the columns every document has."""

from typing import Any

data_fieldtypes = (
	"Currency", "Int", "Long Int", "Float", "Percent", "Check", "Small Text", "Long Text", "Code", "Text Editor",
	"Markdown Editor", "HTML Editor", "Date", "Datetime", "Time", "Text", "Data", "Link", "Dynamic Link", "Password",
	"Select", "Rating", "Read Only", "Attach", "Attach Image", "Signature", "Color", "Barcode", "Geolocation",
	"Duration", "Icon", "Phone", "Autocomplete", "JSON",
)  # fmt: skip
no_value_fields = (
	"Section Break", "Column Break", "Tab Break", "HTML", "Table", "Table MultiSelect", "Button", "Image", "Fold",
	"Heading",
)  # fmt: skip
display_fieldtypes = tuple(kind for kind in no_value_fields if not kind.startswith("Table"))
numeric_fieldtypes = ("Currency", "Int", "Long Int", "Float", "Percent", "Check")
float_like_fields = {"Float", "Currency", "Percent"}
datetime_fields = {"Datetime", "Date", "Time"}
table_fields = ("Table", "Table MultiSelect")
default_fields = ("doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
child_table_fields = ("parent", "parentfield", "parenttype")
optional_fields: tuple[str, ...] = ()
std_fields = [
	{"fieldname": "name", "fieldtype": "Link", "label": "ID"},
	{"fieldname": "owner", "fieldtype": "Link", "label": "Created By", "options": "User"},
	{"fieldname": "idx", "fieldtype": "Int", "label": "Index"},
	{"fieldname": "creation", "fieldtype": "Datetime", "label": "Created On"},
	{"fieldname": "modified", "fieldtype": "Datetime", "label": "Last Updated On"},
	{"fieldname": "modified_by", "fieldtype": "Data", "label": "Last Updated By", "options": "User"},
	{"fieldname": "docstatus", "fieldtype": "Int", "label": "Document Status"},
	{"fieldname": "parent", "fieldtype": "Data", "label": "Parent"},
	{"fieldname": "parenttype", "fieldtype": "Data", "label": "Parent Type"},
	{"fieldname": "parentfield", "fieldtype": "Data", "label": "Parent Field"},
]


def get_permitted_fields(
	doctype: str,
	parenttype: str | None = None,
	user: str | None = None,
	permission_type: str | None = None,
	ignore_virtual: bool = False,
) -> list[str]:
	"""The columns of a DocType that the user may read."""
	import frappe

	meta = frappe.get_meta(doctype)
	fields: Any = meta.get_permitted_fieldnames(
		parenttype=parenttype, user=user, permission_type=permission_type or "read"
	)
	own = [*default_fields[1:], *(child_table_fields if meta.istable else ())]
	return own + [field for field in fields if not (ignore_virtual and meta.get_field(field).is_virtual)]
