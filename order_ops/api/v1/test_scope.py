# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Who is restricted to a business unit works for that unit only (E-3.2b, E-4.15a, E-4.15k)."""

from __future__ import annotations

import frappe
from order_ops.api.v1 import delivery, invoices
from order_ops.tests import OpsTestCase, factories

OTHER, MINE = "OTHER-BU", "TEST-BU"


class TestScope(OpsTestCase):
	def setUp(self):
		super().setUp()
		factories.make_warehouse()
		factories.make_business_unit(OTHER)

	def restricted(self, role, unit):
		user = factories.make_user(f"{frappe.scrub(role)}@{unit.lower()}.example", role).name
		factories.make("User Permission", user=user, allow="Ops Business Unit", for_value=unit)
		return user

	def test_finance_issues_the_own_unit_s_invoices_only(self):  # E-4.15k
		note = factories.make_note()
		row = {"name": note.reload().invoice, "invoice_no": "00000001"}
		with self.as_user(self.restricted("BU Finance", OTHER)):
			self.assertEqual(invoices.issue([row])[0]["status"], "refused")
		self.assertEqual(frappe.db.get_value("Ops Invoice", row["name"], "docstatus"), 0)
		with self.as_user(self.restricted("BU Finance", MINE)):
			self.assertEqual(invoices.issue([row])[0]["status"], "done")

	def test_the_specialist_delivers_the_own_unit_s_orders_only(self):  # E-3.3a
		factories.receive_stock(2)
		order = factories.make_released_order("WJ-1").name
		with self.as_user(self.restricted("Parts Support Specialist", OTHER)):
			self.assertEqual(delivery.issue([order])[0]["status"], "refused")
		self.assertFalse(frappe.db.exists("Ops Delivery Note", {"sales_order": order}))
		with self.as_user(self.restricted("Parts Support Specialist", MINE)):
			self.assertEqual(delivery.issue([order])[0]["status"], "issued")

	def test_the_keeper_moves_the_own_warehouses_stock_only(self):  # E-4.15a
		row = {"key": "K-1", "warehouse": "TEST-MAIN", "product": factories.make_product(), "qty": 1}
		with (
			self.as_user(self.restricted("Warehouse Keeper", OTHER)),
			self.assertRaises(frappe.PermissionError),
		):
			delivery.stock(receipts=[row])
		self.assertFalse(frappe.db.exists("Ops Stock Entry", {"warehouse": "TEST-MAIN"}))
		with self.as_user(self.restricted("Warehouse Keeper", MINE)):
			self.assertEqual(delivery.stock(receipts=[row])["receipts"][0]["status"], "posted")

	def test_the_keeper_of_one_warehouse_sees_its_notes_only(self):  # E-4.15a
		note = factories.make_note()
		factories.make_warehouse("TEST-SECOND")
		keeper = factories.make_user("second@demo.example", "Warehouse Keeper").name
		factories.make("User Permission", user=keeper, allow="Ops Warehouse", for_value="TEST-SECOND")
		with self.as_user(keeper):
			self.assertNotIn(note.name, frappe.get_list("Ops Delivery Note", pluck="name"))
			self.assertEqual(delivery.shipped([{"name": note.name}])[0]["status"], "refused")
