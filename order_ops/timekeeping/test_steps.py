# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Steps that a policy starts and stops by announced events. November 2026: the 20th is a Friday, the 21st a Saturday."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from unittest.mock import patch

import frappe
from order_ops.policy import rules as policy_rules
from order_ops.policy import service as policies
from order_ops.policy.rules import Step
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import bare_orders, make_business_unit
from order_ops.timekeeping import clocks, events
from order_ops.timekeeping.rules import Calendar

GENERAL = "GENERAL-1"
CLASSES = (
	Step("G1-N", "Normal order", policy_rules.ELAPSED_TIME, "G1-10a", 24 * 60, urgency="Normal"),
	Step("G1-S", "Special order", policy_rules.ELAPSED_TIME, "G1-10b", 12 * 60, urgency="Special"),
	Step("G1-U", "Urgent order", policy_rules.ELAPSED_TIME, "G1-10c", 2 * 60, urgency="Urgent"),
)
CLASSES = tuple(
	replace(step, starts_with="Order Received", stops_with="Order Released", owner_role="Order Ops Manager")
	for step in CLASSES
)
SHIPPING = Step(
	"SELLER-SHIP",
	"Prepare and ship",
	policy_rules.ELAPSED_TIME,
	"G7-3.1",
	48 * 60,
	starts_with="Order Released",
	stops_with="Order Shipped",
	owner_role="Order Ops Manager",
)
REVIEW = Step("G6-REV", "Review", policy_rules.WORKING_TIME, "G6-06.3", 240, starts_with="Order Received")


def at(text: str) -> datetime:
	return datetime.fromisoformat(f"2026-11-{text}")


@contextmanager
def steps(*of: Step, profile: str = GENERAL):
	"""The profile has these steps and no others."""
	known = dict(policies.profiles.all())
	known[profile] = replace(known[profile], steps=of)
	with patch.object(policies.profiles, "all", lambda: known):
		yield


def due_in_an_hour(step, policy, calendar: Calendar, started_at: datetime) -> datetime:
	"""A step kind of another app: an hour later, whether anybody works or not."""
	return started_at + timedelta(hours=1)


class TestSteps(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		for doctype in ("Ops Clock", "Ops Sales Order"):
			frappe.db.delete(doctype)
		make_business_unit()

	def orders(self, *of: dict) -> list[str]:
		received = {
			"received_at": at("20 10:00:00"),
			"wave_date": date(2026, 11, 20),
			"policy_profile": GENERAL,
		}
		return bare_orders(*({**received, **order} for order in of))

	def clock(self, order: str, step: str):
		return frappe.get_doc("Ops Clock", {"reference_name": order, "step": step})

	def check(self, name: str, step: str, ends: str, status: str, stop: str = "Order Released") -> None:
		frappe.db.delete("Ops Clock")
		events.announce("Order Received", [name], at("20 10:00:07"))
		events.announce(stop, [name], at(ends))
		self.assertEqual(self.clock(name, step).status, status, ends)

	def test_an_order_is_processed_within_the_hours_of_its_class(self):  # G1-10a G1-10b G1-10c D-04
		normal, special, urgent = self.orders(
			{"urgency": "Normal"}, {"urgency": "Special"}, {"urgency": "Urgent"}
		)
		with steps(*CLASSES):
			for name, step, second in (
				(normal, "G1-N", at("21 10:00:00")),
				(special, "G1-S", at("20 22:00:00")),
				(urgent, "G1-U", at("20 12:00:00")),
			):
				for moved, status in ((-1, "Met"), (0, "Met"), (1, "Breached")):
					ends = (second + timedelta(seconds=moved)).strftime("%d %H:%M:%S")
					self.check(name, step, ends, status)
				self.assertEqual(frappe.db.count("Ops Clock"), 1)
				self.assertEqual(self.clock(name, step).started_at, at("20 10:00:00"))

	def test_the_profiles_of_the_site_count_so(self):  # G1-10a G1-10b G1-10c G7-3.1
		hours = {"Normal": 24, "Special": 12, "Urgent": 2}
		for profile in ("GENERAL-1", "SELLER-1"):
			names = self.orders(
				*({"name": f"{profile}-{u}", "urgency": u, "policy_profile": profile} for u in hours)
			)
			events.announce("Order Received", names, at("20 10:00:00"))
			for name, (urgency, allowed) in zip(names, hours.items(), strict=True):
				step = {"Normal": "G1-N", "Special": "G1-S", "Urgent": "G1-U"}[urgency]
				due = at("20 10:00:00") + timedelta(hours=allowed)
				self.assertEqual(self.clock(name, step).due_at, due, name)
		events.announce("Order Released", ["SELLER-1-Normal"], at("20 12:00:00"))
		self.assertEqual(self.clock("SELLER-1-Normal", "G1-N").status, "Met")
		self.assertEqual(self.clock("SELLER-1-Normal", "SELLER-SHIP").due_at, at("22 12:00:00"))
		events.announce("Order Shipped", ["SELLER-1-Normal"], at("22 12:00:01"))
		self.assertEqual(self.clock("SELLER-1-Normal", "SELLER-SHIP").status, "Breached")

	def test_elapsed_hours_begin_at_the_arrival_in_the_evening_too(self):  # G1-10c D-04 D-09
		evening = {"received_at": at("20 20:00:00"), "wave_date": date(2026, 11, 23), "urgency": "Urgent"}
		(name,) = self.orders(evening)
		with steps(*CLASSES):
			events.announce("Order Received", [name], at("20 20:00:00"))
		self.assertEqual(self.clock(name, "G1-U").due_at, at("20 22:00:00"))

	def test_working_hours_begin_when_the_day_of_the_order_opens(self):  # D-09 D-06 D-08
		(name,) = self.orders({"received_at": at("20 20:00:00"), "wave_date": date(2026, 11, 23)})
		with steps(REVIEW):
			events.announce("Order Received", [name], at("20 20:00:00"))
		self.assertEqual(self.clock(name, "G6-REV").due_at, at("23 13:00:00"))

	def test_an_order_without_a_class_is_a_normal_one(self):  # G1-10a
		(name,) = self.orders({"urgency": None})
		with steps(*CLASSES):
			events.announce("Order Received", [name], at("20 10:00:00"))
		self.assertEqual(frappe.get_all("Ops Clock", pluck="step"), ["G1-N"])

	def test_the_seller_ships_within_48_hours_of_acceptance(self):  # G7-3.1 D-08
		for ends, status in (("22 11:59:59", "Met"), ("22 12:00:00", "Met"), ("22 12:00:01", "Breached")):
			frappe.db.delete("Ops Clock")
			frappe.db.delete("Ops Sales Order")
			(name,) = self.orders({})
			with steps(SHIPPING):
				events.announce("Order Released", [name], at("20 12:00:00"))
				events.announce("Order Shipped", [name], at(ends))
			self.assertEqual(self.clock(name, "SELLER-SHIP").status, status, ends)

	def test_two_clocks_that_match_both_run_and_the_earlier_is_shown(self):  # C-04
		(name,) = self.orders({})
		with steps(*CLASSES, REVIEW):
			events.announce("Order Received", [name], at("20 10:00:00"))
		due = {step: self.clock(name, step).due_at for step in ("G1-N", "G6-REV")}
		self.assertEqual(due, {"G1-N": at("21 10:00:00"), "G6-REV": at("20 14:00:00")})
		self.assertEqual(clocks.earliest_due([name, "none"]), {name: at("20 14:00:00")})
		clocks.stop("G6-REV", {name: at("20 11:00:00")})
		self.assertEqual(clocks.earliest_due([name]), {name: at("21 10:00:00")})

	def test_an_order_that_becomes_urgent_has_two_hours_from_then(self):  # G1-10a G1-10c
		name, other = self.orders({}, {})
		with steps(*CLASSES):
			events.announce("Order Received", [name, other], at("20 10:00:00"))
			frappe.db.set_value("Ops Sales Order", name, "urgency", "Urgent")
			for _twice in range(2):
				events.announce("Order Priority Changed", [name, other], at("20 15:00:00"))
		self.assertEqual(self.clock(name, "G1-N").status, "Cancelled")
		self.assertEqual(self.clock(name, "G1-U").due_at, at("20 17:00:00"))
		self.assertEqual(self.clock(other, "G1-N").status, "Running")

	def test_a_class_that_changes_after_the_release_starts_nothing(self):  # G1-10
		(name,) = self.orders({})
		with steps(*CLASSES):
			events.announce("Order Received", [name], at("20 10:00:00"))
			events.announce("Order Released", [name], at("20 11:00:00"))
			frappe.db.set_value("Ops Sales Order", name, "urgency", "Urgent")
			events.announce("Order Priority Changed", [name], at("20 15:00:00"))
		self.assertEqual(frappe.get_all("Ops Clock", pluck="step"), ["G1-N"])

	def test_an_event_that_no_policy_names_costs_no_statement(self):
		names = self.orders({}, {})
		with steps(*CLASSES), self.assertQueryCount(0):
			events.announce("Nobody Listens", names, at("20 10:00:00"))

	def test_a_thousand_orders_take_a_handful_of_statements(self):
		names = [f"SO-MANY-{n}" for n in range(1000)]
		self.orders(*({"name": name, "urgency": "Urgent"} for name in names))
		with steps(*CLASSES):
			with self.assertQueryCount(6):
				events.announce("Order Received", names, at("20 10:00:00"))
			with self.assertQueryCount(12):
				events.announce("Order Released", names, at("20 11:00:00"))
		self.assertEqual(frappe.db.count("Ops Clock", {"step": "G1-U", "status": "Met"}), 1000)

	def test_orders_of_a_silent_channel_and_documents_that_are_none_start_nothing(self):
		frappe.db.set_value("Ops Channel", "MALL", "runs_clocks", 0)
		(name,) = self.orders({})
		with steps(*CLASSES):
			events.announce("Order Received", [name, "DN-1"], at("20 10:00:00"))
		self.assertEqual(frappe.db.count("Ops Clock"), 0)


class TestStepKinds(OpsTestCase):
	def start(self, started: str, **of) -> datetime:
		frappe.db.delete("Ops Clock")
		step = Step("X", "x", policy_rules.OTHER, step_kind="in_an_hour", **of)
		kinds = {"in_an_hour": [f"{__name__}.due_in_an_hour"]}
		before = events.hooked
		with (
			steps(step),
			patch.object(events, "hooked", lambda n: kinds if n == "order_ops_step_kinds" else before(n)),
		):
			spec = {"policy": GENERAL, "step": "X", "reference_doctype": "User", "reference_name": "Guest"}
			(row,) = clocks.start([{**spec, "started_at": at(started)}])
		return row["due_at"]

	def test_another_app_says_when_a_step_of_its_kind_is_due(self):  # D-03 D-09
		self.assertEqual(self.start("20 10:00:00"), at("20 11:00:00"))
		self.assertEqual(self.start("20 17:30:00"), at("23 09:00:00"))
		self.assertEqual(self.start("20 10:00:00", lead_minutes=120), at("20 12:00:00"))

	def test_a_kind_that_nobody_registers_is_an_error(self):
		with steps(Step("X", "x", policy_rules.OTHER, step_kind="unknown")):
			spec = {"policy": GENERAL, "step": "X", "reference_doctype": "User", "reference_name": "Guest"}
			self.assertRaises(LookupError, clocks.start, [{**spec, "started_at": at("20 10:00:00")}])
