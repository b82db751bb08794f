# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Explanations of what stayed open, and the report of a wave. The 20th of November 2026 is a Friday."""

from __future__ import annotations

import unittest
from datetime import date, datetime

import frappe
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import bare_orders, make_business_unit, make_user
from order_ops.timekeeping import clock, clocks, wave_reports, wave_rules, waves
from order_ops.timekeeping.exceptions import AppendOnly, NothingToExplain

PROFILE, FRIDAY = "BU-PARTS-1", date(2026, 11, 20)
SPECIALIST, KEEPER = "parts@reports.test", "keeper@reports.test"


class TestInTime(unittest.TestCase):
	def test_the_late_window_is_counted_apart(self):  # C-07 E-4.15c
		found = wave_rules.in_time(
			[
				("E-SHIP", "A", "Met"),
				("E-SHIP", "B", "Breached"),
				("E-SHIP", "C", "Breached"),
				("E-SHIP", "D", "Running"),
				("E-DN", "A", "Paused"),
			],
			{"C", "D"},
		)
		self.assertEqual(
			[(row.step, row.late_window, row.met, row.breached, row.open, row.rate) for row in found],
			[
				("E-DN", False, 0, 0, 1, None),
				("E-SHIP", False, 1, 1, 0, 50.0),
				("E-SHIP", True, 0, 1, 1, 0.0),
			],
		)


class DayWithOpenOrders(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		for doctype in ("Ops Wave Run", "Ops Wave Run Line", "Ops Sales Order"):
			frappe.db.delete(doctype)
		make_business_unit()
		received = [datetime(2026, 11, 20, 9), datetime(2026, 11, 20, 12, 30)]
		self.orders = bare_orders(
			{
				"received_at": received[0],
				"wave": "E-W1",
				"wave_date": FRIDAY,
				"status": "Received",
				"docstatus": 0,
			},
			{"received_at": received[1], "wave": "E-W2", "wave_date": FRIDAY, "late_window": 1},
		)
		clocks.start(
			{
				"policy": PROFILE,
				"step": step,
				"reference_doctype": "Ops Sales Order",
				"reference_name": self.orders[1],
				"sales_order": self.orders[1],
				"started_at": received[1],
				"business_date": FRIDAY,
				"received_at": received[1],
			}
			for step in ("E-DN", "E-SHIP")
		)
		clocks.pause("E-DN", [self.orders[1]], datetime(2026, 11, 20, 13), "Short of stock: A × 3 [E-4.15g]")
		with clock.pinned("2026-11-20 17:30:00"), self.without_commits():
			self.run_name = waves.close(PROFILE, wave_rules.DAY_CLOSE, FRIDAY)
		make_user(SPECIALIST, "Parts Support Specialist")
		make_user(KEEPER, "Warehouse Keeper")

	def run_doc(self):
		return frappe.get_doc("Ops Wave Run", self.run_name)

	def explain(self, line: str, text: str = "等待补货", user: str = SPECIALIST) -> dict:
		with self.at("2026-11-20 17:40:00"), self.as_user(user):
			return wave_reports.explain(self.run_name, line, text)


class TestExplanations(DayWithOpenOrders):
	def test_a_day_is_done_and_says_how_much_is_not_explained(self):  # E-4.13e
		run = self.run_doc()
		self.assertEqual((run.status, run.held_back, run.unexplained), ("Done", 2, 2))
		self.assertEqual(self.explain(self.orders[0])["unexplained"], 1)
		self.assertEqual(self.explain(run.lines[1].name)["unexplained"], 0)
		line = self.run_doc().lines[0]
		self.assertEqual(
			(line.explanation, line.explained_by, line.explained_at),
			("等待补货", SPECIALIST, datetime(2026, 11, 20, 17, 40)),
		)

	def test_a_new_explanation_gives_way_to_none_silently(self):  # E-4.13e
		self.explain(self.orders[0])
		self.explain(self.orders[0], "客户要求下周发货")
		self.assertEqual(self.run_doc().lines[0].explanation, "客户要求下周发货")
		events = frappe.get_all(
			"Ops Event",
			{"sales_order": self.orders[0], "phase": "Explained"},
			["note", "by_user", "rule"],
			order_by="creation",
		)
		self.assertEqual({event.note for event in events}, {"等待补货", "客户要求下周发货"})
		self.assertEqual({(event.by_user, event.rule) for event in events}, {(SPECIALIST, "E-4.13e")})

	def test_an_explanation_has_words_and_an_order_of_the_run(self):  # E-4.13e
		self.assertRaises(NothingToExplain, self.explain, self.orders[0], "  ")
		self.assertRaises(NothingToExplain, self.explain, "SO-NOBODY")
		self.assertEqual(self.run_doc().unexplained, 2)

	def test_only_who_answers_for_the_orders_explains(self):  # E-4.13e
		self.assertRaises(frappe.PermissionError, self.explain, self.orders[0], "x", KEEPER)

	def test_a_form_read_in_another_language_is_saved_in_the_first(self):  # D-18
		kept = self.run_doc().lines[1].reason
		with self.at("2026-11-20 17:45:00"), self.as_user(SPECIALIST):
			run = self.run_doc()
			frappe.local.lang = "zh"
			try:
				run.run_method("onload")
				self.assertNotEqual(run.lines[1].reason, kept)
				run.lines[1].explanation = "缺货,明日到货"
				run.save()
			finally:
				frappe.local.lang = "en"
		self.assertEqual(self.run_doc().lines[1].reason, kept)

	def test_the_form_takes_an_explanation_and_nothing_else(self):  # E-4.13e D-18
		with self.at("2026-11-20 17:45:00"), self.as_user(SPECIALIST):
			run = self.run_doc()
			run.lines[1].explanation = "缺货,明日到货"
			run.save()
		run = self.run_doc()
		self.assertEqual(
			(run.unexplained, run.lines[1].explained_by, run.lines[1].explained_at),
			(1, SPECIALIST, datetime(2026, 11, 20, 17, 45)),
		)
		for change in (
			lambda doc: doc.set("held_back", 0),
			lambda doc: doc.lines[0].set("reason", "nothing"),
			lambda doc: doc.lines[0].set("explained_by", "Administrator"),
			lambda doc: doc.lines.pop(),
			lambda doc: doc.append("lines", {"sales_order": "SO-X", "result": "Taken"}),
		):
			doc = self.run_doc()
			change(doc)
			self.assertRaises(AppendOnly, doc.save)
		doc = self.run_doc()
		doc.lines[1].explanation = ""
		self.assertRaises(NothingToExplain, doc.save)


class TestReports(DayWithOpenOrders):
	def test_the_late_window_stands_apart_with_its_reasons(self):  # C-07 E-4.13e
		self.explain(self.orders[1])
		report = wave_reports.report(self.run_name)
		self.assertEqual([line["sales_order"] for line in report["held_back_lines"]], [self.orders[0]])
		self.assertEqual([line["sales_order"] for line in report["late_lines"]], [self.orders[1]])
		late = report["late_lines"][0]
		self.assertEqual(
			(late["reason"], late["explanation"]), ("Short of stock: A × 3 [E-4.15g]", "等待补货")
		)
		self.assertEqual((report["late_window"], report["unexplained"], report["rule"]), (1, 1, "E-4.13e"))

	def test_it_says_how_much_was_in_time(self):  # C-07 E-4.15c
		clocks.stop("E-SHIP", {self.orders[1]: datetime(2026, 11, 20, 17)})
		steps = {
			(row["step"], row["late_window"]): row for row in wave_reports.report(self.run_name)["steps"]
		}
		ship = steps["E-SHIP", True]
		self.assertEqual((ship["met"], ship["breached"], ship["open"], ship["rate"]), (1, 0, 0, 100.0))
		self.assertEqual((ship["title"], ship["rule"]), ("Ship the orders of the day", "E-4.15c"))
		self.assertEqual(steps["E-DN", True]["open"], 1)

	def test_the_form_on_paper_is_chinese_with_the_three_parts(self):  # C-07 D-14
		self.explain(self.orders[0])
		html = frappe.get_print("Ops Wave Run", self.run_name, print_format="Ops Wave Run", no_letterhead=1)
		for words in (
			"波 次 报 告",
			"已处理订单",
			"暂留订单及原因",
			"晚单窗口订单",
			"步骤按时情况",
			*self.orders,
			"缺货：A × 3 [E-4.15g]",
			"说明：等待补货",
			"待说明 1 单",
			"第 1 页 / 共 1 页",
		):
			self.assertIn(words, html)
