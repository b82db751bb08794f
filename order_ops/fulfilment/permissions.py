# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Which delivery notes a user reaches: the keeper those to ship, a portal customer the own ones (E-4.15a, E-4.16a)."""

from __future__ import annotations

from typing import Any

import frappe
from order_ops.ordering.permissions import PORTAL_MAY, customers_of, sees_own_only

NOTE = "Ops Delivery Note"
KEEPER = "Warehouse Keeper"
TO_SHIP = ("Issued", "Shipped", "Signed For")


def note_query(user: str | None = None, doctype: str = NOTE) -> str:
	"""Hook permission_query_conditions: own notes for customers, issued ones for keepers."""
	user = user or frappe.session.user
	status = f"`tab{NOTE}`.status in ({', '.join(frappe.db.escape(s) for s in TO_SHIP)})"
	if sees_own_only(NOTE, user):
		own = ", ".join(frappe.db.escape(name) for name in customers_of(user))
		return f"`tab{NOTE}`.customer in ({own}) and {status}" if own else "1=0"
	return status if is_only_keeper(user) else ""


def has_note_permission(doc: Any, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Hook has_permission: the same for one note."""
	user = user or frappe.session.user
	if sees_own_only(NOTE, user):
		customer = getattr(doc, "customer", None)
		mine = bool(customer) and customer in customers_of(user)
		return mine and ptype in PORTAL_MAY and doc.status in TO_SHIP
	return not is_only_keeper(user) or ptype == "create" or _is_to_ship(doc)


def has_note_website_permission(
	doc: Any, ptype: str = "read", user: str | None = None, verbose: bool = False
) -> bool:
	"""Hook has_website_permission: the same on pages and in the print view."""
	return has_note_permission(doc, ptype, user)


def is_only_keeper(user: str) -> bool:
	"""Whether the keeper's is the only role by which a user reads delivery notes (E-4.15a)."""
	if user == "Administrator":
		return False
	readers = {row.role for row in frappe.get_meta(NOTE).permissions if row.read}
	return readers & set(frappe.get_roles(user)) == {KEEPER}


def _is_to_ship(doc: Any) -> bool:
	return getattr(doc, "status", None) in (None, *TO_SHIP)
