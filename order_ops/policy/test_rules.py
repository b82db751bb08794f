# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import csv
import unittest
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from order_ops.policy import rules
from order_ops.policy.rules import Policy, Step, Wave

BOOK = Path(__file__).parent / "rule_book.csv"
POLICY = Policy(
	name="P-1",
	code="P",
	version=1,
	calendar="C",
	order_cutoff=time(15),
	effective_from=datetime(2026, 1, 1),
	waves=(Wave("A", "Noon", time(12), handler="h"), Wave("B", "Three", time(15), handler="h")),
	steps=(
		Step("S", "Duration", rules.WORKING_TIME, minutes=15, owner_role="Clerk", escalate_to="Chief"),
		Step("T", "Time", rules.TIME_OF_DAY, at_time=time(15), owner_role="Clerk"),
		Step("A", "Wave", rules.WAVE, owner_role="Clerk"),
	),
)


def codes(policy: Policy, **changes) -> list[str]:
	given = {"has_working_time": True, "roles": ("Clerk", "Chief"), "handlers": ("h",), **changes}
	return [problem.code for problem in rules.problems(policy, **given)]


class TestWhatKeepsAProfileFromBeingActivated(unittest.TestCase):
	def test_a_complete_profile_has_no_problems(self):  # B-01
		self.assertEqual(codes(POLICY), [])

	def test_a_calendar_without_working_time(self):  # D-03
		self.assertEqual(codes(POLICY, has_working_time=False), ["calendar"])

	def test_a_step_without_owner_time_or_existing_role(self):  # B-01
		for change, code in (
			({"owner_role": ""}, "owner"),
			({"escalate_to": "Nobody"}, "role"),
			({"minutes": 0}, "minutes"),
			({"basis": rules.TIME_OF_DAY}, "at_time"),
			({"basis": rules.WAVE}, "wave"),
		):
			policy = replace(POLICY, steps=(replace(POLICY.steps[0], **change),))
			self.assertEqual(codes(policy), [code], change)

	def test_waves_out_of_order_repeated_or_without_handler(self):  # E-4.13c
		noon, three = POLICY.waves
		plain = replace(POLICY, steps=())
		self.assertEqual(codes(replace(plain, waves=(three, noon))), ["order", "cutoff"])
		self.assertEqual(codes(replace(plain, waves=(noon, replace(three, wave="A")))), ["repeated"])
		self.assertEqual(codes(plain, handlers=()), ["handler", "handler"])

	def test_the_last_wave_closes_at_the_order_cut_off(self):  # E-3.4a
		self.assertEqual(codes(replace(POLICY, order_cutoff=time(16))), ["cutoff"])
		self.assertEqual(codes(replace(POLICY, cutoff_boundary=rules.INCLUSIVE)), ["cutoff"])

	def test_a_problem_names_its_row(self):  # B-01
		policy = replace(POLICY, steps=(POLICY.steps[0], replace(POLICY.steps[1], owner_role="")))
		(problem,) = rules.problems(policy, has_working_time=True, roles=("Clerk", "Chief"), handlers=("h",))
		self.assertEqual((problem.row, problem.field), (2, "owner_role"))


class TestWhichVersionGoverns(unittest.TestCase):
	def test_the_latest_one_in_force_when_the_order_was_received(self):  # D-10
		later = replace(POLICY, name="P-2", version=2, effective_from=datetime(2026, 6, 1))
		chosen = lambda at: rules.in_force([later, POLICY], "P", at)  # noqa: E731
		self.assertIsNone(chosen(datetime(2025, 12, 31, 23, 59, 59)))
		self.assertEqual(chosen(datetime(2026, 5, 31, 23, 59, 59)), POLICY)
		self.assertEqual(chosen(datetime(2026, 6, 1)), later)

	def test_neither_drafts_nor_retired_ones(self):  # D-10
		for status in ("Draft", "Retired"):
			self.assertIsNone(rules.in_force([replace(POLICY, status=status)], "P", datetime(2026, 2, 1)))

	def test_the_default_one(self):  # D-10
		default = replace(POLICY, is_default=True)
		self.assertEqual(rules.default_in_force([POLICY, default], datetime(2026, 2, 1)), default)
		self.assertIsNone(rules.default_in_force([POLICY], datetime(2026, 2, 1)))


class TestRegions(unittest.TestCase):
	def test_a_province_is_known_with_and_without_its_ending(self):  # E-4.15h
		for text, name in (
			("辽宁省", "辽宁"),
			("辽宁", "辽宁"),
			("北京市", "北京"),
			("广西壮族自治区", "广西"),
			("内蒙古自治区", "内蒙古"),
			("香港特别行政区", "香港"),
			(" Liaoning Province ", "liaoning"),
			("Inner Mongolia", "inner mongolia"),
		):
			self.assertEqual(rules.bare_region_name(text), name)


class TestRuleBook(unittest.TestCase):
	def test_the_book_holds_every_rule_once(self):
		with BOOK.open(encoding="utf-8") as file:
			book = list(csv.DictReader(file))
		ids = [rule["id"] for rule in book]
		self.assertEqual(len(ids), 591)
		self.assertEqual(len(set(ids)), 591)
		self.assertIn("E-4.13i†", ids)
		self.assertTrue(all(rule["text"] and rule["section"] for rule in book))
