# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Closing waves: in chunks, under a lock, safe to kill and to run twice (E-4.13c–e, G4-3.6, G4-4.3, D-18)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any

from pypika.terms import Case, Criterion

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate
from order_ops.policy import service as policies
from order_ops.policy.rules import PROCESS, REVIEW, SEND, Policy, Wave
from order_ops.rows import insert_many
from order_ops.timekeeping import calendars, clock, clocks, events, holds, queue, wave_rules
from order_ops.timekeeping.exceptions import UnknownWave
from order_ops.timekeeping.rules import wave_time
from order_ops.timekeeping.wave_rules import DAY, LIST, WaveVerdict, WaveWindow

RUN, LINE, ORDER = "Ops Wave Run", "Ops Wave Run Line", "Ops Sales Order"
RUNNING, DONE, FAILED = "Running", "Done", "Failed"
TAKEN, HELD_BACK = "Taken", "Held Back"
NOTE_STEP = "E-DN"
UNREVIEWED = ("Received", "Identified")
UNSENT = (*UNREVIEWED, "Reviewed")

CLOSED_EVENT = "Wave Closed"
SENDING = "send_to_logistics"  # handler of send waves that name no other
CHUNK = 200

Handler = Callable[[WaveWindow, list[str]], list[WaveVerdict]]


def close(profile: str, wave: str, business_date: date | str) -> str:
	"""Close one wave of a business day and return its run; a finished run is left as it is (E-4.13c/d, D-18).

	Commits after every chunk. Killed at any point, the next call goes on with the orders that have no line yet.
	"""
	policy, business_date = policies.get(profile), getdate(business_date)
	found = wave_rules.closing(policy, wave)
	if not found:
		raise UnknownWave(_("Profile {0} has no wave {1} [E-4.13c]").format(profile, wave))
	window, handler = _window(policy, found, business_date), _handler(found)
	_open_run(window)
	try:
		orders = _open_orders(policy, found, window)
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


@frappe.whitelist(methods=["POST"])
def run_again(doc: str | dict) -> str:
	"""Go on with a wave that stopped half-way (D-18)."""
	name = frappe.parse_json(doc)["name"]
	frappe.has_permission(RUN, "create", throw=True)
	run = frappe.db.get_value(RUN, name, ["policy_profile", "wave", "business_date"], as_dict=True)
	return close(run.policy_profile, run.wave, run.business_date)


# --- one run -------------------------------------------------------------------------------------------------------


def _window(policy: Policy, wave: Wave, business_date: date) -> WaveWindow:
	calendar = calendars.get(policy.calendar)
	opens, closes = wave_rules.wave_window(wave, business_date, policy, calendar)
	return WaveWindow(
		run=f"{policy.name}-{wave.wave}-{business_date}",
		policy_profile=policy.name,
		wave=wave.wave,
		title=wave.title,
		business_date=business_date,
		window_from=opens,
		window_to=closes,
		kind=wave.kind,
		closes_at=wave_time(wave, business_date, calendar),
	)


def _handler(wave: Wave) -> Handler:
	if wave.kind in OWN_HANDLERS and not wave.handler:
		return OWN_HANDLERS[wave.kind]
	key = wave.handler or (SENDING if wave.kind == SEND else "")
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
		"kind": window.kind,
		"business_date": window.business_date,
		"window_from": window.window_from,
		"window_to": window.window_to,
		"closes_at": window.closes_at,
		"status": RUNNING,
		"started_at": clock.now(),
	}
	insert_many(RUN, [row], ignore_duplicates=True)
	frappe.db.commit()
	if frappe.db.get_value(RUN, window.run, "status", for_update=True) == FAILED:
		frappe.db.set_value(RUN, window.run, {"status": RUNNING, "started_at": clock.now(), "error": None})
	frappe.db.commit()


def _open_orders(policy: Policy, wave: Wave, window: WaveWindow) -> list[str]:
	"""The orders of this window, and those left over from earlier ones, in the order of the queue (C-20, G6-03)."""
	order = frappe.qb.DocType(ORDER)
	query = (
		frappe.qb.from_(order)
		.select(order.name)
		.where(order.policy_profile == policy.name)
		.where(order.docstatus < 2)
		.where(_asked(order, policy, wave, window))
		.orderby(*queue.sorting(order, policy))
	)
	return query.run(pluck=True)


def _asked(order: Any, policy: Policy, wave: Wave, window: WaveWindow) -> Criterion:
	"""Which orders a wave asks for. What happened after its time does not change what it finds, however late it runs."""
	calendar, day = calendars.get(policy.calendar), window.business_date
	if wave.kind in (PROCESS, SEND):
		statuses = ("Released", "Partly Shipped") if wave.kind == PROCESS else ("Reviewed",)
		return order.status.isin(statuses) & _of_day(order, policy, wave, day, calendar)
	unreviewed = order.status.isin(UNREVIEWED) | (order.reviewed_at >= window.closes_at)
	if wave.kind == REVIEW:
		since = wave_time(*wave_rules.wave_before(wave, day, policy, calendar), calendar)
		reviewed = (order.reviewed_at >= since) & (order.reviewed_at < window.closes_at)
		return ((order.received_at < window.window_to) & unreviewed) | reviewed
	if wave.kind == LIST:
		return (order.received_at < window.closes_at) & unreviewed
	if wave_rules.sends(policy):
		unsent = order.status.isin(UNSENT) | (order.released_at >= window.closes_at)
		return (order.received_at < window.closes_at) & unsent
	still_open = order.status.isin((*UNSENT, "Released")) | order.name.isin(_noted_since(window.closes_at))
	return still_open & _of_day(order, policy, None, day, calendar)


def _noted_since(at: datetime) -> list[str]:
	"""The orders that got their delivery note at an instant or later: they had none before."""
	filters = {"step": NOTE_STEP, "stopped_at": (">=", at)}
	return frappe.get_all(clocks.DOCTYPE, filters=filters, pluck="reference_name") or [""]


def _of_day(order: Any, policy: Policy, wave: Wave | None, day: date, calendar: Any) -> Criterion:
	"""Orders of earlier days, and those of the waves of this day that have passed; of all of them without a wave."""
	codes = wave_rules.passed(wave, day, policy, calendar) if wave else [other.wave for other in policy.waves]
	return (order.wave_date < day) | ((order.wave_date == day) & order.wave.isin(codes))


def _close_chunk(window: WaveWindow, handler: Handler, orders: list[str]) -> None:
	"""Take one chunk of orders in one transaction; the locked run keeps a second worker out meanwhile."""
	frappe.db.commit()  # the lock comes first in its transaction: all that follows sees what the other worker wrote
	if frappe.db.get_value(RUN, window.run, "status", for_update=True) != DONE:
		filters = {"parent": window.run, "sales_order": ("in", orders)}
		settled = set(frappe.get_all(LINE, filters=filters, pluck="sales_order"))
		fresh = [order for order in orders if order not in settled]
		verdicts = handler(window, fresh) if fresh else []
		before = frappe.db.count(LINE, {"parent": window.run})
		late = _late_window(verdict.order for verdict in verdicts)
		insert_many(
			LINE, [_line(window, verdict, before + n, late) for n, verdict in enumerate(verdicts, start=1)]
		)
	frappe.db.commit()


def _line(window: WaveWindow, verdict: WaveVerdict, idx: int, late: Collection[str]) -> dict:
	return {
		"parent": window.run,
		"parenttype": RUN,
		"parentfield": "lines",
		"idx": idx,
		"sales_order": verdict.order,
		"result": TAKEN if verdict.taken else HELD_BACK,
		"document": verdict.document,
		"reason": verdict.reason,
		"late_window": int(verdict.order in late),
	}


def _late_window(orders: Iterable[str]) -> set[str]:
	"""The orders whose chain of steps could not end by the cut-off: reported apart (C-07)."""
	filters = {"name": ("in", list(orders)), "late_window": 1}
	return set(frappe.get_all(ORDER, filters=filters, pluck="name"))


def _finish(window: WaveWindow) -> None:
	if frappe.db.get_value(RUN, window.run, "status", for_update=True) != DONE:
		count = lambda **of: frappe.db.count(LINE, {"parent": window.run, **of})  # noqa: E731
		held_back, in_time = count(result=HELD_BACK), _in_time(window)
		at = clock.now()
		change = {
			"status": DONE,
			"finished_at": at,
			"taken": count(result=TAKEN),
			"held_back": held_back,
			"late_window": count(late_window=1),
			"in_time": in_time.get(clocks.MET, 0),
			"overdue": in_time.get(clocks.BREACHED, 0),
			"unexplained": held_back if window.kind == DAY else 0,
			"error": None,
		}
		frappe.db.set_value(RUN, window.run, change)
		events.announce(CLOSED_EVENT, [window.run], at)
	frappe.db.commit()


def _in_time(window: WaveWindow) -> dict[str, int]:
	"""How the clocks of this wave stand for its orders, by result; one that is due and still runs is a breach (D-09)."""
	line, table = frappe.qb.DocType(LINE), frappe.qb.DocType(clocks.DOCTYPE)
	late = (table.status == clocks.RUNNING) & (table.due_at <= clock.now())
	result = Case().when(late, clocks.BREACHED).else_(table.status)
	query = (
		frappe.qb.from_(table)
		.join(line)
		.on(line.sales_order == table.reference_name)
		.select(result.as_("result"), Count(table.name))
		.where((line.parent == window.run) & (table.step == window.wave))
		.groupby(result)
	)
	return dict(query.run())


# --- what the waves of review, the lists and the day find -----------------------------------------------------------


def _check_reviews(window: WaveWindow, orders: list[str]) -> list[WaveVerdict]:
	"""Who was reviewed in time, and who was not (G4-4.3a–d, G4-3.6.2a)."""
	reviewed = _values(orders, "reviewed_at")
	wave = wave_rules.closing(policies.get(window.policy_profile), window.wave)
	told = _("Not reviewed by {0}").format(f"{window.closes_at:%H:%M} [{wave.rule or 'C-02'}]")
	in_time = {order: bool(at) and at < window.closes_at for order, at in reviewed.items()}
	return [WaveVerdict(order, in_time[order], reason="" if in_time[order] else told) for order in orders]


def _list_open(window: WaveWindow, orders: list[str]) -> list[WaveVerdict]:
	"""What is open at the close of the day, with the reason that its clock, its holds or its last wave know (E-4.13e)."""
	status, released = _values(orders, "status"), _values(orders, "released_at")
	notes, held_back = _open_notes(orders, window.closes_at), _held_back(window, orders)
	held = {name: found[0].reason for name, found in holds.open_holds(orders).items() if found}
	verdicts = []
	for order in orders:
		if order in notes:
			reason = notes[order] or held.get(order) or _("No delivery note yet")
		elif status[order] in UNSENT:
			reason = held.get(order) or held_back.get(order) or _("Still {0}").format(_(status[order]))
		elif released[order] and released[order] >= window.closes_at:
			reason = _("Sent after close of work, at {0}").format(f"{released[order]:%Y-%m-%d %H:%M}")
		else:
			continue  # its delivery note is issued
		verdicts.append(WaveVerdict(order, False, reason=reason))
	return verdicts


OWN_HANDLERS: dict[str, Handler] = {REVIEW: _check_reviews, LIST: _check_reviews, DAY: _list_open}


def _values(orders: list[str], field: str) -> dict[str, Any]:
	filters = {"name": ("in", orders)}
	return dict(frappe.get_all(ORDER, filters=filters, fields=["name", field], as_list=True))


def _open_notes(orders: list[str], at: datetime) -> dict[str, str]:
	"""The orders that waited for their delivery note at an instant, each with what its clock knows of the reason."""
	found = frappe.get_all(
		clocks.DOCTYPE,
		filters={"reference_name": ("in", orders), "step": NOTE_STEP},
		fields=["reference_name", "stopped_at", "pause_reason", "cause"],
	)
	waiting = (row for row in found if not row.stopped_at or row.stopped_at >= at)
	return {row.reference_name: row.cause or row.pause_reason or "" for row in waiting}


def _held_back(window: WaveWindow, orders: list[str]) -> dict[str, str]:
	"""Why the last wave of the day held an order back."""
	runs = frappe.get_all(
		RUN,
		filters={
			"policy_profile": window.policy_profile,
			"business_date": window.business_date,
			"kind": ("in", (PROCESS, SEND, REVIEW)),
		},
		order_by="closes_at",
		pluck="name",
	)
	lines = frappe.get_all(
		LINE,
		filters={"parent": ("in", runs), "sales_order": ("in", orders), "result": HELD_BACK},
		fields=["parent", "sales_order", "reason"],
	)
	lines.sort(key=lambda line: runs.index(line.parent))
	return {line.sales_order: line.reason for line in lines}
