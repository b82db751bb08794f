# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The order board: what it shows to whom, by role and by business unit, in how many queries."""

from __future__ import annotations

from datetime import datetime, timedelta

import frappe
from order_ops.api.v1 import board as api
from order_ops.rows import insert_many
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import bare_orders, make, make_business_unit, make_user
from order_ops.timekeeping import board, clock, holds, waves

NOW = datetime(2026, 11, 24, 10)  # a Tuesday
REP, LEAD, PARTS, MANAGER = (
	*("E-commerce Sales Rep", "E-commerce Rep Team Leader", "Parts Support Specialist"),
	"Order Ops Manager",
)
ORDER = "Ops Sales Order"
QUERIES = 20


class TestBoard(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		for doctype in ("Ops Clock", "Ops Hold", "Ops Wave Run", "Ops Wave Run Line", ORDER):
			frappe.db.delete(doctype)
		pinned = clock.pinned(NOW)
		pinned.__enter__()
		self.addCleanup(pinned.__exit__, None, None, None)
		self.unit, self.other = make_business_unit(), make_business_unit("TEST-OTHER")

	def clocks(self, number: int = 1, due: timedelta = timedelta(hours=1), **values) -> None:
		"""Open clocks of orders; due so long from now, warned half an hour before."""
		due_at = NOW + due
		insert_many(
			"Ops Clock",
			[
				{
					"step": "E-DN",
					"rule": "E-4.13b",
					"status": "Running",
					"reference_doctype": ORDER,
					"reference_name": (name := f"SO-{frappe.generate_hash(length=8)}"),
					"clock_key": name,
					"sales_order": name,
					"business_unit": self.unit,
					"owner_role": PARTS,
					"escalate_to": MANAGER,
					"started_at": NOW - timedelta(hours=1),
					"due_at": due_at,
					"warn_at": due_at - timedelta(minutes=30),
					**values,
				}
				for _n in range(number)
			],
		)

	def lanes(self, state: dict) -> dict[str, dict]:
		return {lane["step"]: lane for one in state["profiles"] for lane in one["lanes"]}

	def test_a_lane_counts_what_is_open_nearly_due_and_late(self):  # D-04
		for seconds in (-1, 0, 1, 1800, 1801):
			self.clocks(due=timedelta(seconds=seconds))
		self.clocks(due=timedelta(hours=-1), status="Paused", pause_reason="Waiting for the customer")
		self.clocks(status="Met", stopped_at=NOW)
		lane = self.lanes(api.read_state(None, None))["E-DN"]
		self.assertEqual((lane["open"], lane["overdue"], lane["soon"]), (6, 1, 3))
		self.assertEqual(lane["title"], "Issue the delivery note")
		self.assertEqual([card["paused"] for card in lane["cards"]], [False] * 5 + [True])

	def test_breaches_stand_first_with_the_oldest_and_where_they_went(self):  # D-04 E-4.11a
		for hours in range(1, board.BREACHES_SHOWN + 3):
			self.clocks(due=timedelta(hours=-hours), status="Breached")
		shown = api.read_state(None, None)["breaches"]
		self.assertEqual(
			(shown["count"], len(shown["cards"])), (board.BREACHES_SHOWN + 2, board.BREACHES_SHOWN)
		)
		self.assertEqual(shown["cards"][0]["due_at"], (NOW - timedelta(hours=14)).isoformat())
		self.assertEqual((shown["cards"][0]["owner"], shown["cards"][0]["escalated_to"]), (PARTS, MANAGER))

	def test_only_the_business_units_one_may_see(self):  # E-3.2b
		self.clocks(2)
		self.clocks(3, business_unit=self.other, status="Breached")
		self.clocks(1, business_unit=None)
		make_user("parts@board.test", PARTS)
		make(
			"User Permission",
			user="parts@board.test",
			allow="Ops Business Unit",
			for_value=self.unit,
			apply_to_all_doctypes=1,
		)
		with self.as_user("parts@board.test"):
			state = api.read_state(None, None)
			self.assertEqual([unit["name"] for unit in state["units"]], [self.unit])
			self.assertEqual((state["figures"]["open"], state["breaches"]["count"]), (3, 0))
			self.assertEqual(api.read_state(self.unit, None)["figures"]["open"], 2)
			self.assertRaises(frappe.PermissionError, api.read_state, self.other, None)
		self.assertEqual(api.read_state(self.other, None)["figures"]["open"], 3)

	def test_only_lanes_of_documents_one_may_read(self):
		self.clocks()
		self.clocks(step="E-MATCH", owner_role=REP, reference_doctype="Ops Customer Match", status="Breached")
		make_user("keeper@board.test", "Warehouse Keeper")
		with self.as_user("keeper@board.test"):
			self.assertFalse(frappe.has_permission("Ops Customer Match", "read"))
			state = api.read_state(None, None)
		self.assertEqual(list(self.lanes(state)), ["E-DN"])
		self.assertEqual(state["breaches"], {"count": 0, "escalated": 0, "cards": []})

	def test_the_lanes_of_a_role_and_of_mine(self):
		self.clocks()
		self.clocks(step="E-SO", owner_role=REP, escalate_to=LEAD)
		self.clocks(step="E-SO", owner_role=REP, escalate_to=LEAD, status="Breached")
		self.assertEqual(list(self.lanes(api.read_state(None, PARTS))), ["E-DN"])
		self.assertEqual(list(self.lanes(api.read_state(None, REP))), ["E-SO"])
		self.assertRaises(frappe.DoesNotExistError, api.read_state, None, "Nobody")
		make_user("lead@board.test", LEAD)
		with self.as_user("lead@board.test"):
			state = api.read_state(None, api.MINE)
		self.assertEqual((self.lanes(state), state["breaches"]["escalated"]), ({}, 1))
		self.assertEqual([role["name"] for role in state["roles"] if role["mine"]], [LEAD])

	def test_every_profile_that_has_a_unit_or_an_open_order(self):  # D-10
		def codes() -> set[str]:
			return {one["code"] for one in api.read_state(None, None)["profiles"]}

		self.assertIn("BU-PARTS", codes())
		profile = frappe.copy_doc(frappe.get_doc("Ops Policy Profile", "BU-PARTS-1"))
		profile.update({"code": "BOARD", "is_default": 0, "status": "Active"}).insert()
		self.assertNotIn("BOARD", codes())
		(order,) = bare_orders({"policy_profile": profile.name, "status": "Received", "docstatus": 0})
		self.assertIn("BOARD", codes())
		frappe.db.set_value(ORDER, order, "status", "Closed")
		self.assertNotIn("BOARD", codes())
		frappe.db.set_value("Ops Business Unit", self.other, "policy_code", "BOARD")
		self.assertIn("BOARD", codes())

	def test_waves_of_the_day_with_their_orders(self):  # E-4.13c E-4.13d
		today = {"wave_date": NOW.date(), "wave": "E-W1"}
		bare_orders(
			today,
			today,
			{**today, "status": "Cancelled"},
			{**today, "wave": "E-W2"},
			{**today, "business_unit": self.other},
		)
		(parts,) = [one for one in api.read_state(self.unit, None)["profiles"] if one["code"] == "BU-PARTS"]
		shown = [
			(wave["wave"], wave["closes_at"][11:16], wave["orders"], wave["status"])
			for wave in parts["waves"]
		]
		self.assertEqual(shown[:2], [("E-W1", "12:00", 2, "Open"), ("E-W2", "15:00", 1, "Open")])
		self.assertEqual((shown[-1][0], shown[-1][1]), ("DAY", "17:30"))
		with clock.pinned("2026-11-24 12:00:00"):
			(parts,) = [one for one in api.read_state(None, None)["profiles"] if one["code"] == "BU-PARTS"]
		self.assertEqual([wave["status"] for wave in parts["waves"]][:2], ["Waiting", "Open"])

	def test_waves_that_a_stopped_scheduler_missed(self):  # D-18
		with self.without_commits(), clock.pinned("2026-11-23 12:00:00"):
			waves.close("BU-PARTS-1", "E-W1", "2026-11-23")
		(parts,) = [one for one in api.read_state(None, None)["profiles"] if one["code"] == "BU-PARTS"]
		shown = [(wave["wave"], wave["closes_at"][:10], wave["status"]) for wave in parts["waves"]]
		self.assertEqual(
			shown[:3],
			[
				("E-W2", "2026-11-23", "Waiting"),
				("DAY", "2026-11-23", "Waiting"),
				("E-W1", "2026-11-24", "Open"),
			],
		)
		with self.without_commits():
			for code in ("E-W2", "DAY"):
				waves.close("BU-PARTS-1", code, "2026-11-23")
		(parts,) = [one for one in api.read_state(None, None)["profiles"] if one["code"] == "BU-PARTS"]
		self.assertEqual({wave["closes_at"][:10] for wave in parts["waves"]}, {"2026-11-24"})

	def test_what_a_wave_did_with_the_orders_of_ones_units(self):  # E-4.13c E-3.2b
		mine, *others = bare_orders({}, {"business_unit": self.other}, {"business_unit": self.other})
		with self.without_commits(), clock.pinned("2026-11-24 12:00:00"):
			run = waves.close("BU-PARTS-1", "E-W1", "2026-11-24")
			line = {"parent": run, "parenttype": "Ops Wave Run", "parentfield": "lines"}
			rows = ((mine, "Taken"), (others[0], "Taken"), (others[1], "Held Back"))
			insert_many(
				"Ops Wave Run Line", [{**line, "sales_order": name, "result": how} for name, how in rows]
			)
			shown = [
				api.read_state(unit, None)["profiles"][0]["waves"][0] for unit in (self.unit, self.other)
			]
		counts = [(wave["status"], wave["taken"], wave["held_back"]) for wave in shown]
		self.assertEqual(counts, [("Done", 1, 0), ("Done", 1, 1)])

	def test_after_close_of_work_the_next_working_day(self):  # D-03
		for at, day in (("17:30:00", "2026-11-24"), ("17:30:01", "2026-11-25")):
			with clock.pinned(f"2026-11-24 {at}"):
				(parts,) = [
					one for one in api.read_state(None, None)["profiles"] if one["code"] == "BU-PARTS"
				]
			self.assertEqual(parts["day"], day)

	def test_the_days_close_with_what_nobody_explained(self):  # E-4.13e
		first, second, third = bare_orders(
			*[{"wave": "E-W1", "wave_date": "2026-11-23", "status": "Received", "docstatus": 0}] * 2,
			{
				"wave": "E-W1",
				"wave_date": "2026-11-23",
				"status": "Received",
				"business_unit": self.other,
				"docstatus": 0,
			},
		)
		with self.without_commits(), clock.pinned("2026-11-23 17:30:00"):
			run = waves.close("BU-PARTS-1", "DAY", "2026-11-23")
		frappe.db.set_value(
			"Ops Wave Run Line", {"parent": run, "sales_order": first}, "explanation", "客户来取"
		)
		(parts,) = [one for one in api.read_state(self.unit, None)["profiles"] if one["code"] == "BU-PARTS"]
		close = parts["day_close"]
		self.assertEqual((close["day"], close["open"], close["unexplained"]), ("2026-11-23", 2, 1))
		self.assertEqual([line["name"] for line in close["lines"]], [second, first])
		frappe.db.set_value(ORDER, second, "status", "Shipped")
		(parts,) = [one for one in api.read_state(None, None)["profiles"] if one["code"] == "BU-PARTS"]
		self.assertEqual([line["name"] for line in parts["day_close"]["lines"]], [third, first])

	def test_a_held_order_is_open_at_the_close_for_the_reason_of_its_hold(self):  # E-4.13e G1-09
		(order,) = bare_orders(
			{"wave": "E-W1", "wave_date": "2026-11-23", "status": "Received", "docstatus": 0}
		)
		with self.without_commits(), clock.pinned("2026-11-23 17:30:00"):
			holds.place([{"kind": "Special Situation", "reference_name": order, "reason": "等客户回电"}])
			waves.close("BU-PARTS-1", "DAY", "2026-11-23")
		(parts,) = [one for one in api.read_state(None, None)["profiles"] if one["code"] == "BU-PARTS"]
		self.assertEqual([line["note"] for line in parts["day_close"]["lines"]], ["等客户回电"])

	def test_open_holds_of_ones_units_and_roles(self):  # G1-09
		row = {
			"kind": "Special Situation",
			"status": "Open",
			"reference_doctype": ORDER,
			"owner_role": REP,
			"rule": "G1-09",
		}
		insert_many(
			"Ops Hold",
			[
				{
					**row,
					"reference_name": name,
					"business_unit": unit,
					"reason": name,
					"hold_key": name,
					**more,
				}
				for name, unit, more in (
					("SO-A", self.unit, {}),
					("SO-B", self.other, {}),
					("SO-C", self.unit, {"status": "Released"}),
					("SO-D", self.unit, {"owner_role": PARTS}),
				)
			],
		)
		shown = api.read_state(self.unit, None)["holds"]
		self.assertEqual((shown["count"], {card["name"] for card in shown["cards"]}), (2, {"SO-A", "SO-D"}))
		self.assertEqual(
			[card["name"] for card in api.read_state(self.unit, PARTS)["holds"]["cards"]], ["SO-D"]
		)

	def test_a_rule_leads_to_the_rule_book(self):
		self.clocks()
		self.assertIn("E-4.13b", api.read_state(None, None)["rules"]["E-4.13b"])

	def test_titles_are_in_the_readers_language(self):
		self.clocks()
		frappe.local.lang = "zh"
		self.addCleanup(setattr, frappe.local, "lang", "en")
		state = api.read_state(None, None)
		self.assertEqual(self.lanes(state)["E-DN"]["title"], frappe._("Issue the delivery note", "zh"))
		self.assertNotEqual(self.lanes(state)["E-DN"]["title"], "Issue the delivery note")

	def test_as_many_queries_for_many_orders_as_for_few(self):
		self.clocks()
		api.read_state(None, None)  # snapshots and permissions are read once a request
		with self.assertQueryCount(QUERIES):
			api.read_state(None, None)
		self.clocks(300)
		self.clocks(100, step="E-SO", owner_role=REP, status="Breached")
		bare_orders(*[{"wave": "E-W1", "wave_date": NOW.date()}] * 300)
		with self.assertQueryCount(QUERIES):
			api.read_state(None, None)

	def test_the_board_is_not_for_customers(self):
		make_user("customer@board.test", "Portal Customer")
		with self.as_user("customer@board.test"):
			self.assertRaises(frappe.PermissionError, api.read_state, None, None)
