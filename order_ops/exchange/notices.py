# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Messages that follow from what timekeeping announces (hook order_ops_on_event)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import frappe
from frappe.utils import format_datetime
from order_ops.exchange import service
from order_ops.exchange.rules import said
from order_ops.policy import service as policies
from order_ops.problems import _

# Who gets the orders of a wave when it is done (E-4.13g), and who what the wave held back.
WAVE_READERS = ("Warehouse Keeper", "BU Finance")
HELD_BACK_READERS = ("Parts Support Specialist",)
DAY_READERS = ("Parts Support Specialist", "E-commerce Rep Team Leader")
DAY_CLOSE = "DAY"


def clocks_warned(clocks: list[str], at: datetime) -> None:
	"""Tell the owner of a step that its time is nearly over."""
	titles = _step_titles()
	service.queue(
		{
			**_about(clock),
			"message_key": f"warn:{clock.name}",
			"event": "Clock Warned",
			"recipient_role": clock.owner_role,
			"subject": said(
				_("{0} of {1} is due at {2}"),
				said(titles.get(clock.step, clock.step)),
				clock.reference_name,
				format_datetime(clock.due_at, "HH:mm"),
			),
		}
		for clock in _clocks(clocks)
		if clock.owner_role
	)


def clocks_breached(clocks: list[str], at: datetime) -> None:
	"""Tell the role a breach is escalated to, once (E-4.11a)."""
	titles = _step_titles()
	service.queue(
		{
			**_about(clock),
			"message_key": f"breach:{clock.name}",
			"event": "Clock Breached",
			"recipient_role": clock.escalate_to or clock.owner_role,
			"subject": said(
				_("{0} of {1} was due at {2} and is late"),
				said(titles.get(clock.step, clock.step)),
				clock.reference_name,
				format_datetime(clock.due_at, "yyyy-MM-dd HH:mm"),
			),
		}
		for clock in _clocks(clocks)
		if clock.escalate_to or clock.owner_role
	)


def waves_closed(runs: list[str], at: datetime) -> None:
	"""One message per wave, business unit and recipient with the list of its orders (E-4.13g, E-4.13e)."""
	for run in frappe.get_all(
		"Ops Wave Run",
		filters={"name": ("in", runs)},
		fields=["name", "wave", "title", "business_date", "taken", "held_back"],
	):
		for unit, lines in _lines_by_unit(run.name).items():
			service.queue(_wave_messages(run, unit, lines))


def _wave_messages(run: frappe._dict, unit: str, lines: list[frappe._dict]) -> list[dict]:
	taken = [line for line in lines if line.result == "Taken"]
	held_back = [line for line in lines if line.result != "Taken"]
	if run.wave == DAY_CLOSE:
		parts = [(DAY_READERS, held_back, "E-4.13e", _("{0} of {1}: {2} orders are still open"))]
	else:
		parts = [
			(WAVE_READERS, taken, "E-4.13g", _("{0} of {1}: {2} orders to ship and to invoice")),
			(HELD_BACK_READERS, held_back, "E-4.13c", _("{0} of {1}: {2} orders held back")),
		]
	return [
		{
			"message_key": f"wave:{run.name}:{unit}:{rule}:{role}",
			"event": "Wave Closed",
			"rule": rule,
			"channel": service.DESK,
			"recipient_role": role,
			"business_unit": unit or None,
			"reference_doctype": "Ops Wave Run",
			"reference_name": run.name,
			"subject": said(subject, said(run.title), str(run.business_date), len(part)),
			"body": [[line.sales_order, line.document, said(line.reason or "")] for line in part],
			"payload": {"orders": [line.sales_order for line in part]},
		}
		for readers, part, rule, subject in parts
		if part
		for role in readers
	]


def _lines_by_unit(run: str) -> dict[str, list[frappe._dict]]:
	lines = frappe.get_all(
		"Ops Wave Run Line",
		filters={"parent": run},
		fields=["sales_order", "result", "document", "reason"],
		order_by="idx",
	)
	names = [line.sales_order for line in lines]
	units = {
		row.name: row.business_unit
		for row in frappe.get_all(
			"Ops Sales Order", filters={"name": ("in", names)}, fields=["name", "business_unit"]
		)
	}
	found = defaultdict(list)
	for line in lines:
		found[units.get(line.sales_order) or ""].append(line)
	return found


def _step_titles() -> dict[str, str]:
	return {step.step: step.title for policy in policies.profiles.all().values() for step in policy.steps}


def _clocks(names: list[str]) -> list[frappe._dict]:
	return frappe.get_all(
		"Ops Clock",
		filters={"name": ("in", names)},
		fields=[
			"name",
			"step",
			"rule",
			"reference_doctype",
			"reference_name",
			"business_unit",
			"owner_role",
			"escalate_to",
			"due_at",
		],
		order_by="due_at, name",
	)


def _about(clock: frappe._dict) -> dict:
	return {
		"rule": clock.rule,
		"channel": service.DESK,
		"business_unit": clock.business_unit,
		"reference_doctype": clock.reference_doctype,
		"reference_name": clock.reference_name,
	}
