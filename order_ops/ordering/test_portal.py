# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a customer reads of the own orders, in the own language."""

import frappe
from order_ops.ordering import portal
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_customer, make_product, make_released_order, make_user
from order_ops.wording import retold


class TestPortal(OpsTestCase):
	def setUp(self):
		super().setUp()
		self.user = make_user("portal-reader@test.example", "Portal Customer").name
		make_product()
		frappe.db.set_value("Ops Product", "TEST-1", {"product_name": "Hook", "product_name_zh": "吊钩"})
		make_customer(portal_user=self.user)
		with self.at("2026-11-20 10:00:00"):
			self.order = make_released_order().name
		self.addCleanup(setattr, frappe.local, "lang", frappe.local.lang)

	def read(self, language):
		frappe.local.lang = language
		with self.at("2026-11-20 10:30:00"):
			return portal.order_of(self.user, self.order)

	def test_products_states_and_history_are_in_the_customers_language(self):  # E-4.16a
		for language, product, state, first in (
			("en", "Hook", "Confirmed", "Order received"),
			("zh", "吊钩", "已确认", "已收到您的订单"),
		):
			order = self.read(language)
			self.assertEqual(order["items"][0].product_name, product)
			self.assertEqual(order["state"], state)
			self.assertEqual(order["events"][-1].title, first)
			listed = portal.orders_of(self.user)
			self.assertEqual((listed[0]["items"][0].product_name, listed[0]["state"]), (product, state))

	def test_the_promised_day_is_named_until_it_has_passed(self):
		self.assertEqual(str(self.read("en")["promise"]), "2026-11-20")
		with self.at("2026-11-21 08:00:00"):
			self.assertIsNone(portal.order_of(self.user, self.order)["promise"])

	def test_a_reason_kept_in_english_is_told_in_the_readers_language(self):  # E-4.15g
		frappe.local.lang = "zh"
		self.assertEqual(retold("Short of stock: A × 3 [E-4.15g]"), "缺货：A × 3 [E-4.15g]")
		self.assertEqual(retold("Not reviewed by 18:00 [G4-3.6a]"), "18:00 前未审核 [G4-3.6a]")
		self.assertEqual(retold("客户要求"), "客户要求")
		held = "SO-1 is held by H-1 (Payment Check), which BU Finance releases [E-4.17d]"
		self.assertIn("E-4.17d", retold(held))
		self.assertNotIn("held by", retold(held))
