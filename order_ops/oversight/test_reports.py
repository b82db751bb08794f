# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The reports as people run them: through the desk, with its permissions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import frappe
from frappe.desk.query_report import run
from order_ops.fulfilment import delivery
from order_ops.ordering import cancel, messages, priority
from order_ops.oversight import acknowledgements
from order_ops.policy import service as policies
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import (
	bare_orders,
	invoice_with_goods,
	make_business_unit,
	make_customer,
	make_note,
	make_order,
	make_product,
	make_released_order,
	make_user,
	ship_note,
)
from order_ops.timekeeping import clocks, events

REPORTS = (
	"Step Coverage",
	"Stage Times",
	"Order Quality",
	"Rule Evidence",
	"Order Trace",
	"Queue Order",
	"Compliance Flags",
	"First Response",
	"Regulation Acknowledgements",
)
DAY = {"from_date": "2026-11-20", "to_date": "2026-11-20"}


def rows(report: str, **filters: Any) -> list[dict]:
	return run(report, filters)["result"]


def by(key: str, found: list[dict]) -> dict[Any, dict]:
	return {row.get(key): row for row in found}


class ReportTestCase(OpsTestCase):
	def setUp(self):
		super().setUp()
		for doctype in ("Ops Clock", "Ops Event", "Ops Message", "Ops Sales Order"):
			frappe.db.delete(doctype)


class TestEveryReport(ReportTestCase):
	def test_every_report_runs_for_managers_with_all_filters_and_with_none(self):
		make_business_unit()
		make_user("manager@reports.test", "Order Ops Manager")
		with self.as_user("manager@reports.test"):
			for report in REPORTS:
				for filters in ({}, {**DAY, "profile": "BU-PARTS-1", "business_unit": "TEST-BU"}):
					with self.subTest(report=report, filters=filters):
						answer = run(report, filters)
						names = [column["fieldname"] for column in answer["columns"]]
						self.assertEqual(len(names), len(set(names)))
						self.assertTrue(all(set(row) <= {*names, *row} for row in answer["result"]))
						self.assertTrue(answer["message"])

	def test_who_may_not_run_a_report(self):
		make_user("keeper@reports.test", "Warehouse Keeper")
		make_user("customer@reports.test", "Portal Customer")
		for user, reports in (
			("keeper@reports.test", ("Step Coverage", "Rule Evidence", "Compliance Flags")),
			("customer@reports.test", REPORTS),
		):
			for report in reports:
				with self.subTest(user=user, report=report), self.as_user(user):
					self.assertRaises(frappe.PermissionError, run, report, {})

	def test_who_sees_one_unit_only_sees_no_other_in_a_report(self):
		make_business_unit("OTHER-BU")
		make_business_unit()
		bare_orders(
			{"received_at": "2026-11-20 10:00:00"},
			{"received_at": "2026-11-20 10:00:00", "business_unit": "OTHER-BU"},
		)
		make_user("lead@reports.test", "E-commerce Rep Team Leader")
		frappe.get_doc(
			doctype="User Permission",
			user="lead@reports.test",
			allow="Ops Business Unit",
			for_value="TEST-BU",
		).insert()
		self.assertEqual(len(rows("Order Quality", **DAY)), 2)
		with self.as_user("lead@reports.test"):
			self.assertEqual([row["business_unit"] for row in rows("Order Quality", **DAY)], ["TEST-BU"])
			self.assertEqual([row["order"] for row in rows("Queue Order")], ["SO-TEST-001"])
			entered = by("phase", rows("Stage Times", **DAY))["Receiving"]["entered"]
			self.assertEqual(entered, 1)
			with self.assertRaises((frappe.PermissionError, frappe.ValidationError)):
				rows("Order Quality", business_unit="OTHER-BU", **DAY)


class TestStepCoverage(ReportTestCase):
	def test_a_row_for_every_step_of_the_flow(self):  # E-1 E-4.34
		found = rows("Step Coverage", profile="BU-PARTS-1", **DAY)
		flow = {f"E-4.{n:02d}" for n in range(1, 34)}
		self.assertLessEqual(flow, {row["flow_step"] for row in found})
		clocked = {row["step"] for row in found if row.get("step")}
		self.assertEqual(clocked, {step.step for step in policies.get("BU-PARTS-1").steps})
		unclocked = by("flow_step", found)["E-4." + "01"]
		self.assertEqual((unclocked["measured"], unclocked.get("on_time")), ("No clock yet", None))

	def test_the_on_time_rate_is_that_of_the_clocks(self):  # E-1 E-4.11a
		make_business_unit()
		names = bare_orders(*({"received_at": "2026-11-20 10:00:00"} for _n in range(4)))
		for name, end in zip(names, ("10:05:00", "10:15:00", "10:15:01", None), strict=True):
			spec = {
				"policy": "BU-PARTS-1",
				"step": "E-MATCH",
				"reference_doctype": "Ops Sales Order",
				"reference_name": name,
				"sales_order": name,
				"business_unit": "TEST-BU",
				"started_at": datetime(2026, 11, 20, 10),
			}
			clocks.start([spec])
			if end:
				clocks.stop("E-MATCH", {name: datetime.fromisoformat(f"2026-11-20 {end}")})
		row = by("step", rows("Step Coverage", profile="BU-PARTS-1", **DAY))["E-MATCH"]
		self.assertEqual(
			(row["started"], row["met"], row["broken"], row["open"], row["on_time"]), (4, 2, 1, 1, 66.7)
		)
		self.assertEqual((row["mean"], row["longest"], row["rule"]), (11.7, 15.0, "E-4.11a"))
		self.assertEqual(row["measured"], "By its clock")
		other = by("step", rows("Step Coverage", profile="BU-PARTS-1", business_unit="NOBODY", **DAY))
		self.assertEqual(other["E-MATCH"]["started"], 0)

	def test_without_a_profile_the_default_one(self):
		self.assertEqual(
			[row["flow_step"] for row in rows("Step Coverage")],
			[row["flow_step"] for row in rows("Step Coverage", profile="BU-PARTS-1")],
		)


class TestStageTimes(ReportTestCase):
	def test_throughput_and_cycle_time_of_each_phase(self):  # G1-01 G1-02 G2-01 G6-01 G8-01
		make_business_unit()
		bare_orders(
			{
				"received_at": "2026-11-20 09:00:00",
				"released_at": "2026-11-20 10:00:00",
				"shipped_at": "2026-11-20 14:00:00",
				"signed_at": "2026-11-21 14:00:00",
				"status": "Signed For",
			},
			{"received_at": "2026-11-20 09:00:00", "released_at": "2026-11-20 12:00:00"},
			{"received_at": "2026-11-20 09:30:00", "status": "Received"},
			{"received_at": "2026-11-20 09:30:00", "status": "Cancelled"},
			{"received_at": "2026-11-21 00:00:00", "status": "Received"},
		)
		found = by("phase", rows("Stage Times", **DAY))
		self.assertEqual(list(found), ["Receiving", "Processing", "Follow-up", "Settlement", "Whole order"])
		figures = {
			phase: (row["entered"], row["finished"], row["inside"], row["mean"])
			for phase, row in found.items()
		}
		self.assertEqual(figures["Receiving"], (4, 2, 1, 2.0))
		self.assertEqual(figures["Processing"], (2, 1, 1, 4.0))
		self.assertEqual(figures["Follow-up"], (1, 1, 0, 24.0))
		self.assertEqual(figures["Settlement"], (1, 0, 1, 0.0))
		self.assertEqual(figures["Whole order"], (4, 1, 2, 29.0))
		chart = run("Stage Times", DAY)["chart"]["data"]
		self.assertEqual(chart["datasets"][0]["values"], [2.0, 4.0, 24.0, 0.0])


class TestFirstResponse(ReportTestCase):
	def setUp(self):
		super().setUp()
		frappe.db.delete("Ops Order Message")
		make_business_unit()
		make_business_unit("OTHER-BU")

	def test_how_soon_buyers_are_answered(self):  # G7-7.2
		seller = {"policy_profile": "SELLER-1"}
		first, second, third, other = bare_orders(seller, seller, seller, {"business_unit": "OTHER-BU"})
		for at, order, say, text in (
			("20 09:00:00", first, messages.say, "Where is it?"),
			("20 09:30:00", first, messages.say, "And?"),
			("20 09:59:59", second, messages.say, "Red or blue?"),
			("20 10:00:00", first, messages.answer_buyer, "On its way"),
			("20 11:00:00", third, messages.say, "When?"),
			("20 11:00:00", other, messages.say, "Hello"),
			("20 11:59:59", second, messages.answer_buyer, "Blue"),
			("20 17:00:00", first, messages.say, "Which parcel?"),
			("21 00:00:00", third, messages.say, "Of the next day"),
			("23 15:00:00", first, messages.answer_buyer, "The second"),  # 1 hour on Friday, 6 on Monday
		):
			with self.at(f"2026-11-{at}"):
				say(order, text)
		found = by("profile", rows("First Response", **DAY))
		row = found["SELLER-1"]
		self.assertEqual((row["messages"], row["answered"], row["unanswered"]), (5, 4, 1))
		# waited 1, 2 and 7 working hours; the reminder of half past nine is no wait of its own
		self.assertEqual((row["median"], row["mean"], row["longest"]), (2.0, 3.33, 7.0))
		row = found["BU-PARTS-1"]
		self.assertEqual((row["business_unit"], row["messages"], row["unanswered"]), ("OTHER-BU", 1, 1))
		self.assertEqual((row["median"], row["mean"]), (0.0, 0.0))
		self.assertEqual(list(by("profile", rows("First Response", profile="SELLER-1", **DAY))), ["SELLER-1"])

	def test_who_sees_one_unit_only_sees_its_buyers_only(self):  # G7-7.2 E-3.2b
		for order in bare_orders({}, {"business_unit": "OTHER-BU"}):
			with self.at("2026-11-20 10:00:00"):
				messages.say(order, "Hello")
		make_user("lead@reports.test", "E-commerce Rep Team Leader")
		values = {"user": "lead@reports.test", "allow": "Ops Business Unit", "for_value": "TEST-BU"}
		frappe.get_doc({"doctype": "User Permission", **values}).insert()
		self.assertEqual(len(rows("First Response", **DAY)), 2)
		with self.as_user("lead@reports.test"):
			self.assertEqual([row["business_unit"] for row in rows("First Response", **DAY)], ["TEST-BU"])


class TestOrderQuality(ReportTestCase):
	def test_accuracy_timeliness_and_that_nobody_answered_yet(self):  # G1-03 G7-1 G8-03.1 G8-03.3
		make_customer()
		with self.at("2026-11-20 10:00:00"):
			kept, given_up = make_order("WJ-1"), make_released_order("WJ-2")
		frappe.db.set_value("Ops Sales Order", given_up.name, "status", "Cancelled")
		clocks.stop("E-SO", {kept.name: datetime(2026, 11, 20, 10, 30, 1)})
		row = rows("Order Quality", **DAY)[0]
		self.assertEqual(
			(row["business_unit"], row["orders"], row["corrected"], row["accuracy"]), ("TEST-BU", 2, 1, 50.0)
		)
		steps = frappe.get_all("Ops Clock", {"stopped_at": ("is", "set")}, pluck="status")
		self.assertEqual((row["met"], row["late"]), (steps.count("Met"), steps.count("Breached")))
		self.assertEqual(row["late"], 1)
		self.assertEqual(row["timeliness"], round(100 * row["met"] / (row["met"] + 1), 1))
		self.assertEqual(row["satisfaction"], "No answers yet")


class TestRuleEvidence(ReportTestCase):
	def test_every_rule_has_a_row_and_what_happened_stands_in_it(self):  # G1-20
		make_customer()
		with self.at("2026-11-20 10:00:00"):
			order = make_order()
		events.record(
			[
				{
					"at": datetime(2026, 11, 20, 11),
					"phase": "Override",
					"rule": "G1-09",
					"reference_doctype": "Ops Sales Order",
					"reference_name": order.name,
					"sales_order": order.name,
					"by_user": "boss@x.test",
				}
			]
		)
		found = by("rule", rows("Rule Evidence", **DAY))
		self.assertEqual(sum(not name.startswith(("B-", "C-", "D-")) for name in found), 591)
		self.assertEqual(found["E-4.10a"]["applied"], 1)
		self.assertEqual((found["G1-09"]["overridden"], found["G1-09"]["overridden_by"]), (1, "boss@x.test"))
		self.assertEqual(found["T B.01".replace(" ", "-")]["applied"], 0)
		happened = rows("Rule Evidence", happened=1, **DAY)
		self.assertEqual({row["rule"] for row in happened}, {n for n, row in found.items() if row["applied"]})
		later = by("rule", rows("Rule Evidence", from_date="2026-11-21", to_date="2026-11-21"))
		self.assertEqual(later["E-4.10a"]["applied"], 0)


class TestOrderTrace(ReportTestCase):
	def test_an_order_from_receipt_to_signature_without_a_gap(self):  # G1-20 G1-02
		with self.at("2026-11-20 10:00:00"):
			note = make_note()
		order = note.sales_order
		with self.at("2026-11-20 11:00:00"):
			invoice_with_goods(order)
			ship_note(note.name)
		with self.at("2026-11-21 11:00:00"):
			delivery.sign_for([note.name], "张示例")
		answer = run("Order Trace", {"order": order})
		self.assertEqual(answer["message"], "The history has no gap")
		self.assertEqual(
			list(dict.fromkeys(row["phase"] for row in answer["result"])),
			["Receiving", "Processing", "Follow-up", "Settlement"],
		)
		kinds = {row["reference_doctype"] for row in answer["result"]}
		self.assertLessEqual({"Ops Sales Order", "Ops Delivery Note", "Ops Invoice"}, kinds)
		times = [row["at"] for row in answer["result"]]
		self.assertEqual(times, sorted(times))
		listed = by("order", rows("Order Trace", **DAY))[order]
		self.assertEqual((listed["gaps"], listed["phase"]), (0, "Settlement"))
		self.assertEqual(listed["events"], len(times))

	def test_an_order_that_was_given_up_has_no_gap_either(self):  # G1-20
		make_customer()
		with self.at("2026-11-20 10:00:00"):
			withdrawn, cancelled = make_order("WJ-1").name, make_released_order("WJ-2").name
			verdicts = cancel.cancel_orders([withdrawn, cancelled], "Ordered twice")
			self.assertEqual({verdict["status"] for verdict in verdicts} - {"cancelled", "withdrawn"}, set())
		found = by("order", rows("Order Trace", **DAY))
		self.assertEqual([found[name]["gap"] for name in (withdrawn, cancelled)], ["", ""])
		self.assertEqual([found[name]["phase"] for name in (withdrawn, cancelled)], ["", ""])
		last = rows("Order Trace", order=cancelled)[-1]
		self.assertIn("Ordered twice", last["note"] or "")

	def test_a_state_that_nobody_wrote_down_is_a_gap(self):  # G1-20
		make_customer()
		with self.at("2026-11-20 10:00:00"):
			order = make_order().name
		frappe.db.set_value("Ops Sales Order", order, "status", "Shipped")
		self.assertEqual(run("Order Trace", {"order": order})["message"], "The history has 1 gaps")
		row = by("order", rows("Order Trace", **DAY))[order]
		self.assertEqual((row["gaps"], row["gap"]), (1, "Identified → Shipped"))


class TestQueueOrder(ReportTestCase):
	def test_first_in_first_out_and_every_jump_has_its_reason(self):  # G6-03 C-20
		make_business_unit()
		first, second, _third = bare_orders(
			{"received_at": "2026-11-20 09:00:00", "urgency": "Normal", "status": "Identified"},
			{"received_at": "2026-11-20 10:00:00", "urgency": "Normal", "status": "Identified"},
			{"received_at": "2026-11-20 09:30:00", "urgency": "Normal", "status": "Shipped"},
		)
		self.assertEqual([row["order"] for row in rows("Queue Order")], [first, second])
		with self.at("2026-11-20 11:00:00"):
			verdict = priority.change([second], "Special", "")[0]
			self.assertEqual(verdict["status"], "refused")
			self.assertEqual(
				priority.change([second], "Special", "The machine stands")[0]["status"], "changed"
			)
		found = rows("Queue Order")
		self.assertEqual([(row["order"], row["passed"]) for row in found], [(second, 1), (first, 0)])
		self.assertIn("The machine stands", found[0]["reason"])
		self.assertEqual(
			(found[0]["moved_by"], found[0]["moved_at"]), ("Administrator", datetime(2026, 11, 20, 11))
		)
		self.assertEqual(found[1]["reason"], "")

	def test_everybody_at_an_order_desk_sees_the_queue(self):  # G6-03
		make_business_unit()
		bare_orders({"received_at": "2026-11-20 09:00:00", "status": "Received"})
		for role in ("E-commerce Sales Rep", "Customer Service Clerk", "Warehouse Keeper"):
			make_user("clerk@reports.test", role)
			with self.subTest(role=role), self.as_user("clerk@reports.test"):
				self.assertEqual(len(rows("Queue Order")), 1)
				self.assertEqual(len(rows("Order Trace", **DAY)), 1)


class TestComplianceFlags(ReportTestCase):
	def flags(self) -> dict[str, str]:
		return {row["order"]: row["flag"] for row in rows("Compliance Flags", **DAY)}

	def test_buyer_and_seller_with_one_telephone(self):  # G7-7.1
		make_business_unit()
		at = {"received_at": "2026-11-20 09:00:00"}
		same, _other = bare_orders(
			{**at, "buyer_mobile": "+86 199-0000-0077"}, {**at, "buyer_mobile": "19900000078"}
		)
		self.assertEqual(self.flags(), {})
		make_user("clerk@reports.test", "E-commerce Sales Rep")
		frappe.db.set_value("User", "clerk@reports.test", "mobile_no", "19900000077")
		self.assertEqual(self.flags(), {same: "Buyer and seller look like the same"})

	def test_a_price_above_the_recorded_one(self):  # G7-7.1
		make_customer()
		product = make_product()  # 10.05 yuan
		with self.at("2026-11-20 10:00:00"):
			orders = [make_order(f"WJ-{n}").name for n in range(3)]
		for order, price in zip(orders, (10.04, 10.05, 10.06), strict=True):
			frappe.db.set_value("Ops Sales Order Item", {"parent": order, "product": product}, "rate", price)
		self.assertEqual(self.flags(), {orders[2]: "Price above the recorded one"})
		frappe.db.set_value("Ops Sales Order", orders[2], "held", 1)
		row = rows("Compliance Flags", **DAY)[0]
		self.assertEqual((row["seen"], row["held"]), ("TEST-1: 10.06 instead of 10.05", 1))

	def test_goods_that_left_without_tracking(self):  # G7-7.1
		with self.at("2026-11-20 10:00:00"):
			note = make_note()
		self.assertEqual(self.flags(), {})
		frappe.db.set_value("Ops Delivery Note", note.name, "status", "Shipped")
		self.assertEqual(self.flags(), {note.sales_order: "Shipped without tracking"})
		frappe.db.set_value("Ops Delivery Note", note.name, "tracking_no", "SF1")
		self.assertEqual(self.flags(), {})


class TestRegulationAcknowledgements(ReportTestCase):
	def test_who_is_missing(self):  # G5-0 G6-02 G8-02
		make_user("rep@reports.test", "E-commerce Sales Rep")
		make_user("keeper@reports.test", "Warehouse Keeper")
		with self.as_user("rep@reports.test"):
			acknowledgements.acknowledge({"name": "E-v1"})
		found = by("user", rows("Regulation Acknowledgements"))
		self.assertTrue(found["rep@reports.test"]["acknowledged_at"])
		self.assertIsNone(found["keeper@reports.test"]["acknowledged_at"])
		missing = by("user", rows("Regulation Acknowledgements", missing=1))
		self.assertNotIn("rep@reports.test", missing)
		self.assertIn("keeper@reports.test", missing)
