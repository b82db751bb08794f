# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The queue of orders, as a database sorts it and as a program does: the same keys in the same order (C-20, G6-03)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pypika import Case, Table
from pypika.terms import Term

from frappe.utils import getdate
from order_ops.policy import service as policies
from order_ops.policy.rules import Policy
from order_ops.timekeeping.queue_rules import BY_ARRIVAL, BY_DUE, BY_URGENCY, RANK, keys_of, place_in_queue


def place(order: Mapping[str, Any]) -> tuple[object, ...]:
	"""The place of an order row (policy_profile, urgency, promised_ship_date, received_at) in its policy's queue."""
	policy = policies.get(order["policy_profile"]) if order["policy_profile"] else None
	due = order["promised_ship_date"] and getdate(order["promised_ship_date"])
	return place_in_queue(order["urgency"], due, order["received_at"], keys_of(policy))


def sorting(order: Table, policy: Policy | None = None) -> list[Term]:
	"""What a query over orders is sorted by, the same for every database (C-20)."""
	rank = Case()
	for urgency, number in RANK.items():
		rank = rank.when(order.urgency == urgency, number)
	undated = Case().when(order.promised_ship_date.isnull(), 1).else_(0)
	terms = {
		BY_URGENCY: [rank.else_(len(RANK))],
		BY_DUE: [undated, order.promised_ship_date],
		BY_ARRIVAL: [order.received_at],
	}
	return [*(term for key in keys_of(policy) for term in terms[key]), order.received_at, order.name]
