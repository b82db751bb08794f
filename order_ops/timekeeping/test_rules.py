# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Working time, waves and deadlines. November 2026: the 20th is a Friday, the 21st a Saturday."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from order_ops.policy.rules import (
	AS_IT_IS,
	CLOSE_OF_WORK,
	DAY_OF_MONTH,
	ELAPSED_TIME,
	INCLUSIVE,
	NEXT_DAY,
	NEXT_WAVE,
	NEXT_WORKING_DAY,
	PREVIOUS_WORKING_DAY,
	REVIEW,
	SEND,
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
		Step("E-SO", "Sales order", WORKING_TIME, minutes=30),
		Step("E-HANDOVER", "Hand-over", WORKING_TIME, minutes=60),
		Step("E-LEDGER", "Ledger", NEXT_WORKING_DAY),
		Step("E-MONTH", "Settlement", DAY_OF_MONTH, day_of_month=25),
		Step("E-RETRCV", "Returned goods", CLOSE_OF_WORK),
		Step("REVIEW", "Review", WORKING_TIME, minutes=240),
		Step("G1-N", "Normal order", ELAPSED_TIME, minutes=24 * 60),
		Step("G1-S", "Special order", ELAPSED_TIME, minutes=12 * 60),
		Step("G1-U", "Urgent order", ELAPSED_TIME, minutes=120),
		Step("SELLER-SHIP", "Shipping", ELAPSED_TIME, minutes=48 * 60),
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

	def test_a_deadline_in_the_lunch_hour_moves_to_its_end(self):  # D-03
		step = Step("X", "x", TIME_OF_DAY, at_time=time(12, 30))
		for at_time, end in ((time(12), "12:00"), (time(12, 0, 1), "13:00"), (time(12, 30), "13:00")):
			found = rules.terms(replace(step, at_time=at_time), POLICY, SPLIT, at(FRIDAY, "09:00"))
			self.assertEqual(found.due_at, at(FRIDAY, end), at_time)

	def test_a_year_without_work_is_an_error_and_no_loop(self):  # D-03
		mondays = {MONDAY + timedelta(weeks=n): () for n in range(60)}
		erased = Calendar("erased", (SHIFT,) + ((),) * 6, mondays)
		for seek in (erased.next_working_day, erased.working_day_from):
			with self.assertRaises(NoWorkingTime):
				seek(MONDAY)
		with self.assertRaises(NoWorkingTime):
			erased.previous_working_day(MONDAY + timedelta(weeks=60))
		self.assertEqual(erased.previous_working_day(MONDAY), MONDAY - timedelta(weeks=1))

	def test_a_calendar_without_working_time_is_an_error(self):  # D-03
		with self.assertRaises(NoWorkingTime):
			Calendar("empty", ((),) * 7)
		with self.assertRaises(NoWorkingTime):
			PARTS.close_of_work(SUNDAY)

	def test_years_cost_what_minutes_cost(self):
		start = datetime(2009, 12, 1, 8, 30)
		far = PARTS.add_working(start, 20 * 52 * 6 * 32400)
		self.assertEqual(PARTS.working_between(start, far), 20 * 52 * 6 * 32400)


def late(step: str, start: datetime, policy: Policy = POLICY, **of) -> list[bool]:
	"""Whether a step that is finished a second before it is due, at that second, and a second after it, is late."""
	terms = due(step, start, policy, **of)
	elapsed = policy.step(step).basis == ELAPSED_TIME
	ends = [terms.due_at + timedelta(seconds=moved) for moved in (-1, 0, 1)]
	took = [rules.measured(start, end, None if elapsed else PARTS) for end in ends]
	return [
		rules.is_late(end, terms.due_at, terms.budget_seconds, seconds)
		for end, seconds in zip(ends, took, strict=True)
	]


# within N is met at N; by a time is missed at that time
WITHIN, BY = [False, False, True], [False, True, True]


class TestBoundaries(unittest.TestCase):
	"""Every clock of the clock index that has a due time: a second before, at, and a second after."""

	def test_within_so_many_working_minutes(self):  # E-4.11a E-4.12d E-4.13b E-4.15b D-01 D-04
		for step, end in (
			("E-MATCH", "10:15"),
			("E-SO", "10:30"),
			("E-DN", "11:00"),
			("E-HANDOVER", "11:00"),
		):
			self.assertEqual(due(step, at(FRIDAY, "10:00")).due_at, at(FRIDAY, end), step)
			self.assertEqual(late(step, at(FRIDAY, "10:00")), WITHIN, step)

	def test_nothing_runs_from_saturday_s_close_to_monday_s_opening(self):  # E-3.2c D-03
		for started, end in (
			(at(SATURDAY, "17:14:59"), at(SATURDAY, "17:29:59")),
			(at(SATURDAY, "17:15:00"), at(SATURDAY, "17:30:00")),
			(at(SATURDAY, "17:15:01"), at(MONDAY, "08:30:01")),
			(at(SUNDAY, "12:00:00"), at(MONDAY, "08:45:00")),
			(at(MONDAY, "08:29:59"), at(MONDAY, "08:45:00")),
			(at(MONDAY, "08:30:00"), at(MONDAY, "08:45:00")),
			(at(MONDAY, "08:30:01"), at(MONDAY, "08:45:01")),
		):
			self.assertEqual(due("E-MATCH", started).due_at, end, started)

	def test_within_so_many_hours_of_the_clock(self):  # G1-10a G1-10b G1-10c G7-3.1 D-04 D-08
		for step, end in (
			("G1-N", at(SUNDAY, "09:00")),
			("G1-S", at(SATURDAY, "21:00")),
			("G1-U", at(SATURDAY, "11:00")),
			("SELLER-SHIP", at(MONDAY, "09:00")),
		):
			self.assertEqual(due(step, at(SATURDAY, "09:00")).due_at, end, step)
			self.assertEqual(late(step, at(SATURDAY, "09:00")), WITHIN, step)

	def test_by_three(self):  # E-4.14b E-4.14c E-4.15c D-01
		for step in ("E-INV", "E-SHIP"):
			self.assertEqual(due(step, at(FRIDAY, "09:00")).due_at, at(FRIDAY, "15:00"), step)
			self.assertEqual(late(step, at(FRIDAY, "09:00")), BY, step)

	def test_the_noon_wave_and_the_wave_of_three(self):  # E-4.13c E-4.13d D-09
		for step, end in (("E-W1", "12:00"), ("E-W2", "15:00")):
			self.assertEqual(due(step, at(FRIDAY, "09:00")).due_at, at(FRIDAY, end), step)
			self.assertEqual(late(step, at(FRIDAY, "09:00")), BY, step)

	def test_the_wave_leaves_an_hour_to_the_second(self):  # E-4.13c E-4.13d D-09
		for started, end in (("13:59:59", "15:00:00"), ("14:00:00", "15:00:00"), ("14:00:01", "15:00:01")):
			self.assertEqual(due("E-W2", at(FRIDAY, started)).due_at, at(FRIDAY, end), started)

	def test_the_list_of_shipments_at_close_of_work(self):  # E-4.15d D-03
		self.assertEqual(due("E-SHIPLIST", at(SATURDAY, "09:00")).due_at, at(SATURDAY, "17:30"))
		self.assertEqual(late("E-SHIPLIST", at(SATURDAY, "09:00")), BY)

	def test_the_logistics_sheet_at_nine_of_the_next_working_day(self):  # E-4.15e
		self.assertEqual(due("E-LOGINFO", at(FRIDAY, "09:00")).due_at, at(SATURDAY, "09:00"))
		self.assertEqual(due("E-LOGINFO", at(SATURDAY, "09:00")).due_at, at(MONDAY, "09:00"))
		self.assertEqual(late("E-LOGINFO", at(SATURDAY, "09:00")), BY)

	def test_the_ledger_on_the_first_working_day_after_the_business(self):  # E-4.17c
		self.assertEqual(due("E-LEDGER", at(FRIDAY, "09:00")).due_at, at(SATURDAY, "17:30"))
		self.assertEqual(due("E-LEDGER", at(SATURDAY, "09:00")).due_at, at(MONDAY, "17:30"))
		self.assertEqual(late("E-LEDGER", at(SATURDAY, "09:00")), BY)

	def test_goods_that_came_back_on_the_same_day(self):  # E-4.24e E-4.26c
		self.assertEqual(due("E-RETRCV", at(FRIDAY, "17:29:59")).due_at, at(FRIDAY, "17:30"))
		self.assertEqual(late("E-RETRCV", at(FRIDAY, "09:00")), BY)

	def test_the_month_is_settled_on_the_25th(self):  # E-4.17h
		the_25th = date(2026, 11, 25)
		self.assertEqual(due("E-MONTH", at(FRIDAY, "09:00")).due_at, at(the_25th, "17:30"))
		self.assertEqual(late("E-MONTH", at(FRIDAY, "09:00")), BY)
		for started, end in (
			("17:29:59", the_25th),
			("17:30:00", date(2026, 12, 25)),
			("17:30:01", date(2026, 12, 25)),
		):
			self.assertEqual(due("E-MONTH", at(the_25th, started)).due_at, at(end, "17:30"), started)

	def test_a_review_within_four_working_hours(self):  # D-06 D-08
		self.assertEqual(due("REVIEW", at(SATURDAY, "15:30")).due_at, at(MONDAY, "10:30"))
		self.assertEqual(late("REVIEW", at(SATURDAY, "15:30")), WITHIN)

	def test_so_many_days_end_with_the_last_second_of_the_last_day(self):  # D-05 E-4.18c
		limit = rules.within_days(FRIDAY, 5)
		self.assertEqual(limit, datetime(2026, 11, 25, 23, 59, 59))
		met = [limit + timedelta(seconds=moved) <= limit for moved in (-1, 0, 1)]
		self.assertEqual(met, [True, True, False])
		self.assertEqual(rules.within_days(FRIDAY, 0), at(FRIDAY, "23:59:59"))


class TestNextWave(unittest.TestCase):
	"""Due with the next wave of its kind; the salon sends at 10:00, 12:00, 15:30 and a quarter before close."""

	SALON = replace(
		POLICY,
		waves=(
			Wave("S-REV-1", "Review", time(9, 30), kind=REVIEW),
			Wave("S-SEND-1", "Send", time(10), kind=SEND),
			Wave("S-SEND-2", "Send", time(12), kind=SEND),
			Wave("S-SEND-3", "Send", time(15, 30), kind=SEND),
			Wave("S-SEND-4", "Send", time(0), kind=SEND, at_close=True, minutes_before_close=15),
		),
		steps=(
			Step("SEND", "Send", NEXT_WAVE, wave_kind=SEND, lead_minutes=0),
			Step("REVIEW", "Review", NEXT_WAVE, wave_kind=REVIEW),
			Step("LEAD", "Send with time", NEXT_WAVE, wave_kind=SEND, lead_minutes=20),
		),
	)

	def due(self, step: str, start: datetime, policy: Policy | None = None) -> datetime:
		return due(step, start, policy or self.SALON).due_at

	def test_what_starts_at_the_second_of_a_wave_goes_with_the_next(self):  # D-01 G4-3.6.1b G4-3.6.1e
		for start, end in (
			("08:00:00", "10:00"),
			("09:59:59", "10:00"),
			("10:00:00", "12:00"),
			("15:29:59", "15:30"),
			("15:30:00", "17:15"),
			("17:14:59", "17:15"),
		):
			self.assertEqual(self.due("SEND", at(FRIDAY, start)), at(FRIDAY, end), start)
		for start in (at(SATURDAY, "17:15:00"), at(SATURDAY, "17:15:01"), at(SUNDAY, "12:00")):
			self.assertEqual(self.due("SEND", start), at(MONDAY, "10:00"), start)

	def test_an_inclusive_wave_takes_its_own_second(self):  # D-01
		waves = tuple(replace(wave, boundary=INCLUSIVE) for wave in self.SALON.waves)
		inclusive = replace(self.SALON, waves=waves)
		found = [self.due("SEND", at(FRIDAY, f"10:00:0{n}"), inclusive) for n in (0, 1)]
		self.assertEqual(found, [at(FRIDAY, "10:00"), at(FRIDAY, "12:00")])

	def test_only_waves_of_the_kind_count(self):  # C-02
		self.assertEqual(self.due("REVIEW", at(FRIDAY, "09:29:59")), at(FRIDAY, "09:30"))
		self.assertEqual(self.due("REVIEW", at(FRIDAY, "09:30:00")), at(SATURDAY, "09:30"))

	def test_the_wave_leaves_the_lead_unless_it_is_strict(self):  # D-09
		self.assertEqual(self.due("LEAD", at(FRIDAY, "09:50")), at(FRIDAY, "10:10"))
		strict = replace(self.SALON, strict_wave=True)
		self.assertEqual(self.due("LEAD", at(FRIDAY, "09:50"), strict), at(FRIDAY, "10:00"))

	def test_a_profile_without_such_a_wave_is_an_error(self):
		with self.assertRaises(LookupError):
			self.due("SEND", at(FRIDAY, "09:00"), replace(self.SALON, waves=()))


class TestDayOfMonth(unittest.TestCase):
	"""In 2026 the 25th of October is a Sunday."""

	def due(
		self, start: datetime, rule: str = NEXT_DAY, day: int = 25, at_time: time | None = None, **of
	) -> datetime:
		step = Step("X", "x", DAY_OF_MONTH, day_of_month=day, holiday_rule=rule, at_time=at_time, **of)
		return rules.terms(step, POLICY, PARTS, start).due_at

	def test_a_25th_that_nobody_works_on(self):  # E-4.17h
		for rule, end in (
			(NEXT_DAY, datetime(2026, 10, 26, 17, 30)),
			(PREVIOUS_WORKING_DAY, datetime(2026, 10, 24, 17, 30)),
			(
				AS_IT_IS,
				datetime(2026, 10, 26, 8, 30),
			),  # it stays the 25th, and nobody is late before work opens
		):
			self.assertEqual(self.due(datetime(2026, 10, 20, 9), rule), end, rule)

	def test_at_a_time_of_that_day(self):  # E-4.17h D-01
		self.assertEqual(self.due(at(FRIDAY, "09:00"), at_time=time(12)), datetime(2026, 11, 25, 12))
		self.assertEqual(self.due(at(FRIDAY, "09:00"), at_time=time(20)), datetime(2026, 11, 25, 17, 30))

	def test_a_shorter_month_ends_earlier(self):
		self.assertEqual(self.due(datetime(2027, 2, 3, 9), day=31), datetime(2027, 3, 1, 17, 30))
		self.assertEqual(self.due(datetime(2027, 4, 3, 9), day=31), datetime(2027, 4, 30, 17, 30))

	def test_the_working_day_before_may_lie_in_the_month_before(self):
		self.assertEqual(
			self.due(datetime(2026, 10, 30, 9), PREVIOUS_WORKING_DAY, day=1), datetime(2026, 10, 31, 17, 30)
		)

	def test_the_lead_moves_it(self):  # D-09
		self.assertEqual(self.due(datetime(2026, 11, 25, 17), lead_minutes=60), datetime(2026, 11, 26, 9))


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

	def test_a_wave_that_does_the_step_itself_has_time_for_it(self):  # G4-3.6.1a
		step = Step("E-W1", "Sent with the noon wave", WAVE, minutes=10, warn_minutes=5)
		terms = due("E-W1", at(FRIDAY, "09:00"), replace(POLICY, steps=(step,)))
		self.assertEqual((terms.due_at, terms.warn_at), (at(FRIDAY, "12:10"), at(FRIDAY, "12:05")))

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
