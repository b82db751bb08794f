"""MariaDB's functions that SQLite lacks, for statements that must run on both."""

import re
from datetime import datetime
from typing import Any

_STRFTIME = {
	"i": "%M", "s": "%S", "S": "%S", "H": "%H", "h": "%I", "Y": "%Y", "y": "%y", "m": "%m", "d": "%d", "M": "%B",
	"b": "%b", "a": "%a", "W": "%A", "w": "%w", "j": "%j", "u": "%W", "v": "%V", "x": "%G", "p": "%p", "f": "%f",
	"T": "%H:%M:%S",
}  # fmt: skip


def _moment(value: Any) -> datetime | None:
	return None if value in (None, "") else datetime.fromisoformat(str(value))


def _part(name: str):
	def part(value: Any) -> int | None:
		moment = _moment(value)
		return None if moment is None else getattr(moment, name)

	return part


def _date_format(value: Any, pattern: str) -> str | None:
	moment = _moment(value)
	if moment is None:
		return None
	return re.sub(r"%(.)", lambda m: moment.strftime(_STRFTIME.get(m[1], m[1])), pattern)


def _days_between(later: Any, earlier: Any) -> int | None:
	if None in (later, earlier):
		return None
	return (_moment(later).date() - _moment(earlier).date()).days


def _unix(value: Any = None) -> float | None:
	moment = datetime.now() if value is None else _moment(value)
	return moment.timestamp() if moment else None


def _extreme(pick: Any):
	return lambda *values: None if None in values else pick(values)


def _field(value: Any, *options: Any) -> int:
	return options.index(value) + 1 if value in options else 0


def _now() -> str:
	from frappe.utils.data import now_datetime

	return now_datetime().isoformat(" ")


FUNCTIONS = (
	("now", 0, _now, False),
	("curdate", 0, lambda: _now()[:10], False),
	("if", 3, lambda test, yes, no: yes if test else no, True),
	("concat", -1, lambda *values: None if None in values else "".join(map(str, values)), True),
	("concat_ws", -1, lambda sep, *values: sep.join(str(v) for v in values if v is not None), True),
	("left", 2, lambda text, n: None if text is None else str(text)[: int(n)], True),
	("right", 2, lambda text, n: None if text is None else str(text)[-int(n) :] if n else "", True),
	(
		"locate",
		2,
		lambda part, text: None if text is None else str(text).lower().find(str(part).lower()) + 1,
		True,
	),
	("regexp", 2, lambda pattern, text: text is not None and bool(re.search(pattern, str(text), re.I)), True),
	("greatest", -1, _extreme(max), True),
	("least", -1, _extreme(min), True),
	("field", -1, _field, True),
	("year", 1, _part("year"), True),
	("month", 1, _part("month"), True),
	("day", 1, _part("day"), True),
	("hour", 1, _part("hour"), True),
	("minute", 1, _part("minute"), True),
	("weekday", 1, lambda value: None if value is None else _moment(value).weekday(), True),
	("date_format", 2, _date_format, True),
	("datediff", 2, _days_between, True),
	("unix_timestamp", -1, _unix, False),
)


def register(connection: Any) -> None:
	"""Make the functions known to a connection."""
	for name, arguments, function, deterministic in FUNCTIONS:
		connection.create_function(name, arguments, function, deterministic=deterministic)
