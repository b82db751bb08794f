"""Field types and the columns every document has."""

no_value_fields = (
	"Section Break", "Column Break", "Tab Break", "HTML", "Table", "Table MultiSelect", "Button", "Image", "Fold",
	"Heading",
)  # fmt: skip
display_fieldtypes = tuple(kind for kind in no_value_fields if not kind.startswith("Table"))
table_fields = ("Table", "Table MultiSelect")
default_fields = ("doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
child_table_fields = ("parent", "parentfield", "parenttype")


def get_permitted_fields(doctype: str, asked: str) -> list[str]:
	"""The columns of a DocType, or of a table of it, that the user may read; a table follows its parent's permissions."""
	import frappe
	from frappe.permissions import get_permlevel_access

	levels = {0, *get_permlevel_access(frappe.get_meta(asked), "read")}
	plan = frappe.get_meta(doctype).plan
	hidden = {df.fieldname for df in plan.high_permlevel if df.permlevel not in levels}
	return [column for column in plan.columns if column not in hidden]
