# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The clocks of the steps: started, paused, stopped, met or breached (D-04, D-09). All set-based.

The clock of an order's wave has the code of the wave as its step (E-W1, E-W2) and runs beside E-DN (D-09):
whoever starts E-DN starts it too, whoever stops E-DN stops both: `stop(("E-DN", "E-W1", "E-W2"), …)`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import frappe
from frappe.query_builder.functions import Min
from frappe.utils import get_datetime
from order_ops.policy import rules as policy_rules
from order_ops.policy import service as policies
from order_ops.rows import insert_many, lock_many, update_many
from order_ops.timekeeping import calendars, events, rules

DOCTYPE = "Ops Clock"
RUNNING, PAUSED, MET, BREACHED, CANCELLED = "Running", "Paused", "Met", "Breached", "Cancelled"

WARNED_EVENT, BREACHED_EVENT = "Clock Warned", "Clock Breached"
PAUSED_EVENT, RESUMED_EVENT, CANCELLED_EVENT = "Clock Paused", "Clock Resumed", "Clock Cancelled"
SWEPT_AT_ONCE = 1000

FIELDS = [
	"name",
	"step",
	"rule",
	"status",
	"calendar",
	"reference_name",
	"sales_order",
	"started_at",
	"stopped_at",
	"budget_seconds",
	"first_due_at",
	"due_at",
	"warn_at",
	"warn_seconds",
	"warned_at",
	"breached_at",
	"escalate_to",
	"paused_at",
	"paused_seconds",
]


def start(specs: Iterable[dict]) -> list[dict]:
	"""Start clocks; a step its policy does not clock is left out, a clock that runs already stays (D-04, D-09).

	A spec names policy (the profile of the order), step, reference_doctype, reference_name and started_at; what it
	may add: sales_order, business_unit, business_date (of the wave; without it that of started_at) and received_at.
	With the last two the late window is known (C-07), and no clock of an order that came after the cut-off starts
	before its business day opens (D-09). A turn tells the clocks of a step apart that a document has more than once.
	Returns the rows of the clocks.
	"""
	rows = []
	for spec in specs:
		policy = policies.get(spec["policy"])
		step = policy.step(spec["step"])
		if step:
			rows.append(_row(spec, policy, step))
	insert_many(DOCTYPE, rows, ignore_duplicates=True)
	return rows


def start_until(rows: Iterable[Mapping]) -> None:
	"""Start clocks for deadlines that no policy has, such as a promise; one that runs already stays (D-04).

	A row names step, reference_doctype, reference_name, started_at, due_at, and what else a clock may have.
	"""
	insert_many(
		DOCTYPE,
		(
			{
				"clock_key": f"{row['reference_doctype']}:{row['reference_name']}:{row['step']}",
				"status": RUNNING,
				"first_due_at": row["due_at"],
				"warn_at": row["due_at"],
				**row,
			}
			for row in rows
		),
		ignore_duplicates=True,
	)


def stop(steps: str | Collection[str], at: Mapping[str, datetime]) -> None:
	"""Stop the open clocks of these steps, each document at its own instant: met or breached (D-01, D-04)."""
	clocks = _open(_steps(steps), list(at))
	_end(clocks, {clock.name: at[clock.reference_name] for clock in clocks}, MET)


def pause(
	steps: str | Collection[str], names: Collection[str], at: datetime, reason: str | Mapping[str, str]
) -> None:
	"""Stop counting while the step waits for somebody else, for one reason or each document for its own (E-4.11a,
	E-4.15g)."""
	clocks = [clock for clock in _open(_steps(steps), names) if clock.status == RUNNING]
	for clock in clocks:
		clock.pause_reason = reason if isinstance(reason, str) else reason[clock.reference_name]
	update_many(
		DOCTYPE,
		{
			clock.name: {"status": PAUSED, "paused_at": at, "pause_reason": clock.pause_reason}
			for clock in clocks
		},
		where={"status": (RUNNING,)},
	)
	_record(PAUSED_EVENT, clocks, at)


def resume(steps: str | Collection[str], names: Collection[str], at: datetime) -> None:
	"""Count on; what a clock had left when it was paused it has left now (D-04, E-4.15g)."""
	clocks = [clock for clock in _open(_steps(steps), names) if clock.status == PAUSED]
	changes = {}
	for clock in clocks:
		paused = _paused_until(clock, at)
		terms = _terms(clock, paused)
		changes[clock.name] = {
			"status": RUNNING,
			"paused_at": None,
			"paused_seconds": paused,
			"due_at": terms.due_at,
			"warn_at": terms.warn_at,
		}
	update_many(DOCTYPE, changes, where={"status": (PAUSED,)})
	_record(RESUMED_EVENT, clocks, at)


def cancel(names: Collection[str], at: datetime, steps: str | Collection[str] = ()) -> None:
	"""End the open clocks of documents that were given up; a breach remains one (D-04)."""
	clocks = _open(_steps(steps), names)
	_end(clocks, dict.fromkeys((clock.name for clock in clocks), at), CANCELLED)
	_record(CANCELLED_EVENT, clocks, at)


def sweep(at: datetime) -> dict[str, int]:
	"""Warn the owners of what is nearly due, mark what is late; each clock is announced once (D-04).

	One indexed statement finds what is due; what is found is locked, so two sweeps at once tell nothing twice.
	"""
	due, told = _due(at), {"breached": 0, "warned": 0}
	for start in range(0, len(due), SWEPT_AT_ONCE):
		late, warned = [], []
		for clock in lock_many(DOCTYPE, due[start : start + SWEPT_AT_ONCE], FIELDS).values():
			if clock.status != RUNNING:
				continue
			if _is_late(clock, at, clock.due_at, clock.paused_seconds):
				late.append(clock)
			elif not clock.warned_at and clock.warn_at < clock.due_at:
				warned.append(clock)
		update_many(DOCTYPE, {clock.name: _breach(clock, clock.due_at, at) for clock in late})
		update_many(DOCTYPE, {clock.name: {"warned_at": at} for clock in warned})
		_tell_breaches(late, {clock.name: at for clock in late})
		events.announce(WARNED_EVENT, [clock.name for clock in warned], at)
		told["breached"] += len(late)
		told["warned"] += len(warned)
	return told


def recompute(names: Collection[str]) -> None:
	"""Count clocks anew from their start, their end and their events: the same clock again (D-04).

	What their calendar says now counts, so a holiday that was entered late moves what is due.
	"""
	happened = _what_happened(names)
	changes = {}
	for clock in frappe.get_all(DOCTYPE, filters={"name": ("in", list(names))}, fields=FIELDS):
		events_of = happened.get(clock.name, {})
		marks = sorted([*events_of.get(PAUSED_EVENT, ()), *events_of.get(RESUMED_EVENT, ())])
		open_pause = marks.pop() if len(marks) % 2 else None
		pauses = list(zip(marks[::2], marks[1::2], strict=True))
		if open_pause and clock.stopped_at:
			pauses.append((open_pause, clock.stopped_at))
		paused = rules.stood_still(pauses, clock.started_at, _calendar(clock))
		found_late = max(events_of.get(BREACHED_EVENT, ()), default=None)
		if not clock.stopped_at:
			changes[clock.name] = _still_open(clock, paused, open_pause, found_late)
		elif CANCELLED_EVENT in events_of:
			changes[clock.name] = _ended(clock, clock.stopped_at, paused, CANCELLED, found_late)
		else:
			changes[clock.name] = _ended(clock, clock.stopped_at, paused, MET, clock.stopped_at)
	update_many(DOCTYPE, changes)


def open_by_calendar(calendar: str) -> list[str]:
	"""The clocks that go by a calendar and have not ended."""
	filters = {
		"calendar": calendar,
		"status": ("in", (RUNNING, PAUSED, BREACHED)),
		"stopped_at": ("is", "not set"),
	}
	return frappe.get_all(DOCTYPE, filters=filters, pluck="name", order_by="name")


def earliest_due(orders: Collection[str]) -> dict[str, datetime]:
	"""When the first open step of each order is due; where two clocks match, both run and this one is shown (C-04)."""
	if not orders:
		return {}
	table = frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.from_(table)
		.select(table.sales_order, Min(table.due_at))
		.where(table.sales_order.isin(list(orders)))
		.where(table.status.isin([RUNNING, PAUSED, BREACHED]))
		.where(table.stopped_at.isnull())
		.groupby(table.sales_order)
	)
	return {order: get_datetime(due) for order, due in query.run()}


def _row(spec: dict, policy: policy_rules.Policy, step: policy_rules.Step) -> dict:
	calendar = calendars.get(policy.calendar)
	started_at, business_date, received_at = (
		spec["started_at"],
		spec.get("business_date"),
		spec.get("received_at"),
	)
	if business_date and received_at and step.basis != policy_rules.ELAPSED_TIME:
		started_at = max(started_at, rules.clock_start(received_at, business_date, calendar))
	key = (spec["reference_doctype"], spec["reference_name"], step.step, spec.get("turn"))
	kind = _step_kind(step) if step.basis == policy_rules.OTHER else None
	terms = rules.terms(step, policy, calendar, started_at, business_date, received_at, kind)
	return {
		"clock_key": ":".join(str(part) for part in key if part),
		"step": step.step,
		"rule": step.rule,
		"status": RUNNING,
		"reference_doctype": spec["reference_doctype"],
		"reference_name": spec["reference_name"],
		"sales_order": spec.get("sales_order"),
		"business_unit": spec.get("business_unit"),
		"owner_role": step.owner_role,
		"escalate_to": step.escalate_to or None,
		"calendar": None if step.basis == policy_rules.ELAPSED_TIME else policy.calendar,
		"started_at": started_at,
		"budget_seconds": terms.budget_seconds,
		"first_due_at": terms.due_at,
		"due_at": terms.due_at,
		"warn_at": terms.warn_at,
		"warn_seconds": step.warn_minutes * 60,
		"late_window": int(terms.late_window),
	}


def _steps(steps: str | Collection[str]) -> list[str]:
	return [steps] if isinstance(steps, str) else list(steps)


def _open(steps: list[str], names: Collection[str]) -> list[frappe._dict]:
	if not names:
		return []
	filters = {
		"reference_name": ("in", list(names)),
		"status": ("in", (RUNNING, PAUSED, BREACHED)),
		"stopped_at": ("is", "not set"),
	}
	if steps:
		filters["step"] = ("in", steps)
	return frappe.get_all(DOCTYPE, filters=filters, fields=FIELDS, order_by="name")


def _due(at: datetime) -> list[str]:
	"""What is to be warned of or late by now; written out so that the index on status and warn_at answers it."""
	table = frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.from_(table)
		.select(table.name)
		.where(table.status == RUNNING)
		.where(table.warn_at <= at)
		.where(table.warned_at.isnull() | (table.due_at <= at))
		.orderby(table.due_at, table.name)
	)
	return [name for (name,) in query.run()]


def _step_kind(step: policy_rules.Step) -> rules.StepKind | None:
	paths = events.hooked("order_ops_step_kinds").get(step.step_kind)
	return frappe.get_attr(paths[-1] if isinstance(paths, list) else paths) if paths else None


def _calendar(clock: frappe._dict) -> rules.Calendar | None:
	return calendars.get(clock.calendar) if clock.calendar else None


def _paused_until(clock: frappe._dict, at: datetime) -> int:
	if not clock.paused_at:
		return clock.paused_seconds
	pause = (clock.paused_at, at)
	return clock.paused_seconds + rules.stood_still([pause], clock.started_at, _calendar(clock))


def _terms(clock: frappe._dict, paused: int) -> rules.Terms:
	return rules.after_pauses(
		_calendar(clock),
		clock.started_at,
		clock.budget_seconds,
		clock.first_due_at,
		clock.warn_seconds,
		paused,
	)


def _end(clocks: Iterable[frappe._dict], at: Mapping[str, datetime], kind: str) -> None:
	"""End clocks as done or given up; a breach that no sweep has seen yet is told now."""
	changes, unseen = {}, []
	for clock in clocks:
		end = at[clock.name]
		looked_at = end if kind == MET or clock.status == BREACHED else None
		changes[clock.name] = change = _ended(clock, end, _paused_until(clock, end), kind, looked_at)
		if change["status"] == BREACHED and clock.status != BREACHED:
			change |= _breach(clock, change["due_at"], end)
			unseen.append(clock)
	update_many(DOCTYPE, changes, where={"status": (RUNNING, PAUSED, BREACHED)})
	_tell_breaches(unseen, at)


def _ended(clock: frappe._dict, end: datetime, paused: int, kind: str, looked_at: datetime | None) -> dict:
	"""What a clock says that ended: a breach if it was late when it was looked at, else what ended it (D-01, D-04)."""
	terms = _terms(clock, paused)
	late = looked_at and _is_late(clock, looked_at, terms.due_at, paused)
	return {
		"status": BREACHED if late else kind,
		"due_at": terms.due_at,
		"warn_at": terms.warn_at,
		"stopped_at": end,
		"paused_at": None,
		"paused_seconds": paused,
		"elapsed_seconds": rules.measured(clock.started_at, end, _calendar(clock), paused),
		"breached_at": terms.due_at if late else None,
		"on_time": 100 if not late and kind == MET else 0,
	}


def _still_open(
	clock: frappe._dict, paused: int, open_pause: datetime | None, found_late: datetime | None
) -> dict:
	"""What a clock says that runs, stands still, or was found late at an instant and goes on."""
	terms = _terms(clock, paused)
	late = found_late and _is_late(clock, found_late, terms.due_at, paused)
	return {
		"status": BREACHED if late else PAUSED if open_pause else RUNNING,
		"due_at": terms.due_at,
		"warn_at": terms.warn_at,
		"paused_at": open_pause,
		"paused_seconds": paused,
		"elapsed_seconds": 0,
		"on_time": 0,
		"breached_at": terms.due_at if late else None,
	}


def _is_late(clock: frappe._dict, at: datetime, due_at: datetime, paused: int) -> bool:
	took = rules.measured(clock.started_at, at, _calendar(clock), paused)
	return rules.is_late(at, due_at, clock.budget_seconds, took)


def _breach(clock: frappe._dict, due_at: datetime, at: datetime) -> dict:
	"""A breach, and when it went up to the role of its step."""
	return {
		"status": BREACHED,
		"breached_at": due_at,
		"escalated_at": at if clock.escalate_to else None,
	}


def _tell_breaches(clocks: list[frappe._dict], at: Mapping[str, datetime]) -> None:
	"""Leave in the events when each clock was found late, and tell whoever it is escalated to."""
	if clocks:
		_record(BREACHED_EVENT, clocks, at)
		events.announce(BREACHED_EVENT, [clock.name for clock in clocks], max(at[c.name] for c in clocks))


def _what_happened(names: Collection[str]) -> dict[str, dict[str, list[datetime]]]:
	"""The instants of what happened to clocks, by clock and kind."""
	found: dict[str, dict[str, list[datetime]]] = {}
	for event in frappe.get_all(
		"Ops Event",
		filters={
			"reference_doctype": DOCTYPE,
			"reference_name": ("in", list(names)),
			"phase": ("in", (PAUSED_EVENT, RESUMED_EVENT, CANCELLED_EVENT, BREACHED_EVENT)),
		},
		fields=["reference_name", "phase", "at"],
	):
		found.setdefault(event.reference_name, {}).setdefault(event.phase, []).append(event.at)
	return found


def _record(phase: str, clocks: list[frappe._dict], at: datetime | Mapping[str, datetime]) -> None:
	events.record(
		{
			"at": at if isinstance(at, datetime) else at[clock.name],
			"phase": phase,
			"reference_doctype": DOCTYPE,
			"reference_name": clock.name,
			"sales_order": clock.sales_order,
			"rule": clock.rule,
			"note": f"{clock.step}: {clock.pause_reason}" if clock.pause_reason else clock.step,
		}
		for clock in clocks
	)
