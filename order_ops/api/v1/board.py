# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The order board over REST."""

from __future__ import annotations

from typing import Any

import frappe
from order_ops.timekeeping import board


@frappe.whitelist(methods=["GET"])
def state(unit: str | None = None) -> dict[str, Any]:
	"""Waves, lanes and breaches of the business units the user may see."""
	return read_state(unit)


def read_state(unit: str | None) -> dict[str, Any]:
	"""The board's state; PermissionError for who may not read clocks, or not this business unit."""
	frappe.has_permission("Ops Clock", "read", throw=True)
	units = frappe.get_list(
		"Ops Business Unit", fields=["name", "title"], order_by="name", limit_page_length=0
	)
	if unit and unit not in {row.name for row in units}:
		raise frappe.PermissionError(frappe._("You may not see business unit {0}").format(unit))
	return board.state([unit] if unit else [row.name for row in units], units)
