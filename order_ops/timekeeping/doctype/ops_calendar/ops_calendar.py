# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.timekeeping import calendars
from order_ops.timekeeping.exceptions import CalendarWithoutWork, PeriodsOverlap


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
		periods: DF.Table[OpsCalendarPeriod]
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_periods()
		self.validate_working_time()

	def on_update(self) -> None:
		calendars.calendars.changed()

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

	def validate_working_time(self) -> None:
		"""A calendar without working time is an error, not a loop (D-03)."""
		if not calendars.snapshot(self):
			frappe.throw(_("Calendar {0} has no working time [D-03]").format(self.name), CalendarWithoutWork)
