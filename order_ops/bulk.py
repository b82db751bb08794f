"""Many documents in few statements. The services' only way to write sets of rows; single documents use the ORM."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.utils import now_datetime

NUMERIC = {"Int", "Float", "Currency", "Percent", "Check"}
WHOLE = ("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
CHILD = ("parent", "parenttype", "parentfield")
MAX_VALUES = 20_000


def insert_rows(doctype: str, rows: list[dict[str, Any]], ignore_duplicates: bool = False) -> int:
	"""Insert rows of one DocType, filling in the framework's own columns and the zeros numbers need."""
	if not rows:
		return 0
	meta = frappe.get_meta(doctype)
	numbers = {f.fieldname for f in meta.fields if f.fieldtype in NUMERIC}
	fields = list(dict.fromkeys([*WHOLE, *(CHILD if meta.istable else ()), *(k for row in rows for k in row)]))
	now, user = now_datetime(), frappe.session.user
	standard = {"owner": user, "creation": now, "modified": now, "modified_by": user, "docstatus": 0, "idx": 0}

	def value(row: dict[str, Any], field: str) -> Any:
		given = row.get(field)
		if given is None:
			return standard.get(field, 0 if field in numbers else None)
		return float(given) if field in numbers else given

	values = ([value({"name": frappe.generate_hash(length=10), **row}, f) for f in fields] for row in rows)
	chunk = max(1, MAX_VALUES // len(fields))
	frappe.db.bulk_insert(doctype, fields, values, ignore_duplicates=ignore_duplicates, chunk_size=chunk)
	return len(rows)


def update_rows(doctype: str, updates: dict[str, dict[str, Any]]) -> None:
	"""Write other values into each of many rows."""
	if updates:
		frappe.db.bulk_update(doctype, updates, chunk_size=500)


def lock_rows(doctype: str, names: Iterable[str], fields: list[str] | None = None) -> dict[str, Any]:
	"""Lock rows until the end of the transaction, always in the order of their names, and read them as they are now."""
	wanted = sorted(set(names))
	if not wanted:
		return {}
	rows = frappe.db.get_values(
		doctype,
		{"name": ["in", wanted]},
		["name", *(f for f in fields or [] if f != "name")],
		as_dict=True,
		order_by="name",
		for_update=True,
	)
	return {row.name: row for row in rows}
