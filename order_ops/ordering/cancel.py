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
EVENTS = {rules.CANCELLED: "Order Cancelled", rules.WITHDRAWN: "Order Withdrawn"}
GUARDS = {rules.CANCELLED: f"{ORDER}:Cancel", rules.WITHDRAWN: f"{ORDER}:Withdraw"}


def cancel_orders(orders: Collection[str], reason: str = "") -> list[dict[str, Any]]:
	"""Give up whole orders, a verdict each: withdrawn before their creation, cancelled after it (G8-05.2).

	A second call finds them given up and changes nothing.
	"""
	found = rows.lock_many(ORDER, orders, ["status", "docstatus"])
	gone = {name for name, row in found.items() if row.status in EVENTS}
	refused = refusals([row for name, row in found.items() if name not in gone])
	going = {name: row for name, row in found.items() if name not in refused and name not in gone}
	if going:
		_give_up(going)
		start({name: row.status for name, row in going.items()}, dict.fromkeys(going, clock.now()), reason)
	ends = {name: row.status if name in gone else rules.given_up(row.status) for name, row in found.items()}
	return [
		{
			"order": name,
			"status": "refused" if name in refused or name not in found else ends[name].lower(),
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
		if not rules.given_up(row.status)
	}
	for end, guard in GUARDS.items():
		refused |= guards.check(guard, [row.name for row in orders if rules.given_up(row.status) == end])
	return refused


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
			"phase": "Withdrawn" if rules.given_up(status) == rules.WITHDRAWN else "Cancelled",
			"from_status": status,
			"to_status": rules.given_up(status),
			"note": reason or None,
			"reference_doctype": ORDER,
			"reference_name": name,
			"sales_order": name,
			"rule": "G8-05.2",
			"is_public": 1,
		}
		for name, status in before.items()
	)
	for end, event in EVENTS.items():
		names = [name for name, status in before.items() if rules.given_up(status) == end]
		events.announce(event, names, max(at.values()))


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
	gone = [name for name, rest in left.items() if rest <= 0 and rules.given_up(before[name].status)]
	for refusal in refusals([before[name] for name in gone]).values():
		frappe.throw(refusal.message, NotCancellable)
	if gone:
		_give_up({name: before[name] for name in gone})
		at = {
			line["sales_order"]: line["cancelled_at"] for line in sorted(new, key=lambda l: l["cancelled_at"])
		}
		start({name: before[name].status for name in gone}, at)
	return len(new)


def _give_up(orders: Mapping[str, Any]) -> None:
	changes = {
		name: {"status": rules.given_up(row.status), "docstatus": 2 if row.docstatus else 0}
		for name, row in orders.items()
	}
	rows.update_many(ORDER, changes)


def _keys_known(keys: list[str]) -> list[str]:
	return frappe.get_all(CANCELLATION, filters={"cancellation_key": ("in", keys)}, pluck="cancellation_key")
