# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The order board: breaches and holds first, then each profile's waves and the lanes of its open steps."""

from __future__ import annotations

import frappe
from order_ops.api.v1 import board

no_cache = 1


def get_context(context: frappe._dict) -> None:
	"""The board for whoever works on orders; guests log in first, customers are refused."""
	if frappe.session.user == "Guest":
		frappe.local.flags.redirect_location = "/login?redirect-to=/ops/board"
		raise frappe.Redirect
	asked = {name: frappe.form_dict.get(name) or None for name in ("unit", "role")}
	context.state = board.read_state(**asked)
	context.title = frappe._("Order Board")
	context.no_header = context.full_width = 1
