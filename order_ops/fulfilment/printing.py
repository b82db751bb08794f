# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the delivery note's print format shows (E-4.13i); registered with Jinja in hooks.py."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from typing import Any

import frappe
from order_ops.fulfilment import print_rules

# Millimetres of an A4 sheet with 10 mm margins, measured on the rendered form.
BODY_ROOM, TAIL, ROW, EXTRA_LINE = 188.0, 50.0, 6.9, 4.4
NAME_EM, SPECIFICATION_EM, CODE_EM = 14.0, 11.0, 8.5


def delivery_note_form(doc: Any) -> dict[str, Any]:
	"""Everything the form 发货单 shows beside the document's own fields: sheets, names and the bar code."""
	names = _chinese_names([row.product for row in doc.items])
	rows = [
		{
			"no": place,
			"code": row.product,
			"name": names.get(row.product) or row.product_name or "",
			"specification": row.specification or "",
			"qty": _number(row.qty),
			"uom": row.uom or "",
		}
		for place, row in enumerate(doc.items, 1)
	]
	return {
		"company": frappe.db.get_value("Ops Business Unit", doc.business_unit, "title") or doc.business_unit,
		"warehouse": frappe.db.get_value("Ops Warehouse", doc.warehouse, "title") or doc.warehouse,
		"address": _address(doc),
		"invoice_no": doc.invoice and (frappe.db.get_value("Ops Invoice", doc.invoice, "invoice_no") or ""),
		"prepared_by": doc.prepared_by and frappe.db.get_value("User", doc.prepared_by, "full_name"),
		"total": _number(sum(row.qty for row in doc.items)),
		"barcode": print_rules.code_128_svg(doc.name) if doc.name.isascii() else "",
		"sheets": _sheets(rows, doc.special_requirements),
	}


def page_zoom() -> float:
	"""Debian's wkhtmltopdf draws everything at 77 %; browsers and other engines draw true sizes."""
	return 1.3 if _wkhtmltopdf_is_unpatched() else 1.0


def _sheets(rows: list[dict[str, Any]], requirements: str | None) -> list[list[dict[str, Any]]]:
	def height(row: dict[str, Any]) -> float:
		lines = max(
			print_rules.lines_needed(row["name"], NAME_EM),
			print_rules.lines_needed(row["specification"], SPECIFICATION_EM),
			print_rules.lines_needed(row["code"], CODE_EM),
		)
		return ROW + (lines - 1) * EXTRA_LINE

	tail = TAIL + (print_rules.lines_needed(requirements, 42) - 1) * EXTRA_LINE
	return print_rules.cut_into_sheets(rows, [height(r) for r in rows], BODY_ROOM, BODY_ROOM, tail)


def _chinese_names(products: list[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Ops Product", filters={"name": ["in", products]}, fields=["name", "product_name_zh"], limit=0
	)
	return {row.name: row.product_name_zh for row in rows if row.product_name_zh}


def _address(doc: Any) -> str:
	province = doc.province and frappe.db.get_value("Ops Region", doc.province, "region_name_zh")
	parts = [province or doc.province, doc.city, doc.district, doc.street, doc.house_no]
	line = "".join(part for part in dict.fromkeys(parts) if part)
	return f"{line}({doc.postcode})" if doc.postcode else line


def _number(value: float) -> str:
	return f"{float(value):f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=1)
def _wkhtmltopdf_is_unpatched() -> bool:
	path = shutil.which("wkhtmltopdf")
	if not path:
		return False
	version = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)
	return "with patched qt" not in version.stdout
