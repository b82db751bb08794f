# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The year of a calendar for people to read: months of weeks of days, and what is special about them (D-03)."""

from __future__ import annotations

import re
from calendar import Calendar as Weeks
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from frappe.model.document import Document
from frappe.utils import getdate
from order_ops.timekeeping.calendars import HOLIDAY, WEEKDAYS, snapshot, written
from order_ops.timekeeping.rules import Calendar

WORK, FREE, OFF, MAKE_UP = "work", "free", "holiday", "make-up"
ENGLISH = re.compile(r" \(?[A-Za-z][A-Za-z'()-]*")  # a word of an imported title, which has both languages
CHINESE = re.compile(r"[\u4e00-\u9fff]+ ")


def view(doc: Document, year: int, today: date, lang: str = "en") -> dict[str, Any]:
	"""Twelve months with every day's kind and hours, the hours of the week, and how many days are worked."""
	calendar = snapshot(doc)
	occasions = {getdate(row.date): row for row in doc.exceptions if getdate(row.date).year == year}
	for row in occasions.values():
		if row.imported_as:
			row.title = (ENGLISH if lang.startswith("zh") else CHINESE).sub("", row.title or "")
	months = [_month(calendar, occasions, date(year, number, 1), today) for number in range(1, 13)]
	days = [day for month in months for week in month["weeks"] for day in week if day]
	return {
		"months": months,
		"week": [
			(weekday, written(periods)) for weekday, periods in zip(WEEKDAYS, calendar.week, strict=True)
		],
		"working_days": sum(day["kind"] in (WORK, MAKE_UP) for day in days),
		"holidays": sum(day["kind"] == OFF for day in days),
		"make_up_days": sum(day["kind"] == MAKE_UP for day in days),
		"hours": sum(end - start for day in days for start, end in calendar.periods(day["date"])) // 3600,
	}


def _month(calendar: Calendar, occasions: dict[date, Document], first: date, today: date) -> dict[str, Any]:
	weeks = [
		[_day(calendar, occasions, day, today) if day.month == first.month else None for day in week]
		for week in Weeks().monthdatescalendar(first.year, first.month)
	]
	special = [day for week in weeks for day in week if day and day["kind"] in (OFF, MAKE_UP)]
	return {"first": first, "weeks": weeks, "occasions": list(_runs(special))}


def _day(calendar: Calendar, occasions: dict[date, Document], day: date, today: date) -> dict[str, Any]:
	row = occasions.get(day)
	works = calendar.is_working_day(day)
	kind = (OFF if row.kind == HOLIDAY else MAKE_UP) if row else (WORK if works else FREE)
	return {
		"date": day,
		"kind": kind,
		"hours": written(calendar.periods(day)),
		"title": (row.title or "") if row else "",
		"works_as": (row.works_as or "") if row else "",
		"today": day == today,
	}


def _runs(days: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
	"""Days that follow each other under one title are told once."""
	numbered = enumerate(days)
	for _key, run in groupby(
		numbered, key=lambda n: (n[1]["date"].toordinal() - n[0], n[1]["title"], n[1]["kind"])
	):
		found = [day for _number, day in run]
		yield {**found[0], "last": found[-1]["date"]}
