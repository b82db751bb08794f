"""What the checks need to know of a DocType, worked out once from its meta."""

from typing import TYPE_CHECKING, Any

from frappe.database.columns import CONVERTERS, MOMENTS, NUMBERS
from frappe.database.dialects import FIELD_KINDS
from frappe.model import child_table_fields, default_fields, table_fields

if TYPE_CHECKING:
	from frappe.model.meta import Meta

STANDARD_KINDS = {"creation": "datetime", "modified": "datetime", "docstatus": "int", "idx": "int"}
SHORT_TYPES = ("Data", "Link", "Dynamic Link", "Select", "Read Only", "Color")


class FieldPlan:
	"""A DocType's fields sorted by what has to be done with them."""

	def __init__(self, meta: "Meta"):
		fields = [df for df in meta.fields if df.fieldname]
		stored = [df for df in fields if df.fieldtype in FIELD_KINDS]
		self.stored = {df.fieldname: df for df in stored}
		self.tables = {df.fieldname: df.options for df in fields if df.fieldtype in table_fields}
		own = default_fields[1:] + (child_table_fields if meta.istable else ())
		self.columns = [*own, *(field for field in self.stored if field not in own)]
		self.kinds = STANDARD_KINDS | {df.fieldname: FIELD_KINDS[df.fieldtype] for df in stored}
		self.numbers = {name: CONVERTERS[kind] for name, kind in self.kinds.items() if kind in NUMBERS}
		self.moments = {name: CONVERTERS[kind] for name, kind in self.kinds.items() if kind in MOMENTS}
		self.unique = {df.fieldname for df in stored if df.unique}
		self.empty_is_null = self.unique | self.moments.keys()
		self.mandatory = [df for df in fields if df.reqd]
		self.links = [df for df in stored if df.fieldtype == "Link"]
		self.dynamic_links = [df for df in stored if df.fieldtype == "Dynamic Link"]
		selects = [df for df in stored if df.fieldtype == "Select" and (df.options or "").strip()]
		self.selects = [(df, {option.strip() for option in df.options.split("\n")}) for df in selects]
		self.lengths = [(df, int(df.length or 0) or 140) for df in stored if df.fieldtype in SHORT_TYPES]
		self.formats = [(df, df.options) for df in stored if df.fieldtype == "Data" and df.options]
		self.non_negative = [df for df in stored if df.non_negative]
		self.passwords = [df.fieldname for df in stored if df.fieldtype == "Password"]
		self.constants = [df for df in fields if df.set_only_once]
		self.high_permlevel = [df for df in fields if df.permlevel]
		self.fetches: dict[str, list[tuple[Any, str]]] = {}
		for df in stored:
			if df.fetch_from:
				link, _dot, source = df.fetch_from.partition(".")
				self.fetches.setdefault(link, []).append((df, source))
		self.defaults = [
			df for df in stored if df.default not in (None, "") or df.fieldtype == "Time" or df in selects
		]

	def converted(self, fieldname: str, value: Any) -> Any:
		"""A value as the field's column takes it."""
		convert = CONVERTERS.get(self.kinds.get(fieldname))
		return convert(value) if convert else value
