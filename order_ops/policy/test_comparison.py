# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from order_ops.policy import comparison, service
from order_ops.tests import OpsTestCase


class TestComparison(OpsTestCase):
	def compare(self, left: str, right: str) -> dict[str, comparison.Part]:
		documents = (frappe.get_doc(comparison.PROFILE, name) for name in (left, right))
		return {part.title: part for part in comparison.compare(*documents)}

	def test_a_new_version_differs_where_it_was_changed(self):  # G3-7
		draft = frappe.get_doc(comparison.PROFILE, service.new_version({"name": "BU-PARTS-1"}))
		draft.review_chain, draft.effective_from = "Single", "2000-01-01 00:00:00"
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
