# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The order board: today's waves, the lanes of open steps, breaches first."""

from __future__ import annotations

import frappe
from order_ops.api.v1 import board

no_cache = 1


def get_context(context: frappe._dict) -> None:
	"""The board for whoever works on orders; guests log in first, customers are refused."""
	if frappe.session.user == "Guest":
		frappe.local.flags.redirect_location = "/login?redirect-to=/ops/board"
		raise frappe.Redirect
	context.state = board.read_state(frappe.form_dict.get("unit") or None)
	context.title = frappe._("Order Board")
	context.no_header = context.full_width = 1
