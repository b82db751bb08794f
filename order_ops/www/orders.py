# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""My orders: the list a customer sees."""

from __future__ import annotations

import frappe
from order_ops.ordering import portal

no_cache = 1
PAGE = 20


def get_context(context: frappe._dict) -> None:
	"""The orders of the customer who is logged in, newest first."""
	portal.require_login("/orders")
	text = (frappe.form_dict.get("q") or "").strip()[:60]
	start = max(frappe.utils.cint(frappe.form_dict.get("start")), 0)
	orders = portal.orders_of(frappe.session.user, text=text, start=start, limit=PAGE + 1)
	context.orders = orders[:PAGE]
	context.search_text = text
	context.start, context.page = start, PAGE
	context.has_more = len(orders) > PAGE
	context.title = frappe._("My Orders")
