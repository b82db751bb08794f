"""Numbers, totals, completeness, states and cancellations of orders."""

import itertools
import unittest
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from order_ops.customers.rules import Known
from order_ops.listing.rules import Product
from order_ops.ordering.requests import Line, parse
from order_ops.ordering.rules import (
	TRANSITIONS,
	OrderLine,
	Terms,
	allocate_cancellation,
	by_unit,
	document_number,
	full_buyer,
	future_problem,
	may_become,
	missing_in,
	price_lines,
	status_after_shipment,
	totals,
)

MALL = Terms("MALL", "Mall", "BU")
DESK = Terms("DESK", "Desk", "BU")
PAST = Terms("ONLINE-RETAIL", "File", "BU", prices_given=True, live=False)
PUMP = Product("QZ0001", "Pump", Decimal("10.05"))
DRUM = Product("QZ0002", "Drum", Decimal("3.33"), listed=False, business_unit="OTHER")
PRODUCTS = {"qz0001": PUMP, "qz0002": DRUM}
D = Decimal


class TestNumbers(unittest.TestCase):
	def test_a_number_tells_the_day_and_follows_from_the_key(self):  # G3-1.3b
		number = document_number("SO", date(2026, 11, 20), "MALL:1")
		self.assertRegex(number, r"^SO-261120-[0-9A-HJKMNP-TV-Z]{6}$")
		self.assertEqual(number, document_number("SO", date(2026, 11, 20), "MALL:1"))

	def test_numbers_do_not_collide_in_a_days_work(self):  # G3-1.3b
		numbers = {document_number("SO", date(2026, 11, 20), f"MALL:{i}") for i in range(2000)}
		self.assertEqual(len(numbers), 2000)
		self.assertNotIn(document_number("SO", date(2026, 11, 20), "MALL:1", salt=1), numbers)


class TestTotals(unittest.TestCase):
	def test_the_sum_of_the_lines_is_the_total(self):  # D-12
		lines, problems = price_lines([Line("QZ0001", D(3)), Line("qz0001", D("0.5"))], PRODUCTS, DESK)
		self.assertEqual(problems, [])
		self.assertEqual([line.amount for line in lines], [D("30.15"), D("5.03")])
		self.assertEqual(
			totals((line.amount for line in lines), D("1.5")), (D("35.18"), D("1.50"), D("36.68"))
		)

	def test_unknown_and_delisted_products_are_named_by_row(self):  # E-4.08d
		_, problems = price_lines(
			[Line("QZ0001", D(1)), Line("NONE", D(1)), Line("QZ0002", D(1))], PRODUCTS, MALL
		)
		self.assertEqual([(p.code, p.row) for p in problems], [("article_no", 2), ("not_listed", 3)])
		self.assertEqual(price_lines([Line("QZ0002", D(1))], PRODUCTS, DESK)[1], [])

	def test_a_cart_of_two_units_makes_two_orders(self):  # E-4.15k
		lines, _ = price_lines(
			[Line("QZ0002", D(1)), Line("QZ0001", D(1)), Line("QZ0002", D(2))], PRODUCTS, DESK
		)
		groups = by_unit(lines, "BU")
		self.assertEqual(list(groups), ["BU", "OTHER"])
		self.assertEqual([line.qty for line in groups["OTHER"]], [D(1), D(2)])


class TestCompleteness(unittest.TestCase):
	def request(self, **changes):
		order = {
			"external_id": "1",
			"buyer": {"kind": "Organisation", "name": "示例重工有限公司", "code": "D2143569X", "mobile": "13800138000"},
			"ship_to": {"recipient": "张示例", "phone": "13800138000", "province": "河南省", "city": "新乡市",
				"street": "示范路", "house_no": "1号"},
			"items": [{"article_no": "QZ0001", "qty": 1}],
		}  # fmt: skip
		request, problems = parse({**order, **changes})
		self.assertEqual(problems, [])
		return request

	def test_a_mall_order_with_the_customers_details_is_complete(self):  # E-4.10b
		self.assertEqual(missing_in(self.request(), MALL), [])

	def test_a_mall_order_without_them_is_refused_by_field(self):  # E-4.10b
		request = self.request(buyer={"kind": "Individual", "mobile": "13800138000"})
		lacking = missing_in(request, MALL)
		self.assertEqual(
			[p.field for p in lacking], ["buyer.person_name", "buyer.id_number", "buyer.postcode"]
		)
		self.assertEqual({p.rule for p in lacking}, {"E-4.10b"})

	def test_a_customer_with_a_complete_profile_need_not_repeat_it(self):  # E-4.10b
		request = self.request(buyer={"external_id": "7"})
		self.assertEqual(
			[p.field for p in missing_in(request, MALL, Known("CU-1", missing=("organisation_code",)))],
			["buyer.organisation_code"],
		)
		self.assertEqual(missing_in(request, MALL, Known("CU-1")), [])

	def test_other_channels_may_learn_the_details_later(self):  # E-4.11c
		self.assertEqual(missing_in(self.request(buyer={"name": "示例"}), DESK), [])

	def test_goods_need_a_place_to_go(self):  # G1-06c
		request = self.request(ship_to={"city": "新乡市"}, buyer={})
		fields = [p.field for p in missing_in(request, DESK)]
		self.assertEqual(
			fields,
			[
				"ship_to.recipient",
				"ship_to.phone",
				"ship_to.province",
				"ship_to.street",
				"ship_to.house_no",
				"buyer",
			],
		)

	def test_past_orders_need_neither_buyer_nor_place(self):
		self.assertEqual(missing_in(self.request(ship_to={}, buyer={}), PAST), [])

	def test_without_own_address_a_buyer_lives_where_goods_go(self):  # E-4.10f, E-4.10g
		buyer = full_buyer(self.request())
		self.assertEqual((buyer.address.street, buyer.responsible_person), ("示范路", "张示例"))

	def test_an_order_is_not_received_in_the_future(self):
		now = datetime(2026, 11, 20, 14, 59, 59)
		self.assertIsNone(future_problem(now, now))
		self.assertEqual(future_problem(now + timedelta(seconds=1), now).field, "received_at")


class TestStates(unittest.TestCase):
	def test_the_table_is_the_path_of_the_regulation(self):  # E-4.11 to E-4.16
		path = ["Received", "Identified", "Released", "Partly Shipped", "Shipped", "Signed For", "Closed"]
		for before, after in itertools.pairwise(path):
			self.assertTrue(may_become(before, after))
		self.assertFalse(may_become("Received", "Released"))  # E-4.12c
		self.assertFalse(may_become("Shipped", "Cancelled"))
		self.assertTrue(may_become("Released", "Released"))

	def test_nothing_leaves_an_end_state(self):
		self.assertEqual(TRANSITIONS["Cancelled"], frozenset())
		self.assertEqual(TRANSITIONS["Closed"], frozenset())

	def test_shipped_means_all_that_is_not_cancelled(self):  # E-4.15m
		self.assertEqual(status_after_shipment([(D(2), D(0), D(2)), (D(3), D(1), D(2))]), "Shipped")
		self.assertEqual(status_after_shipment([(D(2), D(0), D(2)), (D(3), D(1), D(1))]), "Partly Shipped")


class TestCancellations(unittest.TestCase):
	def setUp(self):
		day = datetime(2026, 11, 20, 10)
		self.at = day + timedelta(days=3)
		self.lines = [OrderLine(f"L{i}", f"SO-{i}", day + timedelta(days=i), D(5)) for i in range(5)]

	def taken(self, qty, lines=None, at=None):
		return [
			(line.id, part)
			for line, part in allocate_cancellation(D(qty), lines or self.lines, at or self.at)
		]

	def test_the_newest_earlier_line_with_enough_left_is_taken(self):
		self.assertEqual(self.taken(5), [("L3", D(5))])
		short = [*self.lines[:3], replace(self.lines[3], left=D(2)), self.lines[4]]
		self.assertEqual(self.taken(5, short), [("L2", D(5))])

	def test_several_lines_share_what_no_single_one_has(self):
		self.assertEqual(self.taken(8), [("L3", D(5)), ("L2", D(3))])

	def test_what_does_not_fit_is_not_taken_at_all(self):
		self.assertEqual(self.taken(21), [])
		self.assertEqual(self.taken(1, at=datetime(2026, 11, 20, 9, 59, 59)), [])
		self.assertEqual(self.taken(5, at=datetime(2026, 11, 20, 10)), [("L0", D(5))])
