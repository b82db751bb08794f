# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from datetime import time

import frappe
from order_ops import setup
from order_ops.policy import service as policies
from order_ops.setup import regions, roles, workflows
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_business_unit, make_user


class TestSetup(OpsTestCase):
	def test_a_second_run_writes_nothing(self):
		setup.make_missing()
		with self.statements() as said:
			setup.make_missing()
		self.assertEqual(said & {"insert", "update", "delete", "replace"}, set())

	def test_what_an_administrator_changed_stays(self):
		frappe.db.set_value("Ops Region", "Hainan", "is_remote", 1)
		flow = frappe.get_doc("Workflow", "Ops Invoice")
		flow.transitions[0].condition = "doc.invoice_code"
		flow.save()
		setup.make_missing()
		self.assertEqual(frappe.db.get_value("Ops Region", "Hainan", "is_remote"), 1)
		flow.reload()
		self.assertEqual(flow.transitions[0].condition, "doc.invoice_code")

	def test_34_regions_of_which_seven_are_remote(self):  # E-4.15h
		found = policies.regions.all().values()
		self.assertEqual(len([region for region in found if region.name in regions.REGIONS]), 34)
		self.assertEqual(
			{region.name_zh for region in found if region.is_remote},
			{"辽宁", "甘肃", "宁夏", "西藏", "新疆", "云南", "内蒙古"},
		)

	def test_every_role_of_the_doctypes_exists_and_the_portal_s_has_no_desk(self):
		wanted = set(roles.DESK_ROLES) | set(roles.PORTAL_ROLES)
		ours = frappe.get_all("DocType", filters={"name": ("like", "Ops %"), "custom": 0}, pluck="name")
		named = {row.role for doctype in ours for row in frappe.get_meta(doctype).permissions}
		self.assertEqual(named - wanted, {"System Manager", "Desk User"})
		desk = dict.fromkeys(roles.DESK_ROLES, 1) | dict.fromkeys(roles.PORTAL_ROLES, 0)
		for role, access in desk.items():
			self.assertEqual(frappe.db.get_value("Role", role, "desk_access"), access, role)

	def test_every_doctype_of_ours_carries_the_prefix(self):  # D-16
		modules = frappe.get_all("Module Def", filters={"app_name": "order_ops"}, pluck="name")
		ours = frappe.get_all("DocType", filters={"module": ("in", modules)}, pluck="name")
		self.assertGreater(len(ours), 40)
		self.assertEqual([name for name in ours if not name.startswith("Ops ")], [])

	def test_each_doctype_has_one_flow_that_never_goes_back_to_a_draft(self):  # D-17
		flows = frappe.get_all(
			"Workflow",
			filters={"document_type": ("like", "Ops %"), "is_active": 1},
			fields=["name", "document_type"],
		)
		self.assertEqual(len({flow.document_type for flow in flows}), len(flows))
		self.assertGreaterEqual({flow.document_type for flow in flows}, set(workflows.WORKFLOWS))
		for flow in flows:
			doc = frappe.get_doc("Workflow", flow.name)
			docstatus = {row.state: int(row.doc_status) for row in doc.states}
			for row in doc.transitions:
				with self.subTest(flow=flow.name, action=row.action):
					self.assertGreaterEqual(docstatus[row.next_state], docstatus[row.state])

	def test_the_profile_of_the_parts_unit_has_the_figures_of_the_regulation(self):
		policy = policies.get("BU-PARTS-1")
		figures = {
			step.step: (step.rule, step.minutes, step.at_time, step.lead_minutes) for step in policy.steps
		}
		self.assertEqual(
			figures,
			{
				"E-MATCH": ("E-4.11a", 15, None, 0),
				"E-SO": ("E-4.12d", 30, None, 0),
				"E-DN": ("E-4.13b", 60, None, 0),
				"E-W1": ("E-4.13c", 0, None, 60),
				"E-W2": ("E-4.13d", 0, None, 60),
				"E-INV": ("E-4.14c", 0, time(15), 30),
				"E-HANDOVER": ("E-4.15b", 60, None, 0),
				"E-SHIP": ("E-4.15c", 165, time(15), 0),
				"E-SHIPLIST": ("E-4.15d", 0, None, 0),
				"E-LOGINFO": ("E-4.15e", 0, time(9), 0),
			},
		)
		self.assertEqual([wave.cutoff for wave in policy.waves], [time(12), time(15)])
		self.assertEqual((policy.order_cutoff, policy.cutoff_boundary), (time(15), "exclusive"))
		chain = sum(policy.step(step).minutes for step in ("E-MATCH", "E-SO", "E-DN", "E-HANDOVER"))
		self.assertEqual(policy.step("E-SHIP").minutes, chain)  # E-4.15c C-07

	def test_every_state_of_a_flow_is_an_option_of_its_document(self):
		for doctype, flow in workflows.WORKFLOWS.items():
			options = frappe.get_meta(doctype).get_field("status").options.split("\n")
			self.assertEqual(options, [state for state, *_rest in flow["states"]], doctype)
			self.assertTrue(frappe.db.get_value("Workflow", doctype, "is_active"))

	def test_a_flow_gets_the_states_it_lacks_and_keeps_what_an_administrator_changed(self):  # G8-03.2
		flow = frappe.get_doc("Workflow", "Ops Sales Order")
		self.assertEqual(flow.override_status, 0)  # a list shows the state's own name
		flow.states = [row for row in flow.states if row.state != "Withdrawn"]
		flow.transitions = [
			row for row in flow.transitions if "Withdrawn" != row.next_state and row.action != "Cancel Order"
		]
		flow.transitions[0].condition = "doc.grand_total < 100"
		flow.save()
		workflows.make()
		flow.reload()
		self.assertEqual(flow.states[-1].state, "Withdrawn")
		self.assertTrue(
			{"Received", "Identified"} <= {r.state for r in flow.transitions if r.next_state == "Withdrawn"}
		)
		self.assertNotIn("Cancel Order", [row.action for row in flow.transitions])
		self.assertEqual(flow.transitions[0].condition, "doc.grand_total < 100")
		modified = flow.modified
		workflows.make()
		self.assertEqual(flow.reload().modified, modified)

	def test_removal_takes_the_flows_and_the_roles_and_the_next_install_brings_them_back(self):
		user = make_user("rep@setup.test", "BU Finance")
		make_business_unit()
		frappe.get_doc(
			{
				"doctype": "User Permission",
				"user": user.name,
				"allow": "Ops Business Unit",
				"for_value": "TEST-BU",
			}
		).insert()
		setup.before_uninstall()
		for doctype, name in (
			("Scheduled Job Type", {"method": ("like", "order_ops.%")}),
			("User Permission", {"allow": "Ops Business Unit"}),
			("Workflow", "Ops Sales Order"),
			("Workflow State", "Partly Shipped"),
			("Workflow Action Master", "Create Order"),
			("Role", "BU Finance"),
			("Has Role", {"role": "BU Finance"}),
		):
			self.assertFalse(frappe.db.exists(doctype, name), name)
		setup.make_missing()
		self.assertTrue(frappe.db.exists("Workflow", "Ops Sales Order"))

	def test_a_role_that_another_app_uses_stays(self):
		if not frappe.db.table_exists("Custom DocPerm"):
			self.skipTest("this host has no custom permissions")
		frappe.get_doc(
			{"doctype": "Custom DocPerm", "parent": "ToDo", "role": "Warehouse Keeper", "read": 1}
		).insert()
		roles.remove()
		self.assertTrue(frappe.db.exists("Role", "Warehouse Keeper"))
		self.assertFalse(frappe.db.exists("Role", "BU Finance"))
