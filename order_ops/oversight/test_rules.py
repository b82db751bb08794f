# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import unittest
from datetime import datetime, timedelta

from order_ops.ordering.rules import TRANSITIONS
from order_ops.oversight.rules import (
	FOLLOW_UP,
	PHASE_OF,
	PHASES,
	PROCESSING,
	RECEIVING,
	SETTLEMENT,
	Milestones,
	Spread,
	Waiting,
	gaps,
	passed_over,
	phase_times,
	queue,
	rate,
	spread,
)

TEN = datetime(2026, 11, 20, 10)


def hour(n: float) -> datetime:
	return TEN + timedelta(hours=n)


class TestPhases(unittest.TestCase):
	def test_every_state_has_its_phase_and_no_transition_leads_back(self):  # G1-02
		self.assertEqual(set(PHASE_OF), set(TRANSITIONS))
		for state, following in TRANSITIONS.items():
			for after in following:
				if PHASE_OF[after]:
					self.assertLessEqual(PHASES.index(PHASE_OF[state]), PHASES.index(PHASE_OF[after]))
		self.assertEqual(set(filter(None, PHASE_OF.values())), {RECEIVING, PROCESSING, FOLLOW_UP, SETTLEMENT})

	def test_the_phases_of_an_order_join(self):  # G1-02
		self.assertEqual(
			phase_times(Milestones(TEN, hour(1), hour(3), hour(30), None)),
			{
				RECEIVING: (TEN, hour(1)),
				PROCESSING: (hour(1), hour(3)),
				FOLLOW_UP: (hour(3), hour(30)),
				SETTLEMENT: (hour(30), None),
			},
		)

	def test_an_order_is_in_one_phase_only(self):  # G1-02
		self.assertEqual(phase_times(Milestones(TEN, None, None, None, None)), {RECEIVING: (TEN, None)})
		self.assertEqual(phase_times(Milestones(None, None, None, None, None)), {})

	def test_a_phase_without_its_own_end_ends_with_the_next_one(self):
		times = phase_times(Milestones(TEN, hour(1), None, hour(5), None))
		self.assertEqual(times[PROCESSING], (hour(1), hour(5)))
		self.assertEqual(times[FOLLOW_UP], (hour(5), hour(5)))


class TestFigures(unittest.TestCase):
	def test_spread_by_nearest_rank(self):  # G1-01
		self.assertEqual(
			spread(3600 * n for n in (4, 1, 2, 3, 10, 5, 6, 7, 8, 9)), Spread(10, 5.5, 5.0, 9.0, 10.0)
		)
		self.assertEqual(spread([]), Spread())
		self.assertEqual(spread([5400]), Spread(1, 1.5, 1.5, 1.5, 1.5))

	def test_a_rate_of_nothing_is_no_rate(self):
		self.assertEqual([rate(1, 3), rate(3, 3), rate(0, 3), rate(0, 0)], [33.3, 100.0, 0.0, None])


class TestGaps(unittest.TestCase):
	def test_a_history_that_joins_has_no_gap(self):  # G1-20
		history = [(None, "Received"), ("Received", "Identified"), (None, None), ("Identified", "Released")]
		self.assertEqual(gaps(history, "Released"), [])

	def test_a_missing_link_a_wrong_end_and_a_missing_beginning_are_seen(self):  # G1-20
		self.assertEqual(
			gaps([(None, "Received"), ("Identified", "Released")], "Released"), [("Received", "Identified")]
		)
		self.assertEqual(gaps([(None, "Received")], "Identified"), [("Received", "Identified")])
		self.assertEqual(gaps([("Received", "Identified")], "Identified"), [("", "Received")])
		self.assertEqual(gaps([], "Received"), [("", "Received")])


class TestQueue(unittest.TestCase):
	def test_first_in_first_out_within_a_class(self):  # G6-03 C-20
		orders = [
			Waiting("late", "Normal", hour(2)),
			Waiting("urgent", "Urgent", hour(3)),
			Waiting("early", "Normal", hour(0)),
			Waiting("special", "Special", hour(4)),
			Waiting("due", "Normal", hour(1), hour(5)),
		]
		ordered = queue(orders)
		self.assertEqual([one.name for one in ordered], ["urgent", "special", "due", "early", "late"])
		self.assertEqual(passed_over(ordered), {"urgent": 3, "special": 3, "due": 1, "early": 0, "late": 0})
