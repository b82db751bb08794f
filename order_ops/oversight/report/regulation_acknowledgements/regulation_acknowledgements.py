# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Who has acknowledged the regulations in force, and who has not (G5-0, G6-02, G8-02)."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from order_ops.oversight import acknowledgements
from order_ops.oversight.tables import column
from order_ops.policy import regulations


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
	"""A row per person and regulation in force."""
	only_missing = bool((filters or {}).get("missing"))
	rows = [row for row in _rows() if not (only_missing and row["acknowledged_at"])]
	missing = sum(not row["acknowledged_at"] for row in rows)
	return _columns(), rows, _("{0} acknowledgements are missing").format(missing)


def _columns() -> list[dict]:
	return [
		column(_("User"), "user"),
		column(_("Regulation"), "regulation", "Link", regulations.DOCTYPE),
		column(_("Title of the Regulation"), "title", width=280),
		column(_("In Force From"), "effective_from", "Date"),
		column(_("Acknowledged At"), "acknowledged_at", "Datetime"),
	]


def _rows() -> list[dict]:
	found = acknowledgements.binding()
	filters = {"regulation": ("in", list(found) or [""])}
	fields = ["user", "regulation", "acknowledged_at"]
	given = {
		(row.user, row.regulation): row.acknowledged_at
		for row in frappe.get_all(acknowledgements.DOCTYPE, filters=filters, fields=fields, limit=0)
	}
	return [
		{
			"user": user,
			"regulation": name,
			"title": _(regulation.title),
			"effective_from": regulation.effective_from,
			"acknowledged_at": given.get((user, name)),
		}
		for user in acknowledgements.staff()
		for name, regulation in found.items()
	]
