"""Passing the review: what has been reviewed joins a send wave, or leaves at once (G4-3.6.1, G4-4.3, C-02, C-03)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from order_ops import rows
from order_ops.ordering import channels, release, rules
from order_ops.ordering.exceptions import NotReviewable
from order_ops.ordering.intake import ORDER
from order_ops.policy import service as policies
from order_ops.policy.rules import SEND_AT_WAVES
from order_ops.timekeeping import calendars, clock, clocks, events, guards, wave_rules
from order_ops.timekeeping.rules import Refusal
from order_ops.timekeeping.wave_rules import Sending

REVIEWED_EVENT = "Order Reviewed"
GUARD = "Ops Sales Order:Review"
NO_REVIEW, AUTOMATIC = "None", "Auto"
FIELDS = (
	"name", "status", "docstatus", "owner", "business_unit", "channel", "policy_profile", "wave", "wave_date",
	"received_at",
)  # fmt: skip


def review(orders: Collection[str]) -> list[dict[str, Any]]:
	"""Pass the review of many orders at once: a verdict each, those that may not yet stay as they are (C-13).

	A verdict says reviewed, with the wave that takes the order; released, when it left at once (C-03); repeat or
	refused. A second call finds them reviewed and changes nothing.
	"""
	found = rows.lock_many(ORDER, orders, FIELDS)
	done = {name for name, row in found.items() if row.status == rules.REVIEWED or row.docstatus == 1}
	asked = [row for name, row in found.items() if name not in done]
	refused = refusals(asked)
	_pass([row for row in asked if row.name not in refused], clock.now())
	now = {row.name: row for row in _read(list(found))}
	return [_verdict(name, now.get(name), name in done, refused.get(name)) for name in orders]


def refusals(orders: Iterable[Any], by_person: bool = True) -> dict[str, Refusal]:
	"""Why orders cannot pass their review, the first reason each (C-13, D-13)."""
	orders = list(orders)
	refused = {row.name: why for row in orders if (why := _refusal(row, by_person))}
	return refused | guards.check(GUARD, [row.name for row in orders if row.name not in refused])


def check(order: Any) -> None:
	"""Throw what keeps one order from passing its review."""
	if refusal := refusals([order]).get(order.name):
		frappe.throw(refusal.message, NotReviewable)


def check_reviewer() -> None:
	"""Throw unless the order's workflow lets the user's roles pass the review (C-13)."""
	workflow = frappe.db.get_value("Workflow", {"document_type": ORDER, "is_active": 1})
	filters = {"parent": workflow, "next_state": rules.REVIEWED}
	allowed = set(frappe.get_all("Workflow Transition", filters=filters, pluck="allowed"))
	if allowed.isdisjoint(frappe.get_roles()):
		raise frappe.PermissionError(_("You do not review orders [C-13]"))


def start(before: Mapping[str, str], at: Mapping[str, datetime]) -> None:
	"""What follows once orders are reviewed, {name: status before}: wave, clocks, timeline; some leave at once.

	The reviewed order joins the send wave after its review, and its review's clock is met or breached (C-02, G4-4.3).
	"""
	orders = _read(list(before))
	sendings = {order.name: _sending(order, at[order.name]) for order in orders}
	rows.update_many(ORDER, {order.name: _change(sendings[order.name], at[order.name]) for order in orders})
	clocks.stop(sorted({order.wave for order in orders if order.wave}), at)
	clocks.start(
		{
			"policy": order.policy_profile,
			"step": sending.wave,
			"reference_doctype": ORDER,
			"reference_name": order.name,
			"sales_order": order.name,
			"business_unit": order.business_unit,
			"started_at": at[order.name],
			"business_date": sending.day,
		}
		for order in orders
		if (sending := sendings[order.name]) and sending.wave and channels.runs_clocks(order.channel)
	)
	events.record(
		{
			"at": at[name],
			"phase": "Reviewed",
			"from_status": status,
			"to_status": rules.REVIEWED,
			"reference_doctype": ORDER,
			"reference_name": name,
			"sales_order": name,
			"rule": "C-13",
		}
		for name, status in before.items()
	)
	events.announce(REVIEWED_EVENT, list(before), max(at.values()))
	if at_once := [order.name for order in orders if _leaves_at_once(order, sendings[order.name])]:
		release.release(at_once)


def pass_automatic(orders: list[str], at: datetime) -> None:
	"""Hook: identified orders whose policy has the system review them pass in the same transaction (C-13, D-06)."""
	automatic = [name for name, p in policies.profiles.all().items() if p.review_chain == AUTOMATIC]
	if automatic:
		found = rows.lock_many(ORDER, orders, FIELDS)
		asked = [row for row in found.values() if row.policy_profile in automatic]
		refused = refusals(asked, by_person=False)
		_pass([row for row in asked if row.name not in refused], at)


def _pass(orders: list[Any], at: datetime) -> None:
	if orders:
		rows.update_many(ORDER, {order.name: {"status": rules.REVIEWED} for order in orders})
		start({order.name: order.status for order in orders}, {order.name: at for order in orders})


def _read(names: list[str]) -> list[Any]:
	return frappe.get_all(ORDER, filters={"name": ("in", names)}, fields=list(FIELDS), order_by="name")


def _sending(order: Any, at: datetime) -> Sending | None:
	policy = policies.get(order.policy_profile)
	return wave_rules.sending(at, policy, calendars.get(policy.calendar))


def _leaves_at_once(order: Any, sending: Sending | None) -> bool:
	"""Whether no wave is waited for: where there are no send waves, the policy's mode alone says so (C-03)."""
	return sending.at_once if sending else policies.get(order.policy_profile).send_mode != SEND_AT_WAVES


def _change(sending: Sending | None, at: datetime) -> dict[str, Any]:
	if not sending:
		return {"reviewed_at": at}
	return {"reviewed_at": at, "wave": sending.wave or None, "wave_date": sending.day}


def _refusal(order: Any, by_person: bool) -> Refusal | None:
	if policies.get(order.policy_profile).review_chain == NO_REVIEW:
		text = _("Order {0} needs no review under its policy [C-13]")
		return Refusal("no_review", text.format(order.name), "C-13")
	if order.status != rules.IDENTIFIED:
		text = _("Order {0} is {1}: only an order whose customer is known is reviewed [C-13]")
		return Refusal("not_identified", text.format(order.name, _(order.status)), "C-13")
	if by_person and order.owner == frappe.session.user:
		text = _("You entered order {0}: somebody else reviews it [D-13]")
		return Refusal("own_order", text.format(order.name), "D-13")
	return None


def _verdict(name: str, row: Any | None, repeat: bool, refusal: Refusal | None) -> dict[str, Any]:
	if row is None:
		message = _("There is no such order")
		return {"order": name, "status": "refused", "code": "not_found", "message": message}
	if refusal:
		told = {"code": refusal.code, "message": refusal.message, "rule": refusal.rule}
		return {"order": name, "status": "refused", **told}
	if repeat or row.docstatus == 1:
		return {"order": name, "status": "repeat" if repeat else "released"}
	return {"order": name, "status": "reviewed", "wave": row.wave, "wave_date": str(row.wave_date)}
