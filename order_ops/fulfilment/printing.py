# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the delivery note's print format shows (E-4.13i); registered with Jinja in hooks.py."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from typing import Any

import frappe
from order_ops import print_rules
from order_ops.print_rules import BODY_ROOM, TAIL, extra, row_height

# Widths of the form's columns in ems.
NAME_EM, SPECIFICATION_EM, CODE_EM, ADDRESS_EM, REQUIREMENTS_EM = 14.0, 11.0, 8.5, 23.0, 42.0


def delivery_note_form(doc: Any) -> dict[str, Any]:
	"""Everything the form 发货单 shows beside the document's own fields: sheets, names and the bar code."""
	address = _address(doc)
	names = _chinese_names([row.product for row in doc.items])
	rows = [
		{
			"no": place,
			"code": row.product,
			"name": names.get(row.product) or row.product_name or "",
			"specification": row.specification or "",
			"qty": plain_number(row.qty),
			"uom": row.uom or "",
		}
		for place, row in enumerate(doc.items, 1)
	]
	return {
		"company": frappe.db.get_value("Ops Business Unit", doc.business_unit, "title") or doc.business_unit,
		"warehouse": frappe.db.get_value("Ops Warehouse", doc.warehouse, "title") or doc.warehouse,
		"address": address,
		"invoice_no": doc.invoice and (frappe.db.get_value("Ops Invoice", doc.invoice, "invoice_no") or ""),
		"prepared_by": doc.prepared_by and frappe.db.get_value("User", doc.prepared_by, "full_name"),
		"total": plain_number(sum(row.qty for row in doc.items)),
		"barcode": print_rules.code_128_svg(doc.name) if doc.name.isascii() else "",
		"sheets": _sheets(rows, doc, address),
	}


def page_zoom() -> float:
	"""Debian's wkhtmltopdf draws everything at 77 %; browsers and other engines draw true sizes."""
	return 1.3 if _wkhtmltopdf_is_unpatched() else 1.0


def _sheets(rows: list[dict[str, Any]], doc: Any, address: str) -> list[list[dict[str, Any]]]:
	head = extra(address, ADDRESS_EM) + extra(doc.customer_name, ADDRESS_EM)
	tail = TAIL + extra(doc.special_requirements, REQUIREMENTS_EM)
	room = BODY_ROOM - head
	heights = [
		row_height((row["name"], NAME_EM), (row["specification"], SPECIFICATION_EM), (row["code"], CODE_EM))
		for row in rows
	]
	return print_rules.cut_into_sheets(rows, heights, room, room, tail)


def _chinese_names(products: list[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Ops Product", filters={"name": ["in", products]}, fields=["name", "product_name_zh"], limit=0
	)
	return {row.name: row.product_name_zh for row in rows if row.product_name_zh}


def _address(doc: Any) -> str:
	province = doc.province and frappe.db.get_value("Ops Region", doc.province, "region_name_zh")
	city = doc.city or ""
	parts = ["" if city.startswith(province or "\0") else province or doc.province, city]
	line = "".join(filter(None, [*parts, doc.district, doc.street, doc.house_no]))
	return f"{line}({doc.postcode})" if doc.postcode else line


def plain_number(value: float) -> str:
	"""A quantity without needless zeros."""
	return f"{float(value):f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=1)
def _wkhtmltopdf_is_unpatched() -> bool:
	path = shutil.which("wkhtmltopdf")
	if not path:
		return False
	version = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)
	return "with patched qt" not in version.stdout
