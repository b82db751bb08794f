# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Stock, delivery notes and dispatch lists over REST: many at once, a verdict for each."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from order_ops.api.v1 import calls
from order_ops.fulfilment import delivery, dispatch, messages, sheet_rules
from order_ops.fulfilment import stock as ledger
from order_ops.timekeeping import clock

ORDER, NOTE = "Ops Sales Order", "Ops Delivery Note"
STOCK_ROLES = ("Warehouse Keeper", "Parts Support Specialist", "Order Ops Manager", "Integration User")


@frappe.whitelist(methods=["POST"])
def stock(receipts: list | str | None = None, counts: list | str | None = None) -> dict[str, Any]:
	"""Goods received and stock counted: rows {key, warehouse, product, qty}, each key posted once (E-4.13a)."""
	frappe.only_for(STOCK_ROLES)
	receipts, counts = calls.rows(receipts, "receipts"), calls.rows(counts, "counts")
	_check_warehouses([*receipts, *counts])
	answers = {"receipts": ledger.receive(receipts), "counts": ledger.count(counts)}
	arrived = {
		(row["warehouse"], row["product"])
		for rows, verdicts in ((receipts, answers["receipts"]), (counts, answers["counts"]))
		for row, verdict in zip(rows, verdicts, strict=True)
		if verdict["status"] == "posted"
	}
	messages.stock_arrived(arrived, clock.now())
	return answers


@frappe.whitelist(methods=["POST"])
def issue(orders: list | str) -> list[dict[str, Any]]:
	"""Delivery notes for released orders, Short ones for what is not in stock (E-4.13f)."""
	frappe.has_permission(NOTE, "create", throw=True)
	names = calls.names(orders, "orders")
	return calls.for_permitted(ORDER, names, delivery.issue)


@frappe.whitelist(methods=["POST"])
def shipped(notes: list | str) -> list[dict[str, Any]]:
	"""Notes handed to the carrier: rows {name, carrier, tracking_no, pieces, weight_kg, no_invoice_reason} (E-4.15m).

	A keeper's own order processing system reports its number as external_wms_no (E-4.15f).
	"""
	frappe.only_for(("Warehouse Keeper",))
	rows = {row.get("name"): row for row in calls.rows(notes, "notes")}
	return calls.for_permitted(
		NOTE, calls.names(list(rows), "name"), lambda permitted: delivery.ship(rows[n] for n in permitted)
	)


@frappe.whitelist(methods=["POST"])
def signed(notes: list | str, signed_by: str) -> list[dict[str, Any]]:
	"""Notes whose goods arrived, as carrier or customer report it (E-4.16a)."""
	frappe.has_permission(NOTE, "write", throw=True)
	if not signed_by.strip():
		frappe.throw(_("signed_by is missing: say who signed [E-4.16a]"), frappe.MandatoryError)
	names = calls.names(notes, "notes")
	return calls.for_permitted(NOTE, names, lambda permitted: delivery.sign_for(permitted, signed_by.strip()))


@frappe.whitelist(methods=["GET"])
def sheet(name: str, format: str = "csv") -> None:
	"""A shipped list or logistics sheet as CSV or XLSX file (E-4.15d, E-4.15e)."""
	doc = frappe.get_doc(dispatch.LIST, name)
	doc.check_permission("export")
	doc.apply_fieldlevel_read_permissions()
	if format not in ("csv", "xlsx"):
		frappe.throw(_("format must be csv or xlsx"), frappe.ValidationError)
	content = dispatch.as_xlsx(doc) if format == "xlsx" else sheet_rules.as_csv(dispatch.rows_of(doc))
	frappe.local.response.filename = f"{doc.name}.{format}"
	frappe.local.response.filecontent = content
	frappe.local.response.type = "download"


def _check_warehouses(rows: list[dict]) -> None:
	asked = sorted({row["warehouse"] for row in rows if isinstance(row.get("warehouse"), str)})
	existing = frappe.get_all("Ops Warehouse", filters={"name": ("in", asked or [""])}, pluck="name")
	permitted = frappe.get_list("Ops Warehouse", filters={"name": ("in", asked or [""])}, pluck="name")
	if forbidden := sorted(set(existing) - set(permitted)):
		raise frappe.PermissionError(_("Warehouse {0} is not yours").format(", ".join(forbidden)))
