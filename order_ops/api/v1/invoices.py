# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Invoices over REST: many at once, a verdict for each."""

from __future__ import annotations

from typing import Any

import frappe
from order_ops.api.v1 import calls
from order_ops.billing import invoices

INVOICE = "Ops Invoice"
FINANCE, KEEPER = ("BU Finance",), ("Warehouse Keeper",)


@frappe.whitelist(methods=["POST"])
def issue(rows: list | str) -> list[dict[str, Any]]:
	"""Finance issues invoices: rows {name, invoice_no, invoice_code} (E-3.5a, E-4.14a)."""
	frappe.only_for(FINANCE)
	asked = {row.get("name"): row for row in calls.rows(rows, "rows")}
	names = calls.names(list(asked), "name")
	return calls.for_permitted(INVOICE, names, lambda permitted: invoices.issue(asked[n] for n in permitted))


@frappe.whitelist(methods=["POST"])
def hand_over(names: list | str) -> list[dict[str, Any]]:
	"""Finance gives finished invoices to the warehouse keeper (E-3.5b, E-4.14d)."""
	frappe.only_for(FINANCE)
	return calls.for_permitted(INVOICE, calls.names(names, "names"), invoices.hand_over)


@frappe.whitelist(methods=["POST"])
def receive(names: list | str) -> list[dict[str, Any]]:
	"""The keeper confirms that invoices lie with the goods (E-4.14d)."""
	frappe.only_for(KEEPER)
	return calls.for_permitted(INVOICE, calls.names(names, "names"), invoices.receive)
