"""Field types and the columns every document has."""

no_value_fields = (
	"Section Break", "Column Break", "Tab Break", "HTML", "Table", "Table MultiSelect", "Button", "Image", "Fold",
	"Heading",
)  # fmt: skip
display_fieldtypes = tuple(kind for kind in no_value_fields if not kind.startswith("Table"))
table_fields = ("Table", "Table MultiSelect")
default_fields = ("doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
child_table_fields = ("parent", "parentfield", "parenttype")


def get_permitted_fields(doctype: str, parenttype: str | None = None) -> list[str]:
	"""The columns of a DocType that the user may read; those of a child table follow their parent's permissions."""
	import frappe
	from frappe.permissions import get_permlevel_access

	meta = frappe.get_meta(doctype)
	levels = {0, *get_permlevel_access(frappe.get_meta(parenttype) if parenttype else meta, "read")}
	columns = meta.get_valid_columns()
	if frappe.session.user == "Administrator" or (meta.istable and not parenttype):
		return columns
	hidden = {df.fieldname for df in meta.fields if df.permlevel not in levels}
	return [column for column in columns if column not in hidden]
