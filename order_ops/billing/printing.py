# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the invoice request's print format shows (E-4.13j); registered with Jinja in hooks.py."""

from __future__ import annotations

from typing import Any

import frappe
from order_ops import print_rules
from order_ops.fulfilment.printing import plain_number
from order_ops.print_rules import BODY_ROOM, TAIL, extra, row_height

NAME_EM, FACT_EM = 18.5, 22.0
KINDS = {"Ordinary": "普通发票", "Special": "增值税专用发票", "Fully Electronic": "全电发票"}  # D-14


def invoice_request_form(doc: Any) -> dict[str, Any]:
	"""Everything the form 开票申请 shows beside the document's own fields."""
	names = dict(
		frappe.get_all(
			"Ops Product",
			filters={"name": ("in", [row.product for row in doc.lines if row.product] or [""])},
			fields=["name", "product_name_zh"],
			as_list=True,
		)
	)
	rows = [_row(place, line, names) for place, line in enumerate(doc.lines, 1)]
	room = BODY_ROOM - sum(
		extra(doc.get(field), FACT_EM)
		for field in ("invoice_title", "registered_address_phone", "bank_and_account", "customer_name")
	)
	heights = [row_height((row["name"], NAME_EM)) for row in rows]
	return {
		"company": frappe.db.get_value("Ops Business Unit", doc.business_unit, "title") or doc.business_unit,
		"kind": KINDS.get(doc.kind, ""),
		"requested_by": doc.requested_by and frappe.db.get_value("User", doc.requested_by, "full_name"),
		"issued_by": doc.issued_by and frappe.db.get_value("User", doc.issued_by, "full_name"),
		"goods": _yuan(doc.goods_amount),
		"freight": _yuan(doc.freight_amount),
		"tax": _yuan(doc.tax_amount),
		"total": _yuan(doc.grand_total),
		"barcode": print_rules.code_128_svg(doc.name) if doc.name.isascii() else "",
		"sheets": print_rules.cut_into_sheets(rows, heights, room, room, TAIL),
	}


def _row(place: int, line: Any, names: dict[str, str]) -> dict[str, Any]:
	freight = "运费" if line.kind == "Freight" else ""
	return {
		"no": place,
		"name": freight or names.get(line.product) or line.description or line.product or "",
		"uom": line.uom or "",
		"qty": "" if freight else plain_number(line.qty or 0),
		"rate": "" if freight else _yuan(line.rate),
		"amount": _yuan(line.amount),
		"tax": f"{plain_number(line.tax_rate or 0)}% / {_yuan(line.tax_amount)}",
	}


def _yuan(value: float | None) -> str:
	return f"{value or 0:,.2f}"
