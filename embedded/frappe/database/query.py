"""Fields, filters and orders of `get_list` and `frappe.db` as SQL; every name is checked on its way."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import frappe
from frappe.context import local
from frappe.database.columns import CONVERTERS, NUMBERS
from frappe.exceptions import DataError
from frappe.model import child_table_fields

DEFAULT_ORDER = "KEEP_DEFAULT_ORDERING"
OPERATORS = frozenset(
	("=", "!=", "<", ">", "<=", ">=", "like", "not like", "in", "not in", "between", "is", "timespan")
)
FUNCTIONS = frozenset(("count", "sum", "avg", "min", "max", "date"))
_TOKEN = re.compile(r"\s*(?:`tab([\w -]+)`\.`?(\w+)`?|(\d+(?:\.\d+)?)|`?([^\W\d]\w*)`?|([().,*+\-/]))")


class Query:
	"""One statement in the making: the tables joined and the values bound so far."""

	def __init__(self, doctype: str, null_safe: bool = False):
		self.doctype, self.null_safe = doctype, null_safe
		self.table = f"`tab{doctype}`"
		self.meta = frappe.get_meta(doctype)
		self.values: list[Any] = []
		self.joins: dict[str, str] = {}
		self.aliases: set[str] = set()
		self.permitted: dict[str, set[str]] = {}
		self.check = False

	# names

	def column(self, fieldname: str, doctype: str | None = None) -> str:
		"""A column with its table; the table is joined when it is a child's."""
		doctype = doctype or self.doctype
		own = doctype == self.doctype
		meta, table = (self.meta, self.table) if own else (frappe.get_meta(doctype), self._join(doctype))
		if not re.fullmatch(r"\w+", fieldname):
			raise DataError(f"Invalid field name: {fieldname}")
		if fieldname not in meta.get_valid_columns() and fieldname not in child_table_fields:
			raise DataError(f"Field {fieldname} does not exist in {doctype}")
		if self.check and fieldname not in self._permitted_in(doctype):
			raise _NotPermitted(fieldname)
		return f"{table}.`{fieldname}`"

	def _join(self, doctype: str) -> str:
		child = f"`tab{doctype}`"
		if doctype not in self.meta.plan.tables.values():
			raise DataError(f"{doctype} is not a table of {self.doctype}")
		on = f"{child}.parenttype = {local.db.escape(self.doctype)} AND {child}.parent = {self.table}.name"
		self.joins[doctype] = f" LEFT JOIN {child} ON ({on})"
		return child

	def _permitted_in(self, doctype: str) -> set[str]:
		"""The columns the user may read; those of a table follow its document's permissions."""
		if doctype not in self.permitted:
			plan = frappe.get_meta(doctype).plan
			levels = {0, *frappe.permissions.get_permlevel_access(self.meta, "read")}
			hidden = {df.fieldname for df in plan.high_permlevel if df.permlevel not in levels}
			self.permitted[doctype] = set(plan.columns) - hidden
		return self.permitted[doctype]

	# expressions

	def expression(self, text: str, words: Iterable[str] = ()) -> str:
		"""Columns, a few functions and arithmetic; nothing else gets through."""
		out, at, previous, text = [], 0, "", text.strip()
		while at < len(text):
			token = _TOKEN.match(text, at)
			if not token:
				raise DataError(f"Field not permitted in query: {text}")
			at = token.end()
			doctype, fieldname, number, word, sign = token.groups()
			if doctype:
				out.append(self.column(fieldname, doctype))
			elif word and text[at:].lstrip().startswith("("):
				if word.lower() not in FUNCTIONS:
					raise DataError(f"Function not permitted in query: {word}")
				out.append(word)
			elif word and word.lower() in words:
				out.append(f" {word} ")
			elif word and previous == "as":
				self.aliases.add(word)
				out.append(f"`{word}`")
			elif word:
				out.append(f"`{word}`" if word in self.aliases else self.column(word))
			else:
				out.append(number or sign)
			previous = (word or "").lower()
		if text.count("(") != text.count(")"):
			raise DataError(f"Field not permitted in query: {text}")
		return "".join(out).strip()

	def fields(self, fields: Iterable[str]) -> list[str]:
		"""The columns to select; those the user may not read are left out."""
		found = []
		for field in fields:
			try:
				found += self._all_columns() if field == "*" else [self.expression(field, ("as", "distinct"))]
			except _NotPermitted:
				continue
		return found

	def _all_columns(self) -> list[str]:
		if not self.check:
			return [f"{self.table}.*"]
		allowed = self._permitted_in(self.doctype)
		return [f"{self.table}.`{name}`" for name in self.meta.get_valid_columns() if name in allowed]

	def order(self, order_by: str | None) -> str:
		"""ORDER BY, from the text given or from the DocType."""
		if order_by == DEFAULT_ORDER:
			order_by = f"{self.meta.sort_field} {self.meta.sort_order}"
			order_by = f"docstatus asc, {order_by}" if self.meta.is_submittable else order_by
		return self._listed("ORDER BY", order_by, ("asc", "desc"))

	def _listed(self, clause: str, text: str | None, words: Iterable[str] = ()) -> str:
		parts = [self.expression(part, words) for part in split_commas(text or "")]
		return f" {clause} {', '.join(parts)}" if parts else ""

	def select(
		self, columns: list[str], where: str, order_by: str | None, group_by: str | None = None,
		distinct: bool = False, limit: Any = None, start: Any = None,
	) -> str:  # fmt: skip
		"""The whole statement; columns and conditions are SQL already."""
		grouped, ordered = self._listed("GROUP BY", group_by), self.order(order_by)
		limit, start = frappe.utils.cint(limit), frappe.utils.cint(start)
		return (
			f"SELECT {'DISTINCT ' if distinct else ''}{', '.join(columns)} FROM {self.table}"
			+ "".join(self.joins.values())
			+ (f" WHERE {where}" if where else "")
			+ grouped
			+ ordered
			+ (f" LIMIT {limit} OFFSET {start}" if limit else "")
		)

	# filters

	def where(self, filters: Any, glue: str = " AND ") -> str:
		"""The conditions of all forms of filters."""
		return glue.join([self.condition(*each) for each in normalise(filters, self.doctype)])

	def condition(self, doctype: str, fieldname: str, operator: str, value: Any) -> str:
		"""One condition; its values are bound."""
		operator = str(operator).strip().lower()
		if operator not in OPERATORS:
			raise DataError(f"Operator not permitted in query: {operator}")
		column = self.column(fieldname, doctype)
		kind = frappe.get_meta(doctype).plan.kinds.get(fieldname, "data")
		if operator == "is":
			return self._is_set(column, kind, str(value).strip().lower() == "set")
		if operator in ("in", "not in"):
			return self._among(column, kind, operator, value)
		if operator in ("between", "timespan"):
			return self._between(column, kind, value if operator == "between" else span_of_days(value))
		if value is None and not self.null_safe:
			return f"{column} IS {'NOT ' if operator == '!=' else ''}NULL"
		nullable = self.null_safe and kind not in NUMBERS and fieldname != "name"
		if "like" not in operator:
			if kind in NUMBERS and value in (None, ""):
				value = 0
			elif value == "" and nullable and operator in ("=", "!="):
				return self._is_set(column, "data", operator == "!=")
			elif value is None:
				return f"{column} IS NULL" if kind == "datetime" and operator == "=" else "1 = 0"
			value = convert(kind, value)
		self.values.append(value)
		nullable = nullable and operator in ("!=", "<", "<=", "not like")
		return f"({column} {operator} %s OR {column} IS NULL)" if nullable else f"{column} {operator} %s"

	def _is_set(self, column: str, kind: str, is_set: bool) -> str:
		if kind in ("data", "text", "long") and self.null_safe:
			if is_set:
				return f"({column} IS NOT NULL AND {column} != '')"
			return f"({column} IS NULL OR {column} = '')"
		if kind in NUMBERS and is_set and self.null_safe:
			return f"{column} != 0"
		return f"{column} IS {'NOT ' if is_set else ''}NULL"

	def _among(self, column: str, kind: str, operator: str, value: Any) -> str:
		if isinstance(value, str):
			value = [part.strip() for part in value.split(",")]
		values = ["" if each is None else each for each in value] or [""]
		self.values.append(tuple([0 if v == "" and kind in NUMBERS else convert(kind, v) for v in values]))
		plain = f"{column} {operator} %s"
		nulls = self.null_safe and kind not in NUMBERS and ("" in values) == (operator == "in")
		return f"({plain} OR {column} IS NULL)" if nulls else plain

	def _between(self, column: str, kind: str, value: Any) -> str:
		start, end = value
		if kind == "datetime" and not isinstance(end, datetime) and len(str(end)) <= 10:
			end = datetime.combine(frappe.utils.getdate(end), time.max)
		self.values += [convert(kind, start), convert(kind, end)]
		return f"{column} BETWEEN %s AND %s"


class _NotPermitted(frappe.PermissionError):
	"""The user may not read this field."""


def convert(kind: str, value: Any) -> Any:
	"""A filter's value as its column takes it."""
	plain = value in ("", None) or kind == "long" or kind not in CONVERTERS
	return value if plain else CONVERTERS[kind](value)


def span_of_days(name: str) -> tuple[date, date]:
	"""First and last day of a span such as "this week", which begins on Sunday."""
	today = frappe.utils.getdate()
	sunday = today - timedelta(days=today.isoweekday() % 7)
	spans = {
		"today": (today, today),
		"this week": (sunday, sunday + timedelta(days=6)),
		"last 7 days": (today - timedelta(days=7), today),
		"last 30 days": (today - timedelta(days=30), today),
	}
	if name not in spans:
		raise DataError(f"Timespan not known: {name}")
	return spans[name]


def split_commas(text: str) -> list[str]:
	"""The parts between commas that lie outside parentheses."""
	return [part.strip() for part in re.split(r",(?![^(]*\))", text) if part.strip()]


def normalise(filters: Any, doctype: str) -> list[tuple[str, str, str, Any]]:
	"""Filters of any form as (DocType, field, operator, value)."""
	if filters is None:
		return []
	if isinstance(filters, str | int):
		return [(doctype, "name", "=", filters)]
	if isinstance(filters, dict):
		pairs = ((key, value if _is_operation(value) else ("=", value)) for key, value in filters.items())
		return [(doctype, key, operator, value) for key, (operator, value) in pairs]
	found: list = []
	for each in filters:
		if isinstance(each, dict):
			found += normalise(each, doctype)
		elif isinstance(each, str) or not 3 <= len(each) <= 5:
			raise DataError(f"A filter has 3 or 4 parts: {each}")
		else:
			found.append((doctype, *each) if len(each) == 3 else (each[0] or doctype, *each[1:4]))
	return found


def _is_operation(value: Any) -> bool:
	return isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str)


def get_list(
	doctype: str, filters: Any = None, fields: Any = None, or_filters: Any = None, group_by: str | None = None,
	order_by: str | None = None, limit_start: int | None = None, limit_page_length: int | None = None,
	limit: int | None = None, distinct: bool = False, pluck: str | None = None, as_list: bool = False,
	ignore_permissions: bool = False,
) -> Any:  # fmt: skip
	"""Rows of a DocType that the user may read."""
	query = Query(doctype, null_safe=True)
	allowed = ""
	if not ignore_permissions:
		if not any(frappe.has_permission(doctype, right) for right in ("select", "read")):
			text = frappe._("Insufficient Permission for {0}").format(frappe.bold(doctype))
			frappe.throw(text, frappe.PermissionError)
		query.check = local.session.user != "Administrator"
		allowed = frappe.permissions.get_list_conditions(doctype, local.session.user)
	fields = fields or [pluck or "name"]
	fields = [
		part for field in ([fields] if isinstance(fields, str) else fields) for part in split_commas(field)
	]
	columns = query.fields(fields)
	query.check = False
	if not columns:
		return []
	own, either = query.where(filters), query.where(or_filters, " OR ")
	if allowed and query.values:
		allowed = allowed.replace("%", "%%")
	conditions = [own, f"({either})" if either else "", f"({allowed})" if allowed else ""]
	counted = re.match(r"(count|sum|avg|min|max)\s*\(", fields[0], re.I)
	order_by = order_by or ("" if group_by or distinct or counted else DEFAULT_ORDER)
	statement = query.select(
		columns, " AND ".join(filter(None, conditions)), order_by, group_by, distinct,
		limit_page_length or limit, limit_start,
	)  # fmt: skip
	return local.db.sql(statement, query.values, as_dict=not (as_list or pluck), pluck=bool(pluck))


def get_all(doctype: str, *args: Any, **kwargs: Any) -> Any:
	"""Rows of a DocType, whoever asks."""
	return get_list(doctype, *args, ignore_permissions=True, **kwargs)
