"""Who goes first: classes of urgency, their confirmation, changes by hand, the order of a wave."""

import unittest
from decimal import Decimal

import frappe
from order_ops.listing.rules import Product
from order_ops.ordering import priority
from order_ops.ordering.exceptions import PriorityRefused
from order_ops.ordering.rules import PricedLine, urgency_of
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import (
	make_channel,
	make_customer,
	make_order,
	make_product,
	make_released_order,
	make_user,
)
from order_ops.timekeeping import queue

ORDER = "Ops Sales Order"
LEAD, MANAGER, REP = "E-commerce Rep Team Leader", "Order Ops Manager", "E-commerce Sales Rep"


def events(order, *phases):
	filters = {"sales_order": order, "phase": ("in", phases or ("Priority Changed", "Urgency Asked For"))}
	fields = ["phase", "note", "rule", "by_user"]
	return frappe.get_all("Ops Event", filters=filters, fields=fields, order_by="creation")


class TestClasses(unittest.TestCase):
	def line(self, rate, price="10"):
		return PricedLine(Product("P", "P", Decimal(price)), Decimal(1), Decimal(rate), Decimal(rate))

	def test_wishes_gifts_and_own_prices_make_an_order_special(self):  # G1-10a, G1-10b, B-24
		plain = self.line("10")
		for asked, wish, lines, found in (
			("Normal", "", [plain], "Normal"),
			("Normal", " ", [plain], "Normal"),
			("Normal", "wrap it", [plain], "Special"),
			("Normal", "", [plain, self.line("0")], "Special"),
			("Normal", "", [self.line("9.99")], "Special"),
			("Normal", "", [self.line("9.99", price="0")], "Normal"),
			("Special", "", [plain], "Special"),
			("Urgent", "", [plain], "Normal"),
			("Urgent", "wrap it", [plain], "Special"),
		):
			with self.subTest(asked=asked, wish=wish, found=found):
				self.assertEqual(urgency_of(asked, wish, lines), found)


class TestUrgent(OpsTestCase):
	def setUp(self):
		super().setUp()
		self.one = make_user("lead@test.example", LEAD).name
		self.two = make_user("boss@test.example", MANAGER).name
		self.rep = make_user("rep@test.example", REP).name

	def test_it_runs_as_before_until_a_supervisor_confirms(self):  # G1-10c
		with self.as_user(self.rep):
			order = make_order(urgency="Urgent")
		self.assertEqual((order.urgency, order.urgent_asked), ("Normal", 1))
		with self.as_user(self.rep):
			self.assertEqual(priority.confirm([order.name])[0]["code"], "not_yours")
		with self.as_user(self.one):
			self.assertEqual(priority.confirm([order.name])[0]["status"], "changed")
			self.assertEqual(priority.confirm([order.name])[0]["status"], "repeat")
		order.reload()
		self.assertEqual((order.urgency, order.urgent_asked), ("Urgent", 0))
		self.assertEqual((order.urgency_confirmed_by, bool(order.urgency_confirmed_at)), (self.one, True))
		(event,) = events(order.name)
		self.assertEqual(
			(event.phase, event.note, event.rule), ("Priority Changed", "Normal → Urgent", "G1-10c")
		)

	def test_who_asks_does_not_confirm(self):  # D-13, G1-10c
		order = make_order().name
		with self.as_user(self.one):
			self.assertEqual(
				priority.change([order], "Urgent", "The press stands still")[0]["status"], "asked"
			)
			self.assertEqual(priority.confirm([order])[0]["code"], "same_person")
			with self.assertRaises(PriorityRefused):
				priority.confirm_urgency({"name": order})
		self.assertEqual(frappe.db.get_value(ORDER, order, ["urgency", "urgent_asked"]), ("Normal", 1))
		with self.as_user(self.two):
			priority.confirm_urgency({"name": order})
		self.assertEqual(frappe.db.get_value(ORDER, order, "urgency"), "Urgent")
		self.assertEqual([e.phase for e in events(order)], ["Urgency Asked For", "Priority Changed"])

	def test_administrator_is_one_person_as_well(self):  # D-13
		order = make_order(urgency="Urgent").name
		self.assertEqual(priority.confirm([order])[0]["code"], "same_person")

	def test_what_nobody_asked_for_is_not_confirmed(self):  # G1-10c
		with self.as_user(self.one):
			self.assertEqual(priority.confirm([make_order().name])[0]["code"], "not_asked")


class TestByHand(OpsTestCase):
	def setUp(self):
		super().setUp()
		make_customer()
		self.lead = make_user("lead@test.example", LEAD).name
		self.rep = make_user("rep@test.example", REP).name

	def test_no_jump_without_a_reason(self):  # G6-03
		order = make_order()
		with self.as_user(self.lead):
			for urgency, reason, code in (("Special", " ", "reason"), ("Fast", "why", "urgency")):
				self.assertEqual(priority.change([order.name], urgency, reason)[0]["code"], code)
			order.urgency = "Special"
			with self.assertRaises(PriorityRefused):
				order.save()
		self.assertEqual((order.reload().urgency, events(order.name)), ("Normal", []))

	def test_a_jump_leaves_who_and_why(self):  # G6-03, G1-20
		for number, (order, form) in enumerate(
			((make_order("J-1"), False), (make_order("J-2"), True), (make_released_order("J-3"), True))
		):
			with self.as_user(self.lead):
				if form:
					order.update({"urgency": "Special", "priority_reason": "A gift box"}).save()
				else:
					priority.change([order.name], "Special", "A gift box")
			order.reload()
			(event,) = events(order.name, "Priority Changed")
			with self.subTest(number=number):
				self.assertEqual((order.urgency, order.priority_reason), ("Special", None))
				self.assertEqual((event.by_user, event.rule), (self.lead, "G6-03"))
				self.assertEqual(event.note, "Normal → Special: A gift box")

	def test_a_representative_asks_and_changes_nothing(self):  # G6-03, G1-10c
		order = make_order()
		with self.as_user(self.rep):
			self.assertEqual(priority.change([order.name], "Special", "why")[0]["code"], "not_yours")
			order.update({"urgency": "Urgent", "priority_reason": "The customer called"}).save()
		order.reload()
		self.assertEqual((order.urgency, order.urgent_asked), ("Normal", 1))
		self.assertEqual(order.urgency_flagged_by, self.rep)

	def test_nobody_confirms_by_writing(self):  # G1-10c, D-13, G8-03.2
		order = make_order(urgency="Urgent")
		order.update({"urgency_confirmed_by": "Administrator", "urgent_asked": 0}).save()
		self.assertEqual((order.reload().urgency_confirmed_by, order.urgent_asked), (None, 1))

	def test_what_is_done_stands_in_no_queue(self):  # G6-03
		order = make_order()
		frappe.db.set_value(ORDER, order.name, "status", "Withdrawn")
		with self.as_user(self.lead):
			self.assertEqual(priority.change([order.name], "Special", "why")[0]["code"], "too_late")
			self.assertEqual(priority.change(["SO-NONE"], "Special", "why")[0]["code"], "not_found")

	def test_a_wish_makes_it_special_through_every_entrance(self):  # G1-10b
		self.assertEqual(make_order("W-1", special_requirements="wrap it").urgency, "Special")
		ours = make_channel("TEST-PRICES", prices_given=1)
		items = [{"article_no": make_product(), "qty": 1, "rate": "9.99"}]
		self.assertEqual(make_order("W-2", ours, items=items).urgency, "Special")
		self.assertEqual(make_order("W-3", urgency="Special").urgency, "Special")


class TestQueue(OpsTestCase):
	def test_a_database_sorts_as_a_program_does(self):  # C-20
		for number, values in enumerate(
			(
				("Normal", "2026-11-20", "2026-11-20 10:00:00"),
				("Normal", "2026-11-20", "2026-11-20 09:00:00"),
				("Urgent", "2026-11-21", "2026-11-20 14:00:00"),
				("Special", "2026-11-21", "2026-11-20 11:00:00"),
				("Special", None, "2026-11-20 08:00:00"),
			)
		):
			name = make_order(f"Q-{number}").name
			change = dict(zip(("urgency", "promised_ship_date", "received_at"), values, strict=True))
			frappe.db.set_value(ORDER, name, change)
		table = frappe.qb.DocType(ORDER)
		query = frappe.qb.from_(table).select(table.star).where(table.channel == "TEST-REST")
		rows = query.orderby(*queue.sorting(table)).run(as_dict=True)
		self.assertEqual([row.external_id for row in rows], ["Q-2", "Q-3", "Q-4", "Q-1", "Q-0"])
		self.assertEqual([row.name for row in sorted(rows, key=queue.place)], [row.name for row in rows])
