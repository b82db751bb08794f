"""Single values, counts and rows: the part of `frappe.db` that needs no statement of one's own."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import frappe
from frappe.context import generate_hash, local
from frappe.database.columns import CONVERTERS, NUMBERS
from frappe.database.query import Query, get_list
from frappe.types.frappedict import _dict


class Values:
	"""Reading and writing values without documents; no hooks, no permissions."""

	get_list = staticmethod(get_list)

	def get_value(
		self,
		doctype: str,
		filters: Any = None,
		fieldname: Any = "name",
		as_dict: bool = False,
		**options: Any,
	) -> Any:
		"""One value, or the values of several fields, of one row; None when there is none; `options` as for many."""
		rows = self.get_values(doctype, filters, fieldname, as_dict, limit=1, **options)
		if not rows:
			return None
		return rows[0] if as_dict or len(rows[0]) > 1 else rows[0][0]

	def get_values(
		self, doctype: str, filters: Any = None, fieldname: Any = "name", as_dict: bool = False, cache: bool = False,
		for_update: bool = False, order_by: str | None = None, limit: int | None = None, pluck: bool = False,
	) -> Any:  # fmt: skip
		"""The values of one or several fields of all rows that match."""
		key = (doctype, repr(filters), repr(fieldname), as_dict, order_by, limit, pluck)
		if cache and key in self.value_cache:
			return self.value_cache[key]
		fields = [fieldname] if isinstance(fieldname, str) else fieldname
		if filters in (None, doctype) and frappe.get_meta(doctype).issingle:
			rows = self._single_values(doctype, fields, as_dict)
		elif filters is None:
			rows = ()
		else:
			query = Query(doctype)
			columns, where = query.fields(fields), query.where(filters)
			if order_by is None and not isinstance(filters, str | int) and "(" not in columns[0]:
				order_by = "modified desc"
			statement = query.select(columns, where, order_by, limit=limit)
			locking = " FOR UPDATE" if for_update else ""
			rows = self.sql(statement + locking, query.values, as_dict=as_dict, pluck=pluck)
		if cache:
			self.value_cache[key] = rows
		return rows

	def exists(self, dt: Any, dn: Any = None, cache: bool = False) -> Any:
		"""The name of a document that matches, or None."""
		if isinstance(dt, dict):
			dt = dict(dt)
			return self.exists(dt.pop("doctype"), dt, cache)
		if dt != "DocType" and dt == dn:
			return dn
		return self.get_value(dt, dn, cache=cache, order_by="")

	def count(self, dt: str, filters: Any = None) -> int:
		"""How many documents match."""
		query = Query(dt)
		return self.sql(query.select(["COUNT(*)"], query.where(filters), None), query.values)[0][0]

	def delete(self, doctype: str, filters: Any = None) -> None:
		"""Delete the rows that match; all of them without filters."""
		query = Query(doctype)
		where = query.where(filters)
		self.sql(f"DELETE FROM {query.table}" + (f" WHERE {where}" if where else ""), query.values)

	def set_value(self, dt: str, dn: Any, field: Any, val: Any = None, update_modified: bool = True) -> None:
		"""Write values into the rows that match; no hooks run."""
		new = dict(field) if isinstance(field, dict) else {field: val}
		meta = frappe.get_meta(dt)
		if meta.issingle and (dn is None or dn == dt):
			self.set_single_value(dt, new, update_modified=False)
			return
		if dn is None or dn == "":
			return
		if update_modified:
			new = {**self._stamp(), **new}
		query = Query(dt)
		self._check_columns(meta, new)
		query.values = [meta.plan.converted(fieldname, value) for fieldname, value in new.items()]
		columns = ", ".join(f"`{fieldname}` = %s" for fieldname in new)
		where = query.where(dn)
		self.sql(f"UPDATE {query.table} SET {columns}" + (f" WHERE {where}" if where else ""), query.values)
		frappe.clear_document_cache(dt, dn if isinstance(dn, str | int) else None)

	def _stamp(self) -> dict[str, Any]:
		return {"modified": frappe.utils.now_datetime(), "modified_by": local.session.user}

	def _check_columns(self, meta: Any, fields: Iterable[str]) -> None:
		if unknown := [field for field in fields if field not in meta.get_valid_columns()]:
			raise self.OperationalError(f"Unknown column in {meta.name}: {', '.join(unknown)}")

	# singles

	def _single_values(self, doctype: str, fields: list[str], as_dict: bool) -> list:
		stored = self.get_singles_dict(doctype)
		row = _dict({field: stored.get(field) for field in fields})
		if not any(value is not None for value in row.values()):
			return []
		return [row if as_dict else tuple(row.values())]

	def get_singles_dict(self, doctype: str, cast: bool = False) -> _dict:
		"""The values of a Single, as they are stored or in their fields' types."""
		stored = self.sql("SELECT `field`, `value` FROM `tabSingles` WHERE `doctype` = %s", doctype)
		plan = frappe.get_meta(doctype).plan
		return _dict({field: plan.converted(field, value) if cast else value for field, value in stored})

	def get_single_value(self, doctype: str, fieldname: str) -> Any:
		"""A value of a Single in its field's type."""
		stored = self.get_singles_dict(doctype).get(fieldname)
		return frappe.get_meta(doctype).plan.converted(fieldname, stored)

	def set_single_value(
		self, doctype: str, fieldname: Any, value: Any = None, update_modified: bool = True
	) -> None:
		"""Write values of a Single."""
		new = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
		if update_modified:
			new = {**self._stamp(), **new}
		for field, each in new.items():
			self.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s AND `field` = %s", (doctype, field))
			if each is not None:
				text = str(int(each)) if isinstance(each, bool) else str(each)
				self.sql(
					"INSERT INTO `tabSingles` (`doctype`, `field`, `value`) VALUES (%s, %s, %s)",
					(doctype, field, text),
				)
		frappe.clear_document_cache(doctype, doctype)

	# the site's own values

	def get_global(self, key: str) -> str | None:
		"""A value kept for the whole site."""
		found = self.sql(
			"SELECT `defvalue` FROM `tabDefaultValue` WHERE `parent` = '__global' AND `defkey` = %s", key
		)
		return found[0][0] if found else None

	def set_global(self, key: str, val: str) -> None:
		"""Keep a value for the whole site."""
		self.delete("DefaultValue", {"parent": "__global", "defkey": key})
		row = (generate_hash(length=10), "__global", "__default", "system_defaults", key, val)
		fields = ["name", "parent", "parenttype", "parentfield", "defkey", "defvalue"]
		self.bulk_insert("DefaultValue", fields, [row])

	# many rows

	def bulk_insert(
		self, doctype: str, fields: Sequence[str], values: Iterable[Sequence], ignore_duplicates: bool = False,
		chunk_size: int = 10_000,
	) -> None:  # fmt: skip
		"""Insert rows as they are: no defaults, no checks, no hooks."""
		rows, kinds = iter(values), frappe.get_meta(doctype).plan.kinds
		plain = {*NUMBERS, "data", "text"}
		kinds = [(i, kinds.get(field, "data")) for i, field in enumerate(fields)]
		converters = [(i, CONVERTERS[kind]) for i, kind in kinds if kind not in plain]
		columns = ", ".join(f"`{field}`" for field in fields)
		verb = self.dialect.insert_ignore if ignore_duplicates else "INSERT"
		marks = ", ".join([self.dialect.mark] * len(fields))
		while chunk := [_converted(row, converters) for row in islice(rows, chunk_size)]:
			self.executemany(f"{verb} INTO `tab{doctype}` ({columns}) VALUES ({marks})", chunk)

	def bulk_update(
		self, doctype: str, doc_updates: dict[str, dict[str, Any]], update_modified: bool = True
	) -> None:
		"""Write values into many rows: {name: {field: value}}."""
		meta, stamp = frappe.get_meta(doctype), self._stamp() if update_modified else {}
		sets: dict[tuple, list] = {}
		for name, values in doc_updates.items():
			new = {**stamp, **values}
			row = [meta.plan.converted(field, value) for field, value in new.items()]
			sets.setdefault(tuple(new), []).append((*row, name))
		mark = self.dialect.mark
		for fields, rows in sets.items():
			self._check_columns(meta, fields)
			columns = ", ".join(f"`{field}` = {mark}" for field in fields)
			self.executemany(f"UPDATE `tab{doctype}` SET {columns} WHERE `name` = {mark}", rows)
		frappe.clear_document_cache(doctype)


def _converted(row: Sequence, converters: list) -> list:
	out = list(row)
	for i, convert in converters:
		out[i] = convert(out[i])
	return out
