# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import csv
import unittest
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

from order_ops.policy import rules
from order_ops.policy.rules import Cutoff, PaymentGate, Policy, Tier, Wave

BOOK = Path(__file__).parent / "rule_book.csv"
POLICY = Policy(
	name="P-1",
	code="P",
	version=1,
	calendar="C",
	order_cutoff=time(15),
	effective_from=datetime(2026, 1, 1),
)


class TestApprovers(unittest.TestCase):
	def approvers(self, amount: str, tie_goes_to: str = "higher") -> list[str]:
		policy = replace(
			POLICY,
			tiers=(
				Tier("Refund", 2, role="Head"),
				Tier("Refund", 1, amount_to=Decimal(5000), tie_goes_to=tie_goes_to, role="L1"),
				Tier("Refund", 1, amount_from=Decimal(5000), role="L2"),
				Tier("Order", 1, role="Somebody else"),
			),
		)
		return [tier.role for tier in policy.approvers("Refund", Decimal(amount))]

	def test_one_fen_below_at_and_above_the_limit(self):  # E-4.29b E-4.29c D-02 C-10
		self.assertEqual(self.approvers("0"), ["L1", "Head"])
		self.assertEqual(self.approvers("4999.99"), ["L1", "Head"])
		self.assertEqual(self.approvers("5000.00"), ["L2", "Head"])
		self.assertEqual(self.approvers("5000.01"), ["L2", "Head"])

	def test_a_tie_goes_down_where_the_tier_says_so(self):  # D-02
		self.assertEqual(self.approvers("4999.99", "lower"), ["L1", "Head"])
		self.assertEqual(self.approvers("5000.00", "lower"), ["L1", "Head"])
		self.assertEqual(self.approvers("5000.01", "lower"), ["L2", "Head"])


class TestCutoffs(unittest.TestCase):
	def test_a_purpose_has_its_row_or_follows_from_order_cut_off_and_waves(self):  # C-01
		policy = replace(
			POLICY,
			cutoffs=(Cutoff("PerformanceDate", time(16), rule="G4-2.4"),),
			waves=(
				Wave("A", "Ten", time(10), kind="Send"),
				Wave("B", "Half past three", time(15, 30), kind="Send"),
				Wave("C", "Close", time.max, kind="Send", at_close=True),
			),
		)
		times = {
			purpose: getattr(policy.cutoff(purpose), "at_time", None)
			for purpose in ("PerformanceDate", "ShipSameDay", "SendWave", "ReviewWave", "PosOrder")
		}
		self.assertEqual(
			times,
			{
				"PerformanceDate": time(16),
				"ShipSameDay": time(15),
				"SendWave": time(15, 30),
				"ReviewWave": None,
				"PosOrder": None,
			},
		)

	def test_a_way_of_payment_may_have_its_own_gate(self):  # C-34
		policy = replace(POLICY, payment_gates=(PaymentGate("Credit", "None"),))
		self.assertEqual((policy.gate("Credit"), policy.gate("Bank Transfer")), ("None", "Warn"))


class TestModules(unittest.TestCase):
	def test_only_active_profiles_bring_modules(self):  # E-2 T-1a
		used = [
			replace(POLICY, modules=("Ordering",)),
			replace(POLICY, modules=("Listing",), status="Draft"),
			replace(POLICY, modules=("Billing",), status="Retired"),
		]
		self.assertEqual(rules.modules_in_use(used) - rules.ALWAYS_IN_USE, {"Ordering"})

	def test_the_seven_links_make_up_the_four_phases(self):  # G1-02 G2-02
		self.assertEqual(tuple(link for links in rules.PHASES.values() for link in links), rules.LINKS)
		self.assertEqual((len(rules.LINKS), len(rules.PHASES)), (7, 4))


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
		default = replace(POLICY, code="D", is_default=True)
		self.assertEqual(rules.default_in_force([POLICY, default], datetime(2026, 2, 1)), default)
		self.assertIsNone(rules.default_in_force([POLICY], datetime(2026, 2, 1)))

	def test_the_next_version_of_the_default_one_governs_from_its_day(self):  # D-10
		first = replace(POLICY, is_default=True)
		later = replace(POLICY, version=2, effective_from=datetime(2026, 6, 1))
		chosen = lambda at: rules.default_in_force([first, later], at)  # noqa: E731
		self.assertEqual(chosen(datetime(2026, 5, 31, 23, 59, 59)), first)
		self.assertEqual(chosen(datetime(2026, 6, 1)), later)


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
