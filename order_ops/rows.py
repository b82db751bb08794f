# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Many rows in one statement: what every service writes with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pypika import Case

import frappe
from frappe.utils import now_datetime

NUMERIC = ("Int", "Check", "Float", "Currency", "Percent")
UPDATE_CHUNK = 200
# hexadecimal digits of a drawn name: with Frappe's ten, two of a million rows are likely to draw the same one
NAME_LENGTH = 20
MOST_VALUES = 30_000  # of one statement; SQLite takes 32,766
# an insert that leaves rows with a taken key as they are, as each database says it
KEEPING = {"mariadb": "insert ignore", "sqlite": "insert or ignore"}


def new_name() -> str:
	"""A name for a row of a table that many write to."""
	return frappe.generate_hash(length=NAME_LENGTH)


def insert_many(doctype: str, rows: Iterable[Mapping[str, Any]], *, ignore_duplicates: bool = False) -> None:
	"""Insert rows with one statement; a row without a name gets a random one.

	With ignore_duplicates a row whose unique key exists already is left as it is, so the call may be repeated.
	"""
	rows = list(rows)
	if not rows:
		return
	at, user = now_datetime(), frappe.session.user
	standard = {
		"creation": at,
		"modified": at,
		"owner": user,
		"modified_by": user,
		"docstatus": 0,
		"idx": 0,
	}
	fields = list(dict.fromkeys(["name", *standard, *(field for row in rows for field in row)]))
	empty = dict.fromkeys(_numeric_fields(doctype), 0) | standard
	values = [
		tuple(
			_or_empty(row.get(field), empty.get(field)) if field != "name" else row.get("name") or new_name()
			for field in fields
		)
		for row in rows
	]
	_insert(KEEPING[frappe.db.db_type] if ignore_duplicates else "insert", doctype, fields, values)


def update_many(
	doctype: str,
	changes: Mapping[str, Mapping[str, Any]],
	*,
	where: Mapping[str, Collection[str]] | None = None,
) -> None:
	"""Give many rows each their own values, with one statement per 200 rows. Fields a row does not name stay.

	With where, a row is only changed while its fields still have one of the values named there.
	"""
	names = sorted(changes)
	at, user = now_datetime(), frappe.session.user
	table = frappe.qb.DocType(doctype)
	for start in range(0, len(names), UPDATE_CHUNK):
		chunk = names[start : start + UPDATE_CHUNK]
		query = frappe.qb.update(table).set(table.modified, at).set(table.modified_by, user)
		for field in dict.fromkeys(field for name in chunk for field in changes[name]):
			column = table[field]
			rows_of = _names_by_value(chunk, field, changes)
			if len(rows_of) == 1 and len(rows_of[0][1]) == len(chunk):
				query = query.set(column, rows_of[0][0])
				continue
			case = Case()
			for value, of in rows_of:
				case = case.when(table.name.isin(of), value)
			query = query.set(column, case.else_(column))
		for field, values in (where or {}).items():
			query = query.where(table[field].isin(list(values)))
		query.where(table.name.isin(chunk)).run()


def delete_many(doctype: str, names: Collection[str]) -> None:
	"""Delete rows by name, without the life cycle of a document."""
	if names:
		frappe.db.delete(doctype, {"name": ("in", list(names))})


def lock_many(doctype: str, names: Collection[str], fields: Collection[str] = ()) -> dict[str, Any]:
	"""Lock rows until the end of the transaction, always in the order of their names; returns them as they are now."""
	if not names:
		return {}
	columns = ["name", *(field for field in fields if field != "name")]
	rows = frappe.db.get_values(
		doctype,
		{"name": ("in", sorted(set(names)))},
		columns,
		as_dict=True,
		order_by="name",
		for_update=True,
	)
	return {row.name: row for row in rows}


def _insert(verb: str, doctype: str, fields: list[str], values: list[tuple]) -> None:
	"""Written out: the query builder makes an object of every value, and takes eight times as long."""
	head = f"{verb} into `tab{doctype}` ({', '.join(f'`{field}`' for field in fields)}) values "
	row = f"({', '.join(['%s'] * len(fields))})"
	at_once = MOST_VALUES // len(fields)
	for start in range(0, len(values), at_once):
		chunk = values[start : start + at_once]
		frappe.db.sql(head + ", ".join([row] * len(chunk)), [value for line in chunk for value in line])


def _numeric_fields(doctype: str) -> list[str]:
	return [df.fieldname for df in frappe.get_meta(doctype).fields if df.fieldtype in NUMERIC]


def _or_empty(value: Any, empty: Any) -> Any:
	return empty if value is None else value


def _names_by_value(
	names: list[str], field: str, changes: Mapping[str, Mapping[str, Any]]
) -> list[tuple[Any, list[str]]]:
	groups: dict[tuple[type, Any], list[str]] = {}
	for name in names:
		if field in changes[name]:
			value = changes[name][field]
			groups.setdefault((type(value), value), []).append(name)
	return [(value, of) for (_, value), of in groups.items()]
