# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import unittest
from datetime import date

import frappe
from order_ops.policy import regulations
from order_ops.policy.exceptions import RegulationSuperseded
from order_ops.policy.regulations import Version, in_force, successors
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make, make_user

FIRST = Version("X-v1", "X", 1, date(2020, 1, 1))
SECOND = Version("X-v2", "X", 2, date(2024, 7, 1))
OTHER = Version("Y-v1", "Y", 1, date(2023, 1, 1))


def make_regulation(version: int, effective_from: str, code: str = "X", **values):
	title = f"Rules of {code}"
	return make(
		"Ops Regulation", code=code, version=version, title=title, effective_from=effective_from, **values
	)


class TestVersions(unittest.TestCase):
	def test_the_version_in_force_changes_on_the_day_the_next_one_begins(self):  # T-2a
		for day, expected in (
			(date(2019, 12, 31), None),
			(date(2020, 1, 1), "X-v1"),
			(date(2024, 6, 30), "X-v1"),
			(date(2024, 7, 1), "X-v2"),
		):
			with self.subTest(day=day):
				found = in_force([SECOND, OTHER, FIRST], "X", day)
				self.assertEqual(found and found.name, expected)

	def test_each_version_is_superseded_by_the_next(self):  # T-2a
		self.assertEqual(successors([SECOND, FIRST]), {"X-v1": "X-v2", "X-v2": None})


class TestRegulations(OpsTestCase):
	def test_the_ten_regulations_and_the_two_they_refer_to_are_there(self):  # G3-0 T-2a
		names = set(frappe.get_all("Ops Regulation", pluck="name"))
		ten = {f"{code}-v1" for code in ("E", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "T")}
		self.assertLessEqual(ten | {"T-ALLOCATION-v1", "T-SUPPLY-v1"}, names)
		text = frappe.db.get_value("Ops Regulation", "E-v1", "text")
		self.assertIn("E-3.4a  当天15:00前的订单当天发货。", text)
		self.assertNotIn("E 4.34".replace(" ", "-"), text)  # fills a blank, is no text of the source

	def test_a_reference_without_a_date_means_the_newest_version_with_a_date_that_of_the_date(self):  # T-2a
		make_regulation(1, "2020-01-01")
		referring = make_regulation(
			1,
			"2020-01-01",
			"Z",
			references=[{"regulation_code": "X"}, {"regulation_code": "X", "dated": "2022-05-01"}],
		)
		self.assertEqual([row.resolves_to for row in referring.reload().references], ["X-v1", "X-v1"])
		make_regulation(2, "2024-07-01")
		self.assertEqual([row.resolves_to for row in referring.reload().references], ["X-v2", "X-v1"])
		self.assertEqual(
			[regulations.resolve("X", day) for day in ("2019-12-31", "2024-06-30", "2024-07-01", None)],
			[None, "X-v1", "X-v2", "X-v2"],
		)
		supply = frappe.get_doc("Ops Regulation", "T-v1").references[1]
		self.assertEqual((supply.regulation_code, supply.resolves_to), ("T-SUPPLY", "T-SUPPLY-v1"))

	def test_a_reference_does_not_mean_a_version_that_has_not_begun(self):  # T-2a
		make_regulation(1, "2020-01-01")
		referring = make_regulation(1, "2020-01-01", "Z", references=[{"regulation_code": "X"}])
		later = make_regulation(2, frappe.utils.add_days(frappe.utils.nowdate(), 1))
		self.assertEqual(referring.reload().references[0].resolves_to, "X-v1")
		self.assertEqual(frappe.db.get_value("Ops Regulation", "X-v1", "superseded_by"), "X-v2")
		frappe.db.set_value("Ops Regulation", later.name, "effective_from", frappe.utils.nowdate())
		regulations.refresh()  # the next morning
		self.assertEqual(referring.reload().references[0].resolves_to, "X-v2")
		with self.statements() as said:
			regulations.refresh()
		self.assertEqual(said, {"select"})

	def test_a_superseded_version_stays_as_it_was(self):  # G3-7
		first = make_regulation(1, "2020-01-01", text="Old")
		first.text = "Corrected before anything followed"
		first.save()
		make_regulation(2, "2024-07-01")
		first.reload().text = "Rewritten history"
		with self.assertRaisesRegex(RegulationSuperseded, r"X-v2.*\[G3-7\]"):
			first.save()
		self.assertEqual(first.reload().text, "Corrected before anything followed")

	def test_a_version_that_never_was_acknowledged_goes_and_its_predecessor_is_the_newest_again(self):  # T-2a
		make_regulation(1, "2020-01-01")
		make_regulation(2, "2024-07-01").delete()
		self.assertIsNone(frappe.db.get_value("Ops Regulation", "X-v1", "superseded_by"))
		self.assertEqual(regulations.resolve("X"), "X-v1")

	def test_a_new_version_begins_in_the_future(self):  # G3-7
		first = make_regulation(1, "2020-01-01", text="Old")
		second = frappe.get_doc("Ops Regulation", regulations.new_version(first.as_dict()))
		self.assertEqual((second.version, second.text, second.superseded_by), (2, "Old", None))
		self.assertGreater(str(second.effective_from), frappe.utils.nowdate())
		self.assertEqual(first.reload().superseded_by, second.name)
		make_user("keeper@regulations.test", "Warehouse Keeper")
		with self.as_user("keeper@regulations.test"), self.assertRaises(frappe.PermissionError):
			regulations.new_version(first.as_dict())
