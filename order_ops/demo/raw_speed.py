"""How fast the same database takes the same rows by plain inserts: what an import is measured against."""

from __future__ import annotations

import time
from typing import Any

import frappe

UNIQUE = {"Ops Sales Order": ("external_key",), "Ops Customer Match": ("sales_order",)}
LINKED = (
	("Ops Sales Order Item", "parent"),
	("Ops Event", "sales_order"),
	("Ops Customer Match", "sales_order"),
)
MOST_VALUES = 30_000
CHUNK = 2_000
SAVEPOINT = "order_ops_raw_speed"


def compare(channel: str, orders: int, seconds: float) -> dict[str, Any]:
	"""Orders per second of a run, and of plain inserts of all rows of the channel's orders, rolled back."""
	if not orders:
		return {}
	rows = _rows(channel)
	raw_seconds = _insert(rows)
	raw_orders = len(rows["Ops Sales Order"])
	speed, raw_speed = orders / seconds, raw_orders / raw_seconds
	return {
		"orders_per_second": round(speed, 1),
		"raw_rows": sum(map(len, rows.values())),
		"raw_seconds": round(raw_seconds, 2),
		"raw_orders_per_second": round(raw_speed, 1),
		"times_slower_than_raw": round(raw_speed / speed, 2),
	}


def _rows(channel: str) -> dict[str, list[dict[str, Any]]]:
	orders = frappe.get_all("Ops Sales Order", filters={"channel": channel}, fields=["*"])
	names = [order["name"] for order in orders]
	found = {"Ops Sales Order": orders}
	for doctype, field in LINKED:
		found[doctype] = [
			row
			for first in range(0, len(names), CHUNK)
			for row in frappe.get_all(
				doctype, filters={field: ("in", names[first : first + CHUNK])}, fields=["*"]
			)
		]
	return found


def _insert(rows: dict[str, list[dict[str, Any]]]) -> float:
	frappe.db.savepoint(SAVEPOINT)
	started = time.perf_counter()
	for doctype, found in rows.items():
		if found:
			_insert_into(doctype, found)
	seconds = time.perf_counter() - started
	frappe.db.rollback(save_point=SAVEPOINT)
	return seconds


def _insert_into(doctype: str, rows: list[dict[str, Any]]) -> None:
	columns = list(rows[0])
	changed = {"name", *UNIQUE.get(doctype, ())}
	head = f"insert into `tab{doctype}` ({', '.join(f'`{c}`' for c in columns)}) values "
	one = f"({', '.join(['%s'] * len(columns))})"
	at_once = MOST_VALUES // len(columns)
	for first in range(0, len(rows), at_once):
		chunk = rows[first : first + at_once]
		values = [f"~{row[c]}" if c in changed and row[c] else row[c] for row in chunk for c in columns]
		frappe.db.sql(head + ", ".join([one] * len(chunk)), values)
