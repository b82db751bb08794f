# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The order board over REST."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from order_ops.timekeeping import board, clock

MINE = "mine"


@frappe.whitelist(methods=["GET"])
def state(unit: str | None = None, role: str | None = None) -> dict[str, Any]:
	"""Waves, lanes, breaches and holds of the business units the user may see, of all roles, one, or "mine"."""
	return read_state(unit, role)


def read_state(unit: str | None, role: str | None) -> dict[str, Any]:
	"""The board's state; PermissionError for who may not read clocks, or not this business unit."""
	frappe.has_permission("Ops Clock", "read", throw=True)
	units = frappe.get_list(
		"Ops Business Unit", fields=["name", "title"], order_by="name", limit_page_length=0
	)
	if unit and unit not in {row.name for row in units}:
		raise frappe.PermissionError(_("You may not see business unit {0}").format(unit))
	known = board.roles_at_work()
	mine = [one for one in known if one in frappe.get_roles()]
	if role and role not in (MINE, *known):
		text = _("No step of a profile at work belongs to the role {0}")
		frappe.throw(text.format(role), frappe.DoesNotExistError)
	view = board.View(
		units=(unit,) if unit else tuple(row.name for row in units),
		roles=tuple(mine or [""]) if role == MINE else tuple(filter(None, (role,))),
		now=clock.now(),
		without_unit=not unit,
	)
	return {
		**board.state(view),
		"units": [dict(row) for row in units],
		"roles": [{"name": one, "title": _(one), "mine": one in mine} for one in known],
	}
