# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Every "notify" leaves one row for each role it tells, however often it is announced (D-15)."""

from __future__ import annotations

from datetime import datetime, timedelta

import frappe
from order_ops.exchange import notices
from order_ops.rows import insert_many
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import bare_orders, make_business_unit
from order_ops.timekeeping import clock, clocks, holds

START = datetime(2026, 11, 20, 10)
ORDER = "Ops Sales Order"
REP, LEAD, MANAGER = "E-commerce Sales Rep", "E-commerce Rep Team Leader", "Order Ops Manager"


class TestNotices(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		frappe.db.delete("Ops Message")
		pinned = clock.pinned(START)
		pinned.__enter__()
		self.addCleanup(pinned.__exit__, None, None, None)
		self.unit = make_business_unit()

	def told(self) -> set[tuple[str, str, str]]:
		"""Event, role and rule of every row; each row is there once."""
		rows = frappe.get_all("Ops Message", fields=["event", "recipient_role", "rule"], as_list=True)
		self.assertEqual(len(rows), len(set(rows)))
		return {tuple(row) for row in rows}

	def start_clock(self, name: str = "SO-1") -> None:
		spec = {"policy": "BU-PARTS-1", "step": "E-MATCH", "reference_doctype": ORDER, "reference_name": name}
		clocks.start([{**spec, "started_at": START, "business_unit": self.unit}])

	def test_warned_and_breached_are_one_row_each(self):  # D-15 E-4.11a
		self.start_clock()
		for seconds in (599, 600, 601):
			clocks.sweep(START + timedelta(seconds=seconds))
		self.assertEqual(self.told(), {("Clock Warned", REP, "E-4.11a")})
		for seconds in (900, 901, 902):
			clocks.sweep(START + timedelta(seconds=seconds))
		self.assertEqual(self.told(), {("Clock Warned", REP, "E-4.11a"), ("Clock Breached", LEAD, "E-4.11a")})
		notices.clocks_breached(frappe.get_all("Ops Clock", {"status": "Breached"}, pluck="name"), START)
		self.assertEqual(len(self.told()), 2)

	def test_a_hold_is_told_to_who_releases_and_who_overrides(self):  # D-15 G1-09 G5-2.3
		(order,) = bare_orders({"status": "Received", "docstatus": 0})
		spec = {"kind": "Special Situation", "reference_name": order, "reason": "客户要求暂缓"}
		for _n in range(2):
			holds.place([spec])
		hold = frappe.get_last_doc("Ops Hold")
		roles = {hold.owner_role, hold.override_role} - {None, ""}
		self.assertEqual(self.told(), {("Hold Placed", role, hold.rule) for role in roles})
		self.assertEqual(frappe.get_last_doc("Ops Message").body, "客户要求暂缓")

	def test_a_broken_promise_is_told_in_words(self):  # D-15 D-05
		(order,) = bare_orders({"status": "Received", "docstatus": 0})
		promise = {"release_rule": holds.BY_PROMISE, "promised_by": START.date()}
		holds.place(
			[{"kind": "Special Situation", "reference_name": order, "reason": "等客户回电", **promise}]
		)
		frappe.db.delete("Ops Message")
		for second in (-1, 0):
			at = datetime(2026, 11, 21) + timedelta(seconds=second)
			clocks.sweep(at)
			breaches = [row for row in self.told() if row[0] == "Clock Breached"]
			self.assertEqual(len(breaches), 0 if second < 0 else 1)
		subject = frappe.db.get_value("Ops Message", {"event": "Clock Breached"}, "subject")
		self.assertTrue(subject.startswith("Keep the promise of a hold of "), subject)

	def close(self, wave: str, kind: str, profile: str = "SALON-1") -> set[tuple[str, str]]:
		"""Announce a run with one order taken and one held back, twice; role and rule of the rows."""
		frappe.db.delete("Ops Message")
		taken, held = bare_orders({"policy_profile": profile}, {"policy_profile": profile})
		run = f"{profile}-{wave}"
		row = {"name": run, "run_key": run, "policy_profile": profile, "wave": wave, "kind": kind}
		insert_many(
			"Ops Wave Run",
			[{**row, "title": "First review", "business_date": START.date(), "status": "Done"}],
		)
		line = {"parent": run, "parenttype": "Ops Wave Run", "parentfield": "lines"}
		insert_many(
			"Ops Wave Run Line",
			[
				{**line, "idx": 1, "sales_order": taken, "result": "Taken"},
				{
					**line,
					"idx": 2,
					"sales_order": held,
					"result": "Held Back",
					"reason": "Waiting for the customer",
				},
			],
		)
		for _n in range(2):
			notices.waves_closed([run], START)
		frappe.db.delete(ORDER, {"name": ("in", (taken, held))})
		frappe.db.delete("Ops Wave Run", {"name": run})
		frappe.db.delete("Ops Wave Run Line", {"parent": run})
		return {(role, rule) for _event, role, rule in self.told()}

	def test_a_round_of_processing(self):  # E-4.13g E-4.13c
		self.assertEqual(
			self.close("E-W1", "Process", "BU-PARTS-1"),
			{
				("Warehouse Keeper", "E-4.13g"),
				("BU Finance", "E-4.13g"),
				("Parts Support Specialist", "E-4.13c"),
			},
		)

	def test_a_review_that_is_late(self):  # G4-4.3a
		self.assertEqual(
			self.close("S-REV-1", "Review"), {("Finance Reviewer", "G4-4.3a"), ("Company Leader", "G4-4.3a")}
		)

	def test_what_was_sent_and_what_was_not(self):  # G4-3.6.1a G4-3.6.1b
		self.assertEqual(
			self.close("S-SEND-1", "Send"),
			{
				("Warehouse Keeper", "G4-3.6.1a"),
				("Customer Service Clerk", "G4-3.6.1b"),
				("Order Desk Team Leader", "G4-3.6.1b"),
			},
		)

	def test_finance_gets_the_open_list(self):  # G4-3.6.2a
		self.assertEqual(self.close("LIST-1", "Open List"), {("Finance Reviewer", "G4-3.6.2a")})

	def test_the_close_of_the_day(self):  # E-4.13e G4-3.6a
		told = self.close("DAY", "Day Close")
		self.assertIn(("Customer Service Clerk", "G4-3.6a"), told)
		self.assertEqual({rule for _role, rule in told}, {"G4-3.6a"})
		told = self.close("DAY", "Day Close", "BU-PARTS-1")
		self.assertEqual(told, {(role, "E-4.13e") for role in ("Parts Support Specialist", LEAD, MANAGER)})
