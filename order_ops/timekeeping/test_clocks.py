# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Clocks over a business day. The 20th of November 2026 is a Friday."""

from __future__ import annotations

from datetime import datetime, timedelta

import frappe
from order_ops.policy import service as policies
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_user
from order_ops.timekeeping import clock, clocks, events, jobs
from order_ops.timekeeping.exceptions import AppendOnly, NoBreach


def at(clock_time: str, day: int = 20) -> datetime:
	return datetime.fromisoformat(f"2026-11-{day:02d} {clock_time}")


def start(step: str = "E-MATCH", name: str = "SO-1", started: str = "10:00:00", **spec) -> None:
	clocks.start(
		[
			{
				"policy": "BU-PARTS-1",
				"step": step,
				"reference_doctype": "Ops Sales Order",
				"reference_name": name,
				"sales_order": name,
				"started_at": at(started),
				**spec,
			}
		]
	)


def row(step: str = "E-MATCH", name: str = "SO-1"):
	filters = {"reference_name": name, "step": step}
	return frappe.get_doc("Ops Clock", frappe.db.get_value("Ops Clock", filters))


def messages(event: str) -> list[str]:
	return frappe.get_all(
		"Ops Message",
		filters={"event": event, "reference_name": "SO-1"},
		pluck="recipient_role",
		order_by="creation",
	)


class TestClocks(OpsTestCase):
	def test_a_step_is_met_at_its_last_second_and_breached_after_it(self):  # E-4.11a D-04
		for name, end, status in (
			("SO-1", "10:14:59", "Met"),
			("SO-2", "10:15:00", "Met"),
			("SO-3", "10:15:01", "Breached"),
		):
			start(name=name)
			clocks.stop("E-MATCH", {name: at(end)})
			self.assertEqual(row(name=name).status, status, end)
		self.assertEqual(row(name="SO-3").elapsed_seconds, 901)
		self.assertEqual(row(name="SO-3").breached_at, at("10:15:00"))

	def test_each_step_of_the_unit_a_second_before_at_and_after(self):
		"""E-4.12d, E-4.13b, E-4.13c, E-4.13d, E-4.14c, E-4.15b, E-4.15c, E-4.15d, E-4.15e, D-01, D-04"""
		within, by = ("Met", "Met", "Breached"), ("Met", "Breached", "Breached")
		for step, due, results in (
			("E-SO", at("10:30:00"), within),
			("E-DN", at("11:00:00"), within),
			("E-HANDOVER", at("11:00:00"), within),
			("E-W1", at("12:00:00"), by),
			("E-W2", at("15:00:00"), by),
			("E-INV", at("15:00:00"), by),
			("E-SHIP", at("15:00:00"), by),
			("E-SHIPLIST", at("17:30:00"), by),
			("E-LOGINFO", at("09:00:00", 21), by),
		):
			for moved, result in zip((-1, 0, 1), results, strict=True):
				name = f"{step}{moved}"
				start(step, name)
				clocks.stop(step, {name: due + timedelta(seconds=moved)})
				self.assertEqual(row(step, name).status, result, name)
				self.assertEqual(row(step, name).breached_at, due if result == "Breached" else None)

	def test_a_breach_that_no_sweep_has_seen_is_told_at_the_stop(self):  # E-4.11a D-04
		start()
		clocks.stop("E-MATCH", {"SO-1": at("10:15:01")})
		self.assertEqual(messages("Clock Breached"), ["E-commerce Rep Team Leader"])
		self.assertEqual(row().escalated_at, at("10:15:01"))
		self.assertEqual(clocks.sweep(at("10:16:00")), {"breached": 0, "warned": 0})
		self.assertEqual(messages("Clock Breached"), ["E-commerce Rep Team Leader"])

	def test_a_breach_goes_up_to_a_role_when_the_sweep_finds_it(self):  # E-4.11a
		start()
		clocks.sweep(at("10:14:00"))
		self.assertEqual(row().escalated_at, None)
		clocks.sweep(at("10:17:00"))
		self.assertEqual((row().breached_at, row().escalated_at), (at("10:15:00"), at("10:17:00")))

	def test_a_deadline_that_is_met_while_it_stands_still_is_met(self):  # E-4.15g E-4.15c
		start("E-SHIP")
		clocks.pause("E-SHIP", ["SO-1"], at("14:00:00"), "short")
		clocks.stop("E-SHIP", {"SO-1": at("16:00:00")})
		self.assertEqual((row("E-SHIP").status, row("E-SHIP").due_at), ("Met", at("17:00:00")))

	def test_a_pause_before_the_start_gives_nothing(self):  # D-09 E-4.11a
		start(started="16:00:00", business_date=at("00:00", 21).date(), received_at=at("16:00:00"))
		clocks.pause("E-MATCH", ["SO-1"], at("16:10:00"), "called")
		clocks.resume("E-MATCH", ["SO-1"], at("08:35:00", 21))
		self.assertEqual((row().paused_seconds, row().due_at), (300, at("08:50:00", 21)))

	def test_the_sweep_reads_one_statement_and_what_is_due(self):  # D-04
		start()
		clocks.sweep(at("10:00:00"))
		with self.assertQueryCount(1):
			clocks.sweep(at("10:09:59"))
		clocks.sweep(at("10:10:00"))
		with self.assertQueryCount(1):  # warned of, and not late yet
			clocks.sweep(at("10:14:00"))

	def test_a_holiday_that_is_entered_late_moves_what_is_due(self):  # D-03 D-04
		start(started="17:20:00")
		start("E-LOGINFO", "SO-2")
		name = row().name
		calendar = frappe.get_doc("Ops Calendar", "BU-PARTS")
		calendar.append("exceptions", {"date": "2026-11-21", "kind": "Holiday"})
		calendar.save()
		self.assertEqual(row().due_at, at("08:35:00", 21))
		jobs.recount_clocks("BU-PARTS")
		self.assertEqual((row().name, row().due_at), (name, at("08:35:00", 23)))
		self.assertEqual(row("E-LOGINFO", "SO-2").due_at, at("08:30:00", 23))

	def test_a_deadline_is_missed_at_its_very_second(self):  # E-4.14c E-4.15c D-01
		for name, end, status in (("SO-1", "14:59:59", "Met"), ("SO-2", "15:00:00", "Breached")):
			start("E-INV", name)
			clocks.stop("E-INV", {name: at(end)})
			self.assertEqual(row("E-INV", name).status, status, end)

	def test_work_that_ends_after_hours_took_no_longer_than_till_closing(self):  # D-04
		start("E-SO", started="17:00:00")
		clocks.sweep(at("20:00:00"))
		clocks.stop("E-SO", {"SO-1": at("20:00:00")})
		self.assertEqual((row("E-SO").status, row("E-SO").elapsed_seconds), ("Met", 1800))

	def test_starting_twice_is_starting_once(self):  # D-18
		start()
		start(started="11:00:00")
		self.assertEqual(frappe.db.count("Ops Clock", {"reference_name": "SO-1"}), 1)
		self.assertEqual(row().started_at, at("10:00:00"))

	def test_stopping_twice_keeps_the_first_end(self):  # D-18
		start()
		clocks.stop("E-MATCH", {"SO-1": at("10:05:00")})
		clocks.stop("E-MATCH", {"SO-1": at("11:00:00")})
		self.assertEqual((row().stopped_at, row().status), (at("10:05:00"), "Met"))

	def test_a_profile_that_does_not_clock_a_step_starts_no_clock(self):  # D-10
		start(policy="GENERAL-1")
		self.assertEqual(frappe.db.count("Ops Clock", {"reference_name": "SO-1"}), 0)

	def test_the_owner_is_warned_and_the_leader_told_of_the_breach_once(self):  # E-4.11a
		start()
		for when in ("10:09:59", "10:10:00", "10:12:00", "10:15:00", "10:15:01", "10:16:00"):
			clocks.sweep(at(when))
		self.assertEqual(messages("Clock Warned"), ["E-commerce Sales Rep"])
		self.assertEqual(messages("Clock Breached"), ["E-commerce Rep Team Leader"])
		self.assertEqual((row().status, row().stopped_at), ("Breached", None))
		phases = frappe.get_all("Ops Event", filters={"sales_order": "SO-1"}, pluck="phase")
		self.assertEqual(phases, ["Clock Breached"])

	def test_the_sweep_breaches_no_second_too_early(self):  # D-01 D-04
		start()
		start("E-INV", "SO-2", "14:00:00")
		self.assertEqual(clocks.sweep(at("10:15:00"))["breached"], 0)
		self.assertEqual(clocks.sweep(at("10:15:01"))["breached"], 1)
		self.assertEqual(clocks.sweep(at("14:59:59"))["breached"], 0)
		self.assertEqual(clocks.sweep(at("15:00:00"))["breached"], 1)

	def test_a_breach_that_is_stopped_remains_one(self):  # D-04
		start()
		clocks.sweep(at("10:20:00"))
		clocks.stop("E-MATCH", {"SO-1": at("10:21:00")})
		self.assertEqual((row().status, row().elapsed_seconds), ("Breached", 21 * 60))

	def test_waiting_for_the_customer_does_not_count(self):  # E-4.11a
		start()
		clocks.pause("E-MATCH", ["SO-1"], at("10:10:00"), "called, no answer yet")
		self.assertEqual(clocks.sweep(at("12:00:00")), {"breached": 0, "warned": 0})
		clocks.resume("E-MATCH", ["SO-1"], at("12:00:00"))
		self.assertEqual(row().due_at, at("12:05:00"))
		self.assertEqual(row().warn_at, at("12:00:00"))
		clocks.stop("E-MATCH", {"SO-1": at("12:05:00")})
		self.assertEqual((row().status, row().elapsed_seconds, row().paused_seconds), ("Met", 900, 6600))

	def test_a_shortage_suspends_the_hand_over(self):  # E-4.15g
		start("E-HANDOVER", started="16:30:00")
		clocks.pause("E-HANDOVER", ["SO-1"], at("17:00:00"), "short")
		clocks.stop("E-HANDOVER", {"SO-1": at("09:00:00", 21)})
		self.assertEqual((row("E-HANDOVER").status, row("E-HANDOVER").elapsed_seconds), ("Met", 1800))

	def test_a_deadline_that_waited_for_stock_leaves_the_time_it_had_left(self):  # E-4.15g E-4.15c
		start("E-SHIP", received_at=at("09:00:00"))
		clocks.pause("E-SHIP", ["SO-1"], at("11:00:00"), "short")
		clocks.resume("E-SHIP", ["SO-1"], at("09:00:00", 21))
		self.assertEqual(row("E-SHIP").due_at, at("13:00:00", 21))
		self.assertEqual(row("E-SHIP").warn_at, at("12:30:00", 21))
		clocks.stop("E-SHIP", {"SO-1": at("12:59:59", 21)})
		self.assertEqual(row("E-SHIP").status, "Met")

	def test_a_given_up_order_has_no_running_clocks(self):  # D-04
		start()
		start("E-SO", started="09:00:00")
		clocks.sweep(at("10:05:00"))
		clocks.cancel(["SO-1"], at("10:06:00"))
		self.assertEqual((row().status, row("E-SO").status), ("Cancelled", "Breached"))
		self.assertEqual(clocks.sweep(at("12:00:00")), {"breached": 0, "warned": 0})

	def test_the_wave_clock_runs_beside_the_hour_of_the_delivery_note(self):  # E-4.13b E-4.13d D-09
		for step in ("E-DN", "E-W2"):
			start(step, started="13:00:00", business_date=at("00:00").date())
		self.assertEqual((row("E-DN").due_at, row("E-W2").due_at), (at("14:00:00"), at("15:00:00")))
		clocks.stop(("E-DN", "E-W1", "E-W2"), {"SO-1": at("14:30:00")})
		self.assertEqual((row("E-DN").status, row("E-W2").status), ("Breached", "Met"))

	def test_no_clock_of_an_evening_order_starts_before_its_day_opens(self):  # D-09 E-4.11a E-4.12d E-4.13b
		of = {"business_date": at("00:00", 21).date(), "received_at": at("15:00:00")}
		for step, due in (("E-MATCH", "08:45:00"), ("E-SO", "09:00:00"), ("E-DN", "09:30:00")):
			start(step, started="16:10:00", **of)
			self.assertEqual((row(step).started_at, row(step).due_at), (at("08:30:00", 21), at(due, 21)))
		clocks.stop("E-SO", {"SO-1": at("16:20:00")})
		self.assertEqual((row("E-SO").status, row("E-SO").elapsed_seconds), ("Met", 0))
		before = {**of, "business_date": at("00:00").date(), "received_at": at("14:59:59")}
		start("E-SO", "SO-2", "16:10:00", **before)
		self.assertEqual(row("E-SO", "SO-2").due_at, at("16:40:00"))

	def test_late_orders_are_marked_on_their_clock(self):  # C-07 E-4.15c
		start("E-SHIP", started="14:00:00", received_at=at("12:15:01"))
		self.assertEqual((row("E-SHIP").late_window, row("E-SHIP").due_at), (1, at("17:30:00")))

	def test_clocks_can_be_counted_anew_from_their_events(self):  # D-04
		start()
		start("E-SO", started="11:00:00")
		for begin, end in (("10:01:00", "10:03:00"), ("10:05:00", "10:06:00")):
			clocks.pause("E-MATCH", ["SO-1"], at(begin), "waiting")
			clocks.resume("E-MATCH", ["SO-1"], at(end))
		clocks.stop("E-MATCH", {"SO-1": at("10:18:00")})
		before = row().as_dict()
		frappe.db.set_value(
			"Ops Clock",
			before.name,
			{"paused_seconds": 0, "elapsed_seconds": 1, "status": "Breached"},
		)
		clocks.recompute([before.name, row("E-SO").name])
		for field in ("paused_seconds", "elapsed_seconds", "status", "due_at", "warn_at"):
			self.assertEqual(row().get(field), before[field], field)
		self.assertEqual((row("E-SO").status, row("E-SO").due_at), ("Running", at("11:30:00")))

	def test_a_thousand_orders_take_a_handful_of_statements(self):
		names = [f"SO-{n}" for n in range(1000)]
		spec = {"policy": "BU-PARTS-1", "step": "E-SO", "reference_doctype": "Ops Sales Order"}
		clocks.start([{**spec, "reference_name": "warm", "started_at": at("09:00:00")}])
		with self.assertQueryCount(3):  # a host may write in chunks
			clocks.start([{**spec, "reference_name": name, "started_at": at("10:00:00")} for name in names])
		with self.assertQueryCount(10):  # one to read, five of 200 rows to write
			clocks.stop("E-SO", {name: at("10:00:00") + timedelta(seconds=n) for n, name in enumerate(names)})
		self.assertEqual(frappe.db.count("Ops Clock", {"step": "E-SO", "status": "Met"}), 1000)


class TestRecordsOfWhatHappened(OpsTestCase):
	def test_nobody_changes_a_clock_but_for_the_cause_of_its_breach(self):  # G1-20
		start(reference_doctype="User", name="Administrator")
		doc = row(name="Administrator")
		doc.cause = "No reason yet"
		self.assertRaises(NoBreach, doc.save)
		clocks.sweep(at("10:16:00"))
		self.write_cause("The customer's number was wrong")
		doc = row(name="Administrator")
		self.assertEqual((doc.cause_by, doc.cause_at), ("Administrator", at("11:00:00")))
		doc.cause_by = "Guest"
		self.assertRaises(AppendOnly, doc.save)
		doc.reload()
		doc.due_at = at("20:00:00")
		self.assertRaises(AppendOnly, doc.save)
		self.assertRaises(AppendOnly, row(name="Administrator").delete)
		self.assertEqual(row(name="Administrator").due_at, at("10:15:00"))

	def write_cause(self, text: str) -> None:
		doc = row(name="Administrator")
		doc.cause = text
		with self.at("2026-11-20 11:00:00"):
			doc.save()

	def test_the_owner_of_a_step_says_why_it_was_late_and_others_do_not(self):  # D-04 G1-20
		start(reference_doctype="User", name="Administrator")
		clocks.sweep(at("10:16:00"))
		rep = make_user("cause@test.example", "E-commerce Sales Rep").name
		with self.as_user(rep):
			self.write_cause("Wrong number")
		self.assertEqual(row(name="Administrator").cause_by, rep)
		auditor = make_user("auditor@test.example", "Order Ops Auditor").name
		with self.as_user(auditor):
			self.assertRaises(frappe.PermissionError, self.write_cause, "Something else")

	def test_whoever_owns_a_step_reads_its_clock_and_may_say_why_it_was_late(self):  # D-04
		steps = [step for policy in policies.profiles.all().values() for step in policy.steps]
		roles = {role for step in steps for role in (step.owner_role, step.escalate_to) if role}
		for doctype, right in (("Ops Clock", "write"), ("Ops Calendar", "read"), ("Ops Event", "read")):
			allowed = {row.role for row in frappe.get_meta(doctype).permissions if row.get(right)}
			self.assertEqual(roles - allowed, set(), doctype)

	def test_nobody_changes_or_deletes_an_event(self):  # G1-20
		with self.at("2026-11-20 10:00:00"):
			events.record(
				[{"phase": "Tested", "reference_doctype": "User", "reference_name": "Administrator"}]
			)
		event = frappe.get_doc("Ops Event", frappe.db.get_value("Ops Event", {"phase": "Tested"}))
		self.assertEqual((event.at, event.by_user), (at("10:00:00"), "Administrator"))
		event.note = "changed"
		self.assertRaises(AppendOnly, event.save)
		self.assertRaises(AppendOnly, event.delete)

	def test_now_is_one_instant_for_everything(self):  # D-19
		with clock.pinned("2026-11-20 14:59:59.9"):
			self.assertEqual(clock.now(), at("14:59:59"))
			self.assertEqual(clock.today(), at("00:00:00").date())
		with self.freeze_time("2026-01-02 03:04:05"):
			self.assertEqual(clock.now(), frappe.utils.now_datetime().replace(microsecond=0))
