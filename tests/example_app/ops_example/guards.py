"""A guard: orders for abroad are not released without their papers."""

from __future__ import annotations

import frappe
from frappe import _
from order_ops.timekeeping.rules import Refusal

ABROAD = "abroad"


def papers_for_abroad(names: list[str]) -> dict[str, Refusal]:
	"""The orders of a set that may not be released, each with its reason."""
	filters = {"name": ("in", names), "special_requirements": ("like", f"%{ABROAD}%")}
	found = frappe.get_all("Ops Sales Order", filters=filters, pluck="name")
	text = _("Order {0} goes abroad: its papers are missing")
	return {name: Refusal("papers", text.format(name)) for name in found}
