# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal

import pytest

from order_ops.policy import readiness, rules
from order_ops.policy.readiness import Site
from order_ops.policy.rules import Channel, Cutoff, Duty, Penalty, Policy, Retention, Step, Tier, Wave

pytestmark = pytest.mark.no_site

SITE = Site(True, roles=("Clerk", "Chief"), modules=("Ordering",), handlers=("h",), step_kinds=("k",))
REVIEW = Wave("R", "Review", time(9, 30), kind="Review", feeds="S")
SEND = Wave("S", "Send", time(10), kind="Send")
POLICY = Policy(
	name="P-1",
	code="P",
	version=1,
	calendar="C",
	order_cutoff=time(15),
	invoice_trigger="Completed",
	effective_from=datetime(2026, 1, 1),
	maintained_by="Chief",
	waves=(Wave("A", "Noon", time(12), handler="h"), Wave("B", "Three", time(15), handler="h")),
	steps=(
		Step("S", "Duration", rules.WORKING_TIME, minutes=15, owner_role="Clerk", escalate_to="Chief"),
		Step("T", "Time", rules.TIME_OF_DAY, at_time=time(15), owner_role="Clerk"),
		Step("A", "Wave", rules.WAVE, owner_role="Clerk"),
	),
	duties=tuple(Duty(link, "Sales", "Clerk") for link in rules.LINKS),
	modules=("Ordering",),
)
PLAIN = replace(POLICY, steps=(), waves=())


def codes(policy: Policy, versions: tuple[Policy, ...] = (), **site) -> list[str]:
	return [problem.code for problem in readiness.problems(policy, replace(SITE, **site), versions)]


class TestWhatKeepsAProfileFromBeingActivated(unittest.TestCase):
	def test_a_complete_profile_has_no_problems(self):  # B-01
		self.assertEqual(codes(POLICY), [])

	def test_a_calendar_without_working_time(self):  # D-03
		self.assertEqual(codes(POLICY, has_working_time=False), ["calendar"])

	def test_a_version_that_would_never_govern(self):  # G3-7
		first = replace(POLICY, effective_from=datetime(2026, 6, 1))
		second = replace(POLICY, version=2, effective_from=datetime(2026, 5, 31, 23, 59, 59))
		self.assertEqual(codes(second, (first, second)), ["effective_from"])
		for at in (datetime(2026, 6, 1), datetime(2026, 6, 1, 0, 0, 1)):
			self.assertEqual(codes(replace(second, effective_from=at), (first, second)), [])
		self.assertEqual(codes(second, (replace(first, status="Retired"),)), [])

	def test_a_step_without_owner_time_kind_or_existing_role(self):  # B-01
		for change, code in (
			({"owner_role": ""}, "owner"),
			({"escalate_to": "Nobody"}, "role"),
			({"minutes": 0}, "minutes"),
			({"basis": rules.TIME_OF_DAY}, "at_time"),
			({"basis": rules.WAVE}, "wave"),
			({"basis": rules.NEXT_WAVE, "wave_kind": "Send"}, "wave"),
			({"basis": rules.DAY_OF_MONTH}, "day_of_month"),
			({"basis": rules.DAY_OF_MONTH, "day_of_month": 32}, "day_of_month"),
			({"basis": rules.OTHER, "step_kind": "unheard"}, "step_kind"),
		):
			policy = replace(POLICY, steps=(replace(POLICY.steps[0], **change),))
			self.assertEqual(codes(policy), [code], change)

	def test_steps_of_every_basis_are_accepted(self):  # D-04
		for change in (
			{"basis": rules.NEXT_WAVE, "wave_kind": "Process"},
			{"basis": rules.DAY_OF_MONTH, "day_of_month": 31},
			{"basis": rules.OTHER, "step_kind": "k"},
			{"basis": rules.CLOSE_OF_WORK},
		):
			self.assertEqual(codes(replace(POLICY, steps=(replace(POLICY.steps[0], **change),))), [], change)

	def test_waves_out_of_order_repeated_without_time_or_handler(self):  # E-4.13c
		noon, three = POLICY.waves
		bare = replace(POLICY, steps=())
		self.assertEqual(codes(replace(bare, waves=(three, noon))), ["order", "cutoff"])
		self.assertEqual(codes(replace(bare, waves=(noon, replace(three, wave="A")))), ["repeated"])
		self.assertEqual(codes(bare, handlers=()), ["handler", "handler"])
		self.assertEqual(codes(replace(PLAIN, waves=(replace(SEND, cutoff=time.max),))), ["time"])

	def test_a_review_wave_feeds_a_sending_wave_that_closes_no_earlier(self):  # C-02
		close = replace(SEND, at_close=True, minutes_before_close=15)
		for waves, expected in (
			((REVIEW, SEND), []),
			((replace(REVIEW, feeds=""), SEND), ["feeds"]),
			((REVIEW,), ["feeds"]),
			((replace(REVIEW, feeds="R"), SEND), ["feeds"]),
			((replace(REVIEW, cutoff=time(10, 0, 1)), SEND), ["feeds"]),
			((replace(REVIEW, cutoff=time(10)), SEND), []),
			((replace(REVIEW, at_close=True), SEND), ["feeds"]),
			((replace(REVIEW, at_close=True), close), []),
		):
			self.assertEqual(codes(replace(PLAIN, waves=waves)), expected, waves)

	def test_the_last_wave_closes_at_the_order_cut_off(self):  # E-3.4a
		self.assertEqual(codes(replace(POLICY, order_cutoff=time(16))), ["cutoff"])
		self.assertEqual(codes(replace(POLICY, cutoff_boundary=rules.INCLUSIVE)), ["cutoff"])

	def test_a_cut_off_that_the_choices_need(self):  # C-01
		for change, missing in (
			({"invoice_trigger": "DeliveryNote"}, 1),
			({"channels": (Channel("POS"),)}, 1),
			({"settlement_cycle": "BillingDay"}, 1),
			({"special_delivery": True}, 2),
		):
			self.assertEqual(codes(replace(POLICY, **change)), ["cutoff_missing"] * missing, change)
		pos = replace(POLICY, channels=(Channel("POS"),), cutoffs=(Cutoff("PosOrder", time(18)),))
		self.assertEqual(codes(pos), [])

	def test_a_cut_off_that_says_something_else_than_the_waves(self):  # C-01
		for row, expected in (
			(Cutoff("ProcessWave", time(15), rule="C-01"), []),
			(Cutoff("ProcessWave", time(14, 59)), ["cutoff"]),
			(Cutoff("ShipSameDay", time(15), "inclusive"), ["cutoff"]),
		):
			self.assertEqual(codes(replace(POLICY, cutoffs=(row,))), expected, row)
		twice = (Cutoff("PosOrder", time(18)), Cutoff("PosOrder", time(19)))
		self.assertEqual(codes(replace(POLICY, cutoffs=twice)), ["repeated"])

	def test_every_link_of_an_order_has_an_owner(self):  # G2-03 G2-02
		for n, link in enumerate(rules.LINKS):
			others = POLICY.duties[:n] + POLICY.duties[n + 1 :]
			self.assertEqual(codes(replace(POLICY, duties=others)), ["duty_missing"], link)
			for lacking in (Duty(link, "Sales", ""), Duty(link, "", "Clerk")):
				self.assertEqual(codes(replace(POLICY, duties=(*others, lacking))), ["duty_owner"], link)

	def test_every_tier_has_an_approver(self):  # B-01 C-10
		self.assertEqual(codes(replace(POLICY, tiers=(Tier("Refund"),))), ["approver"])
		for who in ({"role": "Chief"}, {"user": "chief@example.com"}):
			self.assertEqual(codes(replace(POLICY, tiers=(Tier("Refund", **who),))), [])

	def test_the_tiers_of_a_turn_leave_no_amount_out(self):  # C-10 D-02
		low, high = Tier("Refund", amount_to=Decimal(5000), role="Clerk"), Tier("Refund", role="Chief")
		for tiers, expected in (
			((low, replace(high, amount_from=Decimal(5000))), []),
			((low, replace(high, amount_from=Decimal("5000.01"))), ["tiers"]),
			((low, replace(high, amount_from=Decimal("4999.99"))), ["tiers"]),
			((low,), ["tiers"]),
			((replace(high, amount_from=Decimal(1)),), ["tiers"]),
			((low, replace(high, sequence=2)), ["tiers"]),
		):
			self.assertEqual(codes(replace(POLICY, tiers=tiers)), expected, tiers)

	def test_records_are_kept_no_shorter_than_the_regulation_says(self):  # C-19 T-6a T-6b
		for years, expected in ((2, ["retention"]), (3, []), (4, [])):
			kept = Retention("Forms of Appendices A to D", "Paper", years, 3)
			self.assertEqual(codes(replace(POLICY, retention=(kept,))), expected)
		self.assertEqual(codes(replace(POLICY, retention=(Retention("All", "Paper", 0),))), ["retention"])

	def test_settlement_has_its_day_or_its_cycle(self):  # C-12
		for change, expected in (
			({"settlement_cycle": "Monthly", "settlement_day": 0}, ["settlement"]),
			({"settlement_cycle": "Monthly", "settlement_day": 31}, []),
			({"settlement_cycle": "Monthly", "settlement_day": 32}, ["settlement"]),
			({"settlement_cycle": "Cycle", "settlement_days": 0}, ["settlement"]),
			({"settlement_cycle": "Cycle", "settlement_days": 1}, []),
		):
			self.assertEqual(codes(replace(POLICY, **change)), expected, change)

	def test_modules_are_named_and_known(self):  # E-2 T-1a
		self.assertEqual(codes(replace(POLICY, modules=())), ["modules"])
		self.assertEqual(codes(replace(POLICY, modules=("Ordering", "Moon"))), ["module"])

	def test_every_role_that_is_named_exists(self):  # D-10
		for change in (
			{"maintained_by": "Nobody"},
			{"return_inspector_role": "Nobody"},
			{"penalties": (Penalty("Review Error", "Fine", confirmed_by="Nobody"),)},
		):
			self.assertEqual(codes(replace(POLICY, **change)), ["role"], change)

	def test_a_problem_names_its_row(self):  # B-01
		policy = replace(POLICY, steps=(POLICY.steps[0], replace(POLICY.steps[1], owner_role="")))
		(problem,) = readiness.problems(policy, SITE)
		self.assertEqual((problem.row, problem.field), (2, "owner_role"))
