# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The public holidays and make-up working days of China, from the package `holidays` (E-3.2c, D-03)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate
from order_ops.timekeeping import clock
from order_ops.timekeeping.calendars import HOLIDAY, WEEKDAYS, WORKING_DAY

YEARS = range(2001, 2100)  # the first year whose official notice the package was checked with
SWAPPED_WITH = re.compile(r"\d{4}-\d{2}-\d{2}")  # a day off names the make-up day it is exchanged for
OBSERVED = re.compile(r"（[^）]*）| \(observed\)")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class PublicDay:
	"""One day on which the week does not count: its occasion in both languages, and as what it works."""

	date: date
	kind: str
	title: str
	works_as: str = ""

	@property
	def stamp(self) -> str:
		"""What an import wrote; a row that says something else was changed by a person."""
		return "|".join((self.kind, self.works_as, self.title))[:140]


@lru_cache(maxsize=32)
def days_of(year: int) -> tuple[PublicDay, ...]:
	"""Holidays with the weekend days that join them, and make-up days; none of those while they are not announced."""
	chinese, english = _names(year, "zh_CN"), _names(year, "en_US")
	statutory = {
		day: OBSERVED.sub("", f"{chinese[day]} {english[day]}") for day in chinese if not _swap(chinese[day])
	}
	make_up = {make_up: day for day, name in chinese.items() if (make_up := _swap(name))}
	found = []
	for block in _blocks(year, chinese, make_up):
		title = next((statutory[day] for day in block if day in statutory), "")
		for day in block:
			title = statutory.get(day, title)
			found.append(PublicDay(day, HOLIDAY, title[:140]))
	titles = {day.date: day.title for day in found}
	for day, off in make_up.items():
		title = f"调休上班 Make-up day for {off}: {titles[off]}"
		found.append(PublicDay(day, WORKING_DAY, title[:140], WEEKDAYS[off.weekday()]))
	return tuple(sorted(found, key=lambda day: day.date))


@frappe.whitelist(methods=["POST"])
def import_public_holidays(doc: str | dict, year: int | None = None) -> Document:
	"""Put a year's public holidays into a calendar; what a person wrote stays, a second import changes nothing.

	The year is the argument, else the document's holiday_year, else the present one.
	"""
	values = frappe.parse_json(doc)
	calendar = frappe.get_doc("Ops Calendar", values["name"])
	calendar.check_permission("write")
	year = cint(year) or cint(values.get("holiday_year")) or clock.today().year
	if year not in YEARS:
		frappe.throw(_("Public holidays are known from {0} on: enter another year [D-03]").format(YEARS[0]))
	days = days_of(year)
	if _replace_imported(calendar, year, days):
		calendar.save()
	if not any(day.kind == WORKING_DAY for day in days):
		frappe.msgprint(
			_(
				"The make-up days of {0} are not announced yet, or the package holidays is too old: update it and import again"
			).format(year),
			indicator="orange",
		)
	return calendar


def _replace_imported(calendar: Document, year: int, days: Sequence[PublicDay]) -> bool:
	"""Take out what an import wrote for the year and nobody changed, put in what it says now; whether that is new."""
	ours = [row for row in calendar.exceptions if getdate(row.date).year == year and _is_untouched(row)]
	kept = [row for row in calendar.exceptions if row not in ours]
	taken = {getdate(row.date) for row in kept}
	wanted = [day for day in days if day.date not in taken]
	if {(getdate(row.date), row.imported_as) for row in ours} == {(day.date, day.stamp) for day in wanted}:
		return False
	calendar.exceptions = kept
	for day in wanted:
		calendar.append(
			"exceptions",
			{
				"date": day.date,
				"kind": day.kind,
				"title": day.title,
				"works_as": day.works_as or None,
				"imported_as": day.stamp,
			},
		)
	calendar.exceptions.sort(key=lambda row: getdate(row.date))
	for idx, row in enumerate(calendar.exceptions, 1):
		row.idx = idx
	return True


def _is_untouched(row: Document) -> bool:
	now = PublicDay(getdate(row.date), row.kind, row.title or "", row.works_as or "")
	return bool(row.imported_as) and row.imported_as == now.stamp and not row.hours


def _blocks(year: int, off: dict[date, str], make_up: dict[date, date]) -> list[list[date]]:
	"""The runs of free days of a year that hold a holiday, weekend days on either side included."""
	blocks: list[list[date]] = [[]]
	day = date(year, 1, 1)
	while day.year == year:
		if day in off or (day.weekday() >= 5 and day not in make_up):
			blocks[-1].append(day)
		elif blocks[-1]:
			blocks.append([])
		day += DAY
	return [block for block in blocks if any(day in off for day in block)]


def _swap(name: str) -> date | None:
	found = SWAPPED_WITH.search(name)
	return date.fromisoformat(found[0]) if found else None


@lru_cache(maxsize=64)
def _names(year: int, language: str) -> dict[date, str]:
	return dict(holidays.country_holidays("CN", years=year, language=language))
