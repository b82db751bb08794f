"""How far orders have come: delivered quantities and the states that follow from them (E-4.15m, E-4.16a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import frappe
from order_ops import rows
from order_ops.money import to_decimal
from order_ops.ordering import rules
from order_ops.ordering.intake import ITEM, ORDER
from order_ops.timekeeping import events

SHIPPED_EVENT, SIGNED_EVENT = "Order Shipped", "Order Signed For"


def apply_shipment(lines: Iterable[Mapping[str, Any]], at: datetime) -> dict[str, str]:
	"""Add delivered quantities, {order_item, qty} each; the orders' states follow. Returns the status per order.

	The caller makes sure that a shipment is applied once: its own transition does (E-4.15m).
	"""
	added: dict[str, Decimal] = defaultdict(Decimal)
	for line in lines:
		added[line["order_item"]] += to_decimal(line["qty"])
	if not added:
		return {}
	orders = frappe.get_all(ITEM, filters={"name": ("in", sorted(added))}, pluck="parent", distinct=True)
	before = rows.lock_many(ORDER, orders, ["status"])
	of_order: dict[str, list[tuple[Decimal, Decimal, Decimal]]] = defaultdict(list)
	delivered = {}
	for item in _items(list(before)):
		now_delivered = to_decimal(item.delivered_qty or 0) + added.get(item.name, Decimal(0))
		of_order[item.parent].append(
			(to_decimal(item.qty), to_decimal(item.cancelled_qty or 0), now_delivered)
		)
		if item.name in added:
			delivered[item.name] = {"delivered_qty": now_delivered}
	rows.update_many(ITEM, delivered)
	status = {order: rules.status_after_shipment(parts) for order, parts in of_order.items()}
	_become(status, before, at, "shipped_at", rules.SHIPPED)
	events.announce(SHIPPED_EVENT, [order for order, new in status.items() if new == rules.SHIPPED], at)
	return status


def apply_signature(orders: Collection[str], at: datetime) -> list[str]:
	"""The customers have everything: shipped orders are signed for; returns those that became so (E-4.16a)."""
	before = rows.lock_many(ORDER, orders, ["status"])
	signed = [name for name, row in before.items() if row.status == rules.SHIPPED]
	_become(dict.fromkeys(signed, rules.SIGNED_FOR), before, at, "signed_at", rules.SIGNED_FOR)
	events.announce(SIGNED_EVENT, signed, at)
	return signed


def _items(orders: list[str]) -> list[Any]:
	return frappe.get_all(
		ITEM,
		filters={"parent": ("in", orders), "parenttype": ORDER},
		fields=["name", "parent", "qty", "cancelled_qty", "delivered_qty"],
		order_by="parent, idx",
	)


def _become(
	status: Mapping[str, str], before: Mapping[str, Any], at: datetime, field: str, stamped: str
) -> None:
	changes = {
		name: {"status": new, **({field: at} if new == stamped else {})}
		for name, new in status.items()
		if new != before[name].status and rules.may_become(before[name].status, new)
	}
	rows.update_many(ORDER, changes)
	events.record(
		{
			"at": at,
			"phase": change["status"],
			"from_status": before[name].status,
			"to_status": change["status"],
			"reference_doctype": ORDER,
			"reference_name": name,
			"sales_order": name,
			"rule": "E-4.16a" if change["status"] == rules.SIGNED_FOR else "E-4.15m",
		}
		for name, change in changes.items()
	)
