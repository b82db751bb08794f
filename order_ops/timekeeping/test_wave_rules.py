# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Cut-offs and waves, a second before, at, and a second after. November 2026: the 20th is a Friday."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from order_ops.policy.rules import (
	INCLUSIVE,
	PERFORMANCE_DATE,
	REVIEW,
	SEND,
	TIME_OF_DAY,
	WAVE,
	Cutoff,
	Policy,
	Step,
	Wave,
)
from order_ops.timekeeping import wave_rules
from order_ops.timekeeping.rules import Calendar, is_late, terms

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
SALON_HOURS = Calendar("SALON", (((8 * 3600 + 1800, 18 * 3600),),) * 6 + ((),))
ASKED = {"kind": REVIEW, "lead_minutes": 15}
SALON = Policy(
	name="SALON-1",
	code="SALON",
	version=1,
	calendar="SALON",
	order_cutoff=time(18),
	review_chain="TwoStage",
	waves=(
		Wave("S-REV-1", "First review", time(9, 30), feeds="S-SEND-1", **ASKED),
		Wave("S-SEND-1", "First sending", time(10), kind=SEND),
		Wave("S-REV-2", "Second review", time(11, 30), feeds="S-SEND-2", **ASKED),
		Wave("S-SEND-2", "Second sending", time(12), kind=SEND),
		Wave("S-REV-3", "Third review", time(15), feeds="S-SEND-3", **ASKED),
		Wave("S-SEND-3", "Third sending", time(15, 30), kind=SEND),
		Wave("S-REV-4", "Last review", time.max, kind=REVIEW, at_close=True, feeds="S-SEND-4"),
		Wave("S-SEND-4", "Last sending", time.max, kind=SEND, at_close=True, minutes_before_close=15),
	),
	cutoffs=(Cutoff(PERFORMANCE_DATE, time(16)),),
	steps=(Step("S-REV-4", "Last review", WAVE, warn_minutes=30),),
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

	def test_noon_and_three_a_second_before_at_and_after(self):  # E-4.13c E-4.13d E-4.13e
		for clock_time, code, day in (
			("11:59:59", "E-W1", FRIDAY),
			("12:00:00", "E-W2", FRIDAY),
			("12:00:01", "E-W2", FRIDAY),
			("14:59:59", "E-W2", FRIDAY),
			("15:00:00", "E-W1", SATURDAY),
			("15:00:01", "E-W1", SATURDAY),
		):
			self.assertEqual(self.wave(at(FRIDAY, clock_time)), (code, day), clock_time)
		for code, closes in (("E-W1", "12:00"), ("E-W2", "15:00"), ("DAY", "17:30")):
			wave, instant = wave_rules.closing(POLICY, code), at(FRIDAY, closes)
			closed = [
				wave_rules.has_closed(wave, FRIDAY, PARTS, instant + timedelta(seconds=n)) for n in (-1, 0, 1)
			]
			self.assertEqual(closed, [False, True, True], code)

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


class TestReviewWaves(unittest.TestCase):
	def wave(self, received: datetime) -> tuple[str, date]:
		return wave_rules.wave_of(received, SALON.waves, SALON_HOURS)

	def test_an_order_belongs_to_the_review_wave_it_reaches_a_quarter_of_an_hour_before(self):
		# G4-4.3a G4-4.3b G4-4.3c G4-4.3d
		for clock_time, code, day in (
			("00:00:00", "S-REV-1", FRIDAY),
			("09:14:59", "S-REV-1", FRIDAY),
			("09:15:00", "S-REV-2", FRIDAY),
			("09:15:01", "S-REV-2", FRIDAY),
			("11:14:59", "S-REV-2", FRIDAY),
			("11:15:00", "S-REV-3", FRIDAY),
			("14:44:59", "S-REV-3", FRIDAY),
			("14:45:00", "S-REV-4", FRIDAY),
			("17:59:59", "S-REV-4", FRIDAY),  # all of the day, G4-3.6.2a
			("18:00:00", "S-REV-1", SATURDAY),
		):
			self.assertEqual(self.wave(at(FRIDAY, clock_time)), (code, day), clock_time)
		self.assertEqual(self.wave(at(SATURDAY, "18:00")), ("S-REV-1", MONDAY))
		self.assertEqual(self.wave(at(SUNDAY, "10:00")), ("S-REV-1", MONDAY))

	def test_a_short_day_ends_earlier(self):  # G4-4.3d G4-3.6.1e D-03
		short = replace(SALON_HOURS, exceptions={FRIDAY: ((8 * 3600 + 1800, 17 * 3600),)})
		self.assertEqual(wave_rules.wave_of(at(FRIDAY, "16:59:59"), SALON.waves, short), ("S-REV-4", FRIDAY))
		self.assertEqual(
			wave_rules.wave_of(at(FRIDAY, "17:00:00"), SALON.waves, short), ("S-REV-1", SATURDAY)
		)
		self.assertFalse(wave_rules.has_closed(SALON.wave("S-SEND-4"), FRIDAY, short, at(FRIDAY, "16:44:59")))
		self.assertTrue(wave_rules.has_closed(SALON.wave("S-SEND-4"), FRIDAY, short, at(FRIDAY, "16:45:00")))

	def test_a_wave_closes_at_its_very_second(self):
		# G4-3.6.1b G4-3.6.1c G4-3.6.1d G4-3.6.1e G4-4.3a G4-4.3b G4-4.3c G4-4.3d D-01
		for code, closes in (
			("S-REV-1", "09:30"),
			("S-SEND-1", "10:00"),
			("S-REV-2", "11:30"),
			("S-SEND-2", "12:00"),
			("S-REV-3", "15:00"),
			("S-SEND-3", "15:30"),
			("S-SEND-4", "17:45"),
			("S-REV-4", "18:00"),
		):
			instant = at(FRIDAY, closes)
			closed = [
				wave_rules.has_closed(SALON.wave(code), FRIDAY, SALON_HOURS, instant + timedelta(seconds=n))
				for n in (-1, 0, 1)
			]
			self.assertEqual(closed, [False, True, True], code)

	def test_what_closes_on_a_day_in_its_order(self):  # G4-3.6.2a E-4.13e
		codes = [wave.wave for wave in wave_rules.in_order(SALON, FRIDAY, SALON_HOURS)]
		expected = "S-REV-1 S-SEND-1 S-REV-2 S-SEND-2 S-REV-3 S-SEND-3 LIST-1 LIST-2 S-SEND-4 S-REV-4 DAY"
		self.assertEqual(codes, expected.split())
		times = {
			wave.wave: wave_rules.wave_time(wave, FRIDAY, SALON_HOURS) for wave in wave_rules.closings(SALON)
		}
		self.assertEqual(times["LIST-1"], at(FRIDAY, "15:30"))  # G4-3.6.2a
		self.assertEqual(times["LIST-2"], at(FRIDAY, "17:30"))
		self.assertEqual(times["DAY"], at(FRIDAY, "18:00"))
		self.assertEqual([wave.wave for wave in wave_rules.closings(POLICY)], ["E-W1", "E-W2", "DAY"])

	def test_windows_of_reviews_and_sendings(self):  # G4-4.3a G4-3.6.1b
		window = lambda code, day: wave_rules.wave_window(  # noqa: E731
			wave_rules.closing(SALON, code), day, SALON, SALON_HOURS
		)
		self.assertEqual(window("S-REV-1", MONDAY), (at(SATURDAY, "18:00"), at(MONDAY, "09:15")))
		self.assertEqual(window("S-REV-3", MONDAY), (at(MONDAY, "11:15"), at(MONDAY, "14:45")))
		self.assertEqual(window("S-SEND-1", MONDAY), (at(SATURDAY, "17:45"), at(MONDAY, "10:00")))
		self.assertEqual(window("DAY", MONDAY), (at(SATURDAY, "18:00"), at(MONDAY, "18:00")))


class TestSending(unittest.TestCase):
	def sent(self, reviewed: datetime, **values) -> wave_rules.Sending:
		return wave_rules.sending(reviewed, replace(SALON, **values), SALON_HOURS)

	def test_what_is_reviewed_joins_the_next_send_wave(self):
		# G4-3.6.1a G4-3.6.1b G4-3.6.1c G4-3.6.1d G4-3.6.1e C-02
		for clock_time, code in (
			("09:29:59", "S-SEND-1"),
			("09:59:59", "S-SEND-1"),
			("10:00:00", "S-SEND-2"),
			("10:00:01", "S-SEND-2"),
			("11:59:59", "S-SEND-2"),
			("12:00:00", "S-SEND-3"),
			("15:29:59", "S-SEND-3"),
			("15:30:00", "S-SEND-4"),
			("17:44:59", "S-SEND-4"),
		):
			sending = self.sent(at(FRIDAY, clock_time))
			self.assertEqual((sending.wave, sending.day, sending.at_once), (code, FRIDAY, False), clock_time)

	def test_reviewed_voluntarily_between_three_and_half_past_goes_with_the_half_past_wave(self):  # C-02
		for clock_time in ("15:00:00", "15:10:00", "15:29:59"):
			self.assertEqual(self.sent(at(FRIDAY, clock_time)).wave, "S-SEND-3")

	def test_every_review_wave_feeds_the_send_wave_that_its_orders_join(self):  # C-02
		for wave in SALON.waves:
			if wave.kind == REVIEW and not wave.at_close:
				last_second = at(FRIDAY, wave.cutoff.isoformat()) - timedelta(seconds=1)
				self.assertEqual(self.sent(last_second).wave, wave.feeds)

	def test_after_the_last_wave_and_before_close_of_work_nothing_waits(self):  # G4-3.6.2b
		for clock_time, at_once in (
			("17:44:59", False),
			("17:45:00", True),
			("17:59:59", True),
			("18:00:00", False),
		):
			self.assertEqual(self.sent(at(FRIDAY, clock_time)).at_once, at_once, clock_time)
		evening = self.sent(at(SATURDAY, "18:00:00"))
		self.assertEqual((evening.wave, evening.day), ("S-SEND-1", MONDAY))
		self.assertEqual(self.sent(at(SUNDAY, "12:00")), wave_rules.Sending("S-SEND-1", MONDAY))

	def test_sent_with_the_wave_at_once_or_both(self):  # C-03 G4-4.3e
		nine = at(FRIDAY, "09:00")
		self.assertEqual(self.sent(nine), wave_rules.Sending("S-SEND-1", FRIDAY))
		self.assertEqual(self.sent(nine, send_mode="Immediate"), wave_rules.Sending("", FRIDAY, at_once=True))
		self.assertEqual(
			self.sent(nine, send_mode="Both"), wave_rules.Sending("S-SEND-1", FRIDAY, at_once=True)
		)

	def test_where_all_leave_at_once_no_send_wave_closes(self):  # C-03
		kinds = {wave.kind for wave in wave_rules.closings(replace(SALON, send_mode="Immediate"))}
		self.assertNotIn(SEND, kinds)
		self.assertIn(SEND, {wave.kind for wave in wave_rules.closings(replace(SALON, send_mode="Both"))})

	def test_without_send_waves_nobody_waits_for_one(self):  # C-02
		self.assertIsNone(wave_rules.sending(at(FRIDAY, "09:00"), POLICY, PARTS))


class TestPerformanceDate(unittest.TestCase):
	def counts(self, received: datetime) -> date:
		return wave_rules.plan_order(received, SALON, SALON_HOURS).performance_date

	def test_from_four_o_clock_an_order_counts_for_the_next_calendar_day(self):  # G4-2.4
		self.assertEqual(self.counts(at(FRIDAY, "15:59:59")), FRIDAY)
		self.assertEqual(self.counts(at(FRIDAY, "16:00:00")), SATURDAY)
		self.assertEqual(self.counts(at(FRIDAY, "16:00:01")), SATURDAY)
		self.assertEqual(self.counts(at(SATURDAY, "16:00:00")), SUNDAY)  # every day
		self.assertEqual(self.counts(at(SUNDAY, "15:59:59")), SUNDAY)

	def test_it_changes_nothing_but_the_performance_date(self):  # G4-2.4 C-01
		for clock_time in ("15:40:00", "16:10:00"):
			plan = wave_rules.plan_order(at(FRIDAY, clock_time), SALON, SALON_HOURS)
			self.assertEqual((plan.wave, plan.wave_date), ("S-REV-4", FRIDAY))  # processed today
			self.assertEqual(plan.promised_ship_date, FRIDAY)
		self.assertEqual(self.counts(at(FRIDAY, "15:40:00")), FRIDAY)
		self.assertEqual(self.counts(at(FRIDAY, "16:10:00")), SATURDAY)

	def test_without_the_cut_off_the_day_of_receipt_counts(self):  # C-01
		self.assertEqual(
			wave_rules.plan_order(at(FRIDAY, "23:59:59"), POLICY, PARTS).performance_date, FRIDAY
		)

	def test_an_inclusive_cut_off_takes_its_own_second(self):  # D-01
		inclusive = replace(SALON, cutoffs=(Cutoff(PERFORMANCE_DATE, time(16), INCLUSIVE),))
		self.assertEqual(wave_rules.performance_date(at(FRIDAY, "16:00:00"), inclusive), FRIDAY)
		self.assertEqual(wave_rules.performance_date(at(FRIDAY, "16:00:01"), inclusive), SATURDAY)


class TestStrictOrGraceful(unittest.TestCase):
	"""The 15:00 of the regulation read literally, and with the chain of steps in mind (D-09, C-07)."""

	def due(self, received: str, **values) -> tuple[datetime, bool]:
		policy = replace(POLICY, **values)
		received_at = at(FRIDAY, received)
		found = terms(policy.steps[0], policy, PARTS, received_at, FRIDAY, received_at)
		return found.due_at, found.late_window

	def test_graceful_orders_after_12_15_have_until_close_of_work(self):  # C-07 E-4.15c D-09
		self.assertEqual(self.due("12:14:59"), (at(FRIDAY, "15:00"), False))
		self.assertEqual(self.due("12:15:00"), (at(FRIDAY, "15:00"), False))
		self.assertEqual(self.due("12:15:01"), (at(FRIDAY, "17:30"), True))

	def test_strict_all_are_due_at_three_and_the_late_window_is_still_told_apart(self):  # C-07 D-09
		for received, late in (("12:15:00", False), ("12:15:01", True), ("14:59:59", True)):
			self.assertEqual(self.due(received, strict_wave=True), (at(FRIDAY, "15:00"), late))
			self.assertEqual(self.due(received, same_day_grace="None"), (at(FRIDAY, "15:00"), late))

	def test_a_deadline_of_three_is_met_a_second_before_and_missed_at_it(self):  # E-4.15c E-4.13d D-01
		late = [
			is_late(at(FRIDAY, t), at(FRIDAY, "15:00"), 0, 0) for t in ("14:59:59", "15:00:00", "15:00:01")
		]
		self.assertEqual(late, [False, True, True])
