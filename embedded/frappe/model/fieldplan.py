"""What the checks need to know of a DocType, worked out once from its meta."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
	from frappe.model.meta import Meta

DEFAULT_COLUMNS = ("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
CHILD_COLUMNS = ("parent", "parentfield", "parenttype")
TABLE_TYPES = ("Table", "Table MultiSelect")
NO_VALUE_TYPES = frozenset(
	{"Section Break", "Column Break", "Tab Break", "HTML", "Table", "Table MultiSelect", "Button", "Image", "Fold", "Heading"}
)
MOMENT_TYPES = ("Date", "Datetime", "Time")
SHORT_TYPES = frozenset(
	{"Data", "Link", "Dynamic Link", "Select", "Read Only", "Phone", "Autocomplete", "Barcode", "Color", "Icon"}
)


class FieldPlan:
	"""A DocType's fields sorted by what has to be done with them."""

	def __init__(self, meta: "Meta"):
		from frappe.database.columns import CONVERTERS as STORED_AS
		from frappe.model.base_document import CONVERTERS

		fields = [df for df in meta.fields if df.fieldname]
		self.virtual = {df.fieldname: df for df in fields if df.get("is_virtual")}
		stored = [df for df in fields if df.fieldtype not in NO_VALUE_TYPES and not df.get("is_virtual")]
		self.stored = {df.fieldname: df for df in stored}
		self.tables = {df.fieldname: df.options for df in fields if df.fieldtype in TABLE_TYPES and not df.get("is_virtual")}
		own = DEFAULT_COLUMNS + (CHILD_COLUMNS if meta.istable else ())
		self.columns = [*own, *(f for f in self.stored if f not in own)]
		self.converters = {df.fieldname: CONVERTERS[df.fieldtype] for df in stored if df.fieldtype in CONVERTERS}
		self.converters["docstatus"] = self.converters["idx"] = CONVERTERS["Int"]
		self.moments = {df.fieldname: STORED_AS[df.fieldtype.lower()] for df in stored if df.fieldtype in MOMENT_TYPES}
		self.unique = {df.fieldname for df in stored if df.get("unique")}
		self.mandatory = [df for df in fields if df.get("reqd") and not df.get("is_virtual")]
		self.links = [df for df in stored if df.fieldtype == "Link" and df.options and df.options != "[Select]"]
		self.dynamic_links = [df for df in stored if df.fieldtype == "Dynamic Link"]
		self.selects = [
			(df, {option.strip() for option in df.options.split("\n")})
			for df in stored
			if df.fieldtype == "Select" and df.options and df.fieldname != "naming_series"
		]
		self.lengths = [(df, int(df.get("length") or 0) or 140) for df in stored if df.fieldtype in SHORT_TYPES]
		self.data_options = [
			(df, df.options if df.fieldtype == "Data" else "Phone")
			for df in stored
			if (df.fieldtype == "Data" and df.options in ("Email", "Name", "Phone", "URL")) or df.fieldtype == "Phone"
		]
		self.non_negative = [df for df in stored if df.get("non_negative")]
		self.passwords = [df.fieldname for df in stored if df.fieldtype == "Password"]
		self.constants = [df for df in fields if df.get("set_only_once") and df.fieldtype not in NO_VALUE_TYPES - {*TABLE_TYPES}]
		self.high_permlevel = [df for df in fields if int(df.get("permlevel") or 0) > 0]
		self.fetches: dict[str, list[tuple[Any, str]]] = {}
		for df in stored:
			if df.get("fetch_from"):
				link, _, source = df.fetch_from.partition(".")
				self.fetches.setdefault(link, []).append((df, source))
		self.defaults = {
			df.fieldname: df
			for df in fields
			if df.get("default") not in (None, "") or df.fieldtype == "Time" or (df.fieldtype == "Select" and df.options)
		}


def plan_of(meta: "Meta") -> FieldPlan:
	"""The plan of this meta, made when first asked for."""
	plan = meta.__dict__.get("_plan")
	if plan is None:
		meta.__dict__["_plan"] = plan = FieldPlan(meta)
	return plan
