"""Shipped list and logistics sheet as tables: their columns, and cells no spreadsheet takes for a formula. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

SHIPPED_LIST, LOGISTICS_SHEET = "Shipped List", "Logistics Sheet"

# field of the dispatch line -> heading, in the order the receivers expect (E-4.15p, E-4.15q; D-14: in Chinese)
COLUMNS: dict[str, dict[str, str]] = {
	SHIPPED_LIST: {
		"idx": "序号",
		"sales_order": "销售订单号",
		"delivery_note": "发货单号",
		"customer_name": "客户名称",
		"products": "产品",
		"qty": "数量",
		"carrier": "承运单位",
		"tracking_no": "运单号",
		"shipped_at": "交接时间",
		"invoice_no": "发票号码",
	},
	LOGISTICS_SHEET: {
		"ship_date": "发货日期",
		"sales_order": "销售订单号",
		"recipient": "收货人",
		"province": "省份",
		"city": "城市",
		"address": "详细地址",
		"phone": "联系电话",
		"carrier": "承运单位",
		"tracking_no": "运单号",
		"pieces": "件数",
		"weight_kg": "重量(kg)",
		"freight_amount": "运费(元)",
		"warehouse": "发货仓库",
	},
}

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: Any) -> Any:
	"""Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers (E-4.15e)."""
	if isinstance(value, str) and value.lstrip(" \u00a0\u3000").startswith(_FORMULA):
		return f"'{value}"
	return value


def table(kind: str, lines: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
	"""Headings and rows of a list of this kind (E-4.15p, E-4.15q)."""
	columns = COLUMNS[kind]
	rows: list[list[Any]] = [list(columns.values())]
	for line in lines:
		rows.append([_cell(field, line) for field in columns])
	return rows


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
	"""UTF-8 with byte order mark, so that a spreadsheet reads the Chinese (B-08)."""
	text = io.StringIO()
	csv.writer(text).writerows(rows)
	return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(field: str, line: Mapping[str, Any]) -> Any:
	value = line.get("shipped_at" if field == "ship_date" else field)
	if field == "ship_date":
		value = value.date() if isinstance(value, datetime) else value
	if isinstance(value, datetime):
		return f"{value:%Y-%m-%d %H:%M}"
	if isinstance(value, date):
		return f"{value:%Y-%m-%d}"
	if isinstance(value, float) and value.is_integer() and field != "freight_amount":
		return int(value)
	return "" if value is None else safe(value)
