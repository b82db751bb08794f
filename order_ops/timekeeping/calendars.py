# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The calendars of this site as plain values (D-03)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time
from itertools import pairwise

from frappe import _
from frappe.model.document import Document
from frappe.utils import get_time, getdate
from order_ops.snapshots import Snapshots
from order_ops.timekeeping.exceptions import CalendarWithoutWork
from order_ops.timekeeping.rules import Calendar, NoWorkingTime, Period

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PERIOD = re.compile(r"(\d{1,2}):(\d{2})[-–~](\d{1,2}):(\d{2})")
SEPARATOR = re.compile(r"[,，;；\s]+")
HOLIDAY, WORKING_DAY = "Holiday", "Working Day"


def get(name: str) -> Calendar:
	"""A calendar by its name (D-03)."""
	calendar = calendars.get(name)
	if not calendar:
		raise CalendarWithoutWork(_("There is no calendar {0} with working time [D-03]").format(name))
	return calendar


def snapshot(doc: Document) -> Calendar | None:
	"""A calendar document as a plain value; None while it has no working time (D-03)."""
	week: list[list[Period]] = [[] for _day in WEEKDAYS]
	for row in doc.periods:
		begin, end, _idx = period_of(row)
		week[WEEKDAYS.index(row.weekday)].append((begin, end))
	periods = tuple(tuple(sorted(day)) for day in week)
	exceptions: dict[date, tuple[Period, ...]] = {}
	for row in doc.exceptions:
		day = getdate(row.date)
		if row.kind == HOLIDAY:
			exceptions[day] = ()
		else:
			exceptions[day] = hours_of(row.hours) or _hours_of_weekday(day, row.works_as, periods)
	try:
		return Calendar(doc.name or "", periods, exceptions)
	except NoWorkingTime:
		return None


def period_of(row: Document) -> tuple[int, int, int]:
	"""A row of working time as its first second, the second after its last, and its number."""
	return _second(row.from_time), _second(row.to_time), row.idx


def hours_of(text: str | None) -> tuple[Period, ...]:
	"""Working hours as people write them, 08:30-12:00, 13:00-17:30, in their order; ValueError for anything else (D-03)."""
	periods = []
	for part in filter(None, SEPARATOR.split(text or "")):
		found = PERIOD.fullmatch(part)
		if not found:
			raise ValueError(text)
		hours = [time(int(found[at]), int(found[at + 1])) for at in (1, 3)]
		periods.append(tuple(_second(hour) for hour in hours))
	marks = [mark for period in periods for mark in period]
	if any(before >= after for before, after in pairwise(marks)):
		raise ValueError(text)
	return tuple(periods)


def written(periods: Iterable[Period]) -> str:
	"""Working hours as people read them."""
	return ", ".join(
		"-".join(f"{second // 3600:02d}:{second % 3600 // 60:02d}" for second in period) for period in periods
	)


def _hours_of_weekday(
	day: date, works_as: str | None, week: tuple[tuple[Period, ...], ...]
) -> tuple[Period, ...]:
	"""The hours of the weekday it works as, else of its own, else of the first that works (D-03)."""
	named = week[WEEKDAYS.index(works_as)] if works_as else ()
	return named or week[day.weekday()] or next(filter(None, week), ())


def _second(value) -> int:
	at = get_time(value)
	return at.hour * 3600 + at.minute * 60 + at.second


calendars = Snapshots("Ops Calendar", snapshot)
