# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from datetime import datetime, time, timedelta

import frappe
from order_ops.policy import service
from order_ops.policy.exceptions import PolicyIncomplete, PolicyIsImmutable, PolicyMissing
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make, make_profile, make_user

NOW = datetime(2026, 11, 20, 10)


class TestOpsPolicyProfile(OpsTestCase):
	def test_activation_names_everything_that_is_missing(self):  # B-01 D-10
		profile = make_profile(
			waves=[
				{
					"wave": "X",
					"title": "X",
					"cutoff": "12:00:00",
					"boundary": "exclusive",
					"handler": "nobody",
				}
			],
			steps=[{"step": "S", "title": "S", "basis": "Working time", "rule": "E-4.11a"}],
		)
		profile.status = "Active"
		with self.assertRaises(PolicyIncomplete) as refused:
			profile.save()
		for words in ("nobody", "18:00", "Step S has no owner", "Step S has no time", "E-4.11a"):
			self.assertIn(words, str(refused.exception))
		self.assertEqual(frappe.db.get_value("Ops Policy Profile", profile.name, "status"), "Draft")

	def test_an_active_profile_never_changes(self):  # D-10
		profile = make_profile(status="Active")
		for change in (
			{"order_cutoff": "17:00:00"},
			{"strict_wave": 1},
			{"calendar": "BU-PARTS"},
			{"status": "Draft"},
		):
			doc = frappe.get_doc("Ops Policy Profile", profile.name)
			doc.update(change)
			self.assertRaises(PolicyIsImmutable, doc.save)
		doc = frappe.get_doc("Ops Policy Profile", "BU-PARTS-1")
		doc.steps[0].minutes = 16
		self.assertRaises(PolicyIsImmutable, doc.save)
		self.assertRaises(PolicyIsImmutable, frappe.delete_doc, "Ops Policy Profile", profile.name)

	def test_an_active_profile_can_be_renamed_and_retired_but_not_revived(self):  # D-10
		profile = make_profile(status="Active")
		profile.title = "Other words"
		profile.save()
		profile.status = "Retired"
		profile.save()
		profile.status = "Active"
		self.assertRaises(PolicyIsImmutable, profile.save)

	def test_a_draft_changes_and_goes(self):  # D-10
		profile = make_profile()
		profile.order_cutoff = "17:00:00"
		profile.save()
		profile.delete()

	def test_a_running_order_keeps_its_version(self):  # D-10
		first = make_profile(status="Active")
		before = service.resolve("TEST", at=NOW)
		make_profile(
			status="Active", version=2, order_cutoff="16:00:00", effective_from="2026-11-21 00:00:00"
		)
		self.assertEqual(service.resolve("TEST", at=NOW), before)
		self.assertEqual(service.resolve("TEST", at=datetime(2026, 11, 21)).version, 2)
		self.assertEqual(service.get(first.name), before)

	def test_channel_then_customer_then_unit_then_default_decide(self):  # D-10
		make_profile(status="Active")
		self.assertEqual(service.resolve("TEST", "GENERAL", "BU-PARTS", at=NOW).code, "TEST")
		self.assertEqual(service.resolve(None, "GENERAL", "BU-PARTS", at=NOW).code, "GENERAL")
		self.assertEqual(service.resolve("", None, "BU-PARTS", at=NOW).code, "BU-PARTS")
		self.assertEqual(service.resolve(None, None, None, at=NOW).code, "BU-PARTS")

	def test_a_named_profile_without_a_version_in_force_is_an_error(self):  # D-10
		make_profile()
		with self.assertRaises(PolicyMissing) as refused:
			service.resolve("TEST", at=NOW)
		self.assertIn("TEST", str(refused.exception))

	def test_a_unit_or_channel_cannot_name_a_profile_that_does_not_exist(self):  # D-10
		for doctype in ("Ops Business Unit", "Ops Channel"):
			with self.assertRaises(PolicyMissing):
				make(doctype, code="TEST-CODE", title="Test", kind="REST", policy_code="NOBODY")
		make_profile()
		make("Ops Business Unit", code="TEST-CODE", title="Test", policy_code="TEST")

	def test_there_is_one_default(self):  # D-10
		make_profile(status="Active", is_default=1)
		self.assertEqual(service.resolve(at=NOW).code, "TEST")
		self.assertFalse(frappe.db.get_value("Ops Policy Profile", "BU-PARTS-1", "is_default"))

	def test_the_default_is_retired_only_after_its_next_version_is_active(self):  # D-10
		first = make_profile(status="Active", is_default=1)
		with self.assertRaises(PolicyIsImmutable) as refused:
			first.update({"status": "Retired"}).save()
		self.assertIn("TEST is the default profile", str(refused.exception))
		make_profile(version=2, status="Active")
		first.reload().update({"status": "Retired"}).save()
		self.assertEqual(service.resolve(at=NOW).name, "TEST-2")

	def test_a_rolled_back_profile_is_forgotten(self):  # D-10
		make_profile(status="Active")
		self.assertEqual(service.resolve("TEST", at=NOW).code, "TEST")
		frappe.db.rollback()
		self.assertRaises(PolicyMissing, service.resolve, "TEST", at=NOW)

	def test_a_new_version_is_a_draft(self):  # D-10
		make_profile(status="Active")
		name = service.new_version({"name": "TEST-1"})
		draft = frappe.get_doc("Ops Policy Profile", name)
		self.assertEqual((draft.version, draft.status), (2, "Draft"))
		tomorrow = datetime.combine(frappe.utils.getdate(frappe.utils.nowdate()) + timedelta(days=1), time())
		self.assertEqual(draft.effective_from, tomorrow)

	def test_a_new_version_begins_after_the_one_before(self):  # G3-7
		make_profile(status="Active", effective_from="2099-12-31 10:00:00")
		draft = frappe.get_doc("Ops Policy Profile", service.new_version({"name": "TEST-1"}))
		self.assertEqual(draft.effective_from, datetime(2100, 1, 1))

	def test_only_the_platform_edits_the_profile_of_the_parts_unit(self):  # E-3.1a
		make_user("keeper@policy.test", "Warehouse Keeper")
		make_user("manager@policy.test", "Order Ops Manager", "System Manager")
		make_user("platform@policy.test", "Platform Operations Group")
		with self.as_user("keeper@policy.test"):
			self.assertRaises(frappe.PermissionError, service.new_version, {"name": "GENERAL-1"})
		with self.as_user("manager@policy.test"):
			self.assertRaises(frappe.PermissionError, service.new_version, {"name": "BU-PARTS-1"})
			self.assertEqual(service.new_version({"name": "GENERAL-1"}), "GENERAL-2")
		with self.as_user("platform@policy.test"):
			self.assertEqual(service.new_version({"name": "BU-PARTS-1"}), "BU-PARTS-2")
			self.assertRaises(frappe.PermissionError, service.new_version, {"name": "GENERAL-1"})
			draft = frappe.get_doc("Ops Policy Profile", "BU-PARTS-2")
			draft.order_cutoff, draft.cutoffs[0].at_time = "16:00:00", "16:00:00"
			draft.waves[1].cutoff = "16:00:00"
			draft.save()
		with self.as_user("manager@policy.test"):
			for change in (
				{"title": "Mine now"},
				{"status": "Active"},
				{"maintained_by": "Order Ops Manager"},
			):
				doc = frappe.get_doc("Ops Policy Profile", "BU-PARTS-2").update(change)
				self.assertRaises(frappe.PermissionError, doc.save)
			self.assertRaises(frappe.PermissionError, frappe.delete_doc, "Ops Policy Profile", "BU-PARTS-2")
		self.assertEqual(
			frappe.db.get_value("Ops Policy Profile", "BU-PARTS-2", ["title", "status"]),
			("E-commerce business of a parts unit", "Draft"),
		)

	def test_who_may_activate_does_not_edit_on_the_way(self):  # E-3.1a
		make_user("platform@policy.test", "Platform Operations Group")
		make_user("manager@policy.test", "Order Ops Manager")
		make_profile(activated_by="Platform Operations Group")
		with self.as_user("manager@policy.test"):
			doc = frappe.get_doc("Ops Policy Profile", "TEST-1").update({"status": "Active"})
			self.assertRaises(frappe.PermissionError, doc.save)
		with self.as_user("platform@policy.test"):
			change = {"status": "Active", "order_cutoff": "17:00:00"}
			doc = frappe.get_doc("Ops Policy Profile", "TEST-1").update(change)
			self.assertRaises(frappe.PermissionError, doc.save)
			doc = frappe.get_doc("Ops Policy Profile", "TEST-1").update({"status": "Active"})
			doc.save()
		self.assertEqual(frappe.db.get_value("Ops Policy Profile", "TEST-1", "status"), "Active")

	def test_a_template_is_copied_under_a_new_code(self):  # G3-0 G3-7
		make_user("platform@policy.test", "Platform Operations Group")
		with self.as_user("platform@policy.test"):
			form = frappe.get_doc("Ops Policy Profile", "GENERAL-1").update({"copy_as": "NORTH"})
			form.save()  # who may not edit the template enters the code all the same
			name = service.copy_profile(frappe.as_json(form))
			copy, source = (frappe.get_doc("Ops Policy Profile", each) for each in (name, "GENERAL-1"))
			self.assertEqual((name, copy.status, copy.is_template), ("NORTH-1", "Draft", 0))
			self.assertEqual((copy.copy_as or "", source.copy_as or ""), ("", ""))
			self.assertEqual(copy.maintained_by, "Platform Operations Group")
			self.assertEqual(
				[(row.step, row.minutes) for row in copy.steps],
				[(row.step, row.minutes) for row in source.steps],
			)
			copy.status = "Active"
			copy.save()
		self.assertEqual(service.resolve("NORTH", at=NOW).name, "NORTH-1")

	def test_a_profile_that_is_no_template_is_copied_by_its_keepers(self):  # G3-0
		make_user("manager@policy.test", "Order Ops Manager")
		make_user("platform@policy.test", "Platform Operations Group")
		with self.as_user("manager@policy.test"):
			wish = {"name": "BU-PARTS-1", "copy_as": "BU-TWO"}
			self.assertRaises(frappe.PermissionError, service.copy_profile, wish)
		with self.as_user("platform@policy.test"):
			self.assertEqual(service.copy_profile(wish), "BU-TWO-1")
		self.assertEqual(frappe.db.get_value("Ops Policy Profile", "BU-TWO-1", "is_default"), 0)

	def test_a_copy_needs_a_code_that_nobody_has(self):  # G3-7
		for code in ("", "SALON"):
			wish = {"name": "GENERAL-1", "copy_as": code}
			self.assertRaises(frappe.ValidationError, service.copy_profile, wish)

	def test_a_retired_version_stays_readable_and_unchanged(self):  # G3-7
		profile = make_profile(status="Active")
		profile.status = "Retired"
		profile.save()
		doc = frappe.get_doc("Ops Policy Profile", "TEST-1")
		self.assertEqual(service.get("TEST-1").order_cutoff, time(18))
		doc.order_cutoff = "17:00:00"
		self.assertRaises(PolicyIsImmutable, doc.save)

	def test_a_version_that_would_never_govern_is_not_activated(self):  # G3-7
		make_profile(status="Active", effective_from="2026-06-01 00:00:00")
		second = make_profile(version=2, effective_from="2026-05-31 23:59:59")
		second.status = "Active"
		with self.assertRaises(PolicyIncomplete) as refused:
			second.save()
		self.assertIn("2026-06-01 00:00", str(refused.exception))

	def test_a_tobacco_unit_and_its_profile_belong_together(self):  # T-1b
		make_profile("SMOKE", is_tobacco=1)
		for policy_code, is_tobacco in (("SMOKE", 0), ("GENERAL", 1)):
			with self.assertRaises(frappe.ValidationError):
				make(
					"Ops Business Unit", code="T-1", title="T", policy_code=policy_code, is_tobacco=is_tobacco
				)
		make("Ops Business Unit", code="T-1", title="T", policy_code="SMOKE", is_tobacco=1)

	def test_resolving_costs_one_statement(self):
		service.profiles.forget()
		service.resolve("GENERAL", at=NOW)
		service.profiles.forget()
		with self.assertQueryCount(1):
			for code in ("GENERAL", "BU-PARTS", None):
				service.resolve(code, at=NOW)

	def test_regions_are_recognised_as_people_write_them(self):  # E-4.15h
		found = service.regions_of(["辽宁省", "Tibet", "河南", "Atlantis", None])
		self.assertTrue(found["辽宁省"].is_remote)
		self.assertEqual(found["Tibet"].name_zh, "西藏")
		self.assertFalse(found["河南"].is_remote)
		self.assertIsNone(found["Atlantis"])
		self.assertIsNone(found[None])
