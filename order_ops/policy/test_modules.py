# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from order_ops.policy import modules, service
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_profile


class TestModulesInUse(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		# without the mark of the default any profile may be retired
		frappe.db.set_value("Ops Policy Profile", "BU-PARTS-1", "is_default", 0)
		service.profiles.forget()

	def retire_all(self) -> None:
		for name in ("BU-PARTS-1", "GENERAL-1"):
			frappe.get_doc("Ops Policy Profile", name).update({"status": "Retired"}).save()

	def shown(self) -> set[str]:
		filters = {"is_hidden": 0, "module": ("in", ("Billing", "Ordering", "Fulfilment", "Policy"))}
		return set(frappe.get_all("Workspace", filters=filters, pluck="module"))

	def test_the_modules_of_the_active_profiles(self):  # E-2 T-1a
		four = {"Customers", "Ordering", "Fulfilment", "Billing"}
		own = service.modules_in_use() - service.rules.ALWAYS_IN_USE
		self.assertEqual(own, four | {"Listing"})
		frappe.get_doc("Ops Policy Profile", "BU-PARTS-1").update({"status": "Retired"}).save()
		self.assertEqual(service.modules_in_use() - service.rules.ALWAYS_IN_USE, four)

	def test_menus_show_what_the_profiles_in_use_need(self):  # E-2 T-1a
		self.assertEqual(self.shown(), {"Billing", "Ordering", "Fulfilment", "Policy"})
		make_profile(status="Active", modules=[{"module": "Ordering"}])
		self.retire_all()
		self.assertEqual(self.shown(), {"Ordering", "Policy"})
		make_profile("MORE", status="Active", modules=[{"module": "Ordering"}, {"module": "Billing"}])
		self.assertEqual(self.shown(), {"Ordering", "Billing", "Policy"})

	def test_what_an_administrator_hid_stays_hidden(self):  # E-2
		frappe.db.set_value("Workspace", "Invoice Desk", "is_hidden", 1)
		make_profile(status="Active", modules=[{"module": "Ordering"}])
		self.retire_all()
		make_profile("MORE", status="Active", modules=[{"module": "Billing"}])
		self.assertTrue(frappe.db.get_value("Workspace", "Invoice Desk", "is_hidden"))

	def test_what_an_administrator_shows_again_stays_in_sight(self):  # E-2
		make_profile(status="Active", modules=[{"module": "Ordering"}])
		self.retire_all()
		frappe.db.set_value("Workspace", "Invoice Desk", "is_hidden", 0)
		make_profile("MORE", status="Active", modules=[{"module": "Ordering"}])
		self.assertFalse(frappe.db.get_value("Workspace", "Invoice Desk", "is_hidden"))

	def test_following_twice_writes_nothing(self):
		make_profile(status="Active", modules=[{"module": "Ordering"}])
		self.retire_all()
		kept = modules.hidden_by_us()
		modules.follow()
		self.assertEqual(modules.hidden_by_us(), kept)

	def test_a_draft_brings_no_module(self):  # G3-7
		make_profile(modules=[{"module": "Exchange"}, {"module": "Oversight"}])
		frappe.get_doc("Ops Policy Profile", "BU-PARTS-1").update({"status": "Retired"}).save()
		self.assertNotIn("Listing", service.modules_in_use())
