# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""China's public holidays of 2024 to 2026, as the State Council announced them."""

from __future__ import annotations

from datetime import date, timedelta

import frappe
from frappe.utils import getdate
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make, make_user
from order_ops.timekeeping import calendars, public_holidays
from order_ops.timekeeping.public_holidays import days_of, import_public_holidays

NAME = "Test holidays"
OFFICE = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
# blocks of free days, and make-up days with the weekday they work as
ANNOUNCED = {
	2024: (
		"01-01..01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-08..06-10 09-15..09-17 10-01..10-07",
		"02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
	),
	2025: (
		"01-01..01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
		"01-26 02-08 04-27 09-28 10-11",
	),
	2026: (
		"01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
		"01-04 02-14 02-28 05-09 09-20 10-10",
	),
}


def dates(text: str, year: int) -> list[date]:
	"""The dates of blocks such as 02-15..02-23."""
	found = []
	for block in text.split():
		first, last = (date.fromisoformat(f"{year}-{day}") for day in (block.split("..") * 2)[:2])
		found += [first + timedelta(days=n) for n in range((last - first).days + 1)]
	return found


def make_calendar(weekdays=OFFICE, **values):
	periods = [{"weekday": day, "from_time": "09:00:00", "to_time": "18:00:00"} for day in weekdays]
	return make("Ops Calendar", calendar_name=NAME, periods=periods, **values)


def rows(year: int = 2026) -> list[tuple]:
	doc = frappe.get_doc("Ops Calendar", NAME)
	found = [row for row in doc.exceptions if getdate(row.date).year == year]
	return [(str(row.date), row.kind, row.title, row.works_as or "", row.name) for row in found]


class TestWhatThePackageKnows(OpsTestCase):
	def test_the_holidays_and_make_up_days_that_were_announced(self):  # E-3.2c D-03
		for year, (free, make_up) in ANNOUNCED.items():
			found = {
				kind: [d.date for d in days_of(year) if d.kind == kind] for kind in ("Holiday", "Working Day")
			}
			self.assertEqual(found["Holiday"], dates(free, year))
			self.assertEqual(found["Working Day"], dates(make_up, year))

	def test_a_make_up_day_works_as_the_day_off_it_is_exchanged_for(self):  # D-03
		days = {str(day.date): day for day in days_of(2026)}
		self.assertEqual(days["2026-02-14"].works_as, "Friday")  # for the 20th of February
		self.assertEqual(days["2026-10-10"].works_as, "Wednesday")  # for the 7th of October

	def test_a_day_has_its_name_in_both_languages(self):  # D-03
		names = {str(day.date): day.title for day in days_of(2026)}
		self.assertEqual(names["2026-02-17"], "春节 Chinese New Year (Spring Festival)")
		self.assertEqual(names["2026-02-22"], "春节 Chinese New Year (Spring Festival)")
		self.assertEqual(names["2026-04-06"], "清明节 Tomb-Sweeping Day")
		self.assertEqual(names["2026-01-04"], "调休上班 Make-up day for 2026-01-02: 元旦 New Year's Day")


class TestImport(OpsTestCase):
	def test_working_time_follows_the_import(self):  # E-3.2c D-03
		doc = make_calendar()
		import_public_holidays({"name": doc.name}, 2026)
		calendar = calendars.get(NAME)
		self.assertEqual(calendar.next_working_day(date(2026, 9, 30)), date(2026, 10, 8))
		self.assertEqual(calendar.next_working_day(date(2026, 10, 9)), date(2026, 10, 10))
		self.assertEqual(calendar.previous_working_day(date(2026, 2, 24)), date(2026, 2, 14))

	def test_a_six_day_week_is_off_on_the_saturdays_of_a_holiday(self):  # E-3.2c
		doc = make_calendar((*OFFICE, "Saturday"))
		import_public_holidays({"name": doc.name}, 2026)
		calendar = calendars.get(NAME)
		self.assertFalse(calendar.is_working_day(date(2026, 1, 3)))
		self.assertTrue(calendar.is_working_day(date(2026, 1, 4)))
		self.assertTrue(calendar.is_working_day(date(2026, 1, 10)))

	def test_a_second_import_changes_nothing(self):  # D-18
		doc = make_calendar(holiday_year=2026)
		import_public_holidays(doc.as_dict())
		before, modified = rows(), frappe.db.get_value("Ops Calendar", NAME, "modified")
		import_public_holidays(doc.as_dict())
		self.assertEqual((rows(), frappe.db.get_value("Ops Calendar", NAME, "modified")), (before, modified))
		self.assertEqual(len({row[0] for row in before}), len(before))

	def test_what_a_person_wrote_or_changed_stays(self):  # D-03
		doc = make_calendar(
			exceptions=[
				{"date": "2026-01-01", "kind": "Working Day", "title": "stocktaking", "hours": "09:00-12:00"}
			]
		)
		doc = import_public_holidays({"name": doc.name}, 2026)
		changed = next(row for row in doc.exceptions if str(row.date) == "2026-05-01")
		changed.update({"kind": "Working Day", "title": "we work"})
		doc.save()
		with self.patched_days(lambda year: [day for day in days_of(year) if day.date.month > 5]):
			import_public_holidays({"name": doc.name}, 2026)
		found = {row[0]: row[1:4] for row in rows()}
		self.assertEqual(found["2026-01-01"], ("Working Day", "stocktaking", ""))
		self.assertEqual(found["2026-05-01"], ("Working Day", "we work", ""))
		self.assertNotIn("2026-05-04", found)  # imported, untouched, and withdrawn by the package
		self.assertIn("2026-06-19", found)

	def test_a_year_that_is_not_announced_says_so(self):  # D-03
		doc = make_calendar()
		frappe.clear_messages()
		import_public_holidays({"name": doc.name}, 2028)
		self.assertIn("2028", str(frappe.get_message_log()))
		self.assertTrue(rows(2028))
		self.assertRaises(frappe.ValidationError, import_public_holidays, {"name": doc.name}, 1999)

	def test_the_present_year_is_imported_where_none_is_named(self):  # D-19
		doc = make_calendar()
		with self.at("2025-03-01 10:00:00"):
			import_public_holidays({"name": doc.name})
		self.assertTrue(rows(2025))

	def test_who_may_not_change_the_calendar_imports_nothing(self):  # D-13
		doc = make_calendar()
		user = make_user("holidays@test.example", "Warehouse Keeper")
		with self.as_user(user.name):
			self.assertRaises(frappe.PermissionError, import_public_holidays, {"name": doc.name}, 2026)
		self.assertEqual(rows(), [])

	@staticmethod
	def patched_days(function):
		from unittest.mock import patch

		return patch.object(public_holidays, "days_of", function)
