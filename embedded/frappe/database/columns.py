"""Values on their way into a column, by the field's type."""

import json
from collections.abc import Callable
from typing import Any

from frappe.database.dialects import FIELD_KINDS
from frappe.utils.data import cint, flt, get_datetime, getdate, to_timedelta

STANDARD_KINDS = {"creation": "datetime", "modified": "datetime", "docstatus": "int", "idx": "int"}


def kind_of(meta: Any, fieldname: str) -> str:
	"""data, text, long, float, rating, int, check, date, datetime or time."""
	df = meta.get_field(fieldname)
	return FIELD_KINDS.get(df.fieldtype, "data") if df else STANDARD_KINDS.get(fieldname, "data")


def _unless_empty(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
	return lambda value: None if value in (None, "") else convert(value)


def _long(value: Any) -> Any:
	return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else value


CONVERTERS: dict[str, Callable[[Any], Any]] = {
	"date": _unless_empty(getdate),
	"datetime": _unless_empty(get_datetime),
	"time": _unless_empty(to_timedelta),
	"check": cint,
	"int": cint,
	"float": flt,
	"rating": flt,
	"long": _long,
}
BULK_KINDS = ("date", "datetime", "time", "long")


def to_column(meta: Any, fieldname: str, value: Any) -> Any:
	"""The value as the field's column takes it."""
	convert = CONVERTERS.get(kind_of(meta, fieldname))
	return convert(value) if convert else value
