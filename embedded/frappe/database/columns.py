"""Values on their way into a column, by the field's type."""

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from frappe.database.dialects import FIELD_KINDS
from frappe.utils.data import cint, flt, get_datetime, getdate, to_timedelta

STANDARD_KINDS = {
	"name": "data", "owner": "data", "creation": "datetime", "modified": "datetime", "modified_by": "data",
	"docstatus": "int", "idx": "int", "parent": "data", "parentfield": "data", "parenttype": "data",
}  # fmt: skip


def kind_of(meta: Any, fieldname: str) -> str:
	"""data, text, long, float, rating, int, check, date, datetime or time."""
	if fieldname in STANDARD_KINDS:
		return STANDARD_KINDS[fieldname]
	df = meta.get_field(fieldname) if meta else None
	return FIELD_KINDS.get(df.fieldtype, "data") if df else "data"


def _time(value: Any) -> timedelta | None:
	if isinstance(value, datetime | time):
		return timedelta(
			hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
		)
	return to_timedelta(value)


def _long(value: Any) -> Any:
	return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else value


CONVERTERS: dict[str, Callable[[Any], Any]] = {
	"date": lambda value: None if value in (None, "") else getdate(value),
	"datetime": lambda value: None if value in (None, "") else get_datetime(value),
	"time": lambda value: None if value in (None, "") else _time(value),
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
