# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""All that happened to an order, by phase and without gaps; or which orders have any (G1-20)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from order_ops.oversight import rules, scope
from order_ops.oversight.tables import column
from order_ops.policy import rule_book
from order_ops.timekeeping import clocks

EVENT = "Ops Event"
MOST = 2000


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
	"""The events of one order; without an order a row per order of the interval."""
	filters = filters or {}
	if name := filters.get("order"):
		order = frappe.get_doc(scope.ORDER, name)
		order.check_permission("read")
		rows = _trace(order)
		found = sum(bool(row["gap"]) for row in rows)
		words = _("The history has no gap") if not found else _("The history has {0} gaps").format(found)
		return _event_columns(), rows, words
	asked = scope.of(filters)
	return _order_columns(), _orders(asked), asked.words


def _event_columns() -> list[dict]:
	return [
		column(_("Happened At"), "at", "Datetime"),
		column(_("Phase of the Order"), "phase", width=120),
		column(_("What Happened"), "event"),
		column(_("Document Type"), "reference_doctype"),
		column(_("Document"), "reference_name", "Dynamic Link", "reference_doctype"),
		column(_("From Status"), "from_status", width=120),
		column(_("To Status"), "to_status", width=120),
		column(_("Rule ID"), "rule", "Link", rule_book.DOCTYPE, width=110),
		column(_("Done By"), "by_user"),
		column(_("Remarks"), "note", width=260),
		column(_("Gap"), "gap"),
	]


def _order_columns() -> list[dict]:
	return [
		column(_("Sales Order"), "order", "Link", scope.ORDER),
		column(_("Received At"), "received_at", "Datetime"),
		column(_("Status"), "status", width=120),
		column(_("Phase of the Order"), "phase", width=120),
		column(_("Events"), "events", "Int"),
		column(_("Gaps"), "gaps", "Int"),
		column(_("Gap"), "gap", width=260),
	]


def _trace(order: Any) -> list[dict]:
	rows = frappe.get_all(
		EVENT,
		filters={"sales_order": order.name},
		fields=[
			"at",
			"phase",
			"reference_doctype",
			"reference_name",
			"from_status",
			"to_status",
			"rule",
			"by_user",
			"note",
		],
		order_by="at, creation, name",
		limit=0,
	)
	phase, now, found = rules.RECEIVING, "", []
	for row in rows:
		gap = ""
		if row.reference_doctype == scope.ORDER and row.to_status:
			if (row.from_status or "") != now:
				gap = _said((now, row.from_status or ""))
			now = row.to_status
			phase = rules.PHASE_OF.get(now) or phase
		said = {"event": _(row.phase), "phase": _(phase), "gap": gap}
		if row.reference_doctype != clocks.DOCTYPE:
			said |= {field: _(row[field]) if row[field] else "" for field in ("from_status", "to_status")}
		found.append({**row, **said})
	if now != order.status:
		gap = {"phase": _(rules.PHASE_OF.get(order.status) or phase), "gap": _said((now, order.status))}
		found.append({"reference_doctype": scope.ORDER, "reference_name": order.name, **gap})
	return found


def _orders(asked: scope.Scope) -> list[dict]:
	order = frappe.qb.DocType(scope.ORDER)
	filters = {"name": ("in", asked.orders(frappe.qb.from_(order), order).select(order.name).run(pluck=True))}
	fields = ["name", "received_at", "status"]
	orders = frappe.get_list(
		scope.ORDER, filters=filters, fields=fields, order_by="received_at desc", limit=MOST
	)
	history, count = defaultdict(list), defaultdict(int)
	events = frappe.get_all(
		EVENT,
		filters={"sales_order": ("in", [row.name for row in orders] or [""])},
		fields=["sales_order", "reference_doctype", "from_status", "to_status"],
		order_by="at, creation, name",
		limit=0,
	)
	for event in events:
		count[event.sales_order] += 1
		if event.reference_doctype == scope.ORDER:
			history[event.sales_order].append((event.from_status, event.to_status))
	rows = []
	for row in orders:
		gaps = rules.gaps(history[row.name], row.status)
		rows.append(
			{
				"order": row.name,
				"received_at": row.received_at,
				"status": _(row.status),
				"phase": _(phase) if (phase := rules.PHASE_OF.get(row.status)) else "",
				"events": count[row.name],
				"gaps": len(gaps),
				"gap": ", ".join(map(_said, gaps)),
			}
		)
	return rows


def _said(gap: tuple[str, str]) -> str:
	return " → ".join(_(status) if status else "?" for status in gap)
