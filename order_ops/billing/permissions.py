# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Which invoices a user reaches: the desk by role and business unit, a portal customer the own issued ones."""

from __future__ import annotations

from typing import Any

import frappe
from order_ops.ordering.permissions import PORTAL_MAY, customers_of, sees_own_only

INVOICE = "Ops Invoice"


def invoice_query(user: str | None = None, doctype: str = INVOICE) -> str:
	"""Hook permission_query_conditions: lists of a portal customer hold the own issued invoices only."""
	user = user or frappe.session.user
	if not sees_own_only(INVOICE, user):
		return ""
	own = ", ".join(frappe.db.escape(name) for name in customers_of(user))
	return f"`tab{INVOICE}`.customer in ({own}) and `tab{INVOICE}`.docstatus = 1" if own else "1=0"


def has_invoice_permission(
	doc: Any, ptype: str = "read", user: str | None = None, debug: bool = False
) -> bool:
	"""Hook has_permission: a portal customer reads and prints the own issued invoices, nothing else."""
	user = user or frappe.session.user
	if not sees_own_only(INVOICE, user):
		return True
	customer = getattr(doc, "customer", None)
	return bool(customer) and ptype in PORTAL_MAY and customer in customers_of(user) and doc.docstatus == 1


def has_invoice_website_permission(
	doc: Any, ptype: str = "read", user: str | None = None, verbose: bool = False
) -> bool:
	"""Hook has_website_permission: the same on pages and in the print view."""
	return has_invoice_permission(doc, ptype, user)
