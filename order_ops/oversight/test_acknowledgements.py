# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from datetime import datetime

import frappe
from order_ops.exchange import service as outbox
from order_ops.oversight import acknowledgements
from order_ops.policy.exceptions import RegulationSuperseded
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make, make_business_unit, make_customer, make_order, make_user
from order_ops.timekeeping.exceptions import AppendOnly

REP, KEEPER = "rep@read.test", "keeper@read.test"


class TestAcknowledgements(OpsTestCase):
	def setUp(self):
		super().setUp()
		make_user(REP, "E-commerce Sales Rep")
		make_user(KEEPER, "Warehouse Keeper")
		make_user("customer@read.test", "Portal Customer")
		make_user("program@read.test", "Integration User")

	def acknowledge(self, user: str, regulation: str) -> None:
		with self.as_user(user):
			acknowledgements.acknowledge({"doctype": "Ops Regulation", "name": regulation})

	def reminders(self) -> list[str]:
		filters = {"event": "Regulation to Acknowledge", "recipient_user": ("in", (REP, KEEPER))}
		return frappe.get_all("Ops Message", filters, pluck="recipient_user", order_by="recipient_user")

	def test_all_staff_whose_work_touches_orders_and_nobody_else(self):  # G5-0
		staff = acknowledgements.staff()
		self.assertLessEqual({REP, KEEPER}, set(staff))
		self.assertFalse({"customer@read.test", "program@read.test", "Administrator"} & set(staff))

	def test_the_regulations_of_the_profiles_in_use_bind(self):  # G6-02 G8-02
		self.assertEqual({row.profile for row in self.bound()}, {"BU-PARTS"})
		make_business_unit("SALES", policy_code="GENERAL")
		self.assertLessEqual({"G5-v1", "G6-v1", "G8-v1", "E-v1"}, set(acknowledgements.binding()))
		self.assertNotIn("T-v1", acknowledgements.binding())

	def bound(self):
		names = list(acknowledgements.binding())
		return frappe.get_all("Ops Regulation", {"name": ("in", names)}, ["name", "profile"])

	def test_who_has_not_read_is_told_once_per_version(self):  # G5-0 G6-02 G8-02
		self.acknowledge(REP, "E-v1")
		self.assertEqual(acknowledgements.outstanding([REP, KEEPER]), {KEEPER: ["E-v1"]})
		acknowledgements.remind()
		acknowledgements.remind()
		self.assertEqual(self.reminders(), [KEEPER])
		self.acknowledge(KEEPER, "E-v1")
		self.assertEqual(acknowledgements.outstanding([REP, KEEPER]), {})

	def test_a_new_version_is_read_anew(self):  # G5-0
		self.acknowledge(REP, "E-v1")
		make(
			"Ops Regulation",
			code="E",
			version=2,
			title="New",
			profile="BU-PARTS",
			effective_from="2026-11-20",
		)
		with self.at("2026-11-19 23:59:59"):
			self.assertEqual(acknowledgements.outstanding([REP]), {})
		with self.at("2026-11-20 00:00:00"):
			self.assertEqual(acknowledgements.outstanding([REP]), {REP: ["E-v2"]})
			with self.assertRaisesRegex(frappe.ValidationError, r"acknowledge E-v2 \[G5-0\]"):
				self.acknowledge(REP, "E-v1")
			self.acknowledge(REP, "E-v2")
			self.assertEqual(acknowledgements.outstanding([REP]), {})

	def test_it_warns_and_never_blocks(self):  # G5-0
		make_customer()
		acknowledgements.remind()
		self.assertIn(REP, self.reminders())
		with self.as_user(REP):
			self.assertEqual(make_order().status, "Identified")

	def test_the_reminder_reaches_the_desk_of_the_person(self):  # G5-0 D-15
		acknowledgements.remind()
		with self.without_commits():
			outbox.flush()
		self.assertTrue(frappe.db.exists("Notification Log", {"for_user": REP, "document_name": "E-v1"}))

	def test_an_acknowledgement_is_given_once_and_stays(self):  # G5-0
		with self.at("2026-11-20 09:00:00"):
			self.acknowledge(REP, "E-v1")
		with self.at("2026-11-20 10:00:00"):
			self.acknowledge(REP, "E-v1")
		kept = frappe.get_all("Ops Regulation Acknowledgement", {"user": REP}, ["name", "acknowledged_at"])
		self.assertEqual([row.acknowledged_at for row in kept], [datetime(2026, 11, 20, 9)])
		with self.assertRaises(AppendOnly):
			frappe.get_doc("Ops Regulation Acknowledgement", kept[0].name).delete()
		with self.assertRaises((RegulationSuperseded, frappe.LinkExistsError)):
			frappe.get_doc("Ops Regulation", "E-v1").delete()
