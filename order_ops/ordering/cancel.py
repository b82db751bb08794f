"""Giving up orders, whole or in part; what has left the house cannot be cancelled (G8-05.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from order_ops import rows
from order_ops.money import to_decimal
from order_ops.ordering import rules
from order_ops.ordering.exceptions import NotCancellable
from order_ops.ordering.intake import ITEM, ORDER
from order_ops.timekeeping import clock, clocks, events, guards
from order_ops.timekeeping.rules import Refusal

CANCELLATION = "Ops Order Cancellation"
CANCELLED_EVENT = "Order Cancelled"
GUARD = "Ops Sales Order:Cancel"


@frappe.whitelist(methods=["POST"])
def cancel_order(doc: str | dict) -> dict[str, Any]:
	"""Give up an order that was not created yet (G8-05.2)."""
	order = frappe.get_doc(ORDER, frappe.parse_json(doc)["name"])
	order.check_permission("cancel")
	return cancel_orders([order.name])[0]


def cancel_orders(orders: Collection[str], reason: str = "") -> list[dict[str, Any]]:
	"""Give up whole orders, a verdict each; a second call finds them cancelled and changes nothing (G8-05.2)."""
	found = rows.lock_many(ORDER, orders, ["status", "docstatus"])
	cancelled = {name for name, row in found.items() if row.status == rules.CANCELLED}
	refused = refusals([row for name, row in found.items() if name not in cancelled])
	going = {name: row for name, row in found.items() if name not in refused and name not in cancelled}
	if going:
		at = clock.now()
		changes = {
			name: {"status": rules.CANCELLED, "docstatus": 2 if row.docstatus else 0}
			for name, row in going.items()
		}
		rows.update_many(ORDER, changes)
		start({name: row.status for name, row in going.items()}, dict.fromkeys(going, at), reason)
	return [
		{
			"order": name,
			"status": "refused" if name in refused or name not in found else "cancelled",
			"message": refused[name].message if name in refused else "",
		}
		for name in orders
	]


def refusals(orders: Iterable[Any]) -> dict[str, Refusal]:
	"""Why orders cannot be given up any more."""
	orders = list(orders)
	text = _("Order {0} is {1} and cannot be cancelled; ask for a return instead [G8-05.2]")
	refused = {
		row.name: Refusal("not_cancellable", text.format(row.name, _(row.status)), "G8-05.2")
		for row in orders
		if not rules.may_become(row.status, rules.CANCELLED)
	}
	return refused | guards.check(GUARD, [row.name for row in orders if row.name not in refused])


def check(order: Any) -> None:
	"""Throw what keeps one order from being cancelled."""
	if refusal := refusals([order]).get(order.name):
		frappe.throw(refusal.message, NotCancellable)


def start(before: Mapping[str, str], at: Mapping[str, datetime], reason: str = "") -> None:
	"""What follows once orders are given up, {name: status before}: clocks end, whoever holds goods lets them go."""
	clocks.cancel(list(before), max(at.values()))
	events.record(
		{
			"at": at[name],
			"phase": "Cancelled",
			"from_status": status,
			"to_status": rules.CANCELLED,
			"note": reason or None,
			"reference_doctype": ORDER,
			"reference_name": name,
			"sales_order": name,
			"rule": "G8-05.2",
			"is_public": 1,
		}
		for name, status in before.items()
	)
	events.announce(CANCELLED_EVENT, list(before), max(at.values()))


def cancel_quantities(lines: Iterable[Mapping[str, Any]]) -> int:
	"""Cancel parts of orders, each cancellation_key once; an order without anything left is cancelled as a whole.

	A line names cancellation_key, sales_order, order_item, product, qty, cancelled_at and reason. Returns how many
	were new.
	"""
	lines = list(lines)
	known = set(_keys_known([line["cancellation_key"] for line in lines]))
	new = [line for line in lines if line["cancellation_key"] not in known]
	if not new:
		return 0
	before = rows.lock_many(ORDER, {line["sales_order"] for line in new}, ["status", "docstatus"])
	rows.insert_many(CANCELLATION, new)
	minus: dict[str, Decimal] = defaultdict(Decimal)
	for line in new:
		minus[line["order_item"]] += to_decimal(line["qty"])
	cancelled, left = {}, dict.fromkeys(before, Decimal(0))
	for item in frappe.get_all(
		ITEM,
		filters={"parent": ("in", sorted(before)), "parenttype": ORDER},
		fields=["name", "parent", "qty", "cancelled_qty"],
	):
		total = to_decimal(item.cancelled_qty or 0) + minus.get(item.name, Decimal(0))
		left[item.parent] += to_decimal(item.qty) - total
		if item.name in minus:
			cancelled[item.name] = {"cancelled_qty": total}
	rows.update_many(ITEM, cancelled)
	gone = [
		name
		for name, rest in left.items()
		if rest <= 0 and rules.may_become(before[name].status, rules.CANCELLED)
	]
	changes = {
		name: {"status": rules.CANCELLED, "docstatus": 2 if before[name].docstatus else 0} for name in gone
	}
	rows.update_many(ORDER, changes)
	if gone:
		at = {
			line["sales_order"]: line["cancelled_at"] for line in sorted(new, key=lambda l: l["cancelled_at"])
		}
		start({name: before[name].status for name in gone}, at)
	return len(new)


def _keys_known(keys: list[str]) -> list[str]:
	return frappe.get_all(CANCELLATION, filters={"cancellation_key": ("in", keys)}, pluck="cancellation_key")
