# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Working time, waves and deadlines. November 2026: the 20th is a Friday, the 21st a Saturday."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from order_ops.policy.rules import (
	CLOSE_OF_WORK,
	ELAPSED_TIME,
	NEXT_WORKING_DAY,
	TIME_OF_DAY,
	WAVE,
	WORKING_TIME,
	Policy,
	Step,
	Wave,
)
from order_ops.timekeeping import rules
from order_ops.timekeeping.rules import Calendar, NoWorkingTime

SHIFT = ((8 * 3600 + 1800, 17 * 3600 + 1800),)
LUNCH = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
PARTS = Calendar("BU-PARTS", (SHIFT,) * 6 + ((),))
SPLIT = Calendar("TOBACCO", (LUNCH,) * 5 + ((), ()))
POLICY = Policy(
	name="BU-PARTS-1",
	code="BU-PARTS",
	version=1,
	calendar="BU-PARTS",
	order_cutoff=time(15),
	waves=(Wave("E-W1", "Noon wave", time(12)), Wave("E-W2", "Afternoon wave", time(15))),
	steps=(
		Step("E-MATCH", "Customer matching", WORKING_TIME, minutes=15, warn_minutes=5),
		Step("E-DN", "Delivery note", WORKING_TIME, minutes=60),
		Step("E-W1", "Noon wave", WAVE, lead_minutes=60),
		Step("E-W2", "Afternoon wave", WAVE, lead_minutes=60),
		Step("E-INV", "Invoice", TIME_OF_DAY, at_time=time(15), lead_minutes=30),
		Step("E-SHIP", "Shipping", TIME_OF_DAY, at_time=time(15), minutes=165),
		Step("E-SHIPLIST", "Shipped list", CLOSE_OF_WORK, warn_minutes=30),
		Step("E-LOGINFO", "Logistics sheet", NEXT_WORKING_DAY, at_time=time(9), warn_minutes=60),
		Step("G1-U", "Urgent order", ELAPSED_TIME, minutes=120),
	),
)
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (20, 21, 22, 23))


def at(day: date, clock_time: str) -> datetime:
	return datetime.combine(day, time.fromisoformat(clock_time))


def due(step: str, start: datetime, policy: Policy = POLICY, **of) -> rules.Terms:
	return rules.terms(policy.step(step), policy, PARTS, start, **of)


class TestWorkingTime(unittest.TestCase):
	def test_work_is_monday_to_saturday(self):  # E-3.2c
		self.assertTrue(PARTS.is_working_day(SATURDAY))
		self.assertFalse(PARTS.is_working_day(SUNDAY))
		self.assertEqual(PARTS.working_between(at(SUNDAY, "00:00"), at(MONDAY, "00:00")), 0)
		self.assertEqual(
			PARTS.working_between(at(MONDAY, "00:00"), at(MONDAY, "00:00") + timedelta(7)), 6 * 32400
		)

	def test_holidays_and_make_up_days_replace_the_week(self):  # E-3.2c D-03
		calendar = Calendar("x", PARTS.week, {FRIDAY: (), SUNDAY: SHIFT})
		self.assertEqual(calendar.next_working_day(date(2026, 11, 19)), SATURDAY)
		self.assertEqual(calendar.next_working_day(SATURDAY), SUNDAY)
		self.assertEqual(calendar.previous_working_day(SATURDAY), date(2026, 11, 19))
		self.assertEqual(calendar.working_between(at(FRIDAY, "08:30"), at(MONDAY, "08:30")), 2 * 32400)

	def test_close_of_work_is_the_end_of_the_last_shift(self):  # D-03
		self.assertEqual(PARTS.close_of_work(FRIDAY), at(FRIDAY, "17:30"))
		self.assertEqual(SPLIT.close_of_work(FRIDAY), at(FRIDAY, "17:00"))

	def test_working_time_stands_still_over_lunch_night_and_weekend(self):  # D-04
		self.assertEqual(SPLIT.add_working(at(FRIDAY, "11:30"), 3600), at(FRIDAY, "13:30"))
		self.assertEqual(SPLIT.add_working(at(FRIDAY, "16:30"), 3600), at(MONDAY, "08:30"))
		self.assertEqual(PARTS.add_working(at(SATURDAY, "17:29:59"), 2), at(MONDAY, "08:30:01"))

	def test_a_deadline_lies_inside_working_time(self):  # D-03
		self.assertEqual(PARTS.add_working(at(FRIDAY, "17:00"), 1800), at(FRIDAY, "17:30"))
		self.assertEqual(PARTS.add_working(at(SATURDAY, "17:30"), 0), at(MONDAY, "08:30"))
		self.assertEqual(PARTS.add_working(at(SUNDAY, "11:00"), 1), at(MONDAY, "08:30:01"))

	def test_a_calendar_without_working_time_is_an_error(self):  # D-03
		with self.assertRaises(NoWorkingTime):
			Calendar("empty", ((),) * 7)
		with self.assertRaises(NoWorkingTime):
			PARTS.close_of_work(SUNDAY)

	def test_years_cost_what_minutes_cost(self):
		start = datetime(2009, 12, 1, 8, 30)
		far = PARTS.add_working(start, 20 * 52 * 6 * 32400)
		self.assertEqual(PARTS.working_between(start, far), 20 * 52 * 6 * 32400)


class TestTerms(unittest.TestCase):
	def test_matching_has_15_working_minutes(self):  # E-4.11a
		self.assertEqual(
			due("E-MATCH", at(FRIDAY, "10:00")), rules.Terms(at(FRIDAY, "10:15"), at(FRIDAY, "10:10"), 900)
		)
		self.assertEqual(due("E-MATCH", at(SATURDAY, "17:20")).due_at, at(MONDAY, "08:35"))

	def test_within_15_minutes_is_met_at_15_and_missed_a_second_later(self):  # E-4.11a D-04
		start = at(FRIDAY, "10:00")
		late = [
			rules.is_late(end, at(FRIDAY, "10:15"), 900, rules.measured(start, end, PARTS))
			for end in (at(FRIDAY, "10:14:59"), at(FRIDAY, "10:15:00"), at(FRIDAY, "10:15:01"))
		]
		self.assertEqual(late, [False, False, True])

	def test_a_deadline_is_missed_at_its_very_second(self):  # E-4.14c D-01
		late = [rules.is_late(at(FRIDAY, t), at(FRIDAY, "15:00"), 0, 0) for t in ("14:59:59", "15:00:00")]
		self.assertEqual(late, [False, True])

	def test_waiting_for_the_customer_is_not_counted(self):  # E-4.11a E-4.15g
		self.assertEqual(rules.measured(at(FRIDAY, "17:00"), at(SATURDAY, "09:00"), PARTS, 1800), 1800)
		self.assertEqual(rules.measured(at(FRIDAY, "17:00"), at(FRIDAY, "18:00"), None, 600), 3000)

	def test_the_wave_leaves_the_specialist_a_whole_hour(self):  # E-4.13b E-4.13d D-09
		self.assertEqual(due("E-W2", at(FRIDAY, "13:00")).due_at, at(FRIDAY, "15:00"))
		self.assertEqual(due("E-W2", at(FRIDAY, "14:00")).due_at, at(FRIDAY, "15:00"))
		self.assertEqual(due("E-W2", at(FRIDAY, "14:50")).due_at, at(FRIDAY, "15:50"))
		self.assertEqual(
			due("E-W1", at(FRIDAY, "09:00"), business_date=SATURDAY).due_at, at(SATURDAY, "12:00")
		)
		self.assertEqual(due("E-DN", at(FRIDAY, "14:50")).due_at, at(FRIDAY, "15:50"))

	def test_a_strict_wave_has_no_lead(self):  # D-09 C-07
		strict = replace(POLICY, strict_wave=True)
		self.assertEqual(due("E-W2", at(FRIDAY, "14:50"), strict).due_at, at(FRIDAY, "15:00"))
		self.assertEqual(due("E-INV", at(FRIDAY, "14:50"), strict).due_at, at(FRIDAY, "15:00"))
		self.assertEqual(due("E-SHIP", at(FRIDAY, "14:50"), strict).due_at, at(FRIDAY, "15:00"))

	def test_the_invoice_is_due_at_three_or_half_an_hour_after_the_note(self):  # E-4.14b E-4.14c
		of = {"business_date": FRIDAY}
		self.assertEqual(due("E-INV", at(FRIDAY, "12:00"), **of).due_at, at(FRIDAY, "15:00"))
		self.assertEqual(due("E-INV", at(FRIDAY, "14:30"), **of).due_at, at(FRIDAY, "15:00"))
		self.assertEqual(due("E-INV", at(FRIDAY, "14:30:01"), **of).due_at, at(FRIDAY, "15:00:01"))
		self.assertEqual(due("E-INV", at(FRIDAY, "17:20"), **of).due_at, at(SATURDAY, "08:50"))

	def test_late_orders_ship_by_close_of_work(self):  # E-4.15c C-07
		for received, end, late in (
			("12:15:00", "15:00", False),
			("12:15:01", "17:30", True),
			("14:59:59", "17:30", True),
		):
			terms = due("E-SHIP", at(FRIDAY, "14:00"), business_date=FRIDAY, received_at=at(FRIDAY, received))
			self.assertEqual((terms.due_at, terms.late_window), (at(FRIDAY, end), late), received)
		evening = due("E-SHIP", at(FRIDAY, "16:00"), business_date=SATURDAY, received_at=at(FRIDAY, "15:00"))
		self.assertEqual((evening.due_at, evening.late_window), (at(SATURDAY, "15:00"), False))

	def test_without_grace_late_orders_are_due_at_three_and_still_reported_apart(self):  # C-07
		terms = due("E-SHIP", at(FRIDAY, "14:00"), replace(POLICY, same_day_grace="None"))
		self.assertEqual((terms.due_at, terms.late_window), (at(FRIDAY, "15:00"), True))

	def test_the_shipped_list_is_due_at_close_of_work(self):  # E-4.15d
		terms = due("E-SHIPLIST", at(FRIDAY, "09:00"))
		self.assertEqual((terms.due_at, terms.warn_at), (at(FRIDAY, "17:30"), at(FRIDAY, "17:00")))

	def test_the_logistics_sheet_is_due_at_nine_of_the_next_working_day(self):  # E-4.15e
		terms = due("E-LOGINFO", at(SATURDAY, "16:00"), business_date=SATURDAY)
		self.assertEqual((terms.due_at, terms.warn_at), (at(MONDAY, "09:00"), at(MONDAY, "08:00")))

	def test_elapsed_hours_run_through_the_night(self):  # D-04
		self.assertEqual(due("G1-U", at(SATURDAY, "23:00")).due_at, at(SUNDAY, "01:00"))

	def test_a_time_of_day_outside_work_moves_into_it(self):  # D-03
		early = replace(POLICY, steps=(Step("X", "x", TIME_OF_DAY, at_time=time(20)),))
		self.assertEqual(due("X", at(FRIDAY, "09:00"), early).due_at, at(FRIDAY, "17:30"))
		self.assertEqual(due("X", at(SUNDAY, "09:00"), early).due_at, at(MONDAY, "17:30"))
