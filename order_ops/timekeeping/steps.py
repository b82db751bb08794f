# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Steps that need no code: a policy names the events of an order that start and stop them (C-04, G1-10, G7-3.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import frappe
from order_ops.policy import rules as policy_rules
from order_ops.policy import service as policies
from order_ops.policy.rules import Policy, Step
from order_ops.timekeeping import clocks

ORDER = "Ops Sales Order"
RECEIVED = "Order Received"
URGENCY_CHANGED = "Order Priority Changed"
# What happens to an order again and again: each time nothing of it runs, a clock of its own begins then (G7-7.2).
RECURRING = ("Buyer Message",)

Begun = tuple[frappe._dict, Step, datetime]  # an order, a step of its policy, and since when it runs

FIELDS = [
	"name",
	"channel",
	"business_unit",
	"policy_profile",
	"urgency",
	"wave_date",
	"received_at",
]


def on_event(event: str, names: list[str], at: datetime) -> None:
	"""Hook: stop and start what the policies of these orders name; no statement where no policy names the event."""
	if not _matters(event):
		return
	orders = frappe.get_all(ORDER, filters={"name": ("in", names)}, fields=FIELDS, order_by="name")
	if event == URGENCY_CHANGED:
		_change_class(orders, at)
		return
	stopping: dict[tuple[str, ...], list[str]] = defaultdict(list)
	for order in orders:
		if steps := tuple(step.step for step in _steps_of(order) if step.stops_with == event):
			stopping[steps].append(order.name)
	for steps, stopped in stopping.items():
		clocks.stop(steps, dict.fromkeys(stopped, at))
	begun = [
		(order, step, order.received_at if event == RECEIVED else at)
		for order in orders
		for step in _steps_of(order)
		if step.starts_with == event and _fits(step, order)
	]
	if event in RECURRING:
		_start_again(begun)
	else:
		_start(begun)


def _matters(event: str) -> bool:
	"""Whether any policy of the site has a step for the event."""
	if event == URGENCY_CHANGED:
		return any(step.urgency for policy in _policies() for step in policy.steps)
	return any(
		event in (step.starts_with, step.stops_with) for policy in _policies() for step in policy.steps
	)


def _change_class(orders: list[frappe._dict], at: datetime) -> None:
	"""Steps of another class than the order's end; those of its class begin now, where the ended ones ran (G1-10)."""
	others = sorted({step.step for order in orders for step in _steps_of(order) if not _fits(step, order)})
	running = _running([order.name for order in orders], others)
	starting: list[Begun] = []
	ending: dict[tuple[str, ...], list[str]] = defaultdict(list)
	for order in orders:
		steps = _steps_of(order)
		if gone := [step for step in steps if (order.name, step.step) in running and not _fits(step, order)]:
			ending[tuple(step.step for step in gone)].append(order.name)
			began = {step.starts_with for step in gone}
			starting += [
				(order, step, at)
				for step in steps
				if step.urgency and _fits(step, order) and step.starts_with in began
			]
	for codes, names in ending.items():
		clocks.cancel(names, at, codes)
	_start(starting)


def _running(orders: list[str], steps: list[str]) -> set[tuple[str, str]]:
	"""Order and step of the clocks that have not ended."""
	found = frappe.get_all(
		clocks.DOCTYPE,
		filters={
			"reference_name": ("in", orders),
			"step": ("in", steps),
			"stopped_at": ("is", "not set"),
		},
		fields=["reference_name", "step"],
		as_list=True,
	)
	return {tuple(row) for row in found}


def _start_again(begun: list[Begun]) -> None:
	"""Start what no clock of the order counts now; when the order itself came in does not matter any more (D-09)."""
	running = _running([order.name for order, *_rest in begun], [step.step for _order, step, _at in begun])
	_start(
		(frappe._dict(order, wave_date=None, received_at=None, turn=at), step, at)
		for order, step, at in begun
		if (order.name, step.step) not in running
	)


def _start(begun: Iterable[Begun]) -> None:
	begun = list(begun)
	if not begun:
		return
	silent = set(frappe.get_all("Ops Channel", filters={"runs_clocks": 0}, pluck="name"))
	clocks.start(
		{
			"policy": order.policy_profile,
			"step": step.step,
			"reference_doctype": ORDER,
			"reference_name": order.name,
			"sales_order": order.name,
			"business_unit": order.business_unit,
			"started_at": started_at,
			"business_date": order.wave_date,
			"received_at": order.received_at,
			"turn": order.turn,
		}
		for order, step, started_at in begun
		if order.channel not in silent
	)


def _fits(step: Step, order: frappe._dict) -> bool:
	"""Whether a step is for orders of this class (G1-10a-c)."""
	return not step.urgency or step.urgency == (order.urgency or policy_rules.NORMAL)


def _steps_of(order: frappe._dict) -> tuple[Step, ...]:
	return policies.get(order.policy_profile).steps if order.policy_profile else ()


def _policies() -> list[Policy]:
	return list(policies.profiles.all().values())
