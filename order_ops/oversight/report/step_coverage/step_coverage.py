# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Every step of a profile with its measured on-time rate, also those that nothing clocks yet (E-1, E-4.34)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Avg, Count, Max
from order_ops.oversight import scope
from order_ops.oversight.rules import rate
from order_ops.oversight.tables import column
from order_ops.policy import rule_book
from order_ops.policy import service as policies
from order_ops.policy.rules import Policy, Step
from order_ops.timekeeping import clock, clocks

FLOW_STEP = re.compile(r"E-4\.\d\d")  # a box of the flowchart; its rules add a letter


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
	"""A row per step of the flow and clock of the profile; without a profile the default one."""
	filters = dict(filters or {})
	policy = policies.get(filters["profile"]) if filters.get("profile") else policies.resolve(at=clock.now())
	asked = scope.of({**filters, "profile": policy.name})
	return _columns(), _rows(policy, asked), f"{_(policy.title)}: {asked.words}"


def _columns() -> list[dict]:
	return [
		column(_("Step of the Flow"), "flow_step", width=110),
		column(_("Step"), "step", width=110),
		column(_("What Is Done"), "title", width=300),
		column(_("Rule ID"), "rule", "Link", rule_book.DOCTYPE, width=110),
		column(_("Owner Role"), "owner_role"),
		column(_("Clocks Started"), "started", "Int"),
		column(_("Times Met"), "met", "Int"),
		column(_("Times Broken"), "broken", "Int"),
		column(_("Still Open"), "open", "Int"),
		column(_("On Time"), "on_time", "Percent"),
		column(_("Mean Minutes"), "mean", "Float"),
		column(_("Longest Minutes"), "longest", "Float"),
		column(_("Measured"), "measured"),
	]


def _rows(policy: Policy, asked: scope.Scope) -> list[dict]:
	figures = _figures(asked)
	titles = _flow_steps() if policy.code == rule_book.SOURCES["E"][1] else {}
	clocked: dict[str, list[Step]] = defaultdict(list)
	for step in policy.steps:
		found = FLOW_STEP.match(step.rule)
		clocked[found[0] if found else ""].append(step)
	rows = []
	for flow_step in sorted({*titles, *clocked}):
		for step in clocked.get(flow_step, ()):
			rows.append(_clocked(flow_step, step, figures.get(step.step, {})))
		if flow_step not in clocked:
			unclocked = {"title": titles[flow_step], "measured": _("No clock yet")}
			rows.append(
				{
					"flow_step": flow_step,
					**dict.fromkeys(("started", "met", "broken", "open"), 0),
					**unclocked,
				}
			)
	return rows


def _clocked(flow_step: str, step: Step, figures: dict[str, Any]) -> dict:
	met, broken = figures.get(clocks.MET, 0), figures.get(clocks.BREACHED, 0)
	still_open = figures.get(clocks.RUNNING, 0) + figures.get(clocks.PAUSED, 0)
	return {
		"flow_step": flow_step,
		"step": step.step,
		"title": _(step.title),
		"rule": step.rule,
		"owner_role": _(step.owner_role),
		"started": met + broken + still_open,
		"met": met,
		"broken": broken,
		"open": still_open,
		"on_time": rate(met, met + broken),
		"mean": figures.get("mean"),
		"longest": figures.get("longest"),
		"measured": _("By its clock") if met or broken else _("Nothing finished yet"),
	}


def _figures(asked: scope.Scope) -> dict[str, dict[str, Any]]:
	"""How many clocks of each step met which fate, and how many working minutes they took."""
	table = frappe.qb.DocType(clocks.DOCTYPE)
	seconds = (Count("*"), Avg(table.elapsed_seconds), Max(table.elapsed_seconds))
	query = (
		asked.of_orders(frappe.qb.from_(table), table.sales_order, table.started_at, table.business_unit)
		.select(table.step, table.status, *seconds)
		.groupby(table.step, table.status)
	)
	found: dict[str, dict[str, Any]] = defaultdict(dict)
	took: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
	for step, status, count, mean, longest in query.run():
		found[step][status] = count
		if status in (clocks.MET, clocks.BREACHED):
			took[step].append((count, float(mean or 0), float(longest or 0)))
	for step, parts in took.items():
		whole = sum(count for count, *_rest in parts)
		found[step]["mean"] = round(sum(count * mean for count, mean, _l in parts) / whole / 60, 1)
		found[step]["longest"] = round(max(longest for *_rest, longest in parts) / 60, 1)
	return found


def _flow_steps() -> dict[str, str]:
	"""The steps of the unit's flowchart, each with what its first rule says."""
	text = "text_zh" if (frappe.local.lang or "").startswith("zh") else "text"
	titles: dict[str, str] = {}
	for entry in rule_book.entries():
		found = FLOW_STEP.match(entry["name"])
		if found and not entry.get("is_default_of_blank"):
			titles.setdefault(found[0], entry[text])
	return titles
