# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The calendars of this site as plain values (D-03)."""

from __future__ import annotations

from frappe import _
from frappe.model.document import Document
from frappe.utils import get_time, getdate
from order_ops.snapshots import Snapshots
from order_ops.timekeeping.exceptions import CalendarWithoutWork
from order_ops.timekeeping.rules import Calendar, NoWorkingTime, Period

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOLIDAY = "Holiday"


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
	exceptions = {}
	for row in doc.exceptions:
		day = getdate(row.date)
		exceptions[day] = () if row.kind == HOLIDAY else periods[day.weekday()] or periods[0]
	try:
		return Calendar(doc.name or "", periods, exceptions)
	except NoWorkingTime:
		return None


def period_of(row: Document) -> tuple[int, int, int]:
	"""A row of working time as its first second, the second after its last, and its number."""
	return _second(row.from_time), _second(row.to_time), row.idx


def _second(value) -> int:
	at = get_time(value)
	return at.hour * 3600 + at.minute * 60 + at.second


calendars = Snapshots("Ops Calendar", snapshot)
