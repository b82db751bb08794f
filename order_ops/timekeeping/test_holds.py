"""Holds: placed, asked before transitions, released by person, time or promise, overridden."""

from datetime import datetime

import frappe
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import (
	make,
	make_customer,
	make_note,
	make_order,
	make_released_order,
	make_user,
)
from order_ops.timekeeping import clocks, guards, holds
from order_ops.timekeeping.exceptions import AppendOnly, HoldInvalid

TEN = "2026-11-20 10:00:00"
ORDER, NOTE = "Ops Sales Order", "Ops Delivery Note"
RELEASE, SHIP = "Ops Sales Order:Release", "Ops Delivery Note:Ship"
REASON = "Which model does the customer mean?"


def hold(name, kind="Instruction Needed", **values):
	verdict = holds.place([{"kind": kind, "reference_name": name, "reason": REASON, **values}])[0]
	assert verdict["status"] == "placed", verdict
	return verdict["name"]


def events(order, phase):
	fields = ["note", "rule", "by_user", "at", "reference_name"]
	return frappe.get_all("Ops Event", filters={"sales_order": order, "phase": phase}, fields=fields)


class TestPlace(OpsTestCase):
	def test_a_held_order_shows_it_and_goes_no_further(self):  # G1-09, G5-2.3, G1-20
		make_customer()
		order, other = make_order("H-1"), make_order("H-2")
		name = hold(order.name)
		doc = frappe.get_doc("Ops Hold", name)
		self.assertEqual((doc.sales_order, doc.business_unit, doc.status), (order.name, "TEST-BU", "Open"))
		self.assertEqual((doc.owner_role, doc.rule), ("E-commerce Rep Team Leader", "G5-2.3"))
		self.assertEqual((order.reload().held, other.reload().held), (1, 0))
		refused = guards.check(RELEASE, [order.name, other.name])
		self.assertEqual(list(refused), [order.name])
		self.assertIn(name, refused[order.name].message)
		self.assertEqual((refused[order.name].code, refused[order.name].rule), ("held", "G5-2.3"))
		(event,) = events(order.name, "Hold Placed")
		self.assertEqual((event.rule, event.note), ("G5-2.3", f"Instruction Needed: {REASON}"))

	def test_a_repeat_does_nothing(self):  # G1-09
		order = make_order()
		name = hold(order.name)
		spec = {"kind": "Instruction Needed", "reference_name": order.name, "reason": "again"}
		self.assertEqual(
			[(v["name"], v["status"]) for v in holds.place([spec, spec])],
			[(name, "repeat"), (name, "repeat")],
		)
		self.assertEqual(len(events(order.name, "Hold Placed")), 1)
		keyed = {**spec, "kind": "Payment Check", "key": "bank:1"}
		first, second = holds.place([keyed, keyed])
		self.assertEqual((first["status"], second["status"]), ("placed", "repeat"))
		holds.release([first["name"], name], "settled")
		self.assertEqual(holds.place([keyed])[0]["status"], "repeat")
		self.assertEqual(holds.place([spec])[0]["status"], "placed")

	def test_several_holds_at_once_and_the_last_release_frees(self):  # G1-09
		make_customer()
		order = make_order()
		names = [
			hold(order.name, kind) for kind in ("Instruction Needed", "Customer Question", "Change Requested")
		]
		for name in names[:2]:
			holds.release([name], "settled")
			self.assertIn(order.name, guards.check(RELEASE, [order.name]))
			self.assertEqual(order.reload().held, 1)
		holds.release(names[2:], "settled")
		self.assertEqual(order.reload().held, 0)
		self.assertEqual(guards.check(RELEASE, [order.name]), {})

	def test_what_cannot_be_held_is_named(self):  # G1-09, G5-2.3
		order = make_order().name
		spec = {"kind": "Instruction Needed", "reference_name": order, "reason": REASON}
		make("Ops Hold Kind", kind_name="Gone", owner_role="Order Ops Manager", enabled=0)
		wrong = [
			{**spec, "reference_name": "SO-NONE"},
			{**spec, "reference_doctype": "User", "reference_name": "Administrator"},
			{**spec, "kind": "Mood"},
			{**spec, "kind": "Gone"},
			{**spec, "reason": " "},
			{**spec, "blocks": ["Ops Sales Order:Fly"]},
			{**spec, "release_rule": "At a time", "release_at": "2020-01-01 00:00:00"},
			{**spec, "release_rule": "By a promise"},
		]
		self.assertEqual({v["status"] for v in holds.place(wrong)}, {"refused"})
		self.assertTrue(all(v["message"] for v in holds.place(wrong)))
		self.assertEqual((frappe.db.count("Ops Hold"), frappe.db.get_value(ORDER, order, "held")), (0, 0))

	def test_a_hold_on_a_note_leaves_its_order_alone(self):  # G5-2.3
		note = make_note()
		hold(note.name, "Shipping Stop", reference_doctype=NOTE)
		self.assertEqual(frappe.db.get_value(ORDER, note.sales_order, "held"), 1)
		self.assertIn(note.name, guards.check(SHIP, [note.name]))
		self.assertEqual(guards.check("Ops Sales Order:Identify", [note.sales_order]), {})
		self.assertEqual(list(holds.open_holds([note.sales_order])), [note.sales_order])
		self.assertEqual(list(holds.open_holds([note.name], NOTE)), [note.name])

	def test_a_hold_on_an_order_holds_its_notes_unless_it_says_otherwise(self):  # G5-2.3
		note = make_note()
		for covers, held in ((0, False), (1, True)):
			name = hold(note.sales_order, covers_documents=covers)
			self.assertEqual("held" in [r.code for r in guards.check(SHIP, [note.name]).values()], held)
			holds.release([name], "settled")


class TestEnd(OpsTestCase):
	def test_at_its_time(self):  # G5-2.3, D-01
		order = make_order().name
		with self.at(TEN):
			name = hold(order, release_rule="At a time", release_at="2026-11-20 12:00:00")
		self.assertEqual(holds.release_due(datetime(2026, 11, 20, 11, 59, 59)), [])
		self.assertEqual(holds.release_due(datetime(2026, 11, 20, 12, 0, 0)), [name])
		self.assertEqual(holds.release_due(datetime(2026, 11, 20, 12, 0, 1)), [])
		self.assertEqual(len(events(order, "Hold Released")), 1)
		self.assertEqual(frappe.db.get_value(ORDER, order, "held"), 0)

	def test_a_broken_promise_escalates(self):  # D-05, G1-09
		order = make_order().name
		with self.at(TEN):
			kept, broken = (
				hold(order, kind, release_rule="By a promise", promised_by="2026-11-20")
				for kind in ("Instruction Needed", "Special Situation")
			)
		with self.at("2026-11-20 23:59:59"):
			clocks.sweep(datetime(2026, 11, 20, 23, 59, 59))
			holds.release([kept], "answered")
		clocks.sweep(datetime(2026, 11, 21))
		status = {
			row.reference_name: row.status
			for row in frappe.get_all(
				"Ops Clock", filters={"reference_doctype": "Ops Hold"}, fields=["reference_name", "status"]
			)
		}
		self.assertEqual(status, {kept: "Met", broken: "Breached"})
		message = {"event": "Clock Breached", "reference_name": broken}
		self.assertEqual(frappe.db.get_value("Ops Message", message, "recipient_role"), "Order Ops Manager")
		self.assertEqual(frappe.db.get_value("Ops Hold", broken, "status"), "Open")

	def test_its_owner_releases_it_with_a_reason(self):  # G1-09
		order = make_order().name
		doc = frappe.get_doc("Ops Hold", hold(order))
		for role, reason, error in (
			("E-commerce Sales Rep", "settled", frappe.PermissionError),
			("E-commerce Rep Team Leader", " ", HoldInvalid),
		):
			with self.as_user(make_user("one@test.example", role).name), self.assertRaises(error):
				holds.release_hold({**doc.as_dict(), "closing_reason": reason})
			self.assertEqual(doc.reload().status, "Open")
		with self.as_user(make_user("lead@test.example", "E-commerce Rep Team Leader").name):
			doc.closing_reason = "The customer means the left one"
			doc.save()
			holds.release_hold(doc.as_dict())
		doc.reload()
		self.assertEqual((doc.status, doc.closed_by), ("Released", "lead@test.example"))
		self.assertEqual(holds.release([doc.name], "again")[0]["status"], "repeat")
		(event,) = events(order, "Hold Released")
		self.assertIn("the left one", event.note)

	def test_an_override_is_never_silent(self):  # G1-09, G6-03
		make_customer()
		order = make_order()
		doc = frappe.get_doc("Ops Hold", hold(order.name))
		with self.as_user(make_user("lead@test.example", "E-commerce Rep Team Leader").name):
			with self.assertRaises(frappe.PermissionError):
				holds.override_hold({**doc.as_dict(), "closing_reason": "in a hurry"})
		with self.as_user(make_user("boss@test.example", "Order Ops Manager").name):
			with self.assertRaises(HoldInvalid):
				holds.override_hold(doc.as_dict())
			holds.override_hold({**doc.as_dict(), "closing_reason": "The customer called me"})
		(event,) = events(order.name, "Override")
		self.assertEqual((event.rule, event.by_user), ("G5-2.3", "boss@test.example"))
		self.assertEqual(event.note, "Instruction Needed: The customer called me")
		self.assertEqual(doc.reload().status, "Overridden")
		self.assertEqual(guards.check(RELEASE, [order.name]), {})


class TestDesk(OpsTestCase):
	def test_a_person_places_a_hold_from_the_order(self):  # G1-09
		order = make_order()
		values = {"kind": "Customer Question", "sales_order": order.name, "reason": REASON}
		with self.as_user(make_user("rep@test.example", "E-commerce Sales Rep").name):
			doc = frappe.get_doc({"doctype": "Ops Hold", **values, "status": "Released"}).insert()
			with self.assertRaises(HoldInvalid):
				frappe.get_doc({"doctype": "Ops Hold", **values}).insert()
		self.assertEqual(
			(doc.reference_name, doc.placed_by, doc.status), (order.name, "rep@test.example", "Open")
		)
		self.assertEqual(order.reload().held, 1)
		self.assertEqual(len(events(order.name, "Hold Placed")), 1)

	def test_nobody_writes_it_away(self):  # G8-03.2, G1-20
		doc = frappe.get_doc("Ops Hold", hold(make_order().name))
		for field, value in (("status", "Released"), ("reason", "none"), ("owner_role", "System Manager")):
			doc.reload().set(field, value)
			with self.subTest(field=field), self.assertRaises((AppendOnly, frappe.CannotChangeConstantError)):
				doc.save()
		with self.assertRaises(AppendOnly):
			doc.reload().delete()

	def test_a_kind_names_transitions_that_exist(self):  # G1-09
		with self.assertRaises(HoldInvalid):
			make(
				"Ops Hold Kind", kind_name="Odd", owner_role="Order Ops Manager", blocks="Ops Sales Order:Fly"
			)


class TestCost(OpsTestCase):
	def test_a_set_of_orders_costs_no_more_statements_than_one(self):  # G1-09
		many = [make_released_order(f"M-{n}").name for n in range(8)]

		def cost(names):
			specs = [{"kind": "Special Situation", "reference_name": n, "reason": "x"} for n in names]
			with self.assertQueryCount(22):
				holds.place(specs)
			with self.assertQueryCount(4):
				self.assertEqual(set(guards.check("Ops Sales Order:Deliver", names)), set(names))

		cost(many[:1])
		cost(many[1:])
