# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Cut-offs and waves, a second before, at, and a second after. November 2026: the 20th is a Friday."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from order_ops.policy.rules import INCLUSIVE, TIME_OF_DAY, Policy, Step, Wave
from order_ops.timekeeping import wave_rules
from order_ops.timekeeping.rules import Calendar

PARTS = Calendar("BU-PARTS", (((8 * 3600 + 1800, 17 * 3600 + 1800),),) * 6 + ((),))
POLICY = Policy(
	name="BU-PARTS-1",
	code="BU-PARTS",
	version=1,
	calendar="BU-PARTS",
	order_cutoff=time(15),
	waves=(Wave("E-W1", "Noon wave", time(12)), Wave("E-W2", "Afternoon wave", time(15))),
	steps=(Step("E-SHIP", "Shipping", TIME_OF_DAY, at_time=time(15), minutes=165),),
)
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (20, 21, 22, 23))


def at(day: date, clock_time: str) -> datetime:
	return datetime.combine(day, time.fromisoformat(clock_time))


class TestPromisedShipDate(unittest.TestCase):
	def ships(self, received: datetime, policy: Policy = POLICY) -> date:
		return wave_rules.promised_ship_date(received, policy, PARTS)

	def test_order_at_14_59_59_ships_the_same_day(self):  # E-3.4a
		self.assertEqual(self.ships(at(FRIDAY, "14:59:59")), FRIDAY)
		self.assertEqual(self.ships(at(FRIDAY, "00:00:00")), FRIDAY)

	def test_order_at_15_00_00_ships_the_next_working_day(self):  # E-3.4b D-01
		self.assertEqual(self.ships(at(FRIDAY, "15:00:00")), SATURDAY)
		self.assertEqual(self.ships(at(FRIDAY, "15:00:01")), SATURDAY)

	def test_saturday_15_00_and_all_sunday_ship_on_monday(self):  # E-3.4b
		self.assertEqual(self.ships(at(SATURDAY, "14:59:59")), SATURDAY)
		for received in (
			at(SATURDAY, "15:00"),
			at(SUNDAY, "00:00"),
			at(SUNDAY, "14:59"),
			at(SUNDAY, "23:59:59"),
		):
			self.assertEqual(self.ships(received), MONDAY, received)

	def test_an_inclusive_cut_off_takes_its_own_second(self):  # D-01
		inclusive = replace(POLICY, cutoff_boundary=INCLUSIVE)
		self.assertEqual(self.ships(at(FRIDAY, "15:00:00"), inclusive), FRIDAY)
		self.assertEqual(self.ships(at(FRIDAY, "15:00:01"), inclusive), SATURDAY)


class TestWaves(unittest.TestCase):
	def wave(self, received: datetime) -> tuple[str, date]:
		return wave_rules.wave_of(received, POLICY.waves, PARTS)

	def test_the_noon_wave_takes_what_came_before_noon(self):  # E-4.13c
		self.assertEqual(self.wave(at(FRIDAY, "00:00:00")), ("E-W1", FRIDAY))
		self.assertEqual(self.wave(at(FRIDAY, "11:59:59")), ("E-W1", FRIDAY))

	def test_the_afternoon_wave_takes_noon_to_three(self):  # E-4.13d
		self.assertEqual(self.wave(at(FRIDAY, "12:00:00")), ("E-W2", FRIDAY))
		self.assertEqual(self.wave(at(FRIDAY, "14:59:59")), ("E-W2", FRIDAY))

	def test_from_three_the_next_working_day_s_noon_wave(self):  # E-4.13c
		self.assertEqual(self.wave(at(FRIDAY, "15:00:00")), ("E-W1", SATURDAY))
		self.assertEqual(self.wave(at(SATURDAY, "15:00:00")), ("E-W1", MONDAY))
		self.assertEqual(self.wave(at(SUNDAY, "12:30:00")), ("E-W1", MONDAY))

	def test_windows_reach_back_to_the_previous_working_day(self):  # E-4.13c E-4.13d E-4.13e
		window = lambda code, day: wave_rules.wave_window(POLICY.wave(code), day, POLICY, PARTS)  # noqa: E731
		self.assertEqual(window("E-W1", MONDAY), (at(SATURDAY, "15:00"), at(MONDAY, "12:00")))
		self.assertEqual(window("E-W2", MONDAY), (at(MONDAY, "12:00"), at(MONDAY, "15:00")))

	@given(st.integers(0, 14 * 86400))
	@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
	def test_every_instant_lies_in_the_window_of_its_wave(self, second):  # E-4.13e
		received = at(FRIDAY, "00:00") + timedelta(seconds=second)
		code, day = self.wave(received)
		opens, closes = wave_rules.wave_window(POLICY.wave(code), day, POLICY, PARTS)
		self.assertTrue(opens <= received < closes)
		self.assertEqual(day, wave_rules.promised_ship_date(received, POLICY, PARTS))


class TestPlan(unittest.TestCase):
	def plan(self, received: datetime) -> wave_rules.OrderPlan:
		return wave_rules.plan_order(received, POLICY, PARTS)

	def test_after_the_cut_off_the_clock_starts_when_the_next_day_opens(self):  # E-4.11a D-09
		self.assertEqual(self.plan(at(FRIDAY, "14:59:59")).clock_start, at(FRIDAY, "14:59:59"))
		self.assertEqual(self.plan(at(FRIDAY, "15:00:00")).clock_start, at(SATURDAY, "08:30"))
		self.assertEqual(self.plan(at(SATURDAY, "16:00:00")).clock_start, at(MONDAY, "08:30"))

	def test_orders_after_12_15_are_the_late_window(self):  # E-4.15c C-07
		late = lambda clock_time: self.plan(at(FRIDAY, clock_time)).late_window  # noqa: E731
		self.assertEqual(
			[late(t) for t in ("07:00:00", "12:15:00", "12:15:01", "14:59:59", "15:00:00")],
			[False, False, True, True, False],
		)

	def test_a_profile_without_waves_goes_by_its_cut_off(self):  # D-10
		policy = replace(POLICY, waves=(), steps=(), order_cutoff=time(18))
		plan = wave_rules.plan_order(at(FRIDAY, "17:59:59"), policy, PARTS)
		self.assertEqual((plan.wave, plan.wave_date), ("", FRIDAY))
		self.assertEqual(wave_rules.plan_order(at(FRIDAY, "18:00"), policy, PARTS).wave_date, SATURDAY)
