# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Another app adds a step kind and a guard through its hooks (tests/example_app); nothing of Order Ops changes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import frappe
from order_ops.ordering import release
from order_ops.policy.exceptions import PolicyIncomplete
from order_ops.tests import OpsTestCase, factories

APP = Path(__file__).parents[1] / "example_app"
STEP = {
	"step": "X-PACK",
	"title": "Pack before the courier comes",
	"basis": "Other",
	"step_kind": "before_close",
	"minutes": 120,
	"owner_role": "Warehouse Keeper",
	"starts_with": "Order Received",
	"stops_with": "Order Released",
}


@contextmanager
def installed() -> Iterator[None]:
	"""The example's own hooks.py read as if the app was installed: after those of the installed apps.

	A bench calls functions of installed apps only, so those of the example are fetched beside it.
	"""
	with patch.object(sys, "path", [str(APP), *sys.path]):
		hooks = importlib.import_module("ops_example.hooks")
		read = frappe.get_hooks

		def get_hooks(hook: str | None = None, *args, **kwargs):
			found, added = read(hook, *args, **kwargs), getattr(hooks, hook or "", None)
			if not isinstance(added, dict):
				return found
			merged = {key: list(paths) for key, paths in (found or {}).items()}
			for key, paths in added.items():
				merged.setdefault(key, []).extend(paths if isinstance(paths, list) else [paths])
			return merged

		attribute = frappe.get_attr

		def get_attr(path: str):
			if not path.startswith("ops_example."):
				return attribute(path)
			module, name = path.rsplit(".", 1)
			return getattr(importlib.import_module(module), name)

		with patch.object(frappe, "get_hooks", get_hooks), patch.object(frappe, "get_attr", get_attr):
			yield


class TestExampleApp(OpsTestCase):
	def test_a_profile_with_its_step_kind_is_activated_where_it_is_installed(self):  # D-10
		draft = factories.make_profile("EXAMPLE", steps=[STEP])
		draft.status = "Active"
		with self.assertRaises(PolicyIncomplete) as refused:
			draft.save()
		self.assertIn("before_close", str(refused.exception))
		with installed():
			draft.reload().update({"status": "Active"}).save()
		self.assertEqual(frappe.db.get_value("Ops Policy Profile", draft.name, "status"), "Active")

	def test_an_order_gets_the_clock_of_its_step_kind(self):  # D-04
		# the 20th of November 2026 is a Friday; work of GENERAL's calendar ends at 18:00
		for number, (received, due) in enumerate(
			(
				("2026-11-20 15:59:59", datetime(2026, 11, 20, 16)),
				("2026-11-20 16:00:00", datetime(2026, 11, 23, 16)),
				("2026-11-20 16:00:01", datetime(2026, 11, 23, 16)),
			)
		):
			with self.subTest(received), installed(), self.at(received):
				order = self.order(f"EX-{number}")
				clock = frappe.get_doc("Ops Clock", {"reference_name": order.name, "step": "X-PACK"})
				self.assertEqual((clock.due_at, clock.status), (due, "Running"))

	def test_its_guard_keeps_an_order_from_being_released(self):
		factories.make_customer()
		with installed(), self.at("2026-11-20 10:00:00"):
			abroad = self.order("EX-1", special_requirements="ship abroad")
			at_home = self.order("EX-2")
			verdicts = release.release([abroad.name, at_home.name])
			self.assertEqual([verdict["status"] for verdict in verdicts], ["refused", "released"])
			self.assertIn("papers", verdicts[0]["message"])
			self.assertRaises(frappe.ValidationError, abroad.reload().submit)
			self.assertEqual(frappe.db.get_value("Ops Sales Order", abroad.name, "docstatus"), 0)
			clock = {"reference_name": at_home.name, "step": "X-PACK"}
			self.assertEqual(frappe.db.get_value("Ops Clock", clock, "status"), "Met")
		self.assertEqual(release.release([abroad.name])[0]["status"], "released")

	def order(self, external_id: str, **changes):
		"""An order under a profile with the step."""
		if not frappe.db.exists("Ops Policy Profile", "EXAMPLE-1"):
			factories.make_profile("EXAMPLE", steps=[STEP], status="Active")
		return factories.make_order(
			external_id, factories.make_channel("TEST-EXAMPLE", policy_code="EXAMPLE"), **changes
		)
