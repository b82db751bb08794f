# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Records for tests: each function takes only what the test cares about."""

from __future__ import annotations

import frappe
from order_ops.rows import insert_many


def make(doctype: str, **values):
	"""Insert a document of any DocType with the given values."""
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def make_user(email: str, *roles: str):
	"""A user with exactly these roles, made once."""
	if not frappe.db.exists("User", email):
		make("User", email=email, first_name=email.split("@")[0], send_welcome_email=0)
	user = frappe.get_doc("User", email)
	user.set("roles", [])
	user.add_roles(*roles)
	return user


def make_business_unit(code: str = "TEST-BU", **values) -> str:
	"""A business unit under the profile BU-PARTS; returns its name."""
	if not frappe.db.exists("Ops Business Unit", code):
		make("Ops Business Unit", **{"code": code, "title": code, "policy_code": "BU-PARTS", **values})
	return code


def bare_orders(*orders: dict) -> list[str]:
	"""Order rows as intake leaves them, without its life cycle; returns their names in the order given."""
	rows = [
		{
			"name": f"SO-TEST-{n:03d}",
			"status": "Released",
			"docstatus": 1,
			"channel": "MALL",
			"policy_profile": "BU-PARTS-1",
			"business_unit": "TEST-BU",
			**order,
		}
		for n, order in enumerate(orders, start=1)
	]
	insert_many("Ops Sales Order", rows)
	return [row["name"] for row in rows]
