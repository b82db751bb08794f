"""Dates, numbers and texts, as Frappe's API handles them."""

import html
import math
import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import babel.dates
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


def getdate(string_date: Any = None) -> date | None:
	"""A date from text or a moment; today from nothing."""
	if not string_date:
		return now_datetime().date()
	if isinstance(string_date, datetime):
		return string_date.date()
	if isinstance(string_date, date):
		return string_date
	text = str(string_date)
	try:
		if _FAST_DATE.match(text):
			return date.fromisoformat(text[:10])
		return date_parser.parse(text).date()
	except (ValueError, OverflowError):
		text = frappe._("{} is not a valid date string.").format(frappe.bold(string_date))
		frappe.throw(text, title=frappe._("Invalid Date"))


def get_datetime(datetime_str: Any = None) -> datetime | None:
	"""A moment from text or a date; now from None."""
	if datetime_str is None:
		return now_datetime()
	if isinstance(datetime_str, datetime):
		return datetime_str
	if isinstance(datetime_str, date):
		return datetime(datetime_str.year, datetime_str.month, datetime_str.day)
	text = str(datetime_str)
	if not text:
		return None
	if _FAST_MOMENT.fullmatch(text) or _FAST_DATE.fullmatch(text):
		return datetime.fromisoformat(text)
	return date_parser.parse(text)


def to_timedelta(time_str: Any) -> Any:
	"""A time of day, given as text or a time, as a timedelta."""
	if not isinstance(time_str, str | time):
		return time_str
	return datetime.combine(date.min, get_time(time_str)) - datetime.min


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
		frappe.throw(frappe._("{} is not a valid time string.").format(frappe.bold(time_str)))


def add_to_date(date: Any = None, as_string: bool = False, **parts: float) -> Any:
	"""A date or moment some years, months, weeks, days, hours, minutes or seconds on; text comes back as text."""
	as_datetime = not parts.keys().isdisjoint(("hours", "minutes", "seconds"))
	if isinstance(date, str):
		as_string, as_datetime = True, as_datetime or " " in date
	moved = (get_datetime(date) if date is None or isinstance(date, str) else date) + relativedelta(**parts)
	return moved.strftime(DATETIME_FORMAT if as_datetime else DATE_FORMAT) if as_string else moved


def add_days(date: Any, days: float) -> Any:
	"""Some days on."""
	return add_to_date(date, days=days)


def add_months(date: Any, months: int) -> Any:
	"""Some months on; the 31st becomes the month's last day."""
	return add_to_date(date, months=months)


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


def fmt_money(amount: Any, precision: int | None = None, currency: str | None = None) -> str:
	"""An amount as people write it, with the currency's symbol when there is a currency."""
	places = 2 if precision is None else precision
	value = flt(amount, places) if isinstance(amount, str) else flt(amount)
	text = f"{value:,.{places}f}"
	while places > 2 and text.endswith("0"):
		places, text = places - 1, text[:-1]
	text = text if text.strip("-0.,") else text.lstrip("-")
	if not currency:
		return text
	symbol, on_right = frappe.db.get_value("Currency", currency, ["symbol", "symbol_on_right"], cache=True)
	return f"{text} {symbol or currency}" if on_right else f"{symbol or currency} {text}"


# texts


def cstr(s: Any) -> str:
	"""Text from anything; "" from None."""
	if isinstance(s, str):
		return s
	if s is None:
		return ""
	return s.decode() if isinstance(s, bytes) else str(s)


def strip_html(text: Any) -> str:
	"""A text without its tags."""
	return re.sub(r"<[^>]*>", "", cstr(text))


def escape_html(text: Any) -> Any:
	"""A text that is safe between tags and in attributes."""
	return html.escape(text).replace("&#x27;", "&apos;") if isinstance(text, str) else text


# what people read


def _locale() -> str:
	return local.lang.replace("-", "_")


def formatdate(string_date: Any = None, format_string: str | None = None) -> str:
	"""A date as people read it; `format_string` in Babel's letters, `m` being the month, too."""
	if not string_date:
		return ""
	pattern = format_string or frappe.get_system_settings("date_format") or "yyyy-mm-dd"
	return babel.dates.format_date(getdate(string_date), pattern.replace("m", "M"), locale=_locale())


format_date = formatdate


def format_time(time_string: Any = None, format_string: str | None = None) -> str:
	"""A time of day as people read it."""
	if time_string in (None, ""):
		return ""
	pattern = format_string or frappe.get_system_settings("time_format") or "HH:mm:ss"
	return babel.dates.format_time(get_time(time_string), pattern, locale=_locale())


def format_datetime(datetime_string: Any, format_string: str | None = None) -> str | None:
	"""A moment as people read it."""
	if not datetime_string:
		return None
	value = get_datetime(datetime_string)
	if format_string:
		return babel.dates.format_datetime(value, format_string, locale=_locale())
	return f"{formatdate(value)} {format_time(value)}"


def pretty_date(iso_datetime: Any) -> str:
	"""How long ago that was."""
	ago = get_datetime(iso_datetime) - now_datetime()
	return babel.dates.format_timedelta(ago, add_direction=True, locale=_locale(), threshold=0.9)
