"""Prices and tax to the fen."""

import unittest
from decimal import Decimal

from order_ops.listing.rules import (
	Product,
	line_amount,
	orderable,
	price_of,
	product_problems,
	tax_within,
)
from order_ops.money import money, to_decimal
from order_ops.problems import Problem

PUMP = Product("QZ0001", "Pump", Decimal("1860.00"))


class TestMoney(unittest.TestCase):
	def test_half_a_fen_is_rounded_up(self):  # D-12
		self.assertEqual(money("0.004"), Decimal("0.00"))
		self.assertEqual(money("0.005"), Decimal("0.01"))
		self.assertEqual(money("0.015"), Decimal("0.02"))
		self.assertEqual(money("2.675"), Decimal("2.68"))

	def test_a_line_is_rounded_once(self):  # D-12
		self.assertEqual(line_amount("3", "0.335"), Decimal("1.01"))
		self.assertEqual(line_amount("0.1", "0.05"), Decimal("0.01"))

	def test_tax_is_contained_in_the_price(self):  # D-12
		self.assertEqual(tax_within("113.00", 13), Decimal("13.00"))
		self.assertEqual(tax_within("100.00", 13), Decimal("11.50"))
		self.assertEqual(tax_within("100.00", 0), Decimal("0.00"))

	def test_what_is_no_number_is_refused(self):
		for value in (None, True, "", "abc", "NaN", "Infinity", float("nan"), "1,000"):
			with self.subTest(value=value), self.assertRaises(ValueError):
				to_decimal(value)

	def test_floats_are_taken_as_written(self):
		self.assertEqual(to_decimal(0.1), Decimal("0.1"))


class TestPrices(unittest.TestCase):
	def test_the_list_price_counts(self):  # E-4.06a
		self.assertEqual(price_of(PUMP, None, prices_given=False), Decimal("1860.00"))
		self.assertEqual(price_of(PUMP, Decimal(1860), prices_given=False), Decimal("1860.00"))

	def test_another_price_than_the_list_is_named(self):  # E-4.06a
		problem = price_of(PUMP, Decimal("1800"), prices_given=False)
		self.assertIsInstance(problem, Problem)
		self.assertEqual((problem.code, problem.field), ("price", "rate"))

	def test_a_channel_with_own_prices_may_give_one(self):  # E-4.06a
		self.assertEqual(price_of(PUMP, Decimal("2.55"), prices_given=True), Decimal("2.55"))
		self.assertEqual(price_of(PUMP, None, prices_given=True), Decimal("1860.00"))

	def test_nothing_is_sold_for_nothing(self):
		self.assertEqual(price_of(PUMP, Decimal(0), prices_given=True).code, "price")
		self.assertEqual(
			price_of(Product("QZ0003", "Gift", Decimal(0)), None, prices_given=False).code, "price"
		)

	def test_only_listed_products_can_be_ordered_in_the_mall(self):  # E-4.08d
		hidden = Product("QZ0002", "Drum", Decimal(1), listed=False)
		self.assertEqual(orderable(hidden, in_mall=True).rule, "E-4.08d")
		self.assertIsNone(orderable(hidden, in_mall=False))
		self.assertIsNone(orderable(PUMP, in_mall=True))

	def test_a_products_own_figures_are_checked(self):
		self.assertEqual(product_problems("12.50", 13), [])
		self.assertEqual([p.field for p in product_problems("-1", 101)], ["price", "tax_rate"])
		self.assertEqual([p.rule for p in product_problems("1.005", 13)], ["D-12"])
