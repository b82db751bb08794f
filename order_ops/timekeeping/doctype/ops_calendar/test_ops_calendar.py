# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from datetime import date, datetime, timedelta

import frappe
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make
from order_ops.timekeeping import calendars
from order_ops.timekeeping.exceptions import CalendarWithoutWork, ExceptionTwice, PeriodsOverlap

NAME = "Test calendar"


def make_calendar(*periods: tuple[str, str, str], exceptions=()):
	return make(
		"Ops Calendar",
		calendar_name=NAME,
		periods=[{"weekday": day, "from_time": begin, "to_time": end} for day, begin, end in periods],
		exceptions=[
			{"date": day, "kind": kind, **(more[0] if more else {})} for day, kind, *more in exceptions
		],
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

	def test_a_make_up_day_works_as_the_weekday_it_names_or_by_hours_of_its_own(self):  # D-03
		make_calendar(
			("Monday", "09:00:00", "18:00:00"),
			("Friday", "09:00:00", "16:00:00"),
			exceptions=[
				("2026-11-21", "Working Day", {"works_as": "Friday"}),
				("2026-11-22", "Working Day", {"works_as": "Tuesday"}),
				("2026-11-28", "Working Day", {"hours": "8:30-12:00，13:00-14:15"}),
			],
		)
		calendar = calendars.get(NAME)
		hours = [calendars.written(calendar.periods(date(2026, 11, day))) for day in (21, 22, 28)]
		self.assertEqual(hours, ["09:00-16:00", "09:00-18:00", "08:30-12:00, 13:00-14:15"])

	def test_hours_nobody_can_read_are_refused_with_their_row(self):  # D-03
		for hours in (
			"8 to 5",
			"12:00-08:30",
			"08:00-12:00 11:00-13:00",
			"08:00-25:00",
			"08:00-",
			"08:60-09:00",
		):
			with self.assertRaises(PeriodsOverlap) as refused:
				make_calendar(
					("Monday", "09:00:00", "18:00:00"),
					exceptions=[("2026-11-21", "Working Day", {"hours": hours})],
				)
			self.assertIn("row 1", str(refused.exception), hours)

	def test_a_date_stands_among_the_exceptions_once(self):  # D-03
		twice = [("2026-11-20", "Holiday"), ("2026-11-21", "Holiday"), ("2026-11-20", "Working Day")]
		with self.assertRaises(ExceptionTwice) as refused:
			make_calendar(("Monday", "09:00:00", "18:00:00"), exceptions=twice)
		self.assertIn("rows 1 and 3", str(refused.exception))

	def test_exceptions_that_leave_no_work_for_a_year_are_refused(self):  # D-03
		mondays = [date(2026, 11, 23) + timedelta(weeks=n) for n in range(53)]
		with self.assertRaises(CalendarWithoutWork) as refused:
			make_calendar(
				("Monday", "09:00:00", "18:00:00"), exceptions=[(day, "Holiday") for day in mondays]
			)
		self.assertIn("2026-11-23", str(refused.exception))
		make_calendar(
			("Monday", "09:00:00", "18:00:00"), exceptions=[(day, "Holiday") for day in mondays[1:]]
		)
		self.assertEqual(calendars.get(NAME).next_working_day(mondays[0]), date(2027, 11, 29))

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
