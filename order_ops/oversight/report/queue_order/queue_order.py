# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Who goes first, and why: the queue as it is, with every order that passed others and its reason (G6-03, C-20)."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from order_ops.ordering.rules import QUEUED
from order_ops.oversight import rules, scope
from order_ops.oversight.tables import column
from order_ops.timekeeping import clocks

MOVED = "Priority Changed"
MOST = 5000


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
	"""A row per open order, the first one first; the interval counts only where one is given."""
	filters = dict(filters or {})
	asked = scope.of(filters)
	if not (filters.get("from_date") or filters.get("to_date")):
		asked = scope.Scope(asked.profiles, asked.units)
	rows = _rows(asked)
	moved = sum(bool(row["reason"]) for row in rows)
	return _columns(), rows, _("{0} orders wait, {1} were moved by hand").format(len(rows), moved)


def _columns() -> list[dict]:
	return [
		column(_("Place"), "place", "Int", width=70),
		column(_("Sales Order"), "order", "Link", scope.ORDER),
		column(_("Urgency"), "urgency", width=100),
		column(_("Next Due"), "due_at", "Datetime"),
		column(_("Received At"), "received_at", "Datetime"),
		column(_("Status"), "status", width=110),
		column(_("Earlier Orders Behind It"), "passed", "Int", width=150),
		column(_("Why It Was Moved"), "reason", width=260),
		column(_("Moved By"), "moved_by"),
		column(_("Moved At"), "moved_at", "Datetime"),
	]


def _rows(asked: scope.Scope) -> list[dict]:
	order = frappe.qb.DocType(scope.ORDER)
	query = asked.orders(frappe.qb.from_(order), order).where(order.status.isin(list(QUEUED)))
	names = query.select(order.name).orderby(order.received_at).limit(MOST).run(pluck=True)
	filters, fields = {"name": ("in", names or [""])}, ["name", "urgency", "received_at", "status"]
	rows = frappe.get_list(scope.ORDER, filters=filters, fields=fields, limit=MOST)
	found = {row.name: row for row in rows}
	due, moved = clocks.earliest_due(found), _moved(found)
	ordered = rules.queue(
		rules.Waiting(row.name, row.urgency, row.received_at, due.get(row.name)) for row in found.values()
	)
	passed = rules.passed_over(ordered)
	return [
		{
			"place": place,
			"order": one.name,
			"urgency": _(one.urgency, context=scope.ORDER),
			"due_at": one.due_at,
			"received_at": one.received_at,
			"status": _(found[one.name].status),
			"passed": passed[one.name],
			"reason": _told(change.note) if (change := moved.get(one.name)) else "",
			"moved_by": change.by_user if change else None,
			"moved_at": change.at if change else None,
		}
		for place, one in enumerate(ordered, start=1)
	]


def _told(note: str | None) -> str:
	"""A change of class in the reader's language; what a person wrote as it is."""
	return " → ".join(_(word, context=scope.ORDER) for word in (note or "").split(" → ") if word)


def _moved(orders: dict[str, Any]) -> dict[str, Any]:
	"""The last change of each order's priority by hand."""
	rows = frappe.get_all(
		"Ops Event",
		filters={"sales_order": ("in", list(orders) or [""]), "phase": MOVED},
		fields=["sales_order", "note", "by_user", "at"],
		order_by="at, creation",
		limit=0,
	)
	return {row.sales_order: row for row in rows}
