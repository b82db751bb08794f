# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Rows that many write at once."""

from __future__ import annotations

import frappe
from order_ops.rows import insert_many, new_name
from order_ops.tests import OpsTestCase


class TestNames(OpsTestCase):
	def test_a_billion_rows_draw_no_name_twice(self):
		"""A row whose name is taken would be left out as if its key was: no clock may be lost to chance."""
		drawn = {new_name() for _n in range(1000)}
		self.assertEqual(len(drawn), 1000)
		kinds = len(set("".join(drawn))) ** min(map(len, drawn))
		rows = 10**9
		self.assertLess(rows**2 / (2 * kinds), 1e-6)

	def test_a_repeat_leaves_the_first_row_as_it_is(self):
		row = {
			"message_key": "rows:1",
			"event": "Test",
			"channel": "File",
			"subject": "first",
			"status": "Queued",
		}
		insert_many("Ops Message", [row])
		insert_many("Ops Message", [{**row, "subject": "second"}], ignore_duplicates=True)
		found = frappe.get_all("Ops Message", filters={"message_key": "rows:1"}, fields=["name", "subject"])
		self.assertEqual([message.subject for message in found], ["first"])
		self.assertEqual(len(found[0].name), len(new_name()))
