# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Who comes first: urgency, due time, arrival, in the order that the policy names them (C-20, G6-03). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from order_ops.policy.rules import NORMAL, SPECIAL, URGENT, Policy

ORDERS = "Orders"  # Priority.queue
BY_URGENCY, BY_DUE, BY_ARRIVAL = "Urgency", "Due Time", "Arrival"  # Priority.sort_by
KEYS = (BY_URGENCY, BY_DUE, BY_ARRIVAL)
RANK = {URGENT: 0, SPECIAL: 1, NORMAL: 2}


def keys_of(policy: Policy | None) -> tuple[str, ...]:
	"""The keys of a policy's queue of orders; where it names none, urgency, due time, arrival (C-20)."""
	named = policy.priorities if policy else ()
	return tuple(row.sort_by for row in named if row.queue == ORDERS and row.sort_by in KEYS) or KEYS


def place_in_queue(
	urgency: str, due: date | None, arrival: datetime, keys: Sequence[str] = KEYS
) -> tuple[object, ...]:
	"""The place of an order among others, the smallest first; without a due day it comes after those that have one.

	Within equals the first that arrived goes first, whatever the policy names (C-20, G6-03).
	"""
	values = {
		BY_URGENCY: RANK.get(urgency, RANK[NORMAL]),
		BY_DUE: due or date.max,
		BY_ARRIVAL: arrival,
	}
	return (*(values[key] for key in keys), arrival)
