# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Delivery notes on a site: issued, short, shipped, signed for (E-4.13, E-4.15, E-4.16)."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import frappe
from order_ops.fulfilment import delivery, stock
from order_ops.policy import service as policies
from order_ops.tests import OpsTestCase, factories
from order_ops.timekeeping.rules import Refusal

MONDAY_TEN = "2026-03-02 10:00:00"


def status_of(doctype: str, name: str) -> str:
	return frappe.db.get_value(doctype, name, "status")


def clock_of(step: str, name: str) -> frappe._dict:
	fields = ["status", "started_at", "due_at", "stopped_at", "late_window", "pause_reason"]
	return frappe.db.get_value("Ops Clock", {"step": step, "reference_name": name}, fields, as_dict=True)


def balance(product: str = "TEST-1", warehouse: str = "TEST-MAIN") -> tuple[float, float]:
	found = frappe.db.get_value(
		"Ops Stock Balance", stock.balance_name(warehouse, product), ["on_hand", "reserved"]
	)
	return tuple(found or (0, 0))


class DeliveryCase(OpsTestCase):
	def setUp(self):
		super().setUp()
		pin = self.at(MONDAY_TEN)
		pin.__enter__()
		self.addCleanup(pin.__exit__, None, None, None)
		factories.make_warehouse()

	def released(self, external_id="WJ-1", qty=2, **changes):
		items = [{"article_no": factories.make_product(), "qty": qty}]
		return factories.make_released_order(external_id, items=items, **changes)


class TestIssue(DeliveryCase):
	def test_a_note_is_made_from_the_order(self):  # E-4.13a, E-4.13f
		factories.receive_stock(5)
		order = self.released(qty=2, special_requirements="木箱包装")
		verdict = delivery.issue([order.name])[0]
		note = frappe.get_doc("Ops Delivery Note", verdict.note)
		self.assertEqual((note.docstatus, note.status, note.warehouse), (1, "Issued", "TEST-MAIN"))
		self.assertRegex(note.name, r"^DN-260302-[0-9A-Z]{6}$")
		self.assertEqual(
			[(r.product, r.qty, r.available_qty, r.docstatus) for r in note.items], [("TEST-1", 2, 5, 1)]
		)
		self.assertEqual(
			(note.recipient, note.city, note.special_requirements), ("张示例", "新乡市", "木箱包装")
		)
		self.assertEqual((note.stock_checked_by, str(note.stock_checked_at)), ("Administrator", MONDAY_TEN))
		self.assertEqual(balance(), (5, 2))

	def test_asking_again_changes_nothing(self):  # E-4.13f
		factories.receive_stock(5)
		order = self.released()
		first, second = delivery.issue([order.name])[0], delivery.issue([order.name])[0]
		self.assertEqual((second.status, second.note), (delivery.DONE, first.note))
		self.assertEqual(frappe.db.count("Ops Delivery Note", {"sales_order": order.name}), 1)
		self.assertEqual(balance(), (5, 2))

	def test_an_order_that_is_not_released_gets_none(self):  # E-4.13f
		factories.make_customer()
		order = factories.make_order("WJ-2")
		verdict = delivery.issue([order.name, "SO-NO-SUCH"])
		self.assertEqual([v.status for v in verdict], [delivery.REFUSED] * 2)
		self.assertIn("E-4.13f", verdict[0].message)
		self.assertFalse(frappe.db.exists("Ops Delivery Note", {"sales_order": order.name}))

	def test_scarce_stock_goes_by_arrival_not_by_request(self):  # E-4.13a
		factories.receive_stock(3)
		with self.at("2026-03-02 09:00:00"):
			early = self.released("WJ-EARLY", qty=2)
		late = self.released("WJ-LATE", qty=2)
		verdicts = {v.name: v for v in delivery.issue([late.name, early.name])}
		self.assertEqual(
			frappe.db.get_value("Ops Delivery Note Item", {"parent": verdicts[early.name].note}, "qty"), 2
		)
		self.assertEqual(
			frappe.db.get_value("Ops Delivery Note Item", {"parent": verdicts[late.name].note}, "qty"), 1
		)
		short = frappe.get_doc("Ops Delivery Note", verdicts[late.name].short_note)
		self.assertEqual((short.status, short.docstatus, short.items[0].qty), ("Short", 0, 1))
		self.assertEqual(balance(), (3, 3))

	def test_the_rest_is_delivered_when_stock_arrives(self):  # E-4.13f, E-4.15g
		factories.receive_stock(1)
		order = self.released(qty=3)
		first = delivery.issue([order.name])[0]
		factories.receive_stock(1)
		second = delivery.issue([order.name])[0]
		self.assertEqual(second.note, first.short_note)
		factories.receive_stock(5)
		third = delivery.issue([order.name])[0]
		self.assertEqual((third.note, third.short_note), (second.short_note, ""))
		notes = frappe.get_all(
			"Ops Delivery Note",
			filters={"sales_order": order.name},
			fields=["name", "status", "note_key"],
			order_by="note_key",
		)
		self.assertEqual([n.status for n in notes], ["Issued"] * 3)
		self.assertEqual([n.note_key for n in notes], [f"{order.name}:{n}" for n in (1, 2, 3)])
		self.assertEqual(delivery.issue([order.name])[0].status, delivery.DONE)

	def test_freight_stands_on_the_first_note_only(self):  # E-4.13i
		factories.receive_stock(1)
		order = self.released(qty=2, freight_amount=35)
		verdict = delivery.issue([order.name])[0]
		freight = [
			frappe.db.get_value("Ops Delivery Note", n, "freight_amount")
			for n in (verdict.note, verdict.short_note)
		]
		self.assertEqual(freight, [35, 0])

	def test_a_guard_of_another_app_holds_an_order_back(self):
		factories.receive_stock(5)
		order = self.released()
		hold = {"Ops Sales Order:Deliver": ["order_ops.fulfilment.test_delivery.hold_all"]}
		with patch("order_ops.timekeeping.guards.hooked", lambda name: hold):
			verdict = delivery.issue([order.name])[0]
		self.assertEqual((verdict.status, verdict.rule), (delivery.REFUSED, "TEST-1"))

	def test_cost_does_not_grow_with_the_number_of_orders(self):
		factories.receive_stock(500)
		orders = [self.released(f"WJ-N{n}").name for n in range(12)]
		delivery.issue(orders[:1])  # caches are warm
		with self.assertQueryCount(45):
			delivery.issue(orders[1:2])
		with self.assertQueryCount(45):
			verdicts = delivery.issue(orders[2:])
		self.assertEqual({v.status for v in verdicts}, {delivery.ISSUED})


def hold_all(names: list[str]) -> dict[str, Refusal]:
	return {name: Refusal("held", "held by a test", "TEST-1") for name in names}

	def test_scarce_stock_goes_to_the_urgent_one(self):  # C-20, G6-03
		factories.make_warehouse()
		factories.receive_stock(2)
		with self.at("2026-11-20 10:00:00"):
			first, second = (factories.make_released_order(f"S-{n}").name for n in (1, 2))
		frappe.db.set_value("Ops Sales Order", second, "urgency", "Urgent")
		status = {verdict.name: verdict.status for verdict in delivery.issue([first, second])}
		self.assertEqual(status, {first: delivery.SHORT, second: delivery.ISSUED})


class TestClocks(DeliveryCase):
	def test_the_note_is_due_an_hour_after_the_order(self):  # E-4.13b
		factories.receive_stock(5)
		order = self.released()
		clock = clock_of("E-DN", order.name)
		self.assertEqual((clock.status, str(clock.due_at)), ("Running", "2026-03-02 11:00:00"))
		with self.at("2026-03-02 11:00:00"):
			delivery.issue([order.name])
		self.assertEqual(status_of("Ops Clock", {"step": "E-DN", "reference_name": order.name}), "Met")

	def test_a_second_later_is_late(self):  # E-4.13b
		factories.receive_stock(5)
		order = self.released()
		with self.at("2026-03-02 11:00:01"):
			delivery.issue([order.name])
		self.assertEqual(clock_of("E-DN", order.name).status, "Breached")

	def test_the_wave_runs_beside_it(self):  # E-4.13c
		order = self.released()
		clock = clock_of("E-W1", order.name)
		self.assertEqual(str(clock.due_at), "2026-03-02 12:00:00")

	def test_hand_over_is_due_an_hour_after_the_note(self):  # E-4.15b
		note = factories.make_note()
		clock = clock_of("E-HANDOVER", note.name)
		self.assertEqual((clock.status, str(clock.due_at)), ("Running", "2026-03-02 11:00:00"))

	def test_shortage_stops_the_clocks_and_starts_no_hand_over(self):  # E-4.15g
		order = self.released()
		verdict = delivery.issue([order.name])[0]
		self.assertEqual((verdict.status, verdict.note), (delivery.SHORT, ""))
		self.assertIsNone(clock_of("E-HANDOVER", verdict.short_note))
		for step in ("E-DN", "E-W1", "E-SHIP"):
			clock = clock_of(step, order.name)
			self.assertEqual(clock.status, "Paused", step)
			self.assertIn("TEST-1 × 2", clock.pause_reason)
		factories.receive_stock(2)
		with self.at("2026-03-03 10:00:00"):
			note = delivery.issue([order.name])[0].note
		self.assertEqual(clock_of("E-DN", order.name).status, "Met")
		self.assertEqual(str(clock_of("E-HANDOVER", note).started_at), "2026-03-03 10:00:00")

	def test_orders_until_a_quarter_past_twelve_ship_by_three(self):  # E-4.15c
		for received, due, late in (
			("2026-03-02 12:14:59", "15:00:00", 0),
			("2026-03-02 12:15:00", "15:00:00", 0),
			("2026-03-02 12:15:01", "17:30:00", 1),
			("2026-03-02 14:59:59", "17:30:00", 1),
		):
			with self.at(received):
				order = self.released(f"WJ-{received[-8:]}")
			clock = clock_of("E-SHIP", order.name)
			self.assertEqual((str(clock.due_at), clock.late_window), (f"2026-03-02 {due}", late), received)

	def test_orders_after_the_cut_off_ship_the_next_day(self):  # E-3.4b, E-4.15c
		with self.at("2026-03-02 15:00:00"):
			order = self.released()
		self.assertEqual(str(clock_of("E-SHIP", order.name).due_at), "2026-03-03 15:00:00")


class TestWarehouse(DeliveryCase):
	def note_from(self, province, **warehouse_values):
		factories.make_warehouse("TEST-CENTRE", kind="Centre", **warehouse_values)
		factories.receive_stock(5)
		factories.receive_stock(5, warehouse="TEST-CENTRE")
		order = self.released(ship_to={**factories.SHIP_TO, "province": province})
		return delivery.issue([order.name])[0]

	def test_a_remote_region_is_served_by_the_centre_warehouse(self):  # E-4.15h
		verdict = self.note_from("新疆")
		self.assertEqual(frappe.db.get_value("Ops Delivery Note", verdict.note, "warehouse"), "TEST-CENTRE")

	def test_another_region_by_the_main_warehouse(self):  # E-4.15i
		verdict = self.note_from("四川")
		self.assertEqual(frappe.db.get_value("Ops Delivery Note", verdict.note, "warehouse"), "TEST-MAIN")

	def test_an_order_of_the_mall_needs_platform_packaging(self):  # E-4.15j
		mall = factories.make_channel("TEST-MALL", kind="Mall")
		frappe.get_doc("Ops Warehouse", "TEST-MAIN").update({"platform_packaging": 0}).save()
		factories.receive_stock(5)
		order = self.released(channel=mall)
		verdict = delivery.issue([order.name])[0]
		self.assertEqual((verdict.status, verdict.rule), (delivery.REFUSED, "E-4.15j"))

	def test_without_a_centre_warehouse_the_order_waits_and_says_why(self):  # E-4.15h
		factories.receive_stock(5)
		order = self.released(ship_to={**factories.SHIP_TO, "province": "西藏"})
		verdict = delivery.issue([order.name])[0]
		self.assertEqual((verdict.status, verdict.rule), (delivery.REFUSED, "E-4.15h"))
		self.assertFalse(frappe.db.exists("Ops Delivery Note", {"sales_order": order.name}))


class TestMessages(DeliveryCase):
	def told(self, role):
		return frappe.get_all(
			"Ops Message",
			filters={"rule": "E-4.13g", "recipient_role": role},
			fields=["subject", "body"],
			order_by="creation",
		)

	def test_finance_and_keeper_get_the_list_after_each_round(self):  # E-4.13g
		factories.receive_stock(10)
		orders = [self.released(f"WJ-M{n}") for n in range(3)]
		notes = [v.note for v in delivery.issue([o.name for o in orders[:2]])]
		for role in ("BU Finance", "Warehouse Keeper"):
			self.assertEqual(len(self.told(role)), 1)
			self.assertTrue(all(note in self.told(role)[0].body for note in notes))
		delivery.issue([orders[2].name])
		self.assertEqual(len(self.told("BU Finance")), 2)

	def test_a_round_that_did_nothing_is_not_told(self):  # E-4.13g
		note = factories.make_note()
		delivery.issue([note.sales_order])
		self.assertEqual(len(self.told("BU Finance")), 1)


class TestShip(DeliveryCase):
	def setUp(self):
		super().setUp()
		self.note = factories.make_note()
		self.order = self.note.sales_order

	def test_goods_leave_with_the_invoice(self):  # E-4.15l, E-4.15m
		factories.invoice_with_goods(self.order)
		verdict = factories.ship_note(self.note.name)
		self.assertEqual(verdict.status, delivery.SHIPPED)
		self.note.reload()
		self.assertEqual((self.note.status, self.note.tracking_no), ("Shipped", "SF0001"))
		self.assertEqual(status_of("Ops Sales Order", self.order), "Shipped")
		self.assertEqual(balance(), (0, 0))
		self.assertEqual(clock_of("E-HANDOVER", self.note.name).status, "Met")
		self.assertEqual(clock_of("E-SHIP", self.order).status, "Met")
		item = frappe.db.get_value(
			"Ops Sales Order Item", {"parent": self.order}, ["reserved_qty", "delivered_qty"]
		)
		self.assertEqual(item, (0, 2))

	def test_without_the_invoice_they_stay_and_nothing_is_written(self):  # E-4.15l
		verdict = factories.ship_note(self.note.name)
		self.assertEqual((verdict.status, verdict.rule), (delivery.REFUSED, "E-4.15l"))
		self.note.reload()
		self.assertEqual((self.note.status, self.note.carrier, self.note.tracking_no), ("Issued", None, None))
		self.assertEqual(balance(), (2, 2))

	def test_a_reason_lets_them_go_without_it(self):  # E-4.15l
		row = {"name": self.note.name, "carrier": factories.make_carrier(), "tracking_no": "1"}
		blank = delivery.ship([{**row, "no_invoice_reason": "  "}])[0]
		self.assertEqual(blank.status, delivery.REFUSED)
		given = delivery.ship([{**row, "no_invoice_reason": "电子发票"}])[0]
		self.assertEqual(given.status, delivery.SHIPPED)

	def test_only_approved_carriers_take_goods(self):  # E-4.15o
		factories.invoice_with_goods(self.order)
		factories.make_carrier("无名快递", approved=0)
		verdict = delivery.ship([{"name": self.note.name, "carrier": "无名快递", "tracking_no": "1"}])[0]
		self.assertEqual((verdict.status, verdict.rule), (delivery.REFUSED, "E-4.15o"))

	def test_carrier_and_number_are_needed(self):  # E-4.15m
		factories.invoice_with_goods(self.order)
		for row in (
			{"carrier": factories.make_carrier()},
			{"tracking_no": "1"},
			{"carrier": factories.make_carrier(), "tracking_no": " "},
		):
			verdict = delivery.ship([{"name": self.note.name, **row}])[0]
			self.assertEqual((verdict.status, verdict.rule), (delivery.REFUSED, "E-4.15m"), row)

	def test_the_policy_says_what_leaves_unpaid(self):  # C-34
		for number, (gate, payment, status, told) in enumerate(
			(
				("None", "Unpaid", delivery.SHIPPED, 0),
				("Warn", "Unpaid", delivery.SHIPPED, 1),
				("Warn", "Unknown", delivery.SHIPPED, 0),
				("Warn", "Paid", delivery.SHIPPED, 0),
				("Block", "Unpaid", delivery.REFUSED, 0),
				("Block", "Unknown", delivery.REFUSED, 0),
				("Block", "Paid", delivery.SHIPPED, 0),
			)
		):
			note = factories.make_note(f"PAY-{number}", payment={"status": payment})
			factories.invoice_with_goods(note.sales_order, f"PAY-{number}")
			policy = replace(policies.get("BU-PARTS-1"), payment_gate=gate)
			with patch.object(policies, "get", lambda name, policy=policy: policy):
				verdict = factories.ship_note(note.name, f"PAY-{number}")
			event = {"reference_name": note.name, "phase": "Shipped Unpaid", "rule": "C-34"}
			with self.subTest(gate=gate, payment=payment):
				self.assertEqual((verdict.status, frappe.db.count("Ops Event", event)), (status, told))
				self.assertEqual(verdict.rule, "C-34" if status == delivery.REFUSED else "")
				self.assertEqual(
					frappe.db.get_value("Ops Delivery Note", note.name, "carrier") is None,
					status == delivery.REFUSED,
				)

	def test_a_repeat_ships_nothing_twice(self):  # E-4.15m
		factories.invoice_with_goods(self.order)
		factories.ship_note(self.note.name)
		self.assertEqual(factories.ship_note(self.note.name).status, delivery.REPEAT)
		self.assertEqual(factories.ship_note(self.note.name, "OTHER").status, delivery.REFUSED)
		self.assertEqual(balance(), (0, 0))

	def test_good_rows_go_and_bad_ones_are_named(self):
		factories.invoice_with_goods(self.order)
		carrier = factories.make_carrier()
		rows = [{"name": n, "carrier": carrier, "tracking_no": "1"} for n in ("DN-NO-SUCH", self.note.name)]
		verdicts = delivery.ship(rows)
		self.assertEqual([v.status for v in verdicts], [delivery.REFUSED, delivery.SHIPPED])

	def test_hand_over_at_the_hour_is_met_and_a_second_later_is_late(self):  # E-4.15b
		factories.invoice_with_goods(self.order)
		with self.at("2026-03-02 11:00:01"):
			factories.ship_note(self.note.name)
		self.assertEqual(clock_of("E-HANDOVER", self.note.name).status, "Breached")

	def test_the_order_is_partly_shipped_while_a_part_is_short(self):  # E-4.15g, E-4.15m
		order = self.released("WJ-PART", qty=2)
		factories.receive_stock(1)
		verdict = delivery.issue([order.name])[0]
		factories.invoice_with_goods(order.name, "00000002")
		factories.ship_note(verdict.note)
		self.assertEqual(status_of("Ops Sales Order", order.name), "Partly Shipped")
		self.assertEqual(clock_of("E-SHIP", order.name).status, "Paused")
		factories.receive_stock(1)
		rest = delivery.issue([order.name])[0].note
		self.assertEqual(
			factories.ship_note(rest).status, delivery.SHIPPED
		)  # the invoice left with the first part
		self.assertEqual(status_of("Ops Sales Order", order.name), "Shipped")


class TestReceipt(DeliveryCase):
	def setUp(self):
		super().setUp()
		self.note = factories.make_note()
		factories.invoice_with_goods(self.note.sales_order)

	def test_the_customer_confirms(self):  # E-4.16a
		factories.ship_note(self.note.name)
		with self.at("2026-03-04 09:00:00"):
			verdict = delivery.confirm_receipt(self.note.sales_order, "张示例")[0]
		self.assertEqual(verdict.status, delivery.SIGNED)
		self.note.reload()
		self.assertEqual(
			(self.note.status, self.note.signed_by, str(self.note.signed_at)),
			("Signed For", "张示例", "2026-03-04 09:00:00"),
		)
		order = frappe.db.get_value("Ops Sales Order", self.note.sales_order, ["status", "signed_at"])
		self.assertEqual((order[0], str(order[1])), ("Signed For", "2026-03-04 09:00:00"))

	def test_what_has_not_left_cannot_be_signed_for(self):  # E-4.16a
		self.assertEqual(delivery.confirm_receipt(self.note.sales_order, "张示例"), [])
		verdict = delivery.sign_for([self.note.name], "张示例")[0]
		self.assertEqual((verdict.status, verdict.rule), (delivery.REFUSED, "E-4.16a"))
		self.assertEqual(status_of("Ops Sales Order", self.note.sales_order), "Released")

	def test_signing_twice_keeps_the_first(self):  # E-4.16a
		factories.ship_note(self.note.name)
		delivery.sign_for([self.note.name], "张示例")
		again = delivery.sign_for([self.note.name], "李示例")[0]
		self.assertEqual(again.status, delivery.REPEAT)
		self.assertEqual(frappe.db.get_value("Ops Delivery Note", self.note.name, "signed_by"), "张示例")

	def test_the_order_is_signed_for_when_all_its_parts_are(self):  # E-4.16a, E-4.16b
		factories.ship_note(self.note.name)
		order = self.released("WJ-TWO", qty=2)
		factories.receive_stock(1)
		first = delivery.issue([order.name])[0].note
		factories.receive_stock(1)
		second = delivery.issue([order.name])[0].note
		factories.invoice_with_goods(order.name, "00000002")
		for note in (first, second):
			factories.ship_note(note)
		delivery.sign_for([first], "张示例")
		self.assertEqual(status_of("Ops Sales Order", order.name), "Shipped")
		delivery.sign_for([second], "张示例")
		self.assertEqual(status_of("Ops Sales Order", order.name), "Signed For")
