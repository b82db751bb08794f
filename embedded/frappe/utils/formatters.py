"""Values as people read them, by the field's type."""

from typing import Any

import frappe
from frappe.utils.data import cint, flt, fmt_money, format_datetime, format_time, formatdate

MOMENTS = {"Date": formatdate, "Datetime": format_datetime, "Time": format_time}


def format_value(
	value: Any, df: Any, doc: Any = None, currency: str | None = None, format: str | None = None
) -> Any:
	"""The value in the words of its field's type; `df` is a field or a dict."""
	kind = df.get("fieldtype")
	places = cint(df.get("precision") or (2 if kind == "Currency" else 3))
	if kind == "Currency":
		own = doc.get(df.get("options")) if doc and df.get("options") else None
		currency = currency or own or frappe.get_system_settings("currency")
		return fmt_money(value, places, currency)
	if kind == "Float":
		return fmt_money(value, 0 if flt(value) == int(flt(value)) else places)
	if kind == "Percent":
		return f"{flt(value, 2)}%"
	if kind == "Check":
		return cint(value)
	if value is None:
		return None if kind == "Datetime" else ""
	if kind in MOMENTS:
		return MOMENTS[kind](value, format)
	if kind in ("Text", "Small Text") and "<" not in value:
		return value.replace("\n", "<br>")
	return value
