# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from datetime import date, datetime

import frappe
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make
from order_ops.timekeeping import calendars
from order_ops.timekeeping.exceptions import CalendarWithoutWork, PeriodsOverlap

NAME = "Test calendar"


def make_calendar(*periods: tuple[str, str, str], exceptions=()):
	return make(
		"Ops Calendar",
		calendar_name=NAME,
		periods=[{"weekday": day, "from_time": begin, "to_time": end} for day, begin, end in periods],
		exceptions=[{"date": day, "kind": kind} for day, kind in exceptions],
	)


class TestOpsCalendar(OpsTestCase):
	def test_periods_holidays_and_make_up_days_become_working_time(self):  # D-03
		make_calendar(
			("Monday", "13:00:00", "17:00:00"),
			("Monday", "08:00:00", "12:00:00"),
			exceptions=[("2026-11-23", "Holiday"), ("2026-11-29", "Working Day")],
		)
		calendar = calendars.get(NAME)
		self.assertEqual(calendar.next_working_day(date(2026, 11, 20)), date(2026, 11, 29))
		self.assertEqual(calendar.add_working(datetime(2026, 11, 29, 11), 7200), datetime(2026, 11, 29, 14))

	def test_a_calendar_without_working_time_is_refused(self):  # D-03
		doc = frappe.get_doc({"doctype": "Ops Calendar", "calendar_name": NAME, "periods": []})
		doc.flags.ignore_mandatory = True
		self.assertRaises(CalendarWithoutWork, doc.insert)
		self.assertRaises(CalendarWithoutWork, calendars.get, NAME)

	def test_periods_that_overlap_or_end_too_early_are_refused_with_their_rows(self):  # D-03
		with self.assertRaises(PeriodsOverlap) as refused:
			make_calendar(("Monday", "08:00:00", "12:00:00"), ("Monday", "11:59:59", "17:00:00"))
		self.assertIn("rows 1 and 2", str(refused.exception))
		with self.assertRaises(PeriodsOverlap) as refused:
			make_calendar(("Monday", "08:00:00", "12:00:00"), ("Tuesday", "12:00:00", "12:00:00"))
		self.assertIn("row 2", str(refused.exception))

	def test_a_new_holiday_counts_at_once(self):  # D-03
		doc = make_calendar(("Friday", "08:00:00", "12:00:00"))
		self.assertTrue(calendars.get(NAME).is_working_day(date(2026, 11, 20)))
		doc.append("exceptions", {"date": "2026-11-20", "kind": "Holiday"})
		doc.save()
		self.assertFalse(calendars.get(NAME).is_working_day(date(2026, 11, 20)))

	def test_the_calendar_of_the_parts_unit(self):  # E-3.2c D-03
		calendar = calendars.get("BU-PARTS")
		self.assertEqual(
			(calendar.opening(date(2026, 11, 21)), calendar.close_of_work(date(2026, 11, 21))),
			(datetime(2026, 11, 21, 8, 30), datetime(2026, 11, 21, 17, 30)),
		)
		self.assertFalse(calendar.is_working_day(date(2026, 11, 22)))
