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
from order_ops.policy import rules as policy_rules
from order_ops.policy import service as policies
from order_ops.rows import insert_many, update_many
from order_ops.timekeeping import calendars, events, rules

DOCTYPE = "Ops Clock"
RUNNING, PAUSED, MET, BREACHED, CANCELLED = "Running", "Paused", "Met", "Breached", "Cancelled"

WARNED_EVENT, BREACHED_EVENT = "Clock Warned", "Clock Breached"

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
	"due_at",
	"warn_at",
	"warned_at",
	"paused_at",
	"paused_seconds",
]


def start(specs: Iterable[dict]) -> list[dict]:
	"""Start clocks; a step its policy does not clock is left out, a clock that runs already stays (D-04, D-09).

	A spec names policy (the profile of the order), step, reference_doctype, reference_name and started_at; what it
	may add: sales_order, business_unit, business_date (of the wave; without it that of started_at) and received_at.
	With the last two the late window is known (C-07), and no clock of an order that came after the cut-off starts
	before its business day opens (D-09). Returns the rows of the clocks.
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
				"warn_at": row["due_at"],
				**row,
			}
			for row in rows
		),
		ignore_duplicates=True,
	)


def stop(steps: str | Collection[str], at: Mapping[str, datetime]) -> None:
	"""Stop the open clocks of these steps, each document at its own instant: met or breached (D-01, D-04)."""
	changes = {}
	for clock in _open(_steps(steps), list(at)):
		end = at[clock.reference_name]
		paused = _paused_until(clock, end)
		took = rules.measured(clock.started_at, end, _calendar(clock), paused)
		late = rules.is_late(end, clock.due_at, clock.budget_seconds, took)
		changes[clock.name] = {
			"status": BREACHED if late else MET,
			"breached_at": clock.due_at if late else None,
			"stopped_at": end,
			"elapsed_seconds": took,
			"on_time": 0 if late else 100,
			"paused_at": None,
			"paused_seconds": paused,
		}
	update_many(DOCTYPE, changes, where={"status": (RUNNING, PAUSED, BREACHED)})


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
	_record("Clock Paused", clocks, at)


def resume(steps: str | Collection[str], names: Collection[str], at: datetime) -> None:
	"""Count on; what a clock had left when it was paused it has left now (D-04, E-4.15g)."""
	clocks = [clock for clock in _open(_steps(steps), names) if clock.status == PAUSED]
	changes = {}
	for clock in clocks:
		paused = _paused_until(clock, at)
		changes[clock.name] = {"status": RUNNING, "paused_at": None, "paused_seconds": paused}
		if clock.budget_seconds:
			changes[clock.name] |= _due_after_pauses(clock, paused)
		else:
			changes[clock.name] |= _deadline_after_pause(clock, paused - clock.paused_seconds)
	update_many(DOCTYPE, changes, where={"status": (PAUSED,)})
	_record("Clock Resumed", clocks, at)


def cancel(names: Collection[str], at: datetime, steps: str | Collection[str] = ()) -> None:
	"""End the open clocks of documents that were given up; a breach remains one (D-04)."""
	changes = {
		clock.name: {
			"status": BREACHED if clock.status == BREACHED else CANCELLED,
			"stopped_at": at,
			"paused_at": None,
		}
		for clock in _open(_steps(steps), names)
	}
	update_many(DOCTYPE, changes, where={"status": (RUNNING, PAUSED, BREACHED)})


def sweep(at: datetime) -> dict[str, int]:
	"""Warn the owners of what is nearly due, mark what is late; each clock is announced once (D-04)."""
	running = frappe.get_all(
		DOCTYPE, filters={"status": RUNNING, "warn_at": ("<=", at)}, fields=FIELDS, order_by="due_at, name"
	)
	late, warned = {}, {}
	for clock in running:
		took = rules.measured(clock.started_at, at, _calendar(clock), clock.paused_seconds)
		if rules.is_late(at, clock.due_at, clock.budget_seconds, took):
			late[clock.name] = {"status": BREACHED, "breached_at": clock.due_at}
		elif not clock.warned_at and clock.warn_at < clock.due_at:
			warned[clock.name] = {"warned_at": at}
	update_many(DOCTYPE, late, where={"status": (RUNNING,)})
	update_many(DOCTYPE, warned, where={"status": (RUNNING,)})
	# somebody may have stopped one of them in the meantime
	breached = _still(late, {"status": BREACHED})
	_record("Clock Breached", [clock for clock in running if clock.name in breached], at)
	events.announce(BREACHED_EVENT, breached, at)
	events.announce(WARNED_EVENT, _still(warned, {"warned_at": at}), at)
	return {"breached": len(breached), "warned": len(warned)}


def recompute(names: Collection[str]) -> None:
	"""Count clocks anew from their start, their end and the events of their pauses (D-04)."""
	pauses: dict[str, list] = {}
	for event in frappe.get_all(
		"Ops Event",
		filters={
			"reference_doctype": DOCTYPE,
			"reference_name": ("in", list(names)),
			"phase": ("in", ("Clock Paused", "Clock Resumed")),
		},
		fields=["reference_name", "phase", "at"],
		order_by="at, creation",
	):
		pauses.setdefault(event.reference_name, []).append(event.at)
	changes = {}
	for clock in frappe.get_all(DOCTYPE, filters={"name": ("in", list(names))}, fields=FIELDS):
		ends = [*pauses.get(clock.name, []), clock.stopped_at][
			: 2 * ((len(pauses.get(clock.name, [])) + 1) // 2)
		]
		paused = sum(
			rules.measured(begin, end, _calendar(clock))
			for begin, end in zip(ends[::2], ends[1::2], strict=True)
			if end
		)
		change = {"paused_seconds": paused}
		if clock.budget_seconds:
			change |= _due_after_pauses(clock, paused)
		if clock.stopped_at and clock.status != CANCELLED:
			took = rules.measured(clock.started_at, clock.stopped_at, _calendar(clock), paused)
			due = change.get("due_at", clock.due_at)
			late = rules.is_late(clock.stopped_at, due, clock.budget_seconds, took)
			change |= {
				"elapsed_seconds": took,
				"on_time": 0 if late else 100,
				"status": BREACHED if late else MET,
				"breached_at": due if late else None,
			}
		changes[clock.name] = change
	update_many(DOCTYPE, changes)


def _row(spec: dict, policy: policy_rules.Policy, step: policy_rules.Step) -> dict:
	calendar = calendars.get(policy.calendar)
	started_at, business_date, received_at = (
		spec["started_at"],
		spec.get("business_date"),
		spec.get("received_at"),
	)
	if business_date and received_at:
		started_at = max(started_at, rules.clock_start(received_at, business_date, calendar))
	terms = rules.terms(step, policy, calendar, started_at, business_date, received_at)
	return {
		"clock_key": f"{spec['reference_doctype']}:{spec['reference_name']}:{step.step}",
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
		"due_at": terms.due_at,
		"warn_at": terms.warn_at,
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


def _still(names: Collection[str], state: dict) -> list[str]:
	if not names:
		return []
	return frappe.get_all(
		DOCTYPE, filters={"name": ("in", list(names)), **state}, pluck="name", order_by="name"
	)


def _calendar(clock: frappe._dict) -> rules.Calendar | None:
	return calendars.get(clock.calendar) if clock.calendar else None


def _paused_until(clock: frappe._dict, at: datetime) -> int:
	if not clock.paused_at:
		return clock.paused_seconds
	return clock.paused_seconds + rules.measured(clock.paused_at, at, _calendar(clock))


def _due_after_pauses(clock: frappe._dict, paused: int) -> dict:
	calendar = _calendar(clock)
	warn = rules.measured(clock.warn_at, clock.due_at, calendar)
	seconds = clock.budget_seconds + paused
	terms = (
		rules.working_terms(calendar, clock.started_at, seconds, warn)
		if calendar
		else rules.elapsed_terms(clock.started_at, seconds, warn)
	)
	return {"due_at": terms.due_at, "warn_at": terms.warn_at}


def _deadline_after_pause(clock: frappe._dict, paused: int) -> dict:
	if not paused:
		return {}
	due = calendars.get(clock.calendar).add_working(clock.due_at, paused)
	return {"due_at": due, "warn_at": due - (clock.due_at - clock.warn_at)}


def _record(phase: str, clocks: list[frappe._dict], at: datetime) -> None:
	events.record(
		{
			"at": at,
			"phase": phase,
			"reference_doctype": DOCTYPE,
			"reference_name": clock.name,
			"sales_order": clock.sales_order,
			"rule": clock.rule,
			"note": f"{clock.step}: {clock.pause_reason}" if clock.pause_reason else clock.step,
		}
		for clock in clocks
	)
