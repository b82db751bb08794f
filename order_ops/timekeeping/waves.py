# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Closing waves: in chunks, under a lock, safe to kill and to run twice (E-4.13c–e, D-18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Max
from frappe.utils import getdate
from order_ops.policy import rules as policy_rules
from order_ops.policy import service as policies
from order_ops.policy.rules import Policy
from order_ops.problems import _ as mark
from order_ops.rows import insert_many
from order_ops.timekeeping import calendars, clock, clocks, events, wave_rules
from order_ops.timekeeping.exceptions import UnknownWave
from order_ops.timekeeping.wave_rules import WaveVerdict, WaveWindow

RUN, LINE, ORDER = "Ops Wave Run", "Ops Wave Run Line", "Ops Sales Order"
RUNNING, DONE, FAILED = "Running", "Done", "Failed"
TAKEN, HELD_BACK = "Taken", "Held Back"

DAY_CLOSE = "DAY"  # closes with work: what of the day's window is still open, and why (E-4.13e)
CLOSED_EVENT = "Wave Closed"
CHUNK = 200
CATCH_UP_DAYS = 62
RETRY_AFTER = timedelta(minutes=5)

Handler = Callable[[WaveWindow, list[str]], list[WaveVerdict]]
Key = tuple[str, str, date]  # profile, wave, business date


def close(profile: str, wave: str, business_date: date | str) -> str:
	"""Close one wave of a business day and return its run; a finished run is left as it is (E-4.13c/d, D-18).

	Commits after every chunk. Killed at any point, the next call goes on with the orders that have no line yet.
	"""
	policy, business_date = policies.get(profile), getdate(business_date)
	window, handler = _window(policy, wave, business_date), _handler(policy, wave)
	_open_run(window)
	try:
		orders = _open_orders(policy, window)
		for first in range(0, len(orders), CHUNK):
			_close_chunk(window, handler, orders[first : first + CHUNK])
		_finish(window)
	except Exception:
		frappe.db.rollback()
		error = frappe.get_traceback()
		frappe.db.set_value(RUN, window.run, {"status": FAILED, "error": error[-1000:]})
		frappe.db.commit()
		raise
	return window.run


def due(at: datetime) -> list[Key]:
	"""The waves whose time has come and that are not done, oldest first, with their own business dates (D-18)."""
	found, resting = _unfinished(at)
	last = _last_done()
	for policy in policies.profiles.all().values():
		if policy.status != "Draft" and policy.waves and (_in_force(policy, at) or _has_open_orders(policy)):
			for code in (*(wave.wave for wave in policy.waves), DAY_CLOSE):
				found |= _closed_since(policy, code, last.get((policy.name, code)), at)
	return [tuple(key) for _closed_at, *key in sorted((_closes(*key), *key) for key in found - resting)]


@frappe.whitelist(methods=["POST"])
def run_again(doc: str | dict) -> str:
	"""Go on with a wave that stopped half-way (D-18)."""
	name = frappe.parse_json(doc)["name"]
	frappe.has_permission(RUN, "write", doc=name, throw=True)
	run = frappe.db.get_value(RUN, name, ["policy_profile", "wave", "business_date"], as_dict=True)
	return close(run.policy_profile, run.wave, run.business_date)


def _name(profile: str, wave: str, business_date: date) -> str:
	return f"{profile}-{wave}-{business_date}"


def _window(policy: Policy, wave: str, business_date: date) -> WaveWindow:
	calendar = calendars.get(policy.calendar)
	run = _name(policy.name, wave, business_date)
	if wave == DAY_CLOSE and policy.waves:
		opens, _closed = wave_rules.wave_window(policy.waves[0].wave, business_date, policy.waves, calendar)
		title, closes = mark("Business day close"), calendar.close_of_work(business_date)
	elif found := policy.wave(wave):
		opens, closes = wave_rules.wave_window(wave, business_date, policy.waves, calendar)
		title = found.title
	else:
		raise UnknownWave(_("Profile {0} has no wave {1} [E-4.13c]").format(policy.name, wave))
	return WaveWindow(run, policy.name, wave, title, business_date, opens, closes)


def _handler(policy: Policy, wave: str) -> Handler:
	if wave == DAY_CLOSE:
		return _explain
	key = policy.wave(wave).handler
	paths = events.hooked("order_ops_wave_handlers").get(key)
	if not paths:
		raise UnknownWave(_("No app registers the wave handler {0} [E-4.13c]").format(key))
	return frappe.get_attr(paths[-1])


def _open_run(window: WaveWindow) -> None:
	row = {
		"name": window.run,
		"run_key": window.run,
		"policy_profile": window.policy_profile,
		"wave": window.wave,
		"title": window.title,
		"business_date": window.business_date,
		"window_from": window.window_from,
		"window_to": window.window_to,
		"status": RUNNING,
		"started_at": clock.now(),
	}
	insert_many(RUN, [row], ignore_duplicates=True)
	frappe.db.commit()
	if frappe.db.get_value(RUN, window.run, "status", for_update=True) == FAILED:
		frappe.db.set_value(RUN, window.run, {"status": RUNNING, "started_at": clock.now(), "error": None})
	frappe.db.commit()


def _open_orders(policy: Policy, window: WaveWindow) -> list[str]:
	"""The orders of this window, and those left over from earlier ones, in the order of their arrival."""
	order = frappe.qb.DocType(ORDER)
	passed = (
		[wave.wave for wave in policy.waves] if window.wave == DAY_CLOSE else policy.waves_up_to(window.wave)
	)
	status = (
		("Received", "Identified", "Released") if window.wave == DAY_CLOSE else ("Released", "Partly Shipped")
	)
	query = (
		frappe.qb.from_(order)
		.select(order.name)
		.where(order.policy_profile == policy.name)
		.where(order.status.isin(status) & (order.docstatus < 2))
		.where(
			(order.wave_date < window.business_date)
			| ((order.wave_date == window.business_date) & order.wave.isin(passed))
		)
		.orderby(order.received_at)
		.orderby(order.name)
	)
	return query.run(pluck=True)


def _close_chunk(window: WaveWindow, handler: Handler, orders: list[str]) -> None:
	"""Take one chunk of orders in one transaction; the locked run keeps a second worker out meanwhile."""
	frappe.db.commit()  # the lock comes first in its transaction: all that follows sees what the other worker wrote
	if frappe.db.get_value(RUN, window.run, "status", for_update=True) != DONE:
		filters = {"parent": window.run, "sales_order": ("in", orders)}
		settled = set(frappe.get_all(LINE, filters=filters, pluck="sales_order"))
		fresh = [order for order in orders if order not in settled]
		verdicts = handler(window, fresh) if fresh else []
		before = frappe.db.count(LINE, {"parent": window.run})
		insert_many(LINE, [_line(window, verdict, before + n) for n, verdict in enumerate(verdicts, start=1)])
	frappe.db.commit()


def _line(window: WaveWindow, verdict: WaveVerdict, idx: int) -> dict:
	return {
		"parent": window.run,
		"parenttype": RUN,
		"parentfield": "lines",
		"idx": idx,
		"sales_order": verdict.order,
		"result": TAKEN if verdict.taken else HELD_BACK,
		"document": verdict.document,
		"reason": verdict.reason,
	}


def _finish(window: WaveWindow) -> None:
	if frappe.db.get_value(RUN, window.run, "status", for_update=True) != DONE:
		taken = frappe.db.count(LINE, {"parent": window.run, "result": TAKEN})
		held_back = frappe.db.count(LINE, {"parent": window.run, "result": HELD_BACK})
		at = clock.now()
		change = {"status": DONE, "finished_at": at, "taken": taken, "held_back": held_back, "error": None}
		frappe.db.set_value(RUN, window.run, change)
		events.announce(CLOSED_EVENT, [window.run], at)
	frappe.db.commit()


def _explain(window: WaveWindow, orders: list[str]) -> list[WaveVerdict]:
	"""Handler of the day's close: what is open, with the reason its clock knows (E-4.13e)."""
	found = frappe.get_all(ORDER, filters={"name": ("in", orders)}, fields=["name", "status"])
	status = {row.name: row.status for row in found}
	open_notes = {
		row.reference_name: row
		for row in frappe.get_all(
			clocks.DOCTYPE,
			filters={"reference_name": ("in", orders), "step": "E-DN", "stopped_at": ("is", "not set")},
			fields=["reference_name", "status", "pause_reason", "cause"],
		)
	}
	verdicts = []
	for order in orders:
		note = open_notes.get(order)
		if note:
			reason = note.cause or note.pause_reason or _("No delivery note yet")
		elif status[order] == "Released":
			continue  # its delivery note is issued
		else:
			reason = _("Still {0}").format(_(status[order]))
		verdicts.append(WaveVerdict(order, False, reason=reason))
	return verdicts


def _closed_since(policy: Policy, wave: str, done: date | None, at: datetime) -> set[Key]:
	"""The working days after the last run on which the wave has closed; only today when there was none yet."""
	calendar = calendars.get(policy.calendar)
	today = at.date()
	day = max(done + timedelta(days=1), today - timedelta(days=CATCH_UP_DAYS)) if done else today
	found = set()
	while day <= today:
		if calendar.is_working_day(day) and _has_closed(policy, wave, day, at):
			found.add((policy.name, wave, day))
		day += timedelta(days=1)
	return found


def _closes(profile: str, wave: str, day: date) -> datetime:
	policy = policies.get(profile)
	if wave == DAY_CLOSE:
		return calendars.get(policy.calendar).close_of_work(day)
	return datetime.combine(day, policy.wave(wave).cutoff)


def _has_closed(policy: Policy, wave: str, day: date, at: datetime) -> bool:
	closes = _closes(policy.name, wave, day)
	inclusive = wave != DAY_CLOSE and policy.wave(wave).boundary == policy_rules.INCLUSIVE
	return at > closes if inclusive else at >= closes


def _last_done() -> dict[tuple[str, str], date]:
	run = frappe.qb.DocType(RUN)
	query = (
		frappe.qb.from_(run)
		.select(run.policy_profile, run.wave, Max(run.business_date).as_("day"))
		.where(run.status == DONE)
		.groupby(run.policy_profile, run.wave)
	)
	return {(row.policy_profile, row.wave): getdate(row.day) for row in query.run(as_dict=True)}


def _unfinished(at: datetime) -> tuple[set[Key], set[Key]]:
	"""The runs that were killed or failed, and those among them that failed a moment ago."""
	runs = frappe.get_all(
		RUN,
		filters={"status": ("!=", DONE)},
		fields=["policy_profile", "wave", "business_date", "status", "started_at"],
	)
	keys = {(run.policy_profile, run.wave, run.business_date): run for run in runs}
	resting = {key for key, run in keys.items() if run.status == FAILED and run.started_at > at - RETRY_AFTER}
	return set(keys), resting


def _in_force(policy: Policy, at: datetime) -> bool:
	return policy_rules.in_force(policies.profiles.all().values(), policy.code, at) == policy


def _has_open_orders(policy: Policy) -> bool:
	"""A version that was replaced still closes the waves of the orders that began under it (D-10)."""
	return bool(
		frappe.db.exists(ORDER, {"policy_profile": policy.name, "status": "Released", "docstatus": 1})
	)
