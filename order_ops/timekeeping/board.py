# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the order board shows of every profile at work: waves of today, open clocks by step, breaches, holds, the day's
close. A handful of grouped queries, whatever the number of orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pypika import Case
from pypika.analytics import RowNumber
from pypika.terms import Criterion, Field

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.query_builder.functions import Count, Min, Sum
from order_ops.policy import service as policies
from order_ops.policy.rules import PROCESS, REVIEW, SEND, Policy, Step, Wave, in_force
from order_ops.problems import _ as mark
from order_ops.timekeeping import calendars, holds, wave_rules, wave_schedule
from order_ops.timekeeping.rules import wave_time
from order_ops.wording import retold

CARDS_PER_LANE = 6
BREACHES_SHOWN = 12
HOLDS_SHOWN = 8
LINES_SHOWN = 6
MISSED_SHOWN = 6
CLOCK, HOLD, RUN, LINE, ORDER = (
	"Ops Clock",
	"Ops Hold",
	"Ops Wave Run",
	"Ops Wave Run Line",
	"Ops Sales Order",
)
OPEN = ("Running", "Paused", "Breached")
OPEN_ORDERS = ("Received", "Identified", "Reviewed", "Released", "Partly Shipped")
WAVE_KINDS = (PROCESS, REVIEW, SEND)
GIVEN_UP = ("Cancelled", "Withdrawn")
OTHER_STEPS = {holds.PROMISE: mark("Keep the promise of a hold")}


@dataclass(frozen=True)
class View:
	"""What is asked for: the business units and the roles, none meaning all, at an instant."""

	units: tuple[str, ...]
	roles: tuple[str, ...]
	now: datetime
	without_unit: bool = True

	def of_units(self, table: DocType) -> Criterion:
		"""The rows of these business units, and those of none where all are asked for."""
		ours = table.business_unit.isin(self.units or ("",))
		return (
			ours | table.business_unit.isnull() | (table.business_unit == "") if self.without_unit else ours
		)

	def of_roles(self, *columns: Field) -> Criterion:
		"""The rows in which one of the roles stands."""
		return Criterion.any(column.isin(self.roles) for column in columns) if self.roles else Criterion.all()


def state(view: View) -> dict[str, Any]:
	"""The whole board as plain values with ISO times, in the reader's language."""
	governing = _governing(view)
	days = {policy.name: _day(policy, view.now) for policy in governing}
	orders, runs = _orders_by_wave(days, view), _runs(days, view)
	missed = _missed(runs, view.now)
	steps = {step.step: step for policy in policies.profiles.all().values() for step in policy.steps}
	lanes = _lanes(steps, view)
	closes = _day_closes([row for row in runs.values() if row.wave == wave_rules.DAY_CLOSE], view)
	profiles, placed = [], set()
	for policy in governing:
		own = [step for step in policy.steps if step.step not in placed]
		placed.update(step.step for step in own)
		profiles.append(
			{
				"code": policy.code,
				"title": _(policy.title),
				"day": days[policy.name].isoformat(),
				"waves": list(_waves(policy, days[policy.name], orders, runs, missed[policy.name], view.now)),
				"day_close": closes.get(policy.name),
				"lanes": [lanes[step.step] for step in own if step.step in lanes],
				"quiet": [_(step.title) for step in own if step.step not in lanes and _is_asked(step, view)],
			}
		)
	breaches, held = _breaches(view), _holds(view)
	return {
		"now": view.now.isoformat(),
		"profiles": [one for one in profiles if one["waves"] or one["lanes"]],
		"others": [lane for step, lane in lanes.items() if step not in placed],
		"breaches": breaches,
		"holds": held,
		"figures": {
			**{part: sum(lane[part] for lane in lanes.values()) for part in ("open", "soon", "overdue")},
			"escalated": breaches["escalated"],
			"holds": held["count"],
		},
		"rules": _rule_links(profiles, lanes.values(), breaches["cards"], held["cards"]),
	}


def roles_at_work() -> list[str]:
	"""The roles that own a step of a profile at work, and those it is escalated to."""
	steps = [
		step
		for policy in policies.profiles.all().values()
		if policy.status == "Active"
		for step in policy.steps
	]
	found = (*(step.owner_role for step in steps), *(step.escalate_to for step in steps))
	return list(dict.fromkeys(filter(None, found)))


def step_titles() -> dict[str, str]:
	"""The titles of all steps that profiles clock, in English, and of those that no profile names."""
	steps = {step.step: step.title for policy in policies.profiles.all().values() for step in policy.steps}
	return OTHER_STEPS | steps


# --- profiles, waves, the day's close --------------------------------------------------------------------------------


def _governing(view: View) -> list[Policy]:
	"""The profiles of the business units, and those that govern an open order; each in the version that is in force,
	and earlier ones with open orders of their own (D-10)."""
	known = policies.profiles.all()
	codes = frappe.get_all(
		"Ops Business Unit", filters={"name": ("in", [*view.units, ""])}, pluck="policy_code"
	)
	current = [in_force(known.values(), code, view.now) for code in dict.fromkeys(filter(None, codes))]
	order = DocType(ORDER)
	at_work = (
		frappe.qb.from_(order)
		.select(order.policy_profile)
		.distinct()
		.where(order.status.isin(OPEN_ORDERS))
		.where(view.of_units(order))
	).run(pluck=True)
	found = [*current, *(known.get(name) for name in sorted(filter(None, at_work)))]
	return [policy for policy in dict.fromkeys(found) if policy]


def _day(policy: Policy, now: datetime) -> date:
	"""The working day that is running; after its close, or on a free day, the next one."""
	calendar = calendars.get(policy.calendar)
	day = calendar.working_day_from(now.date())
	return calendar.next_working_day(day) if calendar.close_of_work(day) < now else day


def _orders_by_wave(days: dict[str, date], view: View) -> dict[tuple[str, str], int]:
	order = DocType(ORDER)
	rows = (
		frappe.qb.from_(order)
		.select(order.policy_profile, order.wave, order.wave_date, Count(order.name))
		.where(order.wave_date.isin(list(set(days.values())) or [view.now.date()]))
		.where(order.policy_profile.isin(list(days) or [""]))
		.where(order.status.notin(GIVEN_UP))
		.where(view.of_units(order))
		.groupby(order.policy_profile, order.wave, order.wave_date)
	).run()
	return {(profile, wave): count for profile, wave, day, count in rows if days[profile] == day}


def _runs(days: dict[str, date], view: View) -> dict[str, frappe._dict]:
	"""The runs of the days that are running, what is stuck of any day, and each profile's last close of a day."""
	fields = ["name", "policy_profile", "wave", "title", "business_date", "status"]
	profiles = {"policy_profile": ("in", list(days) or [""])}
	today = {**profiles, "business_date": ("in", list(set(days.values())) or [""])}
	rows = frappe.get_all(RUN, filters=today, fields=fields)
	rows += frappe.get_all(RUN, filters={**profiles, "status": ("!=", "Done")}, fields=fields)
	closed = {**profiles, "wave": wave_rules.DAY_CLOSE, "status": "Done"}
	rows += frappe.get_all(
		RUN, filters=closed, fields=fields, order_by="business_date desc", limit_page_length=len(days) * 3
	)
	runs = {row.name: row for row in rows}
	for name, count in _results(list(runs), view).items():
		runs[name].update(count)
	return runs


def _results(runs: Sequence[str], view: View) -> dict[str, dict[str, int]]:
	"""What runs did with the orders of these business units."""
	line, order = DocType(LINE), DocType(ORDER)
	taken = line.result == "Taken"
	rows = (
		frappe.qb.from_(line)
		.join(order)
		.on(order.name == line.sales_order)
		.select(line.parent, Sum(Case().when(taken, 1).else_(0)), Sum(Case().when(taken, 0).else_(1)))
		.where(line.parent.isin(runs or [""]))
		.where(view.of_units(order))
		.groupby(line.parent)
	).run()
	return {run: {"taken": int(taken), "held_back": int(held_back)} for run, taken, held_back in rows}


def _waves(
	policy: Policy,
	day: date,
	orders: dict[tuple[str, str], int],
	runs: dict[str, frappe._dict],
	missed_waves: Sequence[tuple[Wave, date]],
	now: datetime,
) -> Iterable[dict[str, Any]]:
	"""Waves of earlier days that have not run to their end, then what closes on this day in the order of time."""
	calendar = calendars.get(policy.calendar)
	waves = [(closing, missed) for closing, missed in missed_waves if missed < day]
	waves += [(wave, day) for wave in wave_rules.in_order(policy, day, calendar)]
	of_day = {
		(run.wave, run.business_date): run for run in runs.values() if run.policy_profile == policy.name
	}
	for wave, business_date in waves:
		closes_at = wave_time(wave, business_date, calendar)
		run = of_day.get((wave.wave, business_date))
		counted = wave.kind in WAVE_KINDS and business_date == day
		yield {
			**(_run(run) if run else {"status": "Open" if now < closes_at else "Waiting", "run": None}),
			"wave": wave.wave,
			"title": _(wave.title),
			"rule": wave.rule,
			"kind": _(wave.kind, context="Ops Policy Wave") if wave.kind in WAVE_KINDS else "",
			"counted": counted,
			"closes_at": closes_at.isoformat(),
			"orders": orders.get((policy.name, wave.wave), 0) if counted else 0,
		}


def _missed(runs: dict[str, frappe._dict], now: datetime) -> dict[str, list[tuple[Wave, date]]]:
	"""The waves that should have run, or stopped half-way, by profile, the oldest first (D-18)."""
	keys = dict.fromkeys(wave_schedule.due(now))
	keys |= {
		(run.policy_profile, run.wave, run.business_date): None
		for run in runs.values()
		if run.status != "Done"
	}
	found = defaultdict(list)
	for profile, code, day in sorted(keys, key=lambda key: key[2]):
		if (wave := wave_rules.closing(policies.get(profile), code)) and len(found[profile]) < MISSED_SHOWN:
			found[profile].append((wave, day))
	return found


def _run(run: frappe._dict) -> dict[str, Any]:
	return {
		"status": run.status,
		"taken": run.taken or 0,
		"held_back": run.held_back or 0,
		"run": frappe.utils.get_url_to_form(RUN, run.name),
	}


def _day_closes(runs: Sequence[frappe._dict], view: View) -> dict[str, dict[str, Any]]:
	"""The last close of a day by profile: what was open then, and what of it nobody has explained (E-4.13e)."""
	last: dict[str, frappe._dict] = {}
	for run in sorted(runs, key=lambda run: run.business_date):
		if run.status == "Done":
			last[run.policy_profile] = run
	if not last or not frappe.has_permission(ORDER, "read"):
		return {}
	line, order = DocType(LINE), DocType(ORDER)
	rows = (
		frappe.qb.from_(line)
		.join(order)
		.on(order.name == line.sales_order)
		.select(line.parent, line.sales_order, line.reason, line.explanation)
		.where(line.parent.isin([run.name for run in last.values()]))
		.where(order.status.isin(OPEN_ORDERS))
		.where(view.of_units(order))
		.orderby(line.idx)
	).run(as_dict=True)
	lines = defaultdict(list)
	for row in rows:
		lines[row.parent].append(row)
	return {
		profile: {
			"day": run.business_date.isoformat(),
			"run": frappe.utils.get_url_to_form(RUN, run.name),
			"open": len(lines[run.name]),
			"unexplained": sum(not row.explanation for row in lines[run.name]),
			"lines": [
				{
					"name": row.sales_order,
					"url": frappe.utils.get_url_to_form(ORDER, row.sales_order),
					"note": row.explanation or retold(row.reason or ""),
					"explained": bool(row.explanation),
				}
				for row in sorted(lines[run.name], key=lambda row: bool(row.explanation))[:LINES_SHOWN]
			],
		}
		for profile, run in last.items()
		if lines[run.name]
	}


# --- clocks ------------------------------------------------------------------------------------------------------------


def _lanes(steps: dict[str, Step], view: View) -> dict[str, dict[str, Any]]:
	"""The steps that have open clocks, in the order of the profiles, each with the first of its cards."""
	table = DocType(CLOCK)
	running = table.status != "Paused"
	late, warned = table.due_at < view.now, table.warn_at <= view.now
	totals = (
		frappe.qb.from_(table)
		.select(
			table.step,
			table.owner_role,
			table.reference_doctype,
			Count(table.name).as_("open"),
			Sum(Case().when(running & late, 1).else_(0)).as_("overdue"),
			Sum(Case().when(running & warned & (table.due_at >= view.now), 1).else_(0)).as_("soon"),
			Min(table.due_at).as_("next_due"),
		)
		.where(_open(table, view))
		.where(view.of_roles(table.owner_role))
		.groupby(table.step, table.owner_role, table.reference_doctype)
	).run(as_dict=True)
	readable = _readable(row.reference_doctype for row in totals)
	cards = _cards(view, readable)
	found = defaultdict(list)
	for row in totals:
		if row.reference_doctype in readable:
			found[row.step].append(row)
	places = {step: place for place, step in enumerate(steps)}
	titles = step_titles()
	return {
		step: {
			"step": step,
			"title": _(titles.get(step, step)),
			"rule": steps[step].rule if step in steps else "",
			"owner": _(found[step][0].owner_role or ""),
			**{part: sum(int(row[part] or 0) for row in found[step]) for part in ("open", "soon", "overdue")},
			"next_due": _iso(min(row.next_due for row in found[step])),
			"cards": cards.get(step, []),
		}
		for step in sorted(found, key=lambda step: places.get(step, len(places)))
	}


def _cards(view: View, readable: Collection[str]) -> dict[str, list[dict[str, Any]]]:
	"""The clocks that are due first, of every step so many, in one statement; paused ones after those that run."""
	table = DocType(CLOCK)
	paused = Case().when(table.status == "Paused", 1).else_(0)
	place = RowNumber().over(table.step).orderby(paused, table.due_at, table.name)
	first = (
		frappe.qb.from_(table)
		.select(*(table[field] for field in CARD_FIELDS), place.as_("place"))
		.where(_open(table, view))
		.where(view.of_roles(table.owner_role))
		.where(table.reference_doctype.isin(list(readable) or [""]))
	)
	rows = (
		frappe.qb.from_(first)
		.select(*(first[field] for field in CARD_FIELDS))
		.where(first.place <= CARDS_PER_LANE)
		.orderby(first.step)
		.orderby(first.place)
	).run(as_dict=True)
	cards = defaultdict(list)
	for row in rows:
		cards[row.step].append(_card(row, view.now))
	return cards


def _breaches(view: View) -> dict[str, Any]:
	"""Breaches that still need somebody: overdue work that is not finished yet, and to whom it was escalated (D-04)."""
	table = DocType(CLOCK)
	query = (
		frappe.qb.from_(table)
		.where(table.status == "Breached")
		.where(_open(table, view))
		.where(view.of_roles(table.owner_role, table.escalate_to))
	)
	totals = (
		query.select(table.reference_doctype, table.escalate_to, Count(table.name).as_("count"))
		.groupby(table.reference_doctype, table.escalate_to)
		.run(as_dict=True)
	)
	readable = _readable(row.reference_doctype for row in totals)
	rows = (
		query.select(*(table[field] for field in CARD_FIELDS))
		.where(table.reference_doctype.isin(list(readable) or [""]))
		.orderby(table.due_at)
		.orderby(table.name)
		.limit(BREACHES_SHOWN)
	).run(as_dict=True)
	titles, mine = step_titles(), set(view.roles or frappe.get_roles())
	seen = [row for row in totals if row.reference_doctype in readable]
	return {
		"count": sum(row["count"] for row in seen),
		"escalated": sum(row["count"] for row in seen if row.escalate_to in mine),
		"cards": [
			{
				**_card(row, view.now),
				"title": _(titles.get(row.step, row.step)),
				"rule": row.rule,
				"owner": _(row.owner_role or ""),
				"escalated_to": _(row.escalate_to or ""),
			}
			for row in rows
		],
	}


CARD_FIELDS = (
	*("name", "step", "rule", "reference_doctype", "reference_name", "sales_order", "due_at", "warn_at"),
	*("status", "pause_reason", "owner_role", "escalate_to"),
)


def _card(row: frappe._dict, now: datetime) -> dict[str, Any]:
	return {
		"name": row.sales_order if row.reference_doctype == HOLD else row.reference_name,
		"order": row.sales_order,
		"due_at": _iso(row.due_at),
		"paused": row.status == "Paused",
		"soon": bool(row.warn_at and row.warn_at <= now <= row.due_at),
		"note": retold(row.pause_reason) if row.pause_reason and row.status == "Paused" else "",
		"url": frappe.utils.get_url_to_form(row.reference_doctype, row.reference_name),
	}


# --- holds -------------------------------------------------------------------------------------------------------------


def _holds(view: View) -> dict[str, Any]:
	"""The open holds: on what, why, and who releases them (G1-09)."""
	if not frappe.has_permission(HOLD, "read"):
		return {"count": 0, "cards": []}
	table = DocType(HOLD)
	query = (
		frappe.qb.from_(table)
		.where(table.status == "Open")
		.where(view.of_units(table))
		.where(view.of_roles(table.owner_role, table.override_role))
	)
	(count,) = query.select(Count(table.name)).run(pluck=True)
	fields = ("name", "kind", "rule", "reason", "owner_role", "reference_name", "release_at", "promised_by")
	rows = query.select(*(table[field] for field in fields)).orderby(table.placed_at).orderby(table.name)
	return {
		"count": count,
		"cards": [
			{
				"name": row.reference_name,
				"kind": _(row.kind),
				"rule": row.rule,
				"note": retold(row.reason or ""),
				"owner": _(row.owner_role or ""),
				"until": _iso(row.release_at) or (row.promised_by.isoformat() if row.promised_by else None),
				"url": frappe.utils.get_url_to_form(HOLD, row.name),
			}
			for row in rows.limit(HOLDS_SHOWN).run(as_dict=True)
		],
	}


# --- what is common ----------------------------------------------------------------------------------------------------


def _open(table: DocType, view: View) -> Criterion:
	return table.status.isin(OPEN) & table.stopped_at.isnull() & view.of_units(table)


def _readable(doctypes: Iterable[str]) -> set[str]:
	return {doctype for doctype in set(doctypes) if frappe.has_permission(doctype, "read")}


def _is_asked(step: Step, view: View) -> bool:
	return not view.roles or step.owner_role in view.roles


def _rule_links(profiles: Sequence[dict], *groups: Collection[dict]) -> dict[str, str]:
	"""Where the rules that are named can be read."""
	if not frappe.has_permission("Ops Rule", "read"):
		return {}
	named = {row["rule"] for group in (*(one["waves"] for one in profiles), *groups) for row in group}
	return {rule: frappe.utils.get_url_to_form("Ops Rule", rule) for rule in sorted(filter(None, named))}


def _iso(at: datetime | None) -> str | None:
	return at.isoformat() if at else None
