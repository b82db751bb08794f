"""Field types and the columns every document has."""

no_value_fields = (
	"Section Break", "Column Break", "Tab Break", "HTML", "Table", "Table MultiSelect", "Button", "Image", "Fold",
	"Heading",
)  # fmt: skip
display_fieldtypes = tuple(kind for kind in no_value_fields if not kind.startswith("Table"))
table_fields = ("Table", "Table MultiSelect")
default_fields = ("doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
child_table_fields = ("parent", "parentfield", "parenttype")
