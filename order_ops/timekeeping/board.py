# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the order board shows: waves of today, open clocks by step, breaches. A handful of grouped queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from pypika import Case
from pypika.functions import Sum

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.query_builder.functions import Count, Min
from order_ops.policy import service as policies
from order_ops.policy.rules import Policy, in_force
from order_ops.timekeeping import calendars, clock
from order_ops.wording import retold

CARDS_PER_LANE = 8
BREACHES_SHOWN = 12
OPEN = ("Running", "Paused", "Breached")


def state(units: Sequence[str], all_units: Sequence[frappe._dict] = ()) -> dict[str, Any]:
	"""The whole board for some business units, as plain values with ISO times."""
	now = clock.now()
	governing = _policies_of(units, now)
	return {
		"now": now.isoformat(),
		"units": [dict(unit) for unit in all_units],
		"waves": [wave for policy in governing for wave in _waves(policy, units, now)],
		"lanes": _lanes(governing, units, now),
		"breaches": _breaches(units),
	}


def _policies_of(units: Sequence[str], now: datetime) -> list[Policy]:
	codes = frappe.get_all("Ops Business Unit", filters={"name": ("in", [*units, ""])}, pluck="policy_code")
	known = policies.profiles.all().values()
	found = (in_force(known, code, now) for code in dict.fromkeys(code for code in codes if code))
	return [policy for policy in found if policy]


def _waves(policy: Policy, units: Sequence[str], now: datetime) -> Iterable[dict[str, Any]]:
	"""The waves of the working day that is running; after its close, or on a free day, those of the next one."""
	calendar = calendars.get(policy.calendar)
	day = calendar.working_day_from(now.date())
	if calendar.close_of_work(day) < now:
		day = calendar.next_working_day(day)
	counts = _orders_by_wave(policy, units, day)
	runs = {
		run.wave: run
		for run in frappe.get_all(
			"Ops Wave Run",
			filters={"policy_profile": policy.name, "business_date": day},
			fields=["name", "wave", "status", "taken", "held_back", "finished_at"],
		)
	}
	for wave in policy.waves:
		run = runs.get(wave.wave)
		closes_at = datetime.combine(day, wave.cutoff)
		yield {
			"wave": wave.wave,
			"title": _(wave.title),
			"rule": wave.rule,
			"policy": policy.code,
			"closes_at": closes_at.isoformat(),
			"orders": counts.get(wave.wave, 0),
			"status": run.status if run else ("Open" if now < closes_at else "Waiting"),
			"taken": run.taken if run else 0,
			"held_back": run.held_back if run else 0,
			"run": run.name if run else None,
		}


def _orders_by_wave(policy: Policy, units: Sequence[str], day: date) -> dict[str, int]:
	order = DocType("Ops Sales Order")
	rows = (
		frappe.qb.from_(order)
		.select(order.wave, Count(order.name))
		.where(order.wave_date == day)
		.where(order.policy_profile == policy.name)
		.where(order.business_unit.isin([*units, ""]))
		.where(order.status.notin(("Cancelled", "Withdrawn")))
		.groupby(order.wave)
	).run()
	return dict(rows)


def _lanes(governing: Sequence[Policy], units: Sequence[str], now: datetime) -> list[dict[str, Any]]:
	table = DocType("Ops Clock")
	overdue = Case().when((table.due_at < now) & (table.status != "Paused"), 1).else_(0)
	totals = (
		frappe.qb.from_(table)
		.select(
			table.step,
			Count(table.name).as_("open"),
			Sum(overdue).as_("overdue"),
			Min(table.due_at).as_("next_due"),
		)
		.where(table.status.isin(OPEN))
		.where(table.stopped_at.isnull())
		.where(table.business_unit.isin([*units, ""]))
		.groupby(table.step)
	).run(as_dict=True)
	by_step = {row.step: row for row in totals}
	steps = {step.step: step for policy in governing for step in policy.steps}
	return [
		{
			"step": code,
			"title": _(step.title),
			"rule": step.rule,
			"owner": _(step.owner_role),
			"open": by_step[code].open if code in by_step else 0,
			"overdue": int(by_step[code].overdue or 0) if code in by_step else 0,
			"next_due": _iso(by_step[code].next_due) if code in by_step else None,
			"cards": _cards(code, units) if code in by_step else [],
		}
		for code, step in steps.items()
	]


def _cards(step: str, units: Sequence[str]) -> list[dict[str, Any]]:
	rows = frappe.get_all(
		"Ops Clock",
		filters={
			"step": step,
			"status": ("in", OPEN),
			"stopped_at": ("is", "not set"),
			"business_unit": ("in", [*units, ""]),
		},
		fields=["reference_doctype", "reference_name", "sales_order", "due_at", "status", "pause_reason"],
		order_by="due_at, name",
		limit_page_length=CARDS_PER_LANE,
	)
	return [_card(row) for row in rows]


def _breaches(units: Sequence[str]) -> dict[str, Any]:
	"""Breaches that still need somebody: overdue work that is not finished yet."""
	filters = {
		"status": "Breached",
		"stopped_at": ("is", "not set"),
		"business_unit": ("in", [*units, ""]),
	}
	rows = frappe.get_all(
		"Ops Clock",
		filters=filters,
		fields=[
			"reference_doctype",
			"reference_name",
			"sales_order",
			"due_at",
			"status",
			"pause_reason",
			"step",
			"rule",
			"owner_role",
		],
		order_by="due_at, name",
		limit_page_length=BREACHES_SHOWN,
	)
	return {
		"count": frappe.db.count("Ops Clock", filters) if len(rows) == BREACHES_SHOWN else len(rows),
		"cards": [
			{**_card(row), "step": row.step, "rule": row.rule, "owner": _(row.owner_role or "")}
			for row in rows
		],
	}


def _card(row: frappe._dict) -> dict[str, Any]:
	return {
		"doctype": row.reference_doctype,
		"name": row.reference_name,
		"order": row.sales_order,
		"due_at": _iso(row.due_at),
		"paused": row.status == "Paused",
		"note": retold(row.pause_reason) if row.pause_reason else "",
		"url": frappe.utils.get_url_to_form(row.reference_doctype, row.reference_name),
	}


def _iso(at: datetime | None) -> str | None:
	return at.isoformat() if at else None
