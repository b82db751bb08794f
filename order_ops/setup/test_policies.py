# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The five profiles as they are shipped, and every contradiction that they settle (file 30 of the rule book)."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

import frappe
from order_ops.oversight import rules as oversight
from order_ops.policy import rules
from order_ops.policy import service as policies
from order_ops.policy.rules import Policy
from order_ops.setup.policies import CALENDARS, PROFILES
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make, make_user
from order_ops.timekeeping import calendars

CODES = ("BU-PARTS", "GENERAL", "SALON", "SELLER", "TOBACCO")
NOW = datetime(2026, 11, 20, 10)


def values(rows, *names: str) -> list:
	"""The columns of a child table, one value or a tuple each."""
	found = [tuple(getattr(row, name) for name in names) for row in rows]
	return [row[0] for row in found] if len(names) == 1 else found


# What the rows of 30_contradictions.md say, BU-PARTS, GENERAL, SALON, SELLER, TOBACCO from left to right.
# C-23, C-27, C-28, C-30, C-32 and C-33 are no choice of a profile beyond its calendar.
CHOICES = {
	"C-03 send_mode": ("Wave",) * 5,
	"C-05 invoice_request_author": ("WithDeliveryNote",) * 5,
	"C-05 keeper_may_correct_request": (True,) * 5,
	"C-06 refund_submit_gate": ("AfterStockInAndInvoice",) * 5,
	"C-07 same_day_grace": ("Until close of work",) * 5,
	"C-07 strict_wave": (False,) * 5,
	"C-08 return_inspector_role": ("Warehouse Receiver",) * 5,
	"C-08 refusal_signed_by": ("Warehouse Keeper",) * 5,
	"C-11 invoice_trigger": ("DeliveryNote", "Completed", "Completed", "Completed", "Paid"),
	"C-12 settlement_cycle": ("Monthly", "Promptly", "Promptly", "Cycle", "BillingDay"),
	"C-12 settlement_day": (25,) * 5,
	"C-12 settlement_days": (7,) * 5,
	"C-13 review_chain": ("None", "ReviewApprove", "TwoStage", "None", "Auto"),
	"C-14 confirm_mode": ("None", "AfterReview", "None", "None", "BeforeSave"),
	"C-16 change_allowed_until": ("DeliveryNote",) * 5,
	"C-17 return_window_days": (5, 0, 0, 7, 0),
	"C-17 window_start": ("Receipt",) * 5,
	"C-17 no_reason_days": (0,) * 5,
	"C-24 manifest_release": ("AfterBilling",) * 5,
	"C-25 undecided_debit": ("Hold",) * 5,
	"C-26 express_measure": ("WorkingHours",) * 5,
	"C-31 qc_required": (False, True, False, True, False),
	"C-31 qc_form": ("Full", "Full", "Full", "Short", "Full"),
	"C-34 payment_gate": ("Warn", "Warn", "Warn", "Warn", "Block"),
	"C-36 special_without_order": ("OnlyWithApprovedForm",) * 5,
	"G3-0 is_template": (False, True, False, False, False),
	"T-1b is_tobacco": (False, False, False, False, True),
	"E-3.1a maintained_by": ("Platform Operations Group", *("Order Ops Manager",) * 4),
}


class TestShippedProfiles(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		self.profiles: dict[str, Policy] = {code: policies.get(f"{code}-1") for code in CODES}

	def test_two_are_active_and_three_wait(self):  # D-10
		states = {code: policy.status for code, policy in self.profiles.items()}
		self.assertEqual(
			states,
			{
				"BU-PARTS": "Active",
				"GENERAL": "Active",
				**dict.fromkeys(("SALON", "SELLER", "TOBACCO"), "Draft"),
			},
		)
		self.assertEqual([code for code, policy in self.profiles.items() if policy.is_default], ["BU-PARTS"])

	def test_each_can_be_activated_as_it_is(self):  # D-10 G3-7
		for code in CODES[2:]:
			with self.subTest(code):
				doc = frappe.get_doc("Ops Policy Profile", f"{code}-1").update({"status": "Active"})
				self.assertEqual(policies.readiness_of(doc), [])
				doc.save()
				self.assertEqual(policies.resolve(code, at=NOW).name, f"{code}-1")

	def test_every_choice_has_its_default(self):  # C-03 to C-36, one row each
		for row, expected in CHOICES.items():
			found = tuple(getattr(policy, row.split()[1]) for policy in self.profiles.values())
			self.assertEqual(found, expected, row)

	def test_every_value_shipped_is_one_of_its_field(self):
		meta = frappe.get_meta("Ops Policy Profile")
		for profile in PROFILES:
			for field, value in profile.items():
				df = meta.get_field(field)
				self.assertIsNotNone(df, field)
				if df.fieldtype == "Select":
					self.assertIn(value, df.options.split("\n"), field)

	def test_each_purpose_has_its_own_cut_off(self):  # C-01 B-17
		found = {
			code: {
				purpose: cutoff.at_time
				for purpose in frappe.get_meta("Ops Policy Cutoff").get_field("purpose").options.split("\n")
				if (cutoff := policy.cutoff(purpose))
			}
			for code, policy in self.profiles.items()
		}
		self.assertEqual(
			found,
			{
				"BU-PARTS": {"ShipSameDay": time(15), "ProcessWave": time(15), "InvoiceDone": time(15)},
				"GENERAL": {"ShipSameDay": time(18)},
				"SALON": {
					"ShipSameDay": time(18),
					"SendWave": time(15, 30),
					"ReviewWave": time(15),
					"PerformanceDate": time(16),
				},
				"SELLER": {"ShipSameDay": time(18)},
				"TOBACCO": {
					"ShipSameDay": time(17),
					"ExpressT0": time(10),
					"ExpressT1": time(17),
					"PosOrder": time(18),
					"OnlinePayment": time(8, 30),
				},
			},
		)
		self.assertTrue(
			all(c.boundary == "exclusive" for policy in self.profiles.values() for c in policy.cutoffs)
		)

	def test_review_waves_feed_the_next_sending_wave(self):  # C-02 G4-3.6.1 G4-4.3
		salon = self.profiles["SALON"]
		self.assertEqual(
			[
				(
					w.wave,
					w.kind,
					None if w.at_close else w.cutoff,
					w.minutes_before_close,
					w.lead_minutes,
					w.feeds,
				)
				for w in salon.waves
			],
			[
				("S-REV-1", "Review", time(9, 30), 0, 15, "S-SEND-1"),
				("S-REV-2", "Review", time(11, 30), 0, 15, "S-SEND-2"),
				("S-REV-3", "Review", time(15), 0, 15, "S-SEND-3"),
				("S-REV-4", "Review", None, 0, 0, "S-SEND-4"),
				("S-SEND-1", "Send", time(10), 0, 0, ""),
				("S-SEND-2", "Send", time(12), 0, 0, ""),
				("S-SEND-3", "Send", time(15, 30), 0, 0, ""),
				("S-SEND-4", "Send", None, 15, 0, ""),
			],
		)
		for wave in salon.waves:
			self.assertEqual(salon.step(wave.wave).basis, rules.WAVE, wave.wave)

	def test_the_processing_times_by_urgency(self):  # C-04 G1-10a G1-10b G1-10c D-08
		for code in CODES[1:]:
			steps = {s.urgency: (s.step, s.basis, s.minutes) for s in self.profiles[code].steps if s.urgency}
			self.assertEqual(
				steps,
				{
					"Normal": ("G1-N", "Elapsed time", 1440),
					"Special": ("G1-S", "Elapsed time", 720),
					"Urgent": ("G1-U", "Elapsed time", 120),
				},
				code,
			)
		general, seller = self.profiles["GENERAL"], self.profiles["SELLER"]
		self.assertEqual([general.step(s).minutes for s in ("G-REVIEW", "G-APPROVE")], [240, 240])
		self.assertEqual([seller.step(s).minutes for s in ("SELLER-ACCEPT", "SELLER-SHIP")], [1440, 2880])

	def test_late_orders_are_those_after_a_quarter_past_twelve(self):  # C-07
		self.assertEqual(self.profiles["BU-PARTS"].step("E-SHIP").minutes, 165)

	def test_one_job_has_one_role(self):  # C-09
		parts = self.profiles["BU-PARTS"]
		self.assertEqual(parts.step("E-DN").owner_role, "Parts Support Specialist")
		self.assertFalse(frappe.db.exists("Role", "Parts Manager"))

	def test_a_refund_goes_to_its_tier_then_to_the_head_and_finance(self):  # C-10 D-02 B-01
		policy = self.profiles["BU-PARTS"]
		rest = ["Sales Department Head", "BU Finance", "HQ Finance"]
		for amount, first in (
			("4999.99", "Refund Approver L1"),
			("5000.00", "Refund Approver L2"),
			("5000.01", "Refund Approver L2"),
		):
			roles = [tier.role for tier in policy.approvers("Refund", Decimal(amount))]
			self.assertEqual(roles, [first, *rest], amount)
		self.assertEqual({tier.tie_goes_to for tier in policy.tiers}, {"higher"})

	def test_the_ways_of_ordering(self):  # C-15 G3-1.1 G6-04.1 G6-04.2 G4-2.1
		six = ["Phone", "Fax", "Mail", "Web", "Visit", "Oral"]
		found = {code: values(policy.channels, "channel") for code, policy in self.profiles.items()}
		self.assertEqual(found["BU-PARTS"], ["Mall"])
		self.assertEqual(found["GENERAL"], six)
		self.assertCountEqual(found["SALON"], six)
		self.assertEqual(found["SELLER"], ["Platform"])
		self.assertEqual(found["TOBACCO"], ["Phone", "Web", "Allocation", "POS", "Paper Form"])
		self.assertEqual([c.channel for c in self.profiles["SALON"].channels if c.preferred], ["Web"])

	def test_the_ways_of_changing_an_order(self):  # C-16
		found = {code: values(p.change_routes, "route", "review_again") for code, p in self.profiles.items()}
		self.assertEqual(
			found,
			{
				"BU-PARTS": [("Customer", False)],
				"GENERAL": [("Customer", True)],
				"SALON": [("Customer", True)],
				"SELLER": [("Buyer Agreement", False), ("Platform Application", False)],
				"TOBACCO": [("Back Office", False)],
			},
		)

	def test_penalties_only_where_a_regulation_has_them(self):  # C-18 G4-4.4 G4-2.3 G7-6.1
		found = {
			code: values(policy.penalties, "sanction", "amount") for code, policy in self.profiles.items()
		}
		self.assertEqual(
			found,
			{
				"BU-PARTS": [],
				"GENERAL": [],
				"SALON": [("Fine", Decimal("20.00")), ("Record", Decimal(0))],
				"SELLER": [(sanction, Decimal(0)) for sanction in ("Warning", "Fine", "Shop Closure")],
				"TOBACCO": [],
			},
		)

	def test_how_long_records_are_kept(self):  # C-19 T-6a T-6b
		for code, policy in self.profiles.items():
			kept = {(row.document, row.medium): row.years for row in policy.retention}
			self.assertEqual(kept["All Other Records", "Electronic"], 5, code)
		forms = "Forms of Appendices A to D"
		self.assertEqual((kept[forms, "Paper"], kept[forms, "Electronic"]), (3, 5))

	def test_the_order_of_the_queues(self):  # C-20 T-5.7.2.4b
		usual = [("Orders", key) for key in ("Urgency", "Due Time", "Arrival")]
		for code in CODES[:4]:
			self.assertEqual(values(self.profiles[code].priorities, "queue", "sort_by"), usual, code)
		special = [("Special Delivery", key) for key in ("Customer Class", "Recent Sales", "Arrival")]
		self.assertEqual(values(self.profiles["TOBACCO"].priorities, "queue", "sort_by"), [*usual, *special])

	def test_what_is_done_when_goods_are_short(self):  # C-21 G4-3.4
		usual = [
			"Inform the Customer",
			"Negotiate a Later Day",
			"Order Production",
			"Send to Provincial Centre",
		]
		found = {code: values(policy.shortage_steps, "step") for code, policy in self.profiles.items()}
		self.assertEqual(
			found,
			{
				"BU-PARTS": usual,
				"GENERAL": ["Check at Review", *usual],
				"SALON": usual,
				"SELLER": usual,
				"TOBACCO": ["Offer Same Grade"],
			},
		)

	def test_what_customers_of_each_kind_must_give(self):  # C-22 E-4.10 G4-2.2a T-A.00
		found: dict[tuple[str, str], list[str]] = {}
		for code, policy in self.profiles.items():
			for row in policy.required_fields:
				found.setdefault((code, row.customer_kind), []).append(row.field)
		self.assertEqual(
			set(found["BU-PARTS", "Individual"]), {"id_number", "postcode", "street", "house_no"}
		)
		self.assertEqual(len(found["BU-PARTS", "Organisation"]), 6)
		self.assertEqual(len(found["SALON", "Salon"]), 4)
		self.assertEqual(found["TOBACCO", "Retailer"][:2], ["store_code", "store_name"])

	def test_batches_of_debits_go_to_one_bank(self):  # C-29
		self.assertEqual(
			{code: values(policy.banks, "bank") for code, policy in self.profiles.items()},
			{**{code: [] for code in CODES[:4]}, "TOBACCO": ["ICBC"]},
		)

	def test_the_points_of_a_review(self):  # C-35 G2-07 G4-4.2a G6-06 G8-06.3
		found = {code: set(values(policy.checks, "title")) for code, policy in self.profiles.items()}
		self.assertEqual(found["SALON"], {"Promotion policy", "Order taker", "Amount"})
		self.assertTrue(found["SALON"] < found["GENERAL"])
		self.assertTrue({"Budget", "Risks", "Price", "Delivery time", "Stock"} < found["GENERAL"])

	def test_every_link_of_an_order_has_a_department_and_an_owner(self):  # G2-03 G2-02 G1-04
		for code, policy in self.profiles.items():
			self.assertEqual(tuple(values(policy.duties, "link")), rules.LINKS, code)
			self.assertTrue(all(duty.department and duty.owner_role for duty in policy.duties), code)

	def test_the_links_of_an_order_make_up_the_phases_of_its_life(self):  # G2-02 G1-02
		self.assertEqual(tuple(rules.PHASES), oversight.PHASES)
		self.assertEqual(tuple(link for links in rules.PHASES.values() for link in links), rules.LINKS)

	def test_the_platform_hands_orders_over(self):  # E-3.1b
		duties = {duty.link: duty for duty in self.profiles["BU-PARTS"].duties}
		self.assertEqual(duties["Receiving"].department, "E-commerce platform")
		self.assertEqual(duties["Review"].owner_role, "E-commerce Rep Team Leader")
		flow = frappe.get_doc("Workflow", "Ops Sales Order")
		may = {row.allowed for row in flow.transitions if row.action == "Create Order"}
		self.assertIn("E-commerce Rep Team Leader", may)
		self.assertEqual(may & {"Parts Support Specialist", "Warehouse Keeper", "BU Finance"}, set())
		make_user("lead@policy.test", "E-commerce Rep Team Leader")
		with self.as_user("lead@policy.test"):
			for doctype in ("Ops Sales Order", "Ops Invoice"):
				self.assertTrue(frappe.has_permission(doctype, "read"), doctype)

	def test_the_modules_of_each_regulation(self):  # E-2 T-1a
		four = {"Customers", "Ordering", "Fulfilment", "Billing"}
		found = {code: set(policy.modules) for code, policy in self.profiles.items()}
		self.assertEqual(found, {**dict.fromkeys(CODES, four), "BU-PARTS": {"Listing", *four}})

	def test_the_calendars(self):  # D-03 C-23 E-3.2c
		hours = {"BU-PARTS": 54, "SALON": 57, "GENERAL": 45, "SELLER": 45, "TOBACCO": 40}
		self.assertEqual(set(CALENDARS), set(hours))
		for name, expected in hours.items():
			calendar = calendars.get(name)
			week = calendar.working_between(datetime(2026, 11, 16), datetime(2026, 11, 23))
			self.assertEqual(week, expected * 3600, name)
			self.assertEqual(self.profiles[name].calendar, name)

	def test_a_profile_for_tobacco_is_for_tobacco_enterprises(self):  # T-1b
		with self.assertRaises(frappe.ValidationError):
			make("Ops Business Unit", code="T-UNIT", title="T", policy_code="TOBACCO")
		make("Ops Business Unit", code="T-UNIT", title="T", policy_code="TOBACCO", is_tobacco=1)
