"""Single values, counts and rows: the part of `frappe.db` that needs no statement of one's own."""

from collections.abc import Iterable, Sequence
from typing import Any

import frappe
from frappe.context import generate_hash, local
from frappe.database.columns import BULK_KINDS, CONVERTERS, kind_of, to_column
from frappe.database.query import DEFAULT_ORDER, Query, get_all, get_list
from frappe.types.frappedict import _dict


class Values:
	"""Reading and writing values without documents; no hooks, no permissions."""

	def get_list(self, *args: Any, **kwargs: Any) -> Any:
		"""Rows that the user may read."""
		return get_list(*args, **kwargs)

	def get_all(self, *args: Any, **kwargs: Any) -> Any:
		"""Rows, whoever asks."""
		return get_all(*args, **kwargs)

	def get_value(
		self, doctype: str, filters: Any = None, fieldname: Any = "name", ignore: Any = None, as_dict: bool = False,
		debug: bool = False, order_by: str | None = DEFAULT_ORDER, cache: bool = False, for_update: bool = False, *,
		run: bool = True, pluck: bool = False, distinct: bool = False, skip_locked: bool = False, wait: bool = True,
	) -> Any:  # fmt: skip
		"""One value, or the values of several fields, of one row; None when there is none."""
		rows = self.get_values(
			doctype, filters, fieldname, ignore, as_dict, debug, order_by, cache=cache, for_update=for_update, run=run,
			pluck=pluck, distinct=distinct, limit=1, skip_locked=skip_locked, wait=wait,
		)  # fmt: skip
		if not run:
			return rows
		if not rows:
			return None
		row = rows[0]
		return row if as_dict or pluck or fieldname == "*" or len(row) > 1 else row[0]

	def get_values(
		self, doctype: str, filters: Any = None, fieldname: Any = "name", ignore: Any = None, as_dict: bool = False,
		debug: bool = False, order_by: str | None = DEFAULT_ORDER, update: dict | None = None, cache: bool = False,
		for_update: bool = False, *, run: bool = True, pluck: bool = False, distinct: bool = False,
		limit: int | None = None, skip_locked: bool = False, wait: bool = True,
	) -> Any:  # fmt: skip
		"""The values of one or several fields of all rows that match."""
		as_dict = as_dict or fieldname == "*"
		key = None
		if cache:
			key = (doctype, repr(filters), repr(fieldname), as_dict, order_by, limit, pluck, distinct)
			if key in self.value_cache:
				return self.value_cache[key]
		if (
			doctype != "DocType"
			and frappe.get_meta(doctype).issingle
			and (filters is None or filters == doctype)
		):
			rows = self._single_values(doctype, fieldname, as_dict, pluck)
		elif filters is None and run:
			rows = ()
		else:
			locking = ""
			if for_update:
				locking = " FOR UPDATE" + (" SKIP LOCKED" if skip_locked else "" if wait else " NOWAIT")
			statement, values = self._select(doctype, filters, fieldname, order_by, distinct, limit)
			rows = self.sql(
				statement + locking, values, as_dict=as_dict, debug=debug, update=update, run=run, pluck=pluck
			)
		if cache:
			self.value_cache[key] = rows
		return rows

	def _select(
		self, doctype: str, filters: Any, fieldname: Any, order_by: str | None, distinct: bool, limit: int | None
	) -> tuple[str, Any]:  # fmt: skip
		query = Query(doctype)
		query.direction = " desc"
		fields = [fieldname] if isinstance(fieldname, str) else fieldname
		columns = ", ".join(query.fields(fields))
		where = query.where(filters)
		by_name = isinstance(filters, str | int)
		if order_by == DEFAULT_ORDER:
			plain = by_name or distinct or "(" in columns or (query.meta is None)
			order_by = None if plain else "modified desc"
		statement = f"SELECT {'DISTINCT ' if distinct else ''}{columns} FROM {query.table}{''.join(query.joins.values())}"
		if where:
			statement += f" WHERE {where}"
		statement += query.order(order_by) + (f" LIMIT {int(limit)}" if limit else "")
		return statement, query.values

	def exists(self, dt: Any, dn: Any = None, cache: bool = False, *, debug: bool = False) -> Any:
		"""The name of a document that matches, or None."""
		if isinstance(dt, dict):
			dt = dict(dt)
			return self.exists(dt.pop("doctype"), dt, cache, debug=debug)
		if dt != "DocType" and dt == dn:
			return dn
		if dn is None and dt != "DocType" and frappe.get_meta(dt).issingle:
			return dt
		if isinstance(dn, str) and not dn:
			return None
		return self.get_value(dt, dn, "name", cache=cache, debug=debug, order_by=None)

	def count(
		self, dt: str, filters: Any = None, debug: bool = False, cache: bool = False, distinct: bool = True
	) -> int:
		"""How many documents match."""
		key = ("count", dt, repr(filters))
		if cache and key in self.value_cache:
			return self.value_cache[key]
		query = Query(dt)
		where = query.where(filters)
		statement = f"SELECT COUNT(*) FROM {query.table}{''.join(query.joins.values())}"
		found = self.sql(statement + (f" WHERE {where}" if where else ""), query.values, debug=debug)[0][0]
		if cache:
			self.value_cache[key] = found
		return found

	def delete(self, doctype: str, filters: Any = None, debug: bool = False, **kwargs: Any) -> None:
		"""Delete the rows that match; all of them without filters."""
		query = Query(doctype)
		where = query.where(filters or kwargs.get("conditions"))
		self.sql(
			f"DELETE FROM {query.table}" + (f" WHERE {where}" if where else ""), query.values, debug=debug
		)

	def set_value(
		self, dt: str, dn: Any, field: Any, val: Any = None, modified: Any = None, modified_by: str | None = None,
		update_modified: bool = True, debug: bool = False, for_update: bool = True,
	) -> None:  # fmt: skip
		"""Write values into the rows that match; no hooks run."""
		new = dict(field) if isinstance(field, dict) else {field: val}
		meta = frappe.get_meta(dt)
		if meta.issingle and (dn is None or dn == dt):
			for fieldname, value in new.items():
				self._write_single(dt, fieldname, value)
			return
		if dn is None or dn == "":
			return
		if update_modified:
			new.setdefault("modified", modified or frappe.utils.now_datetime())
			new.setdefault("modified_by", modified_by or local.session.user)
		query = Query(dt)
		valid = meta.get_valid_columns()
		for fieldname, value in new.items():
			if fieldname not in valid:
				raise self.OperationalError(f"Unknown column {fieldname!r} in {dt}")
			query.values.append(to_column(meta, fieldname, value))
		columns = ", ".join(f"`{fieldname}` = %s" for fieldname in new)
		where = query.where(dn)
		self.sql(
			f"UPDATE {query.table} SET {columns}" + (f" WHERE {where}" if where else ""),
			query.values,
			debug=debug,
		)
		frappe.clear_document_cache(dt, dn if isinstance(dn, str | int) else None)

	def touch(self, doctype: str, docname: str) -> Any:
		"""Set a document's `modified` to now."""
		moment = frappe.utils.now()
		self.set_value(doctype, docname, "modified", moment, update_modified=False)
		return moment

	# singles

	def _single_values(self, doctype: str, fieldname: Any, as_dict: bool, pluck: bool) -> list:
		stored = self.get_singles_dict(doctype)
		fields = [fieldname] if isinstance(fieldname, str) else list(fieldname)
		fields = list(stored) if fieldname == "*" else fields
		if as_dict:
			return [_dict({field: stored.get(field) for field in fields})] if stored else []
		row = [stored.get(field) for field in fields]
		if pluck:
			return row
		return [row] if any(value is not None for value in row) else []

	def get_singles_dict(
		self, doctype: str, debug: bool = False, *, for_update: bool = False, cast: bool = False
	) -> _dict:
		"""The values of a Single."""
		rows = self.sql(
			"SELECT `field`, `value` FROM `tabSingles` WHERE `doctype` = %s"
			+ (" FOR UPDATE" if for_update else ""),
			doctype,
			debug=debug,
		)
		if not cast:
			return _dict(rows)
		meta = frappe.get_meta(doctype)
		return _dict({field: to_column(meta, field, value) for field, value in rows})

	def get_single_value(self, doctype: str, fieldname: str, cache: bool = True) -> Any:
		"""A value of a Single in its field's type."""
		key = ("single", doctype, fieldname)
		if cache and key in self.value_cache:
			return self.value_cache[key]
		found = self.sql(
			"SELECT `value` FROM `tabSingles` WHERE `doctype` = %s AND `field` = %s", (doctype, fieldname)
		)
		self.value_cache[key] = value = to_column(
			frappe.get_meta(doctype), fieldname, found[0][0] if found else None
		)
		return value

	def set_single_value(
		self, doctype: str, fieldname: Any, value: Any = None, *, modified: Any = None, modified_by: str | None = None,
		update_modified: bool = True, debug: bool = False,
	) -> None:  # fmt: skip
		"""Write values of a Single."""
		new = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
		if update_modified:
			new.setdefault("modified", modified or frappe.utils.now())
			new.setdefault("modified_by", modified_by or local.session.user)
		for field, each in new.items():
			self._write_single(doctype, field, each)

	def _write_single(self, doctype: str, field: str, value: Any) -> None:
		self.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s AND `field` = %s", (doctype, field))
		if value is not None:
			text = (
				value
				if isinstance(value, str)
				else str(int(value))
				if isinstance(value, bool)
				else str(value)
			)
			self.sql(
				"INSERT INTO `tabSingles` (`doctype`, `field`, `value`) VALUES (%s, %s, %s)",
				(doctype, field, text),
			)
		frappe.clear_document_cache(doctype, doctype)

	# defaults

	def get_global(self, key: str, user: str = "__global") -> Any:
		"""A value kept for the whole site."""
		return self.get_default(key, user)

	def set_global(self, key: str, val: Any, user: str = "__global") -> None:
		"""Keep a value for the whole site."""
		self.set_default(key, val, user)

	def get_default(self, key: str, parent: str = "__default") -> Any:
		"""A default value; System Settings answer for what nobody set."""
		cached = ("default", parent, key)
		if cached in self.value_cache:
			return self.value_cache[cached]
		found = self.sql(
			"SELECT `defvalue` FROM `tabDefaultValue` WHERE `parent` = %s AND `defkey` = %s LIMIT 1",
			(parent, key),
		)
		value = found[0][0] if found else None
		if value is None and parent == "__default":
			setting = "language" if key == "lang" else key
			if frappe.get_meta("System Settings").has_field(setting):
				value = self.get_single_value("System Settings", setting)
		self.value_cache[cached] = value
		return value

	def set_default(
		self, key: str, val: Any, parent: str = "__default", parenttype: str | None = None
	) -> None:
		"""Set a default value; None removes it."""
		self.delete("DefaultValue", {"parent": parent, "defkey": key})
		if val is not None:
			self.bulk_insert(
				"DefaultValue",
				["name", "parent", "parenttype", "parentfield", "defkey", "defvalue"],
				[
					(
						generate_hash(length=10),
						parent,
						parenttype or "__default",
						"system_defaults",
						key,
						str(val),
					)
				],
			)

	# many rows

	def bulk_insert(
		self, doctype: str, fields: Sequence[str], values: Iterable[Sequence], ignore_duplicates: bool = False, *,
		chunk_size: int = 10_000,
	) -> None:  # fmt: skip
		"""Insert rows as they are: no defaults, no checks, no hooks."""
		from frappe.database.database import chunks

		meta, fields = frappe.get_meta(doctype), list(fields)
		converters = [
			(i, CONVERTERS[kind])
			for i, kind in enumerate(kind_of(meta, f) for f in fields)
			if kind in BULK_KINDS
		]
		columns = ", ".join(f"`{field}`" for field in fields)
		verb = self.dialect.insert_ignore if ignore_duplicates else "INSERT"
		marks = ", ".join([self.dialect.mark] * len(fields))
		statement = f"{verb} INTO `tab{doctype}` ({columns}) VALUES ({marks})"
		for chunk in chunks(values, chunk_size):
			self.executemany(
				statement, [_converted(row, converters) for row in chunk] if converters else chunk
			)

	def bulk_update(
		self, doctype: str, doc_updates: dict[str, dict[str, Any]], *, chunk_size: int = 100, modified: Any = None,
		modified_by: str | None = None, update_modified: bool = True, debug: bool = False,
	) -> None:  # fmt: skip
		"""Write values into many rows: {name: {field: value}}."""
		meta, sets = frappe.get_meta(doctype), {}
		stamp = {
			"modified": modified or frappe.utils.now_datetime(),
			"modified_by": modified_by or local.session.user,
		}
		extra = stamp if update_modified else {}
		for name, values in doc_updates.items():
			new = {**extra, **values}
			row = [to_column(meta, field, value) for field, value in new.items()]
			sets.setdefault(tuple(new), []).append((*row, name))
		valid = meta.get_valid_columns()
		for fields, rows in sets.items():
			if any(field not in valid for field in fields):
				raise self.OperationalError(f"Unknown column in {doctype}: {', '.join(fields)}")
			columns = ", ".join(f"`{field}` = {self.dialect.mark}" for field in fields)
			self.executemany(
				f"UPDATE `tab{doctype}` SET {columns} WHERE `name` = {self.dialect.mark}", rows, debug
			)
		frappe.clear_document_cache(doctype)


def _converted(row: Sequence, converters: list) -> list:
	out = list(row)
	for i, convert in converters:
		out[i] = convert(out[i])
	return out
