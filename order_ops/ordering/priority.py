# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Who goes first: urgency that a supervisor confirms, and changes by hand that leave their reason (G1-10, G6-03)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from order_ops import rows
from order_ops.ordering import rules
from order_ops.ordering.exceptions import PriorityRefused
from order_ops.ordering.intake import ORDER
from order_ops.ordering.requests import URGENCIES
from order_ops.policy.rules import URGENT
from order_ops.timekeeping import clock, events
from order_ops.timekeeping.rules import Refusal

CHANGED_EVENT, ASKED_EVENT = "Order Priority Changed", "Order Urgency Asked For"
SUPERVISORS = ("E-commerce Rep Team Leader", "Order Desk Team Leader", "Order Ops Manager")
FIELDS = ("name", "status", "owner", "urgency", "urgent_asked", "urgency_flagged_by")


def change(orders: Collection[str], urgency: str, reason: str) -> list[dict[str, Any]]:
	"""Change the priority of orders by hand, a verdict each: changed, asked (Urgent waits to be confirmed), repeat
	or refused (G6-03, G1-10c).

	Anybody who works on an order may ask for Urgent on the customer's word; the rest is a supervisor's.
	"""
	found = rows.lock_many(ORDER, orders, FIELDS)
	refused = {name: why for name, row in found.items() if (why := _refusal(row, urgency, reason))}
	going = {n: changes(r, urgency) for n, r in found.items() if n not in refused}
	return _write(orders, found, going, refused, reason.strip())


def confirm(orders: Collection[str]) -> list[dict[str, Any]]:
	"""A supervisor confirms that orders are urgent, never the one who asked for it (G1-10c, D-13)."""
	found = rows.lock_many(ORDER, orders, FIELDS)
	refused = {name: why for name, row in found.items() if (why := _not_confirmable(row))}
	at = clock.now()
	confirmed = {
		"urgency": URGENT,
		"urgent_asked": 0,
		"urgency_confirmed_by": frappe.session.user,
		"urgency_confirmed_at": at,
	}
	going = {
		name: {} if row.urgency == URGENT else confirmed for name, row in found.items() if name not in refused
	}
	return _write(orders, found, going, refused, "")


@frappe.whitelist(methods=["POST"])
def confirm_urgency(doc: str | dict) -> dict[str, Any]:
	"""Button: confirm that an order is urgent (G1-10c)."""
	order = frappe.get_doc(ORDER, frappe.parse_json(doc)["name"])
	order.check_permission("write")
	verdict = confirm([order.name])[0]
	if verdict["status"] == "refused":
		frappe.throw(verdict["message"], PriorityRefused)
	return order.reload().as_dict()


def change_on_form(doc: Any) -> None:
	"""What a person chose as urgency on the form of an order, with the reason that stands beside it (G6-03)."""
	before, wanted, reason = doc.get_doc_before_save(), doc.urgency, (doc.priority_reason or "").strip()
	doc.priority_reason = None
	if wanted == before.urgency:
		return
	if refusal := _refusal(before, wanted, reason):
		frappe.throw(refusal.message, PriorityRefused)
	doc.urgency = before.urgency
	made = changes(before, wanted)
	doc.update(made)
	if made:
		doc.flags.priority_change = (before, made, reason)


def after_form(doc: Any) -> None:
	"""What follows once a form with another urgency is saved."""
	if found := doc.flags.pop("priority_change", None):
		before, made, reason = found
		start({doc.name: before}, {doc.name: made}, reason, clock.now())


def changes(order: Any, urgency: str) -> dict[str, Any]:
	"""What a change by hand writes; Urgent is only asked for, and the order runs as before (G1-10c)."""
	if urgency == URGENT:
		asked = order.urgency == URGENT or order.urgent_asked
		return {} if asked else {"urgent_asked": 1, "urgency_flagged_by": frappe.session.user}
	if urgency == order.urgency and not order.urgent_asked:
		return {}
	none = dict.fromkeys(("urgency_flagged_by", "urgency_confirmed_by", "urgency_confirmed_at"))
	return {"urgency": urgency, "urgent_asked": 0, **none}


def start(
	before: Mapping[str, Any], made: Mapping[str, Mapping[str, Any]], reason: str, at: datetime
) -> None:
	"""What follows: the timeline says who moved whom and why, and whoever counts time is told (G6-03, G1-10)."""
	moved = {name: change for name, change in made.items() if "urgency" in change}
	events.record(
		{
			"at": at,
			"phase": "Priority Changed" if name in moved else "Urgency Asked For",
			"note": f"{before[name].urgency} → {change.get('urgency', URGENT)}"
			+ (f": {reason}" if reason else ""),
			"reference_doctype": ORDER,
			"reference_name": name,
			"sales_order": name,
			"rule": "G1-10c" if change.get("urgency", URGENT) == URGENT else "G6-03",
		}
		for name, change in made.items()
	)
	events.announce(CHANGED_EVENT, list(moved), at)
	events.announce(ASKED_EVENT, [name for name in made if name not in moved], at)


def _write(
	orders: Collection[str],
	found: Mapping[str, Any],
	going: Mapping[str, Mapping[str, Any]],
	refused: Mapping[str, Refusal],
	reason: str,
) -> list[dict[str, Any]]:
	made = {name: change for name, change in going.items() if change}
	if made:
		rows.update_many(ORDER, made)
		start({name: found[name] for name in made}, made, reason, clock.now())
	return [_verdict(name, found, going, refused) for name in dict.fromkeys(orders)]


def _verdict(
	name: str,
	found: Mapping[str, Any],
	going: Mapping[str, Mapping[str, Any]],
	refused: Mapping[str, Refusal],
) -> dict[str, Any]:
	if name not in found:
		told = {"code": "not_found", "message": _("There is no such order")}
		return {"order": name, "status": "refused", **told}
	if refusal := refused.get(name):
		told = {"code": refusal.code, "message": refusal.message, "rule": refusal.rule}
		return {"order": name, "status": "refused", **told}
	change = going[name]
	return {
		"order": name,
		"status": "repeat" if not change else "changed" if "urgency" in change else "asked",
	}


def _refusal(order: Any, urgency: str, reason: str) -> Refusal | None:
	if urgency not in URGENCIES:
		return Refusal("urgency", _("There is no urgency {0} [G1-10c]").format(urgency), "G1-10c")
	if not reason.strip():
		text = _("Order {0}: say why it goes before or after others [G6-03]")
		return Refusal("reason", text.format(order.name), "G6-03")
	if urgency != URGENT and not _is_supervisor():
		text = _("Only {0} changes the priority of order {1} [G6-03]")
		return Refusal("not_yours", text.format(_(SUPERVISORS[0]), order.name), "G6-03")
	return _too_late(order)


def _not_confirmable(order: Any) -> Refusal | None:
	if not _is_supervisor():
		text = _("Only {0} confirms that order {1} is urgent [G1-10c]")
		return Refusal("not_yours", text.format(_(SUPERVISORS[0]), order.name), "G1-10c")
	if order.urgency == URGENT:
		return None
	if not order.urgent_asked:
		return Refusal(
			"not_asked", _("Nobody asked for order {0} to be urgent [G1-10c]").format(order.name), "G1-10c"
		)
	if frappe.session.user == (order.urgency_flagged_by or order.owner):
		text = _("You asked for order {0} to be urgent: somebody else confirms it [D-13]")
		return Refusal("same_person", text.format(order.name), "D-13")
	return _too_late(order)


def _too_late(order: Any) -> Refusal | None:
	if order.status in rules.QUEUED:
		return None
	text = _("Order {0} is {1} and stands in no queue any more [G6-03]")
	return Refusal("too_late", text.format(order.name, _(order.status)), "G6-03")


def _is_supervisor() -> bool:
	return not set(SUPERVISORS).isdisjoint(frappe.get_roles())
