# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""A delivery note saved as a document passes the same rules as a wave's (E-4.13, E-4.15)."""

from __future__ import annotations

import frappe
from frappe.model.workflow import apply_workflow, get_transitions
from order_ops.fulfilment import delivery, exceptions, stock
from order_ops.tests import OpsTestCase, factories

PARTS, KEEPER = "parts@demo.example", "keeper@demo.example"
PLACE = ("TEST-MAIN", "TEST-1")


class DeskCase(OpsTestCase):
	def setUp(self):
		super().setUp()
		factories.make_warehouse()
		factories.make_user(PARTS, "Parts Support Specialist")
		factories.make_user(KEEPER, "Warehouse Keeper")

	def released(self, external_id="WJ-1", qty=2, **changes):
		items = [{"article_no": factories.make_product(), "qty": qty}]
		return factories.make_released_order(external_id, items=items, **changes)

	def draft(self, order, **values):
		return frappe.get_doc({"doctype": "Ops Delivery Note", "sales_order": order.name, **values}).insert()


class TestDraft(DeskCase):
	def test_warehouse_lines_and_address_come_by_themselves(self):  # E-4.13f, E-4.15i
		factories.receive_stock(1)
		note = self.draft(self.released())
		self.assertEqual((note.status, note.warehouse, note.city), ("Draft", "TEST-MAIN", "新乡市"))
		self.assertEqual([(r.product, r.qty, r.available_qty) for r in note.items], [("TEST-1", 2, 1)])

	def test_no_more_than_ordered(self):  # E-4.13f
		order = self.released(qty=2)
		self.draft(order, items=[{"product": "TEST-1", "qty": 2}])
		other = self.released("WJ-2", qty=2)
		with self.assertRaises(exceptions.NothingLeftToDeliver):
			self.draft(other, items=[{"product": "TEST-1", "qty": 2.001}])
		with self.assertRaises(exceptions.NothingLeftToDeliver):
			self.draft(order, items=[{"product": "TEST-1", "qty": 1}])  # the first draft carries it all

	def test_no_product_that_was_not_ordered(self):  # E-4.13f
		factories.make_product("TEST-2")
		with self.assertRaises(exceptions.NothingLeftToDeliver):
			self.draft(self.released(), items=[{"product": "TEST-2", "qty": 1}])

	def test_only_released_orders(self):  # E-4.13f
		factories.make_customer()
		with self.assertRaises(exceptions.OrderNotReleased):
			self.draft(factories.make_order("WJ-9"))

	def test_another_warehouse_needs_a_reason(self):  # E-4.15h, E-4.15i
		factories.make_warehouse("TEST-CENTRE", kind="Centre")
		order = self.released()
		with self.assertRaises(exceptions.WarehouseNotSuitable) as refused:
			self.draft(order, warehouse="TEST-CENTRE")
		self.assertIn("E-4.15i", str(refused.exception))
		note = self.draft(order, warehouse="TEST-CENTRE", warehouse_reason="总仓盘点")
		self.assertEqual(note.warehouse, "TEST-CENTRE")

	def test_no_warehouse_of_another_unit_nor_without_packaging(self):  # E-4.15j
		factories.make_business_unit("OTHER-BU")
		factories.make_warehouse("OTHER-MAIN", business_unit="OTHER-BU")
		factories.make_warehouse("TEST-PLAIN", platform_packaging=0)
		order = self.released(channel=factories.make_channel("TEST-MALL", kind="Mall"))
		for warehouse in ("OTHER-MAIN", "TEST-PLAIN"):
			with self.assertRaises(exceptions.WarehouseNotSuitable):
				self.draft(order, warehouse=warehouse, warehouse_reason="x")

	def test_what_services_write_cannot_be_sent_along(self):
		note = self.draft(
			self.released(), shipped_at="2026-01-01", prepared_by="Guest", invoice="X", status="Shipped"
		)
		self.assertEqual((note.status, note.shipped_at, note.invoice), ("Draft", None, None))
		self.assertEqual(note.prepared_by, "Administrator")
		note.update({"wave_run": "FORGED", "note_key": "FORGED"}).save()
		self.assertEqual((note.wave_run, note.note_key), (None, f"{note.sales_order}:1"))


class TestIssueByHand(DeskCase):
	def test_issuing_has_the_effects_of_a_wave(self):  # E-4.13a, E-4.13f, E-4.13g, E-4.13h
		factories.receive_stock(2)
		order = self.released()
		with self.as_user(PARTS):
			note = apply_workflow(self.draft(order), "Issue")
		self.assertEqual((note.docstatus, note.status, note.stock_checked_by), (1, "Issued", PARTS))
		self.assertEqual(stock.balances([PLACE])[PLACE].reserved, 2)
		self.assertEqual(
			frappe.db.get_value("Ops Clock", {"reference_name": note.name}, "step"), "E-HANDOVER"
		)
		self.assertTrue(frappe.db.exists("Ops Invoice", {"request_key": order.name}))
		self.assertEqual(frappe.db.count("Ops Message", {"rule": "E-4.13g"}), 2)
		self.assertEqual(delivery.issue([order.name])[0].status, delivery.DONE)

	def test_the_specialist_and_nobody_else_makes_notes(self):  # E-3.3a, E-3.2d
		order = self.released()
		factories.make_user(
			"other@demo.example", "BU Finance", "E-commerce Sales Rep", "Platform Logistics Group"
		)
		for user in (KEEPER, "other@demo.example"):
			with self.as_user(user), self.assertRaises(frappe.PermissionError):
				self.draft(order)
		with self.as_user(PARTS):
			self.assertEqual(self.draft(order).prepared_by, PARTS)

	def test_without_stock_it_is_not_issued(self):  # E-4.13a
		note = self.draft(self.released())
		with self.assertRaises(exceptions.StockNotChecked):
			note.submit()
		self.assertEqual(frappe.db.get_value("Ops Delivery Note", note.name, "docstatus"), 0)

	def test_a_draft_may_wait_for_stock_and_is_issued_by_the_next_wave(self):  # E-4.15g
		order = self.released()
		with self.as_user(PARTS):
			note = apply_workflow(self.draft(order), "Wait for Stock")
		self.assertEqual(note.status, "Short")
		factories.receive_stock(2)
		self.assertEqual(delivery.issue([order.name])[0].note, note.name)

	def test_a_keeper_sees_issued_notes_only_and_issues_none(self):  # E-4.15a, E-3.4c
		draft = self.draft(self.released())
		issued = factories.make_note("WJ-2")
		with self.as_user(KEEPER):
			seen = frappe.get_list("Ops Delivery Note", pluck="name")
			self.assertIn(issued.name, seen)
			self.assertNotIn(draft.name, seen)
			self.assertFalse(frappe.has_permission("Ops Delivery Note", "read", doc=draft.name))
			self.assertFalse(frappe.has_permission("Ops Delivery Note", "create"))


class TestHandOver(DeskCase):
	def setUp(self):
		super().setUp()
		self.note = factories.make_note()

	def shipped_by_keeper(self, **values):
		with self.as_user(KEEPER):
			doc = frappe.get_doc("Ops Delivery Note", self.note.name)
			doc.update({"carrier": factories.make_carrier(), "tracking_no": "SF1", **values}).save()
			return apply_workflow(doc, "Hand Over to Carrier")

	def test_the_keeper_hands_over(self):  # E-3.4c, E-4.15m
		factories.make_carrier()
		factories.invoice_with_goods(self.note.sales_order)
		note = self.shipped_by_keeper()
		self.assertEqual((note.status, note.shipped_by), ("Shipped", KEEPER))
		self.assertEqual(stock.balances([PLACE])[PLACE].on_hand, 0)
		self.assertEqual(frappe.db.get_value("Ops Sales Order", self.note.sales_order, "status"), "Shipped")

	def test_not_without_the_invoice(self):  # E-4.15l
		factories.make_carrier()
		with self.assertRaises(exceptions.ShipmentRefused):
			self.shipped_by_keeper()

	def test_not_by_an_unapproved_carrier(self):  # E-4.15o
		factories.make_carrier("无名快递", approved=0)
		factories.invoice_with_goods(self.note.sales_order)
		with self.assertRaises(exceptions.CarrierNotApproved):
			self.shipped_by_keeper(carrier="无名快递")

	def test_not_without_a_number(self):  # E-4.15m
		factories.make_carrier()
		factories.invoice_with_goods(self.note.sales_order)
		with self.assertRaises(exceptions.ShipmentIncomplete):
			self.shipped_by_keeper(tracking_no="")

	def test_only_the_platform_operations_group_approves_carriers(self):  # E-4.15o
		name = factories.make_carrier("无名快递", approved=0)
		factories.make_user("ops@demo.example", "Platform Operations Group")
		with self.as_user(KEEPER), self.assertRaises(frappe.PermissionError):
			frappe.get_doc("Ops Carrier", name).update({"approved": 1}).save()
		with self.as_user("ops@demo.example"):
			frappe.get_doc("Ops Carrier", name).update({"approved": 1}).save()

	def test_the_number_of_the_keeper_s_own_system_is_noted(self):  # E-4.15f
		with self.as_user(KEEPER):
			doc = (
				frappe.get_doc("Ops Delivery Note", self.note.name)
				.update({"external_wms_no": "WMS-1"})
				.save()
			)
		self.assertEqual((doc.external_wms_no, doc.status), ("WMS-1", "Issued"))

	def test_the_buttons_are_those_of_the_state(self):
		with self.as_user(KEEPER):
			doc = frappe.get_doc("Ops Delivery Note", self.note.name)
			self.assertEqual({t.action for t in get_transitions(doc)}, {"Hand Over to Carrier"})

	def test_a_status_is_not_jumped(self):
		doc = frappe.get_doc("Ops Delivery Note", self.note.name)
		with self.assertRaises(frappe.ValidationError):
			doc.update({"status": "Signed For"}).save()
		self.assertEqual(frappe.db.get_value("Ops Delivery Note", self.note.name, "status"), "Issued")

	def test_cancelling_frees_the_stock_and_the_order(self):  # E-4.13f
		with self.as_user(PARTS):
			apply_workflow(frappe.get_doc("Ops Delivery Note", self.note.name), "Cancel Note")
		self.assertEqual(stock.balances([PLACE])[PLACE].reserved, 0)
		self.assertEqual(
			frappe.db.get_value("Ops Clock", {"reference_name": self.note.name}, "status"), "Cancelled"
		)
		again = delivery.issue([self.note.sales_order])[0]
		self.assertEqual((again.status, again.note != self.note.name), (delivery.ISSUED, True))

	def test_what_left_is_not_cancelled(self):  # E-4.13f
		factories.invoice_with_goods(self.note.sales_order)
		factories.ship_note(self.note.name)
		with self.assertRaises(frappe.ValidationError):
			frappe.get_doc("Ops Delivery Note", self.note.name).cancel()
		self.assertEqual(frappe.db.get_value("Ops Delivery Note", self.note.name, "docstatus"), 1)
