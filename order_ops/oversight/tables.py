# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Columns of reports."""

from __future__ import annotations

from typing import Any

WIDTHS = {"Int": 90, "Percent": 100, "Float": 110, "Datetime": 150, "Link": 150, "Check": 80}


def column(
	label: str, fieldname: str, fieldtype: str = "Data", options: str = "", **more: Any
) -> dict[str, Any]:
	"""A column as Frappe's query report takes it; the label is translated by whoever names it."""
	width = WIDTHS.get(fieldtype, 180)
	return {
		"label": label,
		"fieldname": fieldname,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
		**more,
	}
