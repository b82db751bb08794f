from __future__ import annotations

import unittest
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from order_ops.billing import rules
from order_ops.billing.rules import Ordered


def ordered(amount="100.00", qty="1", cancelled="0", tax="13", rate=None) -> Ordered:
	return Ordered("P", "Hook", "件", D(qty), D(cancelled), D(rate or amount), D(amount), D(tax))


def as_totals(lines):
	return rules.totals((line.kind, line.amount, line.tax_amount) for line in lines)


class TestInvoiceLines(unittest.TestCase):
	def test_goods_and_freight_stand_on_one_invoice(self):  # E-4.14e
		lines = rules.invoice_lines([ordered()], "50", "Freight")
		self.assertEqual(
			[(x.kind, x.amount) for x in lines], [("Goods", D("100.00")), ("Freight", D("50.00"))]
		)

	def test_each_line_has_its_own_tax_rate(self):  # E-4.14e
		goods, freight = rules.invoice_lines([ordered("113.00")], "109.00", "Freight")
		self.assertEqual((goods.tax_amount, freight.tax_amount), (D("13.00"), D("9.00")))

	def test_without_freight_there_is_no_freight_line(self):
		self.assertEqual([x.kind for x in rules.invoice_lines([ordered()], 0, "Freight")], ["Goods"])

	def test_what_was_cancelled_is_not_invoiced(self):
		lines = rules.invoice_lines([ordered("30.00", qty="3", cancelled="1", rate="10.00")], 0, "")
		self.assertEqual((lines[0].qty, lines[0].amount), (D(2), D("20.00")))

	def test_a_fully_cancelled_order_has_nothing_to_invoice(self):
		self.assertEqual(rules.invoice_lines([ordered(cancelled="1")], "50", "Freight"), [])

	@given(
		st.lists(
			st.tuples(st.decimals("0.01", "9999", places=2), st.sampled_from("0 6 9 13".split())), max_size=9
		),
		st.decimals("0", "999", places=2),
	)
	def test_the_sum_of_the_lines_is_the_total(self, amounts, freight):  # D-12
		lines = rules.invoice_lines([ordered(str(a), tax=t) for a, t in amounts], freight, "Freight")
		totals = as_totals(lines)
		self.assertEqual(totals.grand, sum((x.amount for x in lines), D(0)))
		self.assertEqual(totals.grand, totals.goods + totals.freight)
		self.assertEqual(totals.tax, sum((x.tax_amount for x in lines), D(0)))
		self.assertTrue(all(0 <= x.tax_amount < x.amount or not x.tax_amount for x in lines))


class TestOneInvoice(unittest.TestCase):
	def codes(self, lines, freight):
		return [p.code for p in rules.problems_of(lines, freight)]

	def test_the_freight_may_not_be_left_out(self):  # E-4.14e
		self.assertEqual(self.codes([("Goods", 10)], "5"), ["freight"])
		self.assertEqual(self.codes([("Goods", 10), ("Freight", "5.00")], "5"), [])

	def test_the_freight_may_not_differ_by_a_fen(self):  # E-4.14e
		for amount, found in (("4.99", ["freight"]), ("5.00", []), ("5.01", ["freight"])):
			self.assertEqual(self.codes([("Goods", 10), ("Freight", amount)], "5"), found)

	def test_a_second_invoice_for_freight_is_refused(self):  # E-4.14e
		self.assertEqual(self.codes([("Freight", 5)], "5"), ["no_goods"])

	def test_the_freight_stands_there_once(self):  # E-4.14e
		self.assertEqual(self.codes([("Goods", 1), ("Freight", 2), ("Freight", 3)], "5"), ["freight_twice"])


class TestStates(unittest.TestCase):
	def test_both_sides_confirm_before_it_lies_with_the_goods(self):  # E-4.14d
		self.assertFalse(rules.may_become("Issued", "With Goods"))
		self.assertTrue(rules.may_become("Issued", "Handed Over"))
		self.assertTrue(rules.may_become("Handed Over", "With Goods"))

	def test_only_a_request_is_issued(self):  # E-3.5a
		self.assertEqual([s for s, to in rules.TRANSITIONS.items() if "Issued" in to], ["Requested"])

	def test_goods_leave_with_the_invoice_or_after_it(self):  # E-4.15l
		for status, may in (
			("Requested", False),
			("Issued", False),
			("Handed Over", False),
			("With Goods", True),
			("Delivered", True),
			("Voided", False),
		):
			self.assertEqual(rules.may_ship([status]), may, status)
		self.assertFalse(rules.may_ship([]))
