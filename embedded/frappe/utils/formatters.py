"""Values as people read them, by the field's type."""

from typing import Any

import frappe
from frappe.model.meta import get_field_precision
from frappe.types.frappedict import _dict
from frappe.utils.data import (
	cint,
	cstr,
	flt,
	fmt_money,
	format_datetime,
	format_duration,
	format_time,
	formatdate,
	is_html,
)

KINDS = {"datetime": "Datetime", "date": "Date", "timedelta": "Time", "int": "Int", "float": "Float"}
MOMENTS = {"Date": formatdate, "Datetime": format_datetime, "Time": format_time}


def format_value(
	value: Any, df: Any = None, doc: Any = None, currency: str | None = None, translated: bool = False, format: Any = None
) -> Any:  # fmt: skip
	"""The value in the words of its field's type; `df` is a field, a dict or a type's name."""
	if df is None:
		df = KINDS.get(type(value).__name__, "Data")
	df = _dict(fieldtype=df) if isinstance(df, str) else _dict(df)
	kind = df.fieldtype
	if kind == "Currency":
		currency = currency or get_field_currency(df, doc)
		return fmt_money(value, get_field_precision(df, doc), currency, format)
	if kind == "Float":
		precision = 0 if flt(value) == int(flt(value)) and not df.options else get_field_precision(df, doc)
		return fmt_money(value, precision, currency or (get_field_currency(df, doc) if df.options else None))
	if kind == "Percent":
		return f"{flt(value, 2)}%"
	if kind == "Check":
		return cint(value)
	if value is None:
		return None if kind == "Datetime" else ""
	if kind in MOMENTS:
		return MOMENTS[kind](value, format)
	if kind == "Duration":
		return format_duration(value, df.hide_days)
	if kind in ("Text", "Small Text") and value and not is_html(value):
		return value.replace("\n", "<br>")
	if kind == "Markdown Editor":
		return frappe.utils.md_to_html(value)
	if kind == "Table MultiSelect":
		return ", ".join(cstr(row.get(row.meta.get_link_fields()[0].fieldname)) for row in value)
	return frappe._(value) if translated and isinstance(value, str) and not is_html(value) else value


def get_field_currency(df: Any, doc: Any = None) -> str | None:
	"""The currency of an amount: named by the field's options, else the site's."""
	options = df.options or ""
	if ":" in options and doc:
		doctype, link, field = [*options.split(":"), "", ""][:3]
		return frappe.db.get_value(doctype, doc.get(link), field, cache=True) if doc.get(link) else None
	own = doc.get(options) if doc and options else None
	if not own and options and doc and doc.get("parent"):
		own = frappe.db.get_value(doc.get("parenttype"), doc.get("parent"), options, cache=True) if (
			frappe.get_meta(doc.get("parenttype")).has_field(options)) else None  # fmt: skip
	return own or frappe.db.get_default("currency")
