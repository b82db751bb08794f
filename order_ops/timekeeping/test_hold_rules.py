"""What a hold blocks and what its placing lacks."""

import unittest
from datetime import date, datetime

from order_ops.timekeeping.hold_rules import (
	BY_PERSON,
	BY_PROMISE,
	BY_TIME,
	Hold,
	blocks,
	lines,
	problems,
	promise_ends,
)

NOW = datetime(2026, 11, 20, 10)
SHIP, RELEASE = "Ops Delivery Note:Ship", "Ops Sales Order:Release"


def on_order(**values):
	return Hold("H-1", "Kind", "G5-2.3", "Ops Sales Order", "SO-1", order="SO-1", **values)


class TestBlocks(unittest.TestCase):
	def test_a_hold_on_an_order_holds_its_documents_unless_it_says_otherwise(self):  # G5-2.3
		for hold, transition, name, order, held in (
			(on_order(), RELEASE, "SO-1", "SO-1", True),
			(on_order(), RELEASE, "SO-2", "SO-2", False),
			(on_order(), SHIP, "DN-1", "SO-1", True),
			(on_order(), SHIP, "DN-1", "SO-2", False),
			(on_order(covers_documents=False), SHIP, "DN-1", "SO-1", False),
			(on_order(covers_documents=False), RELEASE, "SO-1", "SO-1", True),
			(on_order(blocks=(SHIP,)), RELEASE, "SO-1", "SO-1", False),
			(on_order(blocks=(SHIP,)), SHIP, "DN-1", "SO-1", True),
			(on_order(), SHIP, "SO-1", "", False),
		):
			with self.subTest(hold=hold, transition=transition, name=name):
				self.assertEqual(blocks(hold, transition, name, order), held)

	def test_a_hold_on_a_note_holds_that_note_only(self):  # G5-2.3
		hold = Hold("H-1", "Kind", "", "Ops Delivery Note", "DN-1", order="SO-1")
		self.assertTrue(blocks(hold, SHIP, "DN-1", "SO-1"))
		self.assertFalse(blocks(hold, SHIP, "DN-2", "SO-1"))
		self.assertFalse(blocks(hold, RELEASE, "SO-1", "SO-1"))

	def test_transitions_stand_one_a_line(self):
		self.assertEqual(lines(f" {SHIP}\n\n{RELEASE} "), (SHIP, RELEASE))
		self.assertEqual(lines(None), ())


class TestPlacing(unittest.TestCase):
	def found(self, reason="why", rule=BY_PERSON, at=None, promised=None, named=()):
		return [p.field for p in problems(reason, rule, at, promised, named, [SHIP], NOW)]

	def test_a_hold_has_a_reason_and_an_end(self):  # G1-09, G5-2.3
		self.assertEqual(self.found(), [])
		self.assertEqual(self.found(reason=" "), ["reason"])
		self.assertEqual(self.found(rule="Some day"), ["release_rule"])
		self.assertEqual(self.found(named=(SHIP, "Ops Delivery Note:Fly")), ["blocks"])

	def test_its_time_lies_ahead(self):  # D-01
		for at, found in (
			(None, ["release_at"]),
			(datetime(2026, 11, 20, 9, 59, 59), ["release_at"]),
			(NOW, ["release_at"]),
			(datetime(2026, 11, 20, 10, 0, 1), []),
		):
			self.assertEqual(self.found(rule=BY_TIME, at=at), found)

	def test_a_promise_is_for_today_at_the_earliest(self):  # D-05
		for day, found in ((None, ["promised_by"]), (date(2026, 11, 19), ["promised_by"]), (NOW.date(), [])):
			self.assertEqual(self.found(rule=BY_PROMISE, promised=day), found)

	def test_a_promise_may_be_kept_until_the_last_second_of_its_day(self):  # D-05
		self.assertEqual(promise_ends(date(2026, 11, 20)), datetime(2026, 11, 21))
