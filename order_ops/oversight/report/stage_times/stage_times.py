# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""How many orders pass each phase, and how long they take (G1-01, G1-02, G2-01, G6-01, G8-01)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from order_ops.oversight import rules, scope
from order_ops.oversight.tables import column

GIVEN_UP = tuple(status for status, phase in rules.PHASE_OF.items() if not phase)
WHOLE = "Whole order"


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str, dict]:
	"""A row per phase for the orders received in the interval, and one for the whole way to the customer."""
	asked = scope.of(filters)
	rows = _rows(_orders(asked), (asked.end - asked.begin).days)
	return _columns(), rows, asked.words, _chart(rows)


def _columns() -> list[dict]:
	return [
		column(_("Phase of the Order"), "phase"),
		column(_("Orders Entered"), "entered", "Int"),
		column(_("Orders Finished"), "finished", "Int"),
		column(_("Still Inside"), "inside", "Int"),
		column(_("Finished a Day"), "per_day", "Float"),
		column(_("Mean Hours"), "mean", "Float"),
		column(_("Median Hours"), "median", "Float"),
		column(_("Nine of Ten Within Hours"), "ninth", "Float"),
		column(_("Longest Hours"), "longest", "Float"),
	]


def _orders(asked: scope.Scope) -> list[tuple[bool, rules.Milestones]]:
	"""Whether an order was given up, and when it passed from phase to phase."""
	order, event = frappe.qb.DocType(scope.ORDER), frappe.qb.DocType("Ops Event")
	closed = dict(
		asked.of_orders(frappe.qb.from_(event), event.sales_order, event.at)
		.select(event.reference_name, event.at)
		.where((event.reference_doctype == scope.ORDER) & (event.to_status == "Closed"))
		.run()
	)
	query = asked.orders(frappe.qb.from_(order), order).select(
		order.name, order.status, order.received_at, order.released_at, order.shipped_at, order.signed_at
	)
	return [
		(status in GIVEN_UP, rules.Milestones(*times, closed.get(name)))
		for name, status, *times in query.run()
	]


def _rows(orders: list[tuple[bool, rules.Milestones]], days: int) -> list[dict]:
	entered: dict[str, int] = defaultdict(int)
	inside: dict[str, int] = defaultdict(int)
	took: dict[str, list[float]] = defaultdict(list)
	for given_up, times in orders:
		found = rules.phase_times(times)
		if times.received:
			found[WHOLE] = (times.received, times.signed or times.closed)
		for phase, (begin, end) in found.items():
			entered[phase] += 1
			if end:
				took[phase].append((end - begin).total_seconds())
			elif not given_up:
				inside[phase] += 1
	return [_row(phase, entered[phase], inside[phase], took[phase], days) for phase in (*rules.PHASES, WHOLE)]


def _row(phase: str, entered: int, inside: int, took: list[float], days: int) -> dict:
	hours = rules.spread(took)
	return {
		"phase": _("Whole order") if phase == WHOLE else _(phase),
		"entered": entered,
		"finished": hours.count,
		"inside": inside,
		"per_day": round(hours.count / days, 1),
		"mean": hours.mean,
		"median": hours.median,
		"ninth": hours.ninth,
		"longest": hours.longest,
	}


def _chart(rows: list[dict]) -> dict:
	phases = rows[:-1]
	return {
		"data": {
			"labels": [row["phase"] for row in phases],
			"datasets": [{"name": _("Mean Hours"), "values": [row["mean"] for row in phases]}],
		},
		"type": "bar",
	}
