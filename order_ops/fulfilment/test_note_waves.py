# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Waves with real orders: what is taken, what is held back, who is told (E-4.13c/d/e/g)."""

from __future__ import annotations

import frappe
from order_ops.fulfilment import delivery
from order_ops.tests import OpsTestCase, factories
from order_ops.timekeeping import waves

DAY = "2026-03-02"


class TestNoteWaves(OpsTestCase):
	def setUp(self):
		super().setUp()
		factories.make_warehouse()

	def ordered(self, at, qty=1):
		with self.at(f"{DAY} {at}"):
			items = [{"article_no": factories.make_product(), "qty": qty}]
			return factories.make_released_order(f"WJ-{at}", items=items).name

	def close(self, wave, at):
		with self.at(f"{DAY} {at}"), self.without_commits():
			run = frappe.get_doc("Ops Wave Run", waves.close("BU-PARTS-1", wave, DAY))
		return {line.sales_order: line for line in run.lines}

	def test_each_wave_takes_the_orders_of_its_window(self):  # E-4.13c, E-4.13d
		factories.receive_stock(10)
		morning, noon, late = (self.ordered(at) for at in ("11:59:59", "12:00:00", "15:00:00"))
		first = self.close("E-W1", "12:00:00")
		self.assertEqual({o for o in (morning, noon, late) if o in first}, {morning})
		self.assertEqual(first[morning].result, "Taken")
		self.assertEqual(
			frappe.db.get_value("Ops Delivery Note", first[morning].document, "status"), "Issued"
		)
		second = self.close("E-W2", "15:00:00")
		self.assertEqual({o for o in (morning, noon, late) if o in second}, {noon})

	def test_what_was_issued_before_is_not_of_the_wave(self):  # E-4.13g
		factories.receive_stock(10)
		order = self.ordered("09:00:00")
		with self.at(f"{DAY} 09:30:00"):
			delivery.issue([order])
		self.assertNotIn(order, self.close("E-W1", "12:00:00"))

	def test_what_is_short_is_held_back_with_the_reason_and_taken_by_the_next(self):  # E-4.13e, E-4.15g
		order = self.ordered("09:00:00", qty=3)
		line = self.close("E-W1", "12:00:00")[order]
		self.assertEqual(line.result, "Held Back")
		self.assertIn("TEST-1 × 3", line.reason)
		factories.receive_stock(3)
		again = self.close("E-W2", "15:00:00")[order]
		self.assertEqual((again.result, again.document), ("Taken", line.document))

	def test_no_warehouse_holds_an_order_back(self):  # E-4.15h
		factories.receive_stock(3)
		with self.at(f"{DAY} 09:00:00"):
			remote = {**factories.SHIP_TO, "province": "西藏"}
			order = factories.make_released_order("WJ-R", ship_to=remote).name
		line = self.close("E-W1", "12:00:00")[order]
		self.assertEqual((line.result, "E-4.15h" in line.reason), ("Held Back", True))

	def test_finance_and_keeper_get_one_message_for_the_whole_wave(self):  # E-4.13g
		factories.receive_stock(10)
		orders = [self.ordered(f"09:0{n}:00") for n in range(3)]
		self.close("E-W1", "12:00:00")
		for role in ("BU Finance", "Warehouse Keeper"):
			filters = {"rule": "E-4.13g", "recipient_role": role, "business_unit": "TEST-BU"}
			messages = frappe.get_all("Ops Message", filters=filters, pluck="body")
			self.assertEqual(len(messages), 1)
			self.assertTrue(all(order in messages[0] for order in orders))


class TestWithoutAHand(OpsTestCase):
	def test_an_order_reaches_its_delivery_note_with_no_state_changed_by_hand(self):  # G3-8
		doc = frappe.copy_doc(frappe.get_doc("Ops Policy Profile", "BU-PARTS-1"))
		changes = {"review_chain": "Auto", "send_mode": "Immediate", "is_default": 0, "status": "Active"}
		doc.update({"code": "HANDLESS", "version": 1, **changes}).insert()
		channel = factories.make_channel("HANDLESS", policy_code="HANDLESS")
		factories.make_customer()
		factories.make_warehouse()
		factories.receive_stock(2)
		with self.at(f"{DAY} 09:00:00"):
			order = factories.make_order("HANDLESS-1", channel).name
		with self.at(f"{DAY} 12:00:00"), self.without_commits():
			waves.close(doc.name, "E-W1", DAY)
		statuses = frappe.get_all(
			"Ops Event",
			filters={
				"reference_doctype": "Ops Sales Order",
				"reference_name": order,
				"to_status": ("is", "set"),
			},
			pluck="to_status",
			order_by="at, creation",
		)
		self.assertEqual(set(statuses), {"Identified", "Reviewed", "Released"})
		self.assertEqual(frappe.db.get_value("Ops Delivery Note", {"sales_order": order}, "status"), "Issued")
		# what only people do, packing and handing over, is a step of theirs with its clock
		note = frappe.db.get_value("Ops Delivery Note", {"sales_order": order})
		self.assertEqual(
			frappe.db.get_value("Ops Clock", {"reference_name": note, "step": "E-HANDOVER"}, "status"),
			"Running",
		)
