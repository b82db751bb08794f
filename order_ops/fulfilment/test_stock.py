# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The stock ledger on a site (E-4.13a)."""

from __future__ import annotations

from decimal import Decimal as D

import frappe
from order_ops.fulfilment import stock
from order_ops.fulfilment.exceptions import StockOverdrawn
from order_ops.fulfilment.rules import Balance, Movement
from order_ops.tests import OpsTestCase, factories
from order_ops.timekeeping.exceptions import AppendOnly

PLACE = ("TEST-MAIN", "TEST-1")


class StockCase(OpsTestCase):
	def setUp(self):
		super().setUp()
		factories.make_warehouse()
		factories.make_product()

	def row(self, key="R-1", qty=5, **values):
		return {"key": key, "warehouse": "TEST-MAIN", "product": "TEST-1", "qty": qty, **values}

	def balance(self):
		return stock.balances([PLACE])[PLACE]

	def entries(self):
		return frappe.db.count("Ops Stock Entry", {"product": "TEST-1"})


class TestReceipts(StockCase):
	def test_goods_received_are_there(self):
		self.assertEqual(stock.receive([self.row(), self.row("R-2", 2.5)])[0]["status"], "posted")
		self.assertEqual(self.balance(), Balance(D("7.5")))

	def test_a_repeat_is_answered_and_posted_once(self):
		stock.receive([self.row()])
		self.assertEqual(stock.receive([self.row()])[0]["status"], "repeat")
		self.assertEqual((self.balance().on_hand, self.entries()), (D(5), 1))

	def test_the_same_key_with_other_content_is_refused(self):
		stock.receive([self.row()])
		verdict = stock.receive([self.row(qty=6)])[0]
		self.assertEqual((verdict["status"], verdict["code"]), ("refused", "conflict"))
		self.assertEqual(self.balance().on_hand, D(5))

	def test_the_same_key_twice_in_one_call_is_posted_once(self):
		verdicts = stock.receive([self.row(), self.row()])
		self.assertEqual([v["status"] for v in verdicts], ["posted", "refused"])
		self.assertEqual(self.balance().on_hand, D(5))

	def test_bad_rows_are_named_and_good_ones_taken(self):
		bad = [
			(self.row("B1", qty=0), "qty"),
			(self.row("B2", qty=-1), "qty"),
			(self.row("B3", qty="many"), "qty"),
			(self.row("B4", qty=float("nan")), "qty"),
			(self.row("B5", qty=True), "qty"),
			(self.row("B6", warehouse="NOWHERE"), "warehouse"),
			(self.row("B7", product="NOTHING"), "product"),
			(self.row(""), "key"),
			(self.row("K" * 81), "key"),
			({"key": "B9"}, "warehouse"),
		]
		verdicts = stock.receive([*(row for row, _field in bad), self.row()])
		for place, ((row, field), verdict) in enumerate(zip(bad, verdicts, strict=False), 1):
			self.assertEqual(
				(verdict["status"], verdict["field"], verdict["row"]), ("refused", field, place), row
			)
		self.assertEqual(verdicts[-1]["status"], "posted")
		self.assertEqual(self.balance().on_hand, D(5))

	def test_cost_does_not_grow_with_the_number_of_rows(self):
		stock.receive([self.row("W")])
		with self.assertQueryCount(10):
			stock.receive([self.row(f"N{n}") for n in range(50)])


class TestCounts(StockCase):
	def test_a_count_posts_the_difference(self):
		stock.receive([self.row()])
		stock.count([self.row("C-1", 3)])
		self.assertEqual(self.balance().on_hand, D(3))
		self.assertEqual(frappe.db.get_value("Ops Stock Entry", {"reason": "Count"}, "qty"), -2)

	def test_nothing_may_be_counted(self):
		stock.receive([self.row()])
		self.assertEqual(stock.count([self.row("C-1", 0)])[0]["status"], "posted")
		self.assertEqual(self.balance().on_hand, D(0))

	def test_a_count_that_agrees_is_on_record_and_repeats(self):
		stock.receive([self.row()])
		stock.count([self.row("C-1", 5)])
		self.assertEqual(stock.count([self.row("C-1", 5)])[0]["status"], "repeat")
		self.assertEqual(self.entries(), 2)

	def test_what_is_promised_cannot_be_counted_away(self):
		stock.receive([self.row()])
		stock.post([Movement("P", *PLACE, reserved=D(4), reason="Reservation")])
		verdict = stock.count([self.row("C-1", 3)])[0]
		self.assertEqual((verdict["status"], verdict["rule"]), ("refused", "E-4.13a"))
		self.assertEqual(self.balance(), Balance(D(5), D(4)))


class TestLedger(StockCase):
	def test_promising_more_than_there_is_posts_nothing(self):
		stock.receive([self.row()])
		wanted = [Movement(f"P{n}", *PLACE, reserved=D(3), reason="Reservation") for n in range(2)]
		with self.assertRaises(StockOverdrawn):
			stock.post(wanted)
		self.assertEqual((self.balance(), self.entries()), (Balance(D(5)), 1))

	def test_balances_are_the_sums_of_the_entries(self):
		stock.receive([self.row()])
		stock.post([Movement("P", *PLACE, reserved=D(3), reason="Reservation")])
		stock.post([Movement("S", *PLACE, on_hand=D(-3), reserved=D(-3), reason="Shipment")])
		sums = {
			state: sum(
				frappe.get_all("Ops Stock Entry", filters={"product": "TEST-1", "state": state}, pluck="qty")
			)
			for state in (stock.ON_HAND, stock.RESERVED)
		}
		self.assertEqual(sums, {stock.ON_HAND: 2, stock.RESERVED: 0})
		self.assertEqual(self.balance(), Balance(D(2)))

	def test_nobody_edits_ledger_or_balance(self):
		stock.receive([self.row()])
		for doctype in ("Ops Stock Entry", "Ops Stock Balance"):
			doc = frappe.get_last_doc(doctype)
			with self.assertRaises(AppendOnly):
				doc.save()
			with self.assertRaises(AppendOnly):
				frappe.delete_doc(doctype, doc.name)
		with self.assertRaises(AppendOnly):
			factories.make(
				"Ops Stock Entry",
				posting_key="X",
				warehouse="TEST-MAIN",
				product="TEST-1",
				state="On Hand",
				qty=1,
				posted_at="2026-03-02",
				reason="Receipt",
			)
