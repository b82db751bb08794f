# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Messages that follow from what timekeeping announces (hook order_ops_on_event)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

import frappe
from frappe.utils import format_datetime
from order_ops.exchange import service
from order_ops.exchange.rules import said
from order_ops.policy import service as policies
from order_ops.policy.rules import PROCESS, REVIEW, SEND, Policy
from order_ops.problems import _
from order_ops.timekeeping import wave_rules
from order_ops.timekeeping.board import step_titles

# Who ships and invoices what a wave has processed (E-4.13g), and who gets what was sent to logistics (G4-3.6.1a).
PROCESSED_READERS = ("Warehouse Keeper", "BU Finance")
SENT_READERS = ("Warehouse Keeper",)
TAKEN, HELD_BACK = "Taken", "Held Back"


def clocks_warned(clocks: list[str], at: datetime) -> None:
	"""Tell the owner of a step that its time is nearly over."""
	titles = step_titles()
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
	titles = step_titles()
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


def holds_placed(holds: list[str], at: datetime) -> None:
	"""Tell who releases a hold, and who may override it, what is held and why (G1-09, G5-2.3)."""
	fields = ["name", "kind", "rule", "reason", "reference_doctype", "reference_name", "business_unit"]
	fields += ["owner_role", "override_role"]
	service.queue(
		{
			**_about(hold),
			"message_key": f"hold:{hold.name}:{role}",
			"event": "Hold Placed",
			"recipient_role": role,
			"subject": said(_("{0} is held: {1}"), hold.reference_name, said(hold.kind)),
			"body": [said(hold.reason or "")],
		}
		for hold in frappe.get_all(
			"Ops Hold", filters={"name": ("in", holds)}, fields=fields, order_by="name"
		)
		for role in dict.fromkeys(filter(None, (hold.owner_role, hold.override_role)))
	)


def waves_closed(runs: list[str], at: datetime) -> None:
	"""One message per wave, business unit and recipient with the list of its orders (E-4.13g, E-4.13e, G4-4.3)."""
	fields = ["name", "policy_profile", "wave", "kind", "title", "business_date"]
	for run in frappe.get_all("Ops Wave Run", filters={"name": ("in", runs)}, fields=fields):
		for unit, lines in _lines_by_unit(run.name).items():
			service.queue(_wave_messages(run, unit, lines))


def _wave_messages(run: frappe._dict, unit: str, lines: list[frappe._dict]) -> list[dict]:
	return [
		{
			"message_key": f"wave:{run.name}:{unit}:{rule}:{result}:{role}",
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
		for result, readers, rule, subject in _told_of(run)
		if (part := [line for line in lines if line.result == result])
		for role in dict.fromkeys(filter(None, readers))
	]


def _told_of(run: frappe._dict) -> list[tuple[str, tuple[str, ...], str, str]]:
	"""What of a wave is told: result, roles, rule, words. What is late goes to who owns the step of the wave."""
	policy = policies.get(run.policy_profile)
	wave = wave_rules.closing(policy, run.wave)
	rule = wave.rule if wave else ""
	owners, leads = _owners(policy, (run.wave,))
	if run.kind == PROCESS:
		return [
			(TAKEN, PROCESSED_READERS, "E-4.13g", _("{0} of {1}: {2} orders to ship and to invoice")),
			(HELD_BACK, owners, rule, _("{0} of {1}: {2} orders held back")),
		]
	if run.kind == SEND:
		return [
			(TAKEN, SENT_READERS, "G4-3.6.1a", _("{0} of {1}: {2} orders sent to logistics")),
			(HELD_BACK, owners + leads, rule, _("{0} of {1}: {2} orders held back")),
		]
	if run.kind == REVIEW:
		return [(HELD_BACK, owners + leads, rule, _("{0} of {1}: {2} orders are not reviewed"))]
	if run.kind == wave_rules.LIST:
		reviewers, _leads = _owners(policy, [one.wave for one in policy.waves if one.kind == REVIEW])
		return [(HELD_BACK, reviewers, rule, _("{0} of {1}: {2} orders are not reviewed"))]
	owners, _leads = _owners(policy, [one.wave for one in policy.waves if one.kind != REVIEW])
	everyone = owners + tuple(step.escalate_to for step in policy.steps)
	day_rule = "G4-3.6a" if wave_rules.sends(policy) else "E-4.13e"
	return [(HELD_BACK, everyone, day_rule, _("{0} of {1}: {2} orders are still open"))]


def _owners(policy: Policy, codes: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
	steps = [step for step in policy.steps if step.step in codes]
	return tuple(step.owner_role for step in steps), tuple(step.escalate_to for step in steps)


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
