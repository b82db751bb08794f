# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The year's view of a calendar, and the page that shows it. November 2026: the 21st is a Saturday."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from unittest.mock import patch

import frappe
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make, make_user
from order_ops.timekeeping import year

NAME = "Test year"
page = import_module("order_ops.www.ops.calendar")


def make_calendar() -> frappe._dict:
	office = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	periods = [
		{"weekday": day, "from_time": begin, "to_time": end}
		for day in office
		for begin, end in (("08:00:00", "12:00:00"), ("13:00:00", "17:00:00"))
	]
	exceptions = [
		{"date": "2026-10-01", "kind": "Holiday", "title": "国庆节 National Day"},
		{"date": "2026-10-02", "kind": "Holiday", "title": "国庆节 National Day"},
		{"date": "2026-10-05", "kind": "Holiday", "title": "国庆节 National Day"},
		{"date": "2026-11-21", "kind": "Working Day", "works_as": "Friday"},
		{"date": "2026-11-28", "kind": "Working Day", "hours": "09:00-11:30"},
		{"date": "2027-01-01", "kind": "Holiday"},
	]
	return make("Ops Calendar", calendar_name=NAME, periods=periods, exceptions=exceptions)


def shown(user: str = "Administrator", **asked) -> frappe._dict:
	context = frappe._dict()
	with OpsTestCase.as_user(user), patch.dict(frappe.form_dict, asked, clear=True):
		page.get_context(context)
	return context


class TestYear(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		self.view = year.view(make_calendar(), 2026, date(2026, 11, 20))
		self.days = {
			day["date"].isoformat(): day
			for month in self.view["months"]
			for week in month["weeks"]
			for day in week
			if day
		}

	def test_every_day_of_the_year_stands_in_its_week(self):  # D-03
		self.assertEqual((len(self.view["months"]), len(self.days)), (12, 365))
		for month in self.view["months"]:
			for week in month["weeks"]:
				self.assertEqual([n for n, day in enumerate(week) if day and day["date"].weekday() != n], [])

	def test_a_day_says_what_it_is_and_when_it_is_worked(self):  # D-03
		found = [
			(self.days[f"2026-{day}"]["kind"], self.days[f"2026-{day}"]["hours"])
			for day in ("11-20", "11-21", "11-22", "11-28", "10-01")
		]
		both = "08:00-12:00, 13:00-17:00"
		self.assertEqual(
			found,
			[("work", both), ("make-up", both), ("free", ""), ("make-up", "09:00-11:30"), ("holiday", "")],
		)
		self.assertEqual([day for day in self.days if self.days[day]["today"]], ["2026-11-20"])

	def test_days_that_follow_each_other_are_told_once(self):  # D-03
		told = [
			(run["date"].day, run["last"].day, run["title"]) for run in self.view["months"][9]["occasions"]
		]
		self.assertEqual(told, [(1, 2, "国庆节 National Day"), (5, 5, "国庆节 National Day")])

	def test_imported_occasions_are_told_in_one_language(self):  # D-03
		make_up = "调休上班 Make-up day for 2026-10-07: 春节 Chinese New Year (Spring Festival)"
		for lang, titles in (
			("zh", ["国庆节", "国庆节 National Day", "调休上班 2026-10-07: 春节"]),
			(
				"en",
				[
					"National Day",
					"国庆节 National Day",
					"Make-up day for 2026-10-07: Chinese New Year (Spring Festival)",
				],
			),
		):
			calendar = frappe.get_doc("Ops Calendar", NAME)
			calendar.exceptions[0].imported_as = "x"
			calendar.exceptions[4].update({"imported_as": "x", "title": make_up})
			months = year.view(calendar, 2026, date(2026, 11, 20), lang)["months"]
			told = [run["title"] for month in months for run in month["occasions"]]
			self.assertEqual([told[0], told[1], told[-1]], titles)  # what a person wrote stays

	def test_the_sums_of_the_year(self):  # D-03
		weekdays = sum(date.fromisoformat(day).weekday() < 5 for day in self.days)
		self.assertEqual(self.view["working_days"], weekdays - 3 + 2)
		self.assertEqual((self.view["holidays"], self.view["make_up_days"]), (3, 2))
		self.assertEqual(self.view["hours"], (weekdays - 3 + 1) * 8 + 2)  # and half an hour


class TestPage(OpsTestCase):
	def test_the_page_shows_the_calendar_and_the_year_that_are_asked_for(self):  # D-03
		make_calendar()
		context = shown(name=NAME, year="2027")
		self.assertEqual((context.calendar, context.year, context.view["holidays"]), (NAME, 2027, 1))
		for wrong in ("", "next", "99999", "-1"):
			with self.at("2026-11-20 10:00:00"):
				self.assertEqual(shown(name=NAME, year=wrong).year, 2026, wrong)
		self.assertIn(shown().calendar, shown().names)

	def test_guests_log_in_first_and_come_back_to_the_year(self):
		self.assertRaises(frappe.Redirect, shown, "Guest", name=NAME, year="2026")
		self.assertIn("Test%2Byear%26year%3D2026", frappe.local.flags.redirect_location)

	def test_who_may_not_read_calendars_sees_none(self):
		make_calendar()
		customer = make_user("year@test.example", "Portal Customer").name
		self.assertRaises(frappe.PermissionError, shown, customer, name=NAME)
		self.assertEqual(
			shown(make_user("keeper@test.example", "Warehouse Keeper").name, name=NAME).calendar, NAME
		)
		self.assertRaises(frappe.DoesNotExistError, shown, name="no such calendar")
