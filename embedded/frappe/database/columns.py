"""Values on their way into a column, by the field's type."""

import json
from collections.abc import Callable
from typing import Any

from frappe.utils.data import cint, flt, get_datetime, getdate, to_timedelta

NUMBERS = frozenset(("int", "check", "float", "rating"))
MOMENTS = frozenset(("date", "datetime", "time"))


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
