# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The roles of the regulations that this app's DocTypes and policy profiles name."""

from __future__ import annotations

import frappe
from order_ops.setup.leftovers import our_doctypes
from order_ops.setup.records import make as make_record
from order_ops.setup.records import missing

DESK_ROLES = [
	"E-commerce Sales Rep",
	"E-commerce Rep Team Leader",
	"Parts Support Specialist",
	"Warehouse Keeper",
	"BU Finance",
	"Platform Operations Group",
	"Platform Logistics Group",
	"Customer Service Clerk",
	"Order Desk Team Leader",
	"Finance Reviewer",
	"Salesperson",
	"Order Reviewer",
	"Order Approver",
	"Warehouse Receiver",
	"Sales Department Head",
	"Refund Approver L1",
	"Refund Approver L2",
	"HQ Finance",
	"Company Leader",
	"Marketplace Seller",
	"Marketplace Operator",
	"Sales Assistant",
	"Order and Billing Clerk",
	"Account Manager",
	"Marketing Department Manager",
	"Order Ops Manager",
	"Order Ops Auditor",
	"Integration User",
]
PORTAL_ROLES = ["Portal Customer"]


def make() -> None:
	"""Make the roles that are missing; portal customers have no desk."""
	for role in missing("Role", [*DESK_ROLES, *PORTAL_ROLES]):
		make_record("Role", role, role_name=role, desk_access=int(role in DESK_ROLES))


def remove() -> None:
	"""Remove the roles that nothing but this app uses, and take them from their users."""
	names = [role for role in [*DESK_ROLES, *PORTAL_ROLES] if not _used_elsewhere(role)]
	if names:
		frappe.db.delete("Has Role", {"role": ("in", names)})
		frappe.db.delete("Role", {"name": ("in", names)})


def _used_elsewhere(role: str) -> bool:
	return any(
		frappe.db.exists(doctype, {"role": role, "parent": ("not in", our_doctypes())})
		for doctype in ("DocPerm", "Custom DocPerm")
		if frappe.db.table_exists(doctype)
	)
