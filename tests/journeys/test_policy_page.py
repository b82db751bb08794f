# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The page that shows two profiles side by side."""

from __future__ import annotations

from unittest.mock import patch

import frappe
from order_ops.policy import service
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_user
from order_ops.www.ops import policy as page


def shown(user: str = "Administrator", **asked) -> frappe._dict:
	context = frappe._dict()
	with OpsTestCase.as_user(user), patch.dict(frappe.form_dict, asked, clear=True):
		page.get_context(context)
	return context


class TestPolicyPage(OpsTestCase):
	def test_the_page_begins_with_the_version_before(self):  # G3-7
		service.new_version({"name": "BU-PARTS-1"})
		context = shown(right="BU-PARTS-2")
		self.assertEqual((context.left.name, context.right.name), ("BU-PARTS-1", "BU-PARTS-2"))
		context = shown()
		self.assertEqual(context.right.name, "BU-PARTS-1")
		self.assertNotEqual(context.left.code, "BU-PARTS")

	def test_the_page_is_for_those_who_may_read_profiles(self):  # E-3.1a
		with self.assertRaises(frappe.Redirect):
			shown("Guest", left="BU-PARTS-1")
		self.assertEqual(
			frappe.local.flags.redirect_location, "/login?redirect-to=%2Fops%2Fpolicy%3Fleft%3DBU-PARTS-1"
		)
		make_user("buyer@policy.test", "Portal Customer")
		self.assertRaises(frappe.PermissionError, shown, "buyer@policy.test")
		make_user("keeper@policy.test", "Warehouse Keeper")
		self.assertTrue(shown("keeper@policy.test", left="SALON-1", right="GENERAL-1").differences)

	def test_an_unknown_profile_is_said_to_be_unknown(self):
		self.assertRaises(frappe.DoesNotExistError, shown, left="NOBODY-1")
