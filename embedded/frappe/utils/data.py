"""Dates, numbers and texts, as Frappe's API handles them."""

import calendar
import math
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dateutil import parser as date_parser
from dateutil.relativedelta import relativedelta

import frappe
from frappe.context import local

DATE_FORMAT = "%Y-%m-%d"
TIME_FORMAT = "%H:%M:%S.%f"
DATETIME_FORMAT = f"{DATE_FORMAT} {TIME_FORMAT}"
DEFAULT_TIME_ZONE = "Asia/Shanghai"
_FAST_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_FAST_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{6})?")

# moments


def get_system_timezone() -> str:
	"""The site's time zone."""
	return frappe.get_system_settings("time_zone") or local.conf.time_zone or DEFAULT_TIME_ZONE


def now_datetime() -> datetime:
	"""This moment in the site's time zone, naive."""
	return datetime.now(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def now() -> str:
	"""This moment as text, with microseconds."""
	return now_datetime().strftime(DATETIME_FORMAT)


def nowdate() -> str:
	"""Today as text."""
	return now_datetime().strftime(DATE_FORMAT)


today = nowdate


def nowtime() -> str:
	"""This time of day as text."""
	return now_datetime().strftime(TIME_FORMAT)


def getdate(string_date: Any = None, parse_day_first: bool = False) -> date | None:
	"""A date from text or a moment; today from nothing; None from a zero date."""
	if not string_date:
		return now_datetime().date()
	if isinstance(string_date, datetime):
		return string_date.date()
	if isinstance(string_date, date):
		return string_date
	text = str(string_date)
	if text.startswith("0000-00-00"):
		return None
	try:
		if _FAST_DATE.match(text):
			return date.fromisoformat(text[:10])
		return date_parser.parse(text, dayfirst=parse_day_first).date()
	except (ValueError, OverflowError, date_parser.ParserError):
		frappe.throw(
			frappe._("{} is not a valid date string.").format(frappe.bold(string_date)),
			frappe.ValidationError,
			frappe._("Invalid Date"),
		)


def get_datetime(datetime_str: Any = None) -> datetime | None:
	"""A moment from text or a date; now from None; None from a zero date."""
	if datetime_str is None:
		return now_datetime()
	if isinstance(datetime_str, datetime | timedelta):
		return datetime_str
	if isinstance(datetime_str, list | tuple):
		return datetime(*datetime_str)
	if isinstance(datetime_str, date):
		return datetime(datetime_str.year, datetime_str.month, datetime_str.day)
	text = str(datetime_str)
	if not text or text.startswith("0000-00-00"):
		return None
	if _FAST_MOMENT.fullmatch(text) or _FAST_DATE.fullmatch(text):
		return datetime.fromisoformat(text)
	return date_parser.parse(text)


def get_timedelta(time: Any = None) -> timedelta | None:
	"""A time of day as a timedelta; None when it cannot be read."""
	if isinstance(time, timedelta):
		return time
	try:
		return to_timedelta(time or "0:0:0")
	except ValueError:
		return None


def to_timedelta(time_str: Any) -> Any:
	"""A time of day, given as text or a time, as a timedelta."""
	if isinstance(time_str, datetime):
		time_str = time_str.time()
	if isinstance(time_str, time):
		return timedelta(
			hours=time_str.hour,
			minutes=time_str.minute,
			seconds=time_str.second,
			microseconds=time_str.microsecond,
		)
	if not isinstance(time_str, str):
		return time_str
	if "day" in time_str or not re.fullmatch(r"\d+:\d{1,2}(:\d{1,2}(\.\d+)?)?", time_str.strip()):
		return to_timedelta(date_parser.parse(time_str).time())
	hours, minutes, seconds = (*time_str.strip().split(":"), "0")[:3]
	return timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def get_time(time_str: Any) -> time:
	"""A time of day."""
	if isinstance(time_str, datetime):
		return time_str.time()
	if isinstance(time_str, time):
		return time_str
	if isinstance(time_str, timedelta):
		return (datetime.min + time_str).time()
	try:
		return date_parser.parse(time_str).time()
	except (ValueError, OverflowError):
		frappe.throw(
			frappe._("{} is not a valid time string.").format(frappe.bold(time_str)), frappe.ValidationError
		)


def get_datetime_str(datetime_obj: Any) -> str:
	"""A moment as text, with microseconds."""
	return get_datetime(datetime_obj).strftime(DATETIME_FORMAT)


def add_to_date(
	date: Any = None, years: int = 0, months: int = 0, weeks: int = 0, days: int = 0, hours: int = 0,
	minutes: int = 0, seconds: int = 0, as_string: bool = False, as_datetime: bool = False,
) -> Any:  # fmt: skip
	"""A date or moment some time on; text comes back as text."""
	if date is None:
		date = now_datetime()
	if hours or minutes or seconds:
		as_datetime = True
	if isinstance(date, str):
		as_string = True
		as_datetime = as_datetime or " " in date
		date = get_datetime(date)
	moved = date + relativedelta(
		years=years, months=months, weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
	)
	if as_string:
		return moved.strftime(DATETIME_FORMAT if as_datetime else DATE_FORMAT)
	return moved


def add_days(date: Any, days: float) -> Any:
	"""Some days on."""
	return add_to_date(date, days=days)


def add_months(date: Any, months: int) -> Any:
	"""Some months on; the 31st becomes the month's last day."""
	return add_to_date(date, months=months)


def date_diff(string_ed_date: Any, string_st_date: Any) -> int:
	"""Days from the second date to the first."""
	return (getdate(string_ed_date) - getdate(string_st_date)).days


def time_diff(string_ed_date: Any, string_st_date: Any) -> timedelta:
	"""Time from the second moment to the first."""
	return get_datetime(string_ed_date) - get_datetime(string_st_date)


def time_diff_in_seconds(string_ed_date: Any, string_st_date: Any) -> float:
	"""Seconds from the second moment to the first."""
	return time_diff(string_ed_date, string_st_date).total_seconds()


def get_first_day(dt: Any, d_years: int = 0, d_months: int = 0, as_str: bool = False) -> Any:
	"""The first day of the month, or of a month some months on."""
	first = getdate(dt).replace(day=1) + relativedelta(years=d_years, months=d_months)
	return first.strftime(DATE_FORMAT) if as_str else first


def get_last_day(dt: Any) -> date:
	"""The last day of the month."""
	day = getdate(dt)
	return day.replace(day=calendar.monthrange(day.year, day.month)[1])


# numbers


def cint(s: Any, default: int = 0) -> int:
	"""An int from anything; 0 from what is none."""
	try:
		return int(s)
	except (ValueError, TypeError, OverflowError):
		try:
			return int(float(s))
		except (ValueError, TypeError, OverflowError):
			return default


def flt(s: Any, precision: int | None = None, rounding_method: str | None = None) -> float:
	"""A float from anything, thousands separators included; 0 from what is none; rounded when told to."""
	if type(s) is not float:
		if isinstance(s, str):
			s = s.replace(",", "")
		try:
			s = float(s)
		except (ValueError, TypeError, OverflowError):
			return 0.0
	return s if precision is None else rounded(s, precision, rounding_method)


def rounded(num: Any, precision: int = 0, rounding_method: str | None = None) -> float:
	"""The number with so many places: half to even, or away from zero when System Settings say so."""
	num, precision = flt(num), cint(precision)
	if not num or not math.isfinite(num):
		return num
	method = rounding_method or frappe.get_system_settings("rounding_method") or "Banker's Rounding"
	mode = ROUND_HALF_UP if method == "Commercial Rounding" else ROUND_HALF_EVEN
	try:
		result = Decimal(f"{num:.15g}").quantize(Decimal(1).scaleb(-precision), mode)
	except InvalidOperation:
		return num
	return float(result) if precision else float(int(result))


def ceil(s: Any) -> int:
	"""The next whole number."""
	try:
		return math.ceil(float(s))
	except (ValueError, TypeError):
		return s


def floor(s: Any) -> int:
	"""The whole number before."""
	try:
		return math.floor(float(s))
	except (ValueError, TypeError):
		return 0


NUMBER_FORMATS = {
	"#,###.##": (".", ",", 2), "#.###,##": (",", ".", 2), "# ###.##": (".", " ", 2), "# ###,##": (",", " ", 2),
	"#'###.##": (".", "'", 2), "#, ###.##": (".", ", ", 2), "#,##,###.##": (".", ",", 2), "#,###.###": (".", ",", 3),
	"#.###": ("", ".", 0), "#,###": ("", ",", 0), "#.########": (".", "", 8),
}  # fmt: skip


def get_number_format_info(format: str | None) -> tuple[str, str, int]:
	"""Decimal sign, thousands separator and places of a number format."""
	return NUMBER_FORMATS.get(format or "#,###.##") or (".", ",", 2)


def get_currency_precision() -> int | None:
	"""The places of an amount when System Settings name them."""
	value = frappe.db.get_default("currency_precision")
	return None if value in (None, "") else cint(value)


def fmt_money(
	amount: Any, precision: int | str | None = None, currency: str | None = None, format: str | None = None
) -> str:
	"""An amount as people write it, with the currency's symbol when there is a currency."""
	number_format = format or frappe.db.get_default("number_format") or "#,###.##"
	decimal_sign, comma, places = get_number_format_info(number_format)
	if precision is None:
		precision = get_currency_precision()
	places = places if precision in (None, "") else cint(precision)
	value = flt(amount, places) if isinstance(amount, str) else flt(amount)
	text = f"{abs(value):.{places}f}"
	if places > 2:
		text = f"{abs(value):.{max(2, len(text.rstrip('0').partition('.')[2]))}f}"
	sign = "-" if value < 0 and text.strip("0.") else ""
	whole, _, fraction = text.partition(".")
	if number_format == "#,##,###.##" and len(whole) > 3:
		head, tail = whole[:-3], whole[-3:]
		whole = re.sub(r"(?<=\d)(?=(\d\d)+$)", ",", head) + "," + tail
	else:
		whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", lambda m: comma, whole)
	text = sign + whole + ((decimal_sign or ".") + fraction if fraction else "")
	if not currency or frappe.db.get_default("hide_currency_symbol") == "Yes":
		return text
	found = frappe.db.get_value("Currency", currency, ["symbol", "symbol_on_right"], cache=True)
	symbol, on_right = found or (currency, 0)
	return f"{text} {symbol or currency}" if on_right else f"{symbol or currency} {text}"


# texts


def cstr(s: Any, encoding: str = "utf-8") -> str:
	"""Text from anything; "" from None."""
	if isinstance(s, str):
		return s
	if s is None:
		return ""
	return s.decode(encoding) if isinstance(s, bytes) else str(s)


def sbool(x: Any) -> Any:
	"""True or False when the text says so, else what was given."""
	text = str(x).strip().lower() if isinstance(x, str) else None
	if text in ("true", "1"):
		return True
	return False if text in ("false", "0") else x


def is_html(text: str) -> bool:
	"""Whether a text holds tags."""
	return isinstance(text, str) and bool(re.search(r"<[^>]+>", text))


def strip_html(text: Any) -> str:
	"""A text without its tags."""
	return re.sub(r"<[^>]*>", "", cstr(text))


def escape_html(text: Any) -> Any:
	"""A text that is safe between tags and in attributes."""
	if not isinstance(text, str):
		return text
	for sign, entity in (("&", "&amp;"), ('"', "&quot;"), ("'", "&apos;"), (">", "&gt;"), ("<", "&lt;")):
		text = text.replace(sign, entity)
	return text


def comma_and(some_list: Any, add_quotes: bool = True) -> Any:
	"""'a', 'b' and 'c'."""
	return comma_sep(some_list, lambda: frappe._("{0} and {1}"), add_quotes)


def comma_sep(some_list: Any, pattern: Any, add_quotes: bool = True) -> Any:
	"""The items in a row, the last joined by `pattern`."""
	if not isinstance(some_list, list | tuple | set):
		return some_list
	items = [f"'{item}'" if add_quotes else str(item) for item in some_list]
	if len(items) < 2:
		return items[0] if items else ""
	return (pattern() if callable(pattern) else pattern).format(", ".join(items[:-1]), items[-1])


def quoted(url: str) -> str:
	"""A text for a URL's path."""
	return quote(cstr(url).encode(), safe=b"~@#$&()*!+=:;,.?/'")


def unique(seq: Iterable) -> list:
	"""Each item once, in its first place."""
	return list(dict.fromkeys(seq))


# what people read


def get_user_date_format() -> str:
	"""The date format of System Settings."""
	return frappe.db.get_default("date_format") or "yyyy-mm-dd"


def _strftime_pattern(pattern: str) -> str:
	for sign, token in (("yyyy", "%Y"), ("mm", "%m"), ("dd", "%d"), ("HH", "%H"), ("ss", "%S")):
		pattern = pattern.replace(sign, token)
	return pattern


def formatdate(
	string_date: Any = None, format_string: str | None = None, parse_day_first: bool = False
) -> str:
	"""A date as people read it; `format_string` in Babel's letters."""
	if not string_date:
		return ""
	value = getdate(string_date, parse_day_first)
	format_string = format_string or get_user_date_format()
	if format_string == format_string.lower():
		return value.strftime(_strftime_pattern(format_string)) if "mmm" not in format_string else _babel_date(
			value, format_string.replace("mm", "MM"))  # fmt: skip
	return _babel_date(value, format_string)


format_date = formatdate


def _babel_date(value: date, pattern: str) -> str:
	from babel.dates import format_date

	return format_date(value, pattern, locale=_babel_locale())


def _babel_locale() -> str:
	return (local.lang or "en").replace("-", "_")


def format_time(time_string: Any = None, format_string: str | None = None) -> str:
	"""A time of day as people read it."""
	if time_string in (None, ""):
		return ""
	value = get_time(time_string)
	if format_string:
		from babel.dates import format_time as babel_time

		return babel_time(value, format_string, locale=_babel_locale())
	return value.strftime("%H:%M" if frappe.db.get_default("time_format") == "HH:mm" else "%H:%M:%S")


def format_datetime(datetime_string: Any, format_string: str | None = None) -> str | None:
	"""A moment as people read it."""
	if not datetime_string:
		return None
	value = get_datetime(datetime_string)
	if format_string:
		from babel.dates import format_datetime as babel_datetime

		return babel_datetime(value, format_string, locale=_babel_locale())
	return f"{formatdate(value)} {format_time(value)}"


def format_duration(seconds: float, hide_days: bool = False) -> str:
	"""1d 2h 3m 4s."""
	left = cint(flt(seconds) + 0.5)
	parts = []
	for letter, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
		if letter == "d" and hide_days:
			continue
		count, left = divmod(left, size)
		if count:
			parts.append(f"{count}{letter}")
	return " ".join(parts)


def pretty_date(iso_datetime: Any) -> str:
	"""How long ago that was."""
	from babel.dates import format_timedelta

	if not iso_datetime:
		return ""
	return format_timedelta(
		get_datetime(iso_datetime) - now_datetime(), add_direction=True, locale=_babel_locale(), threshold=0.9
	)


def global_date_format(date: Any, format: Literal["long", "medium"] = "long") -> str:
	"""A date in full."""
	return _babel_date(getdate(date), format)
