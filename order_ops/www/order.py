# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""One order with its timeline, as its customer sees it."""

from __future__ import annotations

import frappe
from frappe.sessions import get_csrf_token
from order_ops.ordering import portal

no_cache = 1


def get_context(context: frappe._dict) -> None:
	"""The order named in the address; somebody else's order is not found."""
	name = frappe.form_dict.get("name") or ""
	portal.require_login(f"/orders/{name}")
	order = portal.order_of(frappe.session.user, name)
	context.order = order
	context.csrf_token = get_csrf_token()  # a portal session has none before somebody asks for it
	context.title = order.name
