# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from datetime import datetime

import frappe
from order_ops.exchange import service as outbox
from order_ops.oversight import evidence, scope
from order_ops.policy import rule_book
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_business_unit, make_customer, make_order, make_user
from order_ops.timekeeping import clocks, events


def figures(rule: str) -> tuple:
	row = frappe.db.get_value("Ops Rule", rule, list(rule_book.FIGURE_FIELDS), as_dict=True)
	return row.applied, row.met, row.broken, row.overridden, row.last_at


def run_clock(
	name: str, start: str, end: str | None, step: str = "E-MATCH", order: str | None = None
) -> None:
	clocks.start(
		[
			{
				"policy": "BU-PARTS-1",
				"step": step,
				"reference_doctype": "Ops Sales Order",
				"reference_name": name,
				"sales_order": order or name,
				"business_unit": make_business_unit(),
				"started_at": datetime.fromisoformat(start),
			}
		]
	)
	if end:
		clocks.stop(step, {name: datetime.fromisoformat(end)})


class TestEvidence(OpsTestCase):
	def setUp(self):
		super().setUp()
		for doctype in ("Ops Clock", "Ops Event", "Ops Message"):
			frappe.db.delete(doctype)
		evidence.roll_up()

	def test_clocks_meet_and_break_their_rules(self):  # E-4.11a
		run_clock("SO-1", "2026-11-20 10:00:00", "2026-11-20 10:15:00")
		run_clock("SO-2", "2026-11-20 11:00:00", "2026-11-20 11:15:01")
		run_clock("SO-3", "2026-11-20 12:00:00", None)
		run_clock("SO-4", "2026-11-20 13:00:00", None)
		clocks.cancel(["SO-4"], datetime(2026, 11, 20, 13, 1))
		frappe.db.delete("Ops Message")  # that SO-2 was late was told, which is counted by itself
		evidence.roll_up()
		self.assertEqual(figures("E-4.11a"), (3, 1, 1, 0, datetime(2026, 11, 20, 12)))

	def test_the_events_of_a_clock_are_not_counted_again(self):
		run_clock("SO-1", "2026-11-20 10:00:00", None)
		clocks.pause("E-MATCH", ["SO-1"], datetime(2026, 11, 20, 10, 5), "Waiting for the customer")
		evidence.roll_up()
		self.assertEqual(figures("E-4.11a")[:4], (1, 0, 0, 0))

	def test_events_apply_a_rule_and_overrides_pass_over_it(self):  # G1-20 G6-03
		for phase, user in (("Hold Placed", "a@x.test"), ("Override", "b@x.test")):
			events.record(
				[
					{
						"phase": phase,
						"rule": "G1-09",
						"reference_doctype": "Ops Sales Order",
						"reference_name": "SO-1",
						"at": datetime(2026, 11, 20, 9),
						"by_user": user,
					}
				]
			)
		evidence.roll_up()
		self.assertEqual(figures("G1-09"), (2, 0, 0, 1, datetime(2026, 11, 20, 9)))
		self.assertEqual(evidence.overriders(scope.Scope()), {"G1-09": ["b@x.test"]})

	def test_a_duty_to_tell_is_met_when_the_message_is_sent(self):  # D-15
		for key, status in (("a", "Queued"), ("b", "Sent"), ("c", "Failed"), ("d", "Stopped")):
			outbox.queue(
				[
					{
						"message_key": f"test:{key}",
						"event": "Wave Closed",
						"rule": "E-4.13g",
						"channel": "Desk",
						"subject": "x",
					}
				]
			)
			frappe.db.set_value("Ops Message", {"message_key": f"test:{key}"}, "status", status)
		evidence.roll_up()
		self.assertEqual(figures("E-4.13g")[:4], (3, 1, 1, 0))

	def test_a_notice_is_no_duty_and_meets_nothing(self):  # D-15
		for key, event, rule in (
			("a", "Clock Breached", "E-4.11a"),  # the clock says it itself
			("b", "Clock Warned", "E-4.13g"),
			("c", "Wave Closed", "E-4.13c"),  # enforced by its clock, not by telling
		):
			notice = {"message_key": f"test:{key}", "event": event, "rule": rule}
			outbox.queue([{**notice, "channel": "Desk", "subject": "x"}])
		frappe.db.set_value("Ops Message", {"message_key": ("like", "test:%")}, "status", "Sent")
		evidence.roll_up()
		for rule in ("E-4.11a", "E-4.13g", "E-4.13c"):
			self.assertEqual(figures(rule)[:4], (0, 0, 0, 0), rule)

	def test_an_order_s_way_shows_in_the_book(self):  # G1-20 E-4.10a E-4.12d
		make_customer()
		with self.at("2026-11-20 10:00:00"):
			order = make_order()
		evidence.roll_up()
		self.assertEqual(figures("E-4.10a")[0], 1)
		self.assertEqual(figures("E-4.10a")[4], datetime(2026, 11, 20, 10))
		self.assertEqual(figures("E-4.12d")[:3], (1, 0, 0), order.status)
		self.assertEqual(figures("E-4.15c")[:4], (0, 0, 0, 0))

	def test_a_second_roll_up_writes_nothing_and_only_changed_rows_are_written(self):
		run_clock("SO-1", "2026-11-20 10:00:00", "2026-11-20 10:15:00")
		self.assertEqual(evidence.roll_up(), 1)
		with self.statements() as said:
			self.assertEqual(evidence.roll_up(), 0)
		self.assertEqual(said, {"select"})
		frappe.db.delete("Ops Clock")
		self.assertEqual(evidence.roll_up(), 1)
		self.assertEqual(figures("E-4.11a"), (0, 0, 0, 0, None))

	def test_managers_and_auditors_count_now_others_may_not(self):
		run_clock("SO-1", "2026-11-20 10:00:00", "2026-11-20 10:15:00")
		make_user("keeper@evidence.test", "Warehouse Keeper")
		with self.as_user("keeper@evidence.test"), self.assertRaises(frappe.PermissionError):
			evidence.update_now()
		self.assertEqual(figures("E-4.11a")[0], 0)
		make_user("auditor@evidence.test", "Order Ops Auditor")
		with self.as_user("auditor@evidence.test"):
			evidence.update_now()
		self.assertEqual(figures("E-4.11a")[0], 1)

	def test_what_is_counted_stands_in_an_index(self):
		for doctype, fields in (
			("Ops Clock", "rule_status_started_at"),
			("Ops Event", "rule_phase_reference_doctype_at"),
			("Ops Message", "rule_status_event_creation"),
		):
			table = f"tab{doctype}"
			if frappe.db.db_type == "sqlite":
				found = [row[1] for row in frappe.db.sql(f"pragma index_list(`{table}`)")]
			else:
				found = [row[2] for row in frappe.db.sql(f"show index from `{table}`")]
			self.assertTrue(any(name.endswith(f"{fields}_index") for name in found), found)

	def test_what_names_a_rule_links_to_it(self):
		for doctype in (
			"Ops Clock",
			"Ops Event",
			"Ops Hold",
			"Ops Message",
			"Ops Policy Step",
			"Ops Policy Wave",
		):
			field = frappe.get_meta(doctype).get_field("rule")
			self.assertEqual((field.fieldtype, field.options), ("Link", "Ops Rule"), doctype)

	def test_evidence_of_a_profile_a_unit_and_an_interval(self):
		make_customer()
		with self.at("2026-11-20 10:00:00"):
			order = make_order().name
		frappe.db.delete("Ops Clock")
		run_clock(order, "2026-11-20 10:00:00", "2026-11-20 10:05:00")
		run_clock("SO-ELSEWHERE", "2026-11-19 10:00:00", "2026-11-19 10:05:00")
		asked = {"from_date": "2026-11-20", "to_date": "2026-11-20"}
		for filters, expected in (
			({"from_date": "2026-11-01", "to_date": "2026-11-20"}, 2),
			(asked, 1),
			({"from_date": "2026-11-19", "to_date": "2026-11-19"}, 1),
			({**asked, "profile": "BU-PARTS-1"}, 1),
			({**asked, "profile": "GENERAL-1"}, 0),
			({**asked, "business_unit": "TEST-BU"}, 1),
			({**asked, "business_unit": "NOBODY"}, 0),
		):
			with self.subTest(filters=filters):
				found = evidence.collect(scope.of(filters)).get("E-4.11a", evidence.Evidence())
				self.assertEqual(found.met, expected)
