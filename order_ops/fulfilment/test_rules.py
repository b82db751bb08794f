from __future__ import annotations

import unittest
from datetime import datetime, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from order_ops.fulfilment import rules
from order_ops.fulfilment.rules import Balance, Demand, Line, Movement, Warehouse

NOON = datetime(2026, 3, 2, 12, 0)
MAIN = Warehouse("ZZ-MAIN", "Main")
CENTRE = Warehouse("LZ-CENTRE", "Centre", regions=frozenset({"Gansu", "Ningxia", "Xinjiang"}))
REMOTE = {"Liaoning", "Gansu", "Ningxia", "Tibet", "Xinjiang", "Yunnan", "Inner Mongolia"}


def demand(order: str, qty: int, minutes: int = 0, product: str = "HOOK") -> Demand:
	return Demand(order, NOON + timedelta(minutes=minutes), "W", (Line(f"{order}-1", product, D(qty)),))


class TestWarehouseByRegion(unittest.TestCase):
	def test_each_remote_region_leaves_from_the_centre_warehouse(self):  # E-4.15h
		for province in REMOTE:
			choice = rules.warehouse_for(province, True, True, [MAIN, CENTRE])
			self.assertEqual((choice.warehouse, choice.rule), ("LZ-CENTRE", "E-4.15h"), province)

	def test_every_other_region_leaves_from_the_main_warehouse(self):  # E-4.15i
		choice = rules.warehouse_for("Henan", False, True, [MAIN, CENTRE])
		self.assertEqual((choice.warehouse, choice.rule), ("ZZ-MAIN", "E-4.15i"))

	def test_of_several_centre_warehouses_the_one_that_serves_the_region(self):  # E-4.15h
		south = Warehouse("KM-CENTRE", "Centre", regions=frozenset({"Yunnan", "Tibet"}))
		chosen = {
			p: rules.warehouse_for(p, True, True, [south, CENTRE]).warehouse for p in ("Yunnan", "Gansu")
		}
		self.assertEqual(chosen, {"Yunnan": "KM-CENTRE", "Gansu": "LZ-CENTRE"})

	def test_a_warehouse_for_everywhere_goes_before_one_for_other_regions(self):  # E-4.15h
		anywhere = Warehouse("ZZ-CENTRE", "Centre")
		self.assertEqual(
			rules.warehouse_for("Liaoning", True, True, [CENTRE, anywhere]).warehouse, "ZZ-CENTRE"
		)

	def test_a_platform_order_needs_platform_packaging(self):  # E-4.15j
		plain = Warehouse("ZZ-PLAIN", "Main", platform_packaging=False)
		self.assertEqual(rules.warehouse_for("Henan", False, True, [plain, MAIN]).warehouse, "ZZ-MAIN")
		refused = rules.warehouse_for("Henan", False, True, [plain])
		self.assertEqual((refused.warehouse, refused.rule, refused.only_packaging), (None, "E-4.15j", True))
		self.assertEqual(rules.warehouse_for("Henan", False, False, [plain]).warehouse, "ZZ-PLAIN")

	def test_no_warehouse_of_the_kind_is_named_not_replaced(self):  # E-4.15h
		choice = rules.warehouse_for("Gansu", True, True, [MAIN])
		self.assertEqual((choice.warehouse, choice.kind, choice.rule), (None, "Centre", "E-4.15h"))

	def test_a_closed_warehouse_is_not_chosen(self):
		closed = Warehouse("AA-MAIN", "Main", enabled=False)
		self.assertEqual(rules.warehouse_for("Henan", False, True, [closed, MAIN]).warehouse, "ZZ-MAIN")


class TestAllotment(unittest.TestCase):
	def test_scarce_stock_goes_to_the_order_that_arrived_first(self):  # E-4.13a
		late, early = demand("A", 5, minutes=1), demand("B", 5)
		got = rules.allot([late, early], {("W", "HOOK"): D(7)})
		self.assertEqual([line.qty for line in got["B"].now], [D(5)])
		self.assertEqual([line.qty for line in got["A"].now], [D(2)])
		self.assertEqual([line.qty for line in got["A"].short], [D(3)])

	def test_at_the_same_instant_the_number_decides(self):
		got = rules.allot([demand("B", 1), demand("A", 1)], {("W", "HOOK"): D(1)})
		self.assertTrue(got["A"].now and not got["B"].now)

	def test_exactly_enough_is_enough(self):
		for stock, now, short in ((D(4), [D(4)], [D(1)]), (D(5), [D(5)], []), (D(6), [D(5)], [])):
			got = rules.allot([demand("A", 5)], {("W", "HOOK"): stock})["A"]
			self.assertEqual(([x.qty for x in got.now], [x.qty for x in got.short]), (now, short))

	def test_two_lines_of_one_product_share_what_there_is(self):
		lines = (Line("1", "HOOK", D(3)), Line("2", "HOOK", D(3)))
		got = rules.allot([Demand("A", NOON, "W", lines)], {("W", "HOOK"): D(4)})["A"]
		self.assertEqual([(x.order_item, x.qty) for x in got.now], [("1", D(3)), ("2", D(1))])
		self.assertEqual([(x.order_item, x.qty) for x in got.short], [("2", D(2))])

	def test_the_check_says_what_was_there(self):  # E-4.13a
		got = rules.allot([demand("A", 5)], {("W", "HOOK"): D(2)})["A"]
		self.assertEqual(got.available, {"A-1": D(2)})

	def test_an_unknown_product_is_short(self):
		self.assertEqual(rules.allot([demand("A", 1)], {})["A"].short, [Line("A-1", "HOOK", D(1))])

	@given(
		st.lists(st.tuples(st.integers(1, 9), st.integers(0, 60), st.sampled_from("PQ")), max_size=12),
		st.integers(0, 30),
		st.integers(0, 30),
	)
	def test_nothing_is_given_twice_and_nothing_is_lost(self, wishes, p, q):
		demands = [demand(f"O{i}", qty, minutes, product) for i, (qty, minutes, product) in enumerate(wishes)]
		stock = {("W", "P"): D(p), ("W", "Q"): D(q)}
		got = rules.allot(demands, stock)
		for product, there in (("P", D(p)), ("Q", D(q))):
			given_out = sum(x.qty for a in got.values() for x in a.now if x.product == product)
			wanted = sum(x.qty for d in demands for x in d.lines if x.product == product)
			self.assertEqual(given_out, min(there, wanted))
		for d in demands:
			total = sum(x.qty for x in got[d.order].now + got[d.order].short)
			self.assertEqual(total, d.lines[0].qty)


class TestRemaining(unittest.TestCase):
	def test_ordered_less_cancelled_less_noted(self):  # E-4.13f
		self.assertEqual(rules.remaining(10, 2, 5), D(3))
		self.assertEqual(rules.remaining(10, 0, 10), D(0))
		self.assertEqual(rules.remaining(10, 4, 8), D(0))

	def test_stored_floats_become_exact(self):
		self.assertEqual(rules.remaining(0.3, 0.1, 0.2), D(0))


class TestBalances(unittest.TestCase):
	def test_reserving_more_than_there_is_is_refused(self):
		for qty, refused in ((9, False), (10, False), (11, True)):
			_after, overdrawn = rules.apply_movements(
				{("W", "P"): Balance(D(10))}, [Movement("k", "W", "P", reserved=D(qty))]
			)
			self.assertEqual(bool(overdrawn), refused, qty)

	def test_stock_never_becomes_negative(self):
		after, overdrawn = rules.apply_movements(
			{("W", "P"): Balance(D(2))}, [Movement("k", "W", "P", on_hand=D(-3))]
		)
		self.assertEqual(len(overdrawn), 1)
		self.assertEqual(after[("W", "P")], Balance(D(2)))

	def test_what_is_promised_may_not_be_counted_away(self):
		_after, overdrawn = rules.apply_movements(
			{("W", "P"): Balance(D(5), D(4))}, [Movement("k", "W", "P", on_hand=D(-2))]
		)
		self.assertEqual(overdrawn[0].before.free, D(1))


class TestTransitions(unittest.TestCase):
	def test_a_shipped_note_is_not_cancelled(self):
		self.assertNotIn("Cancelled", rules.NOTE_TRANSITIONS["Shipped"])

	def test_only_an_issued_note_is_shipped(self):  # E-4.15m
		self.assertEqual([s for s, to in rules.NOTE_TRANSITIONS.items() if "Shipped" in to], ["Issued"])
