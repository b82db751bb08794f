# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Reviews and wave reports over REST: who may, and a verdict each."""

from __future__ import annotations

import frappe
from order_ops.api.v1 import orders, waves
from order_ops.ordering.test_review import LEADER, SalonDay
from order_ops.tests.factories import make_user
from order_ops.timekeeping.test_wave_reports import KEEPER, SPECIALIST, DayWithOpenOrders

REP, NOBODY = "rep@review.test", "nobody@review.test"


class TestReviews(SalonDay):
	def test_only_reviewers_review(self):  # C-13 D-13
		order = self.ordered("20 09:00:00")
		make_user(REP, "E-commerce Sales Rep")
		with self.at("2026-11-20 09:10:00"):
			with self.as_user(REP):
				self.assertRaises(frappe.PermissionError, orders.review, [order])
			with self.as_user(LEADER):
				verdicts = orders.review([order, "SO-NONE"])
		self.assertEqual([verdict["status"] for verdict in verdicts], ["reviewed", "refused"])
		self.assertEqual((verdicts[0]["wave"], verdicts[0]["wave_date"]), ("S-SEND-1", "2026-11-20"))


class TestWaves(DayWithOpenOrders):
	def test_who_reads_runs_reads_reports(self):  # E-4.13e C-07
		with self.as_user(SPECIALIST):
			self.assertEqual([run["name"] for run in waves.runs(unexplained=1)], [self.run_name])
			self.assertEqual(waves.report(self.run_name)["unexplained"], 2)
		make_user(NOBODY)
		with self.as_user(NOBODY):
			self.assertRaises(frappe.PermissionError, waves.runs)
			self.assertRaises(frappe.PermissionError, waves.report, self.run_name)

	def test_who_answers_for_the_orders_explains(self):  # E-4.13e
		with self.as_user(KEEPER):
			self.assertRaises(frappe.PermissionError, waves.explain, self.run_name, self.orders[0], "x")
		with self.as_user(SPECIALIST):
			told = waves.explain(self.run_name, self.orders[0], "等待补货")
			self.assertEqual(told["unexplained"], 1)
			self.assertEqual(len(waves.runs(unexplained=1)), 1)
			waves.explain(self.run_name, self.orders[1], "等待补货")
			self.assertEqual(waves.runs(unexplained=1), [])
