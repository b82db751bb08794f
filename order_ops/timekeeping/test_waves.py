# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Waves of BU-PARTS. The 20th of November 2026 is a Friday, the 22nd a Sunday."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

import frappe
from order_ops.policy import service as policies
from order_ops.rows import insert_many
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import activate, bare_orders, make_business_unit, make_user
from order_ops.timekeeping import (
	calendars,
	clock,
	clocks,
	events,
	holds,
	jobs,
	wave_rules,
	wave_schedule,
	waves,
)
from order_ops.timekeeping.exceptions import AppendOnly, UnknownWave
from order_ops.timekeeping.wave_rules import WaveVerdict, WaveWindow

PROFILE = "BU-PARTS-1"
THURSDAY, FRIDAY, SATURDAY, MONDAY = (date(2026, 11, day) for day in (19, 20, 21, 23))


class Killed(BaseException):
	"""The process is gone: nothing in it runs any more."""


def order(received: str, wave: str = "E-W1", day: date = FRIDAY, **values) -> dict:
	return {
		"received_at": datetime.fromisoformat(f"2026-11-{received}"),
		"wave": wave,
		"wave_date": day,
		**values,
	}


def lines(run: str) -> list[tuple]:
	found = frappe.get_all(
		"Ops Wave Run Line",
		filters={"parent": run},
		fields=["sales_order", "result", "document", "reason"],
		order_by="idx",
	)
	return [(line.sales_order, line.result, line.document or "", line.reason or "") for line in found]


class TestWaves(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		for doctype in ("Ops Wave Run", "Ops Wave Run Line", "Ops Sales Order"):
			frappe.db.delete(doctype)
		make_business_unit()
		self.calls: list[list[str]] = []
		self.enterContext(self.without_commits())

	def enterContext(self, context):  # Python 3.10 has none
		self.addCleanup(context.__exit__, None, None, None)
		return context.__enter__()

	@contextmanager
	def handler(self, decide=None):
		"""Stand in for the module that issues delivery notes."""

		def handle(window: WaveWindow, orders: list[str]) -> list[WaveVerdict]:
			self.calls.append(orders)
			if decide:
				return decide(window, orders)
			return [WaveVerdict(name, True, document=f"DN-{name[-3:]}") for name in orders]

		with patch.object(waves, "_handler", lambda wave: handle):
			yield

	def close(self, wave: str = "E-W1", day: date = FRIDAY, at: str = "20 12:00:00", decide=None):
		with self.handler(decide), clock.pinned(f"2026-11-{at}"):
			return frappe.get_doc("Ops Wave Run", waves.close(PROFILE, wave, day))

	def test_the_noon_wave_takes_its_window_and_what_was_left_over(self):  # E-4.13c
		names = bare_orders(
			order("20 09:00"),
			order("19 16:00"),
			order("18 14:00", "E-W2", date(2026, 11, 18)),
			order("20 12:30", "E-W2"),
			order("20 15:00", "E-W1", SATURDAY),
			order("20 08:00", status="Identified", docstatus=0),
			order("20 08:30", policy_profile="GENERAL-1"),
		)
		run = self.close()
		self.assertEqual([line[0] for line in lines(run.name)], [names[2], names[1], names[0]])
		self.assertEqual((run.status, run.taken, run.held_back), ("Done", 3, 0))
		self.assertEqual(
			(run.window_from, run.window_to), (datetime(2026, 11, 19, 15), datetime(2026, 11, 20, 12))
		)

	def test_the_afternoon_wave_completes_the_window_of_the_day(self):  # E-4.13d E-4.13e
		names = bare_orders(order("20 12:30", "E-W2"), order("19 15:00"), order("20 15:00", "E-W1", SATURDAY))
		run = self.close("E-W2", at="20 15:00:00")
		self.assertEqual([line[0] for line in lines(run.name)], [names[1], names[0]])

	def test_what_is_held_back_has_its_reason(self):  # E-4.13c D-18
		names = bare_orders(order("20 09:00"), order("20 10:00"), order("20 11:00"))
		run = self.close(
			decide=lambda window, orders: [
				WaveVerdict(orders[0], True, document="DN-1"),
				WaveVerdict(orders[1], False, reason="Stock is short"),
			]
		)
		expected = [(names[0], "Taken", "DN-1", ""), (names[1], "Held Back", "", "Stock is short")]
		self.assertEqual(lines(run.name), expected)
		self.assertEqual((run.taken, run.held_back), (1, 1))

	def test_closing_twice_is_closing_once(self):  # D-18
		bare_orders(order("20 09:00"))
		first = self.close()
		bare_orders_later = order("20 11:00")
		insert_many(
			"Ops Sales Order",
			[{"name": "SO-LATE", "status": "Released", "docstatus": 1, **bare_orders_later}],
		)
		second = self.close(at="20 13:00:00")
		self.assertEqual(len(self.calls), 1)
		self.assertEqual((second.finished_at, len(lines(second.name))), (first.finished_at, 1))
		self.assertEqual(frappe.db.count("Ops Wave Run"), 1)

	def test_a_wave_that_was_killed_goes_on_where_it_stopped(self):  # D-18
		names = bare_orders(*(order("20 09:00") for _n in range(5)))
		with patch.object(waves, "CHUNK", 2):

			def die_in_the_second_chunk(window, orders):
				if len(self.calls) == 2:
					raise Killed
				return [WaveVerdict(name, True) for name in orders]

			with self.assertRaises(Killed):
				self.close(decide=die_in_the_second_chunk)
			self.assertEqual(
				frappe.db.get_value("Ops Wave Run", f"{PROFILE}-E-W1-{FRIDAY}", "status"), "Running"
			)
			run = self.close(at="20 12:10:00")
		self.assertEqual([line[0] for line in lines(run.name)], names)
		self.assertEqual(self.calls[0], names[:2])
		self.assertEqual([name for call in self.calls[2:] for name in call], names[2:])
		self.assertEqual((run.status, run.taken), ("Done", 5))

	def test_one_message_per_wave_and_recipient_lists_the_orders(self):  # E-4.13g D-15
		make_business_unit("OTHER-BU")
		names = bare_orders(
			order("20 09:00"),
			order("20 10:00"),
			order("20 11:00", business_unit="OTHER-BU"),
			order("20 11:30"),
		)

		def decide(window, orders):
			return [
				WaveVerdict(n, n != names[3], document="DN", reason="short" * (n == names[3])) for n in orders
			]

		run = self.close(decide=decide)
		found = frappe.get_all(
			"Ops Message",
			filters={"reference_name": run.name},
			fields=["recipient_role", "business_unit", "rule", "subject", "body", "status"],
		)
		told = {(m.recipient_role, m.business_unit): m for m in found}
		self.assertEqual(
			set(told),
			{
				("Warehouse Keeper", "TEST-BU"),
				("BU Finance", "TEST-BU"),
				("Warehouse Keeper", "OTHER-BU"),
				("BU Finance", "OTHER-BU"),
				("Parts Support Specialist", "TEST-BU"),
			},
		)
		keeper = told["Warehouse Keeper", "TEST-BU"]
		self.assertEqual((keeper.rule, keeper.status), ("E-4.13g", "Queued"))
		self.assertIn(names[0], keeper.body)
		self.assertIn(names[1], keeper.body)
		self.assertNotIn(names[2], keeper.body)
		self.assertIn("short", told["Parts Support Specialist", "TEST-BU"].body)

	def test_the_day_closes_with_what_is_open_and_why(self):  # E-4.13e
		names = bare_orders(
			order("20 09:00"),
			order("20 10:00"),
			order("20 11:00", status="Received", docstatus=0),
			order("20 12:30", "E-W2"),
			order("20 15:30", "E-W1", SATURDAY, status="Received", docstatus=0),
		)
		specs = [
			{
				"policy": PROFILE,
				"step": "E-DN",
				"reference_doctype": "Ops Sales Order",
				"reference_name": name,
				"started_at": datetime(2026, 11, 20, 13),
			}
			for name in (names[0], names[1], names[3])
		]
		clocks.start(specs)
		clocks.stop("E-DN", {names[0]: datetime(2026, 11, 20, 13, 30)})
		clocks.pause("E-DN", [names[3]], datetime(2026, 11, 20, 13, 40), "Stock is short")
		with clock.pinned("2026-11-20 17:30:00"):
			run = waves.close(PROFILE, wave_rules.DAY_CLOSE, FRIDAY)
		self.assertEqual(
			[(line[0], line[3]) for line in lines(run)],
			[(names[1], "No delivery note yet"), (names[2], "Still Received"), (names[3], "Stock is short")],
		)
		roles = frappe.get_all("Ops Message", filters={"reference_name": run}, pluck="recipient_role")
		leads = {"E-commerce Rep Team Leader", "Order Ops Manager"}
		self.assertEqual(set(roles), {"Parts Support Specialist", *leads})

	def test_a_held_order_is_open_for_the_reason_of_its_hold(self):  # E-4.13e G1-09
		names = bare_orders(order("20 09:00", status="Identified", docstatus=0))
		holds.place(
			[
				{
					"kind": "Instruction Needed",
					"reference_name": names[0],
					"reason": "客户要求改型号",
					"key": "waves",
				}
			]
		)
		with clock.pinned("2026-11-20 17:30:00"):
			run = waves.close(PROFILE, wave_rules.DAY_CLOSE, FRIDAY)
		self.assertEqual([line[3] for line in lines(run)], ["客户要求改型号"])

	def test_a_day_that_closes_late_lists_what_was_open_at_its_close(self):  # E-4.13e D-18
		names = bare_orders(*(order("20 09:00") for _n in range(3)))
		clocks.start(
			{
				"policy": PROFILE,
				"step": "E-DN",
				"reference_doctype": "Ops Sales Order",
				"reference_name": name,
				"started_at": datetime(2026, 11, 20, 13),
			}
			for name in names
		)
		clocks.stop(
			"E-DN",
			{
				name: datetime.fromisoformat(f"2026-11-20 {at}")
				for name, at in zip(names, ("17:29:59", "17:30:00", "17:30:01"), strict=True)
			},
		)
		with clock.pinned("2026-11-23 09:00:00"):
			run = waves.close(PROFILE, wave_rules.DAY_CLOSE, FRIDAY)
		self.assertEqual([line[0] for line in lines(run)], names[1:])

	def test_an_unknown_wave_is_refused(self):  # E-4.13c
		self.assertRaises(UnknownWave, waves.close, PROFILE, "E-W9", FRIDAY)
		self.assertRaises(UnknownWave, waves.close, "GENERAL-1", wave_rules.DAY_CLOSE, FRIDAY)

	def test_nobody_edits_a_run(self):  # D-18
		run = self.close()
		run.taken = 7
		self.assertRaises(AppendOnly, run.save)
		self.assertRaises(AppendOnly, run.delete)

	def test_only_managers_run_a_wave_again(self):  # D-18
		run = self.close()
		for user, role in (
			("keeper@waves.test", "Warehouse Keeper"),
			("parts@waves.test", "Parts Support Specialist"),
		):
			make_user(user, role)
			with self.as_user(user):
				self.assertRaises(frappe.PermissionError, waves.run_again, {"name": run.name})
		make_user("manager@waves.test", "Order Ops Manager")
		with self.handler(), self.as_user("manager@waves.test"):
			self.assertEqual(waves.run_again({"name": run.name}), run.name)


class TestWhichWavesAreDue(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		for doctype in ("Ops Wave Run", "Ops Sales Order"):
			frappe.db.delete(doctype)

	def due(self, at: str) -> list[tuple[str, date]]:
		return [
			(wave, day)
			for profile, wave, day in wave_schedule.due(datetime.fromisoformat(f"2026-11-{at}"))
			if profile == PROFILE
		]

	def done(
		self, *runs: tuple[str, date], status: str = "Done", started: str = "20 12:00", profile: str = PROFILE
	) -> None:
		insert_many(
			"Ops Wave Run",
			[
				{
					"name": f"{profile}-{wave}-{day}",
					"run_key": f"{profile}-{wave}-{day}",
					"policy_profile": profile,
					"wave": wave,
					"business_date": day,
					"status": status,
					"started_at": datetime.fromisoformat(f"2026-11-{started}"),
				}
				for wave, day in runs
			],
		)

	def test_a_wave_is_due_from_its_cut_off(self):  # E-4.13c E-4.13d
		self.assertEqual(self.due("20 11:59:59"), [])
		self.assertEqual(self.due("20 12:00:00"), [("E-W1", FRIDAY)])
		self.assertEqual(self.due("20 15:00:00"), [("E-W1", FRIDAY), ("E-W2", FRIDAY)])
		self.assertEqual(self.due("20 17:30:00")[-1], ("DAY", FRIDAY))

	def test_nothing_is_due_on_sunday(self):  # E-3.2c
		self.assertEqual(self.due("22 23:59:59"), [])

	def test_what_is_done_is_not_due_again(self):  # D-18
		self.done(("E-W1", FRIDAY))
		self.assertEqual(self.due("20 15:00:00"), [("E-W2", FRIDAY)])

	def test_missed_waves_are_made_up_for_with_their_own_dates(self):  # D-18
		self.done(("E-W1", THURSDAY), ("E-W2", THURSDAY), ("DAY", THURSDAY))
		self.assertEqual(
			self.due("23 12:00:00"),
			[
				("E-W1", FRIDAY),
				("E-W2", FRIDAY),
				("DAY", FRIDAY),
				("E-W1", SATURDAY),
				("E-W2", SATURDAY),
				("DAY", SATURDAY),
				("E-W1", MONDAY),
			],
		)

	def test_stopped_over_three_waves_and_a_weekend(self):  # D-18
		"""Stopped on Friday before noon, started on Monday at ten: the salon's day, every wave once and in order."""
		salon = activate("SALON-1")
		codes = [
			wave.wave for wave in wave_rules.in_order(policies.get(salon), FRIDAY, calendars.get("SALON"))
		]
		done = codes[: codes.index("S-SEND-2")]
		self.done(*((code, THURSDAY) for code in codes), *((code, FRIDAY) for code in done), profile=salon)
		at = datetime(2026, 11, 23, 10)
		missed = [(w, day) for profile, w, day in wave_schedule.due(at) if profile == salon]
		self.assertEqual(
			missed,
			[
				*((code, FRIDAY) for code in codes[len(done) :]),
				*((code, SATURDAY) for code in codes),
				*((code, MONDAY) for code in ("S-REV-1", "S-SEND-1")),
			],
		)
		closed = []
		with (
			clock.pinned(at),
			self.without_commits(),
			patch.object(waves, "_finish", self.finishing(closed)),
		):
			jobs.close_due_waves()
			jobs.close_due_waves()
		self.assertEqual([(w, day) for profile, w, day in closed if profile == salon], missed)
		self.assertEqual([key for key in wave_schedule.due(at) if key[0] == salon], [])
		dates = frappe.get_all(
			"Ops Wave Run", {"policy_profile": salon}, ["wave", "business_date", "started_at"]
		)
		late = [run for run in dates if (run.wave, run.business_date) in missed]
		self.assertEqual({run.started_at for run in late}, {at})
		self.assertEqual(len(late), len(missed))

	@staticmethod
	def finishing(closed: list):
		finish = waves._finish

		def note(window: WaveWindow) -> None:
			closed.append((window.policy_profile, window.wave, window.business_date))
			finish(window)

		return note

	def test_a_new_version_with_another_time_closes_at_the_new_time(self):  # D-18 D-10
		self.done(("E-W1", THURSDAY), ("E-W2", THURSDAY), ("DAY", THURSDAY))
		draft = frappe.get_doc("Ops Policy Profile", policies.new_version({"name": PROFILE}))
		draft.waves[0].cutoff = "11:00:00"
		draft.update({"status": "Active", "effective_from": "2026-11-20 00:00:00"}).save()
		due = lambda at: [key for key in wave_schedule.due(at) if key[0] in (PROFILE, draft.name)]  # noqa: E731
		self.assertEqual(due(datetime(2026, 11, 20, 10, 59, 59)), [])
		self.assertEqual(due(datetime(2026, 11, 20, 11)), [(draft.name, "E-W1", FRIDAY)])
		self.assertEqual(due(datetime(2026, 11, 20, 12)), [(draft.name, "E-W1", FRIDAY)])

	def test_days_before_a_new_version_are_closed_under_the_old_one(self):  # D-18 D-10
		self.done(("E-W1", THURSDAY), ("E-W2", THURSDAY), ("DAY", THURSDAY))
		draft = frappe.get_doc("Ops Policy Profile", policies.new_version({"name": PROFILE}))
		draft.update({"status": "Active", "effective_from": "2026-11-21 00:00:00"}).save()
		found = [
			key for key in wave_schedule.due(datetime(2026, 11, 23, 12)) if key[0] in (PROFILE, draft.name)
		]
		self.assertEqual(
			found,
			[(PROFILE, wave, FRIDAY) for wave in ("E-W1", "E-W2", "DAY")]
			+ [(draft.name, wave, SATURDAY) for wave in ("E-W1", "E-W2", "DAY")]
			+ [(draft.name, "E-W1", MONDAY)],
		)

	def test_jobs_of_modules_that_no_profile_uses_do_not_run(self):  # E-2 T-1a D-18
		ran = []
		modules = {"Fulfilment": ["x.used"], "Retail": ["x.unused"], "Ordering": ["x.fails", "x.after"]}

		def job(path: str):
			def run() -> None:
				ran.append(path)
				if path == "x.fails":
					raise frappe.ValidationError

			return run

		with (
			patch.object(events, "hooked", lambda name: modules),
			patch.object(policies, "modules_in_use", lambda: {"Fulfilment", "Ordering"}),
			patch.object(frappe, "get_attr", job),
			patch.object(frappe, "log_error") as log_error,
			self.without_commits(),
		):
			jobs.run_module_jobs()
		self.assertEqual(ran, ["x.used", "x.fails", "x.after"])
		log_error.assert_called_once()

	def test_a_killed_run_is_due_at_once_a_failed_one_after_a_while(self):  # D-18
		self.done(("E-W1", FRIDAY), ("E-W2", FRIDAY))
		self.done(("E-W1", THURSDAY), status="Running")
		self.done(("E-W2", THURSDAY), status="Failed", started="20 16:00:00")
		self.assertEqual(self.due("20 16:04:59"), [("E-W1", THURSDAY)])
		self.assertEqual(self.due("20 16:05:00"), [("E-W1", THURSDAY), ("E-W2", THURSDAY)])

	def test_a_day_that_became_a_holiday_holds_up_no_other(self):  # D-18 D-03
		self.done(("DAY", THURSDAY), ("E-W2", THURSDAY), status="Running")
		calendar = frappe.get_doc("Ops Calendar", "BU-PARTS")
		calendar.append("exceptions", {"date": str(THURSDAY), "kind": "Holiday"})
		calendar.save()
		self.assertEqual(self.due("20 12:00:00"), [("E-W2", THURSDAY), ("E-W1", FRIDAY)])

	def test_a_retired_version_closes_the_waves_of_its_own_orders(self):  # D-10
		frappe.get_doc("Ops Policy Profile", "GENERAL-1").update({"is_default": 1}).save()
		frappe.get_doc("Ops Policy Profile", PROFILE).update({"status": "Retired"}).save()
		self.assertEqual(self.due("20 12:00:00"), [])
		bare_orders(order("20 09:00"))
		self.assertEqual(self.due("20 12:00:00"), [("E-W1", FRIDAY)])

	def test_the_dispatcher_hands_over_once_and_only_what_is_due(self):  # D-18
		with patch.object(frappe, "enqueue") as enqueue:
			with clock.pinned("2026-11-20 11:00:00"):
				jobs.dispatch_waves()
			enqueue.assert_not_called()
			with clock.pinned("2026-11-20 12:00:00"):
				jobs.dispatch_waves()
			self.assertTrue(enqueue.call_args.kwargs["deduplicate"])

	def test_a_failing_wave_does_not_hold_up_the_next_one(self):  # D-18
		closed = []

		def close(profile, wave, day):
			closed.append(wave)
			if wave == "E-W1":
				raise frappe.ValidationError

		with (
			patch.object(waves, "close", close),
			patch.object(frappe, "log_error") as log_error,
			self.without_commits(),
			clock.pinned("2026-11-20 15:00:00"),
		):
			jobs.close_due_waves()
		self.assertEqual(closed, ["E-W1", "E-W2"])
		log_error.assert_called_once()
