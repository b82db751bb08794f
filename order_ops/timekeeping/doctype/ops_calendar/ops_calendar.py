# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate
from order_ops.timekeeping import calendars
from order_ops.timekeeping.exceptions import CalendarWithoutWork, ExceptionTwice, PeriodsOverlap
from order_ops.timekeeping.rules import YEAR, NoWorkingTime


class OpsCalendar(Document):
	"""Working periods, holidays and make-up working days (D-03)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.timekeeping.doctype.ops_calendar_exception.ops_calendar_exception import (
			OpsCalendarException,
		)
		from order_ops.timekeeping.doctype.ops_calendar_period.ops_calendar_period import OpsCalendarPeriod

		calendar_name: DF.Data
		exceptions: DF.Table[OpsCalendarException]
		holiday_year: DF.Int
		periods: DF.Table[OpsCalendarPeriod]
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_periods()
		self.validate_exceptions()
		self.validate_working_time()

	def on_update(self) -> None:
		calendars.calendars.changed()
		self.update_clocks()

	def on_trash(self) -> None:
		calendars.calendars.changed()

	def validate_periods(self) -> None:
		"""Periods of a weekday begin before they end and do not overlap (D-03)."""
		ends: dict[str, tuple[int, int]] = {}
		for begin, end, row in sorted(calendars.period_of(row) for row in self.periods):
			weekday = self.periods[row - 1].weekday
			before_end, before_row = ends.get(weekday, (0, 0))
			if end <= begin:
				frappe.throw(
					_("Working Periods, row {0}: the period ends before it begins [D-03]").format(row),
					PeriodsOverlap,
				)
			if begin < before_end:
				frappe.throw(
					_("Working Periods, rows {0} and {1} of {2} overlap [D-03]").format(
						before_row, row, _(weekday)
					),
					PeriodsOverlap,
				)
			ends[weekday] = (end, row)

	def validate_exceptions(self) -> None:
		"""A date stands there once; the hours of a make-up day can be read (D-03)."""
		rows: dict[str, int] = {}
		for row in self.exceptions:
			if row.kind == calendars.HOLIDAY:
				row.update({"works_as": None, "hours": None})
			try:
				calendars.hours_of(row.hours)
			except ValueError:
				frappe.throw(
					_(
						"Holidays and Make-up Days, row {0}: write the hours like 08:30-12:00, 13:00-17:30 [D-03]"
					).format(row.idx),
					PeriodsOverlap,
				)
			other = rows.setdefault(str(row.date), row.idx)
			if other != row.idx:
				frappe.throw(
					_("Holidays and Make-up Days, rows {0} and {1}: {2} stands there twice [D-03]").format(
						other, row.idx, row.date
					),
					ExceptionTwice,
				)

	def validate_working_time(self) -> None:
		"""A calendar without working time for a year is an error, not a loop (D-03)."""
		calendar = calendars.snapshot(self)
		if not calendar:
			frappe.throw(_("Calendar {0} has no working time [D-03]").format(self.name), CalendarWithoutWork)
		for row in self.exceptions:
			day = getdate(row.date)
			try:
				free = (calendar.working_day_from(day) - day).days
			except NoWorkingTime:
				free = YEAR
			if free >= YEAR:
				frappe.throw(
					_(
						"Calendar {0} has no working time for a year after {1}: remove some holidays [D-03]"
					).format(self.name, row.date),
					CalendarWithoutWork,
				)

	def update_clocks(self) -> None:
		"""Open clocks that go by this calendar are counted anew once it is saved (D-04)."""
		if frappe.db.exists("Ops Clock", {"calendar": self.name, "stopped_at": ("is", "not set")}):
			frappe.enqueue(
				"order_ops.timekeeping.jobs.recount_clocks", calendar=self.name, enqueue_after_commit=True
			)
