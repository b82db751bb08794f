# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from unittest.mock import patch

import frappe
from order_ops.policy import comparison, service
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_user
from order_ops.www.ops import policy as page


def shown(user: str = "Administrator", **asked) -> frappe._dict:
	context = frappe._dict()
	with OpsTestCase.as_user(user), patch.dict(frappe.form_dict, asked, clear=True):
		page.get_context(context)
	return context


class TestComparison(OpsTestCase):
	def compare(self, left: str, right: str) -> dict[str, comparison.Part]:
		documents = (frappe.get_doc(comparison.PROFILE, name) for name in (left, right))
		return {part.title: part for part in comparison.compare(*documents)}

	def test_a_new_version_differs_where_it_was_changed(self):  # G3-7
		draft = frappe.get_doc(comparison.PROFILE, service.new_version({"name": "BU-PARTS-1"}))
		draft.review_chain = "Single"
		draft.steps[0].minutes = 20
		draft.append("channels", {"channel": "Phone"})
		del draft.waves[0]
		draft.save()
		parts = self.compare("BU-PARTS-1", "BU-PARTS-2")
		found = {
			(title, line.label): (
				line.left,
				line.right,
				[(p.label, p.left, p.right) for p in line.pairs if p.differs],
			)
			for title, part in parts.items()
			for line in part.lines
			if line.differs
		}
		self.assertEqual(
			found,
			{
				("Profile", "Version"): (True, True, [("", "1", "2")]),
				("Profile", "Status"): (True, True, [("", "Active", "Draft")]),
				("Profile", "Default"): (True, True, [("", "Yes", "")]),
				("Review and Approval", "Review Chain"): (True, True, [("", "None", "Single")]),
				("Steps", "E-MATCH · Recognise the customer"): (True, True, [("Minutes", "15", "20")]),
				("Allowed Ways of Ordering", "Phone"): (False, True, []),
				("Waves", "E-W1 · Noon wave"): (
					True,
					False,
					[
						("Kind", "Process", ""),
						("Cut-off", "12:00", ""),
						("Boundary", "exclusive", ""),
						("Handler", "issue_delivery_notes", ""),
					],
				),
			},
		)

	def test_the_same_profile_differs_nowhere(self):  # G3-7
		self.assertEqual(sum(part.differences for part in self.compare("SALON-1", "SALON-1").values()), 0)

	def test_every_field_of_the_form_is_compared(self):  # C-01 to C-36
		pair = [frappe.get_doc(comparison.PROFILE, name) for name in ("SALON-1", "TOBACCO-1")]
		parts = self.compare(*(doc.name for doc in pair))
		labels = {line.label for part in parts.values() for line in part.lines if not line.is_row}
		for df in frappe.get_meta(comparison.PROFILE).fields:
			if df.fieldtype == "Table":
				self.assertEqual(df.label in parts, any(doc.get(df.fieldname) for doc in pair), df.label)
			elif df.fieldtype not in comparison.LAYOUT and df.fieldname not in comparison.NOT_COMPARED:
				self.assertIn(df.label, labels)

	def test_rows_of_both_sides_stand_beside_each_other(self):
		for left, right, expected in (
			("abc", "abc", "abc"),
			("ac", "abc", "abc"),
			("abc", "ac", "abc"),
			("", "ab", "ab"),
			("ab", "xaby", "xaby"),
			("ab", "ba", "ab"),
		):
			self.assertEqual("".join(comparison.aligned(left, right)), expected, (left, right))

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
