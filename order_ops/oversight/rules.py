# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The arithmetic of oversight: phases of an order, times in them, gaps in its history, its place in the queue."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from order_ops.policy.rules import NORMAL, SPECIAL, URGENT
from order_ops.problems import _

# The four phases of an order's life (G1-02); given-up orders have left it.
RECEIVING, PROCESSING, FOLLOW_UP, SETTLEMENT = (
	_("Receiving"),
	_("Processing"),
	_("Follow-up"),
	_("Settlement"),
)
PHASES = (RECEIVING, PROCESSING, FOLLOW_UP, SETTLEMENT)
PHASE_OF = {
	"Received": RECEIVING,
	"Identified": RECEIVING,
	"Reviewed": RECEIVING,
	"Released": PROCESSING,
	"Partly Shipped": PROCESSING,
	"Shipped": FOLLOW_UP,
	"Signed For": SETTLEMENT,
	"Closed": SETTLEMENT,
	"Cancelled": "",
	"Withdrawn": "",
}
URGENCIES = (URGENT, SPECIAL, NORMAL)  # who goes first


class Milestones(NamedTuple):
	"""When an order passed from phase to phase; None: not yet."""

	received: datetime | None
	released: datetime | None
	shipped: datetime | None
	signed: datetime | None
	closed: datetime | None


@dataclass(frozen=True)
class Spread:
	"""How many, and how long: hours."""

	count: int = 0
	mean: float = 0.0
	median: float = 0.0
	ninth: float = 0.0  # nine of ten are done within
	longest: float = 0.0


def rate(part: int, whole: int) -> float | None:
	"""Per cent with one decimal; None where there is nothing to compare with."""
	return round(100 * part / whole, 1) if whole else None


def spread(seconds: Iterable[float]) -> Spread:
	"""Mean, median, ninth decile and longest of some durations (nearest rank), in hours with two decimals."""
	found = sorted(seconds)
	if not found:
		return Spread()

	def rank(share: float) -> float:
		return found[max(math.ceil(share * len(found)), 1) - 1]

	hours = (sum(found) / len(found), rank(0.5), rank(0.9), found[-1])
	return Spread(len(found), *(round(value / 3600, 2) for value in hours))


def phase_times(times: Milestones) -> dict[str, tuple[datetime, datetime | None]]:
	"""Begin and end of each phase an order has entered; a phase that was skipped takes no time (G1-02)."""
	found = {}
	begin = times.received
	for phase, end in zip(PHASES, times[1:], strict=True):
		if begin is None:
			break
		later = next((at for at in times[1 + PHASES.index(phase) :] if at), None)
		found[phase] = (begin, end or later)
		begin = end or later
	return found


def gaps(history: Sequence[tuple[str | None, str | None]], status: str) -> list[tuple[str, str]]:
	"""Where a document's history of (from, to) does not join, and where it does not end in its status (G1-20)."""
	found, now = [], ""
	for begin, end in history:
		if not end:
			continue  # something happened without a change of state
		if (begin or "") != now:
			found.append((now, begin or ""))
		now = end
	if now != status:
		found.append((now, status))
	return found


@dataclass(frozen=True)
class Waiting:
	"""An order in the queue."""

	name: str
	urgency: str
	received_at: datetime
	due_at: datetime | None = None


def queue(orders: Iterable[Waiting]) -> list[Waiting]:
	"""Who goes first: urgency, then what is due, then arrival (C-20, G6-03)."""
	return sorted(
		orders,
		key=lambda order: (
			URGENCIES.index(order.urgency) if order.urgency in URGENCIES else len(URGENCIES),
			order.due_at or datetime.max,
			order.received_at,
			order.name,
		),
	)


def passed_over(ordered: Sequence[Waiting]) -> dict[str, int]:
	"""How many orders that arrived before it stand behind each order of a queue (G6-03)."""
	behind: list[datetime] = []
	found = {}
	for order in reversed(ordered):
		found[order.name] = bisect_left(behind, order.received_at)
		insort(behind, order.received_at)
	return found
