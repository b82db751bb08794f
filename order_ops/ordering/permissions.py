"""Which orders a user reaches: the desk by role and business unit, a portal customer only the own ones (E-4.16a)."""

from __future__ import annotations

from typing import Any

import frappe
from order_ops.ordering.portal import customers_of

ORDER = "Ops Sales Order"
PORTAL_ROLE = "Portal Customer"
PORTAL_MAY = ("read", "print")


def sees_own_only(doctype: str, user: str) -> bool:
	"""Whether nothing but the portal's role lets a user read this DocType."""
	if user == "Administrator":
		return False
	readers = {row.role for row in frappe.get_meta(doctype).permissions if row.read}
	return not (readers - {PORTAL_ROLE}) & set(frappe.get_roles(user))


def order_query(user: str | None = None, doctype: str = ORDER) -> str:
	"""Hook permission_query_conditions: lists of a portal customer hold the own orders only."""
	user = user or frappe.session.user
	if not sees_own_only(ORDER, user):
		return ""
	own = ", ".join(frappe.db.escape(name) for name in customers_of(user))
	return f"`tab{ORDER}`.customer in ({own})" if own else "1=0"


def has_order_permission(doc: Any, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Hook has_permission: a portal customer reads and prints the own orders, nothing else."""
	user = user or frappe.session.user
	if not sees_own_only(ORDER, user):
		return True
	customer = getattr(doc, "customer", None)
	return bool(customer) and ptype in PORTAL_MAY and customer in customers_of(user)


def has_order_website_permission(
	doc: Any, ptype: str = "read", user: str | None = None, verbose: bool = False
) -> bool:
	"""Hook has_website_permission: the same on pages and in the print view."""
	return has_order_permission(doc, ptype, user)
