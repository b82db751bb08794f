"""Fields, filters and orders of `get_list` and `frappe.db` as SQL; every name is checked on its way."""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import frappe
from frappe.context import local
from frappe.database.columns import CONVERTERS, kind_of
from frappe.exceptions import DataError
from frappe.model import child_table_fields, get_permitted_fields

DEFAULT_ORDER = "KEEP_DEFAULT_ORDERING"
OPERATORS = frozenset(("=", "!=", "<", ">", "<=", ">=", "like", "not like", "in", "not in", "between", "is"))
FUNCTIONS = frozenset((
	"count", "sum", "avg", "min", "max", "abs", "round", "length", "lower", "upper", "date", "year", "month", "day", "hour",
))  # fmt: skip
NUMBERS = frozenset(("int", "check", "float", "rating"))
_TOKEN = re.compile(r"\s*(?:`(tab[^`]+)`|`(\w+)`|(\d+(?:\.\d+)?)|([^\W\d]\w*)|([().,*+\-/]))")
_NAME = re.compile(r"\w+")


class Query:
	"""One statement in the making: the tables joined and the values bound so far."""

	def __init__(
		self,
		doctype: str,
		parent_doctype: str | None = None,
		null_safe: bool = False,
		user: str | None = None,
	):
		self.doctype, self.parent_doctype, self.null_safe, self.user = (
			doctype,
			parent_doctype,
			null_safe,
			user,
		)
		self.table = f"`tab{doctype}`"
		self.meta = _meta(doctype)
		self.values: list[Any] = []
		self.joins: dict[str, str] = {}
		self.aliases: set[str] = set()
		self.permitted: dict[str, set[str]] = {}
		self.check = False
		self.direction = ""

	# names

	def column(self, fieldname: str, doctype: str | None = None) -> str:
		"""A column with its table; the table is joined when it is a child's."""
		doctype = doctype or self.doctype
		if doctype == self.doctype:
			meta, table = self.meta, self.table
		else:
			meta, table = _meta(doctype), self._join(doctype)
		if not _NAME.fullmatch(fieldname):
			raise DataError(f"Invalid field name: {fieldname}")
		if meta and fieldname not in meta.get_valid_columns() and fieldname not in child_table_fields:
			raise DataError(f"Field {fieldname} does not exist in {doctype}")
		if self.check and fieldname not in self._permitted_in(doctype):
			raise _NotPermitted(fieldname)
		return f"{table}.`{fieldname}`"

	def _join(self, doctype: str) -> str:
		if doctype not in self.joins:
			if not self.meta or not any(df.options == doctype for df in self.meta.get_table_fields()):
				raise DataError(f"{doctype} is not a table of {self.doctype}")
			child = f"`tab{doctype}`"
			self.joins[doctype] = (
				f" LEFT JOIN {child} ON ({child}.parenttype = {local.db.escape(self.doctype)} "
				f"AND {child}.parent = {self.table}.name)"
			)
		return f"`tab{doctype}`"

	def _permitted_in(self, doctype: str) -> set[str]:
		if doctype not in self.permitted:
			parent = self.parent_doctype if doctype == self.doctype else self.doctype
			self.permitted[doctype] = set(get_permitted_fields(doctype, parent, self.user))
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
			table, quoted, number, word, sign = token.groups()
			following = text[at:].lstrip()
			if word and word.startswith("tab") and following.startswith("."):
				table, word = word, None
			if table or (word and following.startswith(".") and self._is_table(word)):
				rest = re.match(r"\s*\.\s*(?:`(\w+)`|(\w+|\*))", text[at:])
				if not rest:
					raise DataError(f"Field not permitted in query: {text}")
				at += rest.end()
				doctype = table[3:] if table else self.meta.get_field(word).options
				out.append(
					f"`tab{doctype}`.*"
					if rest[2] == "*" and not self.check
					else self.column(rest[1] or rest[2], doctype)
				)
			elif word and following.startswith("("):
				if word.lower() not in FUNCTIONS:
					raise DataError(f"Function not permitted in query: {word}")
				out.append(word)
			elif word and word.lower() in words:
				out.append(f" {word} ")
			elif previous == "as":
				self.aliases.add(quoted or word)
				out.append(f"`{quoted or word}`")
			elif quoted or word:
				name = quoted or word
				out.append(f"`{name}`" if name in self.aliases else self.column(name))
			else:
				out.append(number or sign)
			previous = (word or "").lower()
		if text.count("(") != text.count(")"):
			raise DataError(f"Field not permitted in query: {text}")
		return "".join(out).strip()

	def _is_table(self, word: str) -> bool:
		return bool(self.meta and self.meta.get_table_field_doctype(word))

	def fields(self, fields: Iterable[str]) -> list[str]:
		"""The columns to select; those the user may not read are left out."""
		found = []
		for field in fields:
			if field == "*":
				found.extend(self._all_columns())
				continue
			try:
				sql, name = (
					self.expression(str(field), ("as", "distinct")),
					str(field).replace("`", "").strip(),
				)
				plain = "(" not in sql or " as " in sql.lower()
				found.append(sql if plain else f"{sql} AS `{name}`")
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
			order_by = _default_order(self.meta)
		if not order_by:
			return ""
		parts = [self.expression(part, ("asc", "desc")) for part in split_commas(order_by)]
		return " ORDER BY " + ", ".join(
			part if part.lower().endswith((" asc", " desc")) else part + self.direction for part in parts
		)

	def group(self, group_by: str | None) -> str:
		"""GROUP BY."""
		if not group_by:
			return ""
		return " GROUP BY " + ", ".join(self.expression(part) for part in split_commas(group_by))

	# filters

	def where(self, filters: Any, glue: str = " AND ") -> str:
		"""The conditions of all forms of filters."""
		return glue.join([self.condition(*each) for each in normalise(filters, self.doctype)])

	def condition(self, doctype: str, fieldname: str, operator: str, value: Any) -> str:
		"""One condition; its values are bound."""
		operator = str(operator).strip().lower()
		if operator not in OPERATORS:
			raise DataError(f"Operator not permitted in query: {operator}")
		if "." in fieldname and "`" in fieldname:
			column, kind = self.expression(fieldname), "data"
		else:
			column = self.column(fieldname, doctype)
			kind = kind_of(self.meta if doctype == self.doctype else _meta(doctype), fieldname)
		if operator == "is":
			return self._is_set(column, kind, str(value).strip().lower())
		if operator in ("in", "not in"):
			return self._among(column, kind, operator, value)
		if operator == "between":
			return self._between(column, kind, value)
		nullable = kind not in NUMBERS and fieldname != "name"
		if "like" in operator:
			self.values.append(value)
			like = f"{column} {operator} %s"
			return (
				f"({like} OR {column} IS NULL)"
				if nullable and self.null_safe and operator == "not like"
				else like
			)
		if hasattr(value, "get_sql"):
			return f"{column} {operator} {value.get_sql(quote_char='`', with_namespace=True)}"
		if value is None and not self.null_safe:
			return f"{column} IS {'NOT ' if operator == '!=' else ''}NULL"
		if kind in NUMBERS and value in (None, ""):
			value = 0
		elif value == "" and nullable and self.null_safe and operator in ("=", "!="):
			return self._is_set(column, "data", "set" if operator == "!=" else "not set")
		elif value is None:
			return f"{column} IS NULL" if kind == "datetime" and operator == "=" else "1 = 0"
		self.values.append(convert(kind, value))
		plain = f"{column} {operator} %s"
		return (
			f"({plain} OR {column} IS NULL)"
			if nullable and self.null_safe and operator in ("!=", "<", "<=")
			else plain
		)

	def _is_set(self, column: str, kind: str, value: str) -> str:
		if value not in ("set", "not set"):
			raise DataError("'is' takes 'set' or 'not set'")
		if kind in ("data", "text", "long") and self.null_safe:
			return (
				f"({column} IS NOT NULL AND {column} != '')"
				if value == "set"
				else f"({column} IS NULL OR {column} = '')"
			)
		if kind in NUMBERS and value == "set" and self.null_safe:
			return f"{column} != 0"
		return f"{column} IS {'NOT ' if value == 'set' else ''}NULL"

	def _among(self, column: str, kind: str, operator: str, value: Any) -> str:
		if hasattr(value, "get_sql"):
			return f"{column} {operator} ({value.get_sql(quote_char='`', with_namespace=True)})"
		if isinstance(value, str):
			value = [part.strip() for part in value.split(",")]
		values = ["" if v is None else v for v in (value if isinstance(value, Iterable) else [value])] or [""]
		self.values.append(tuple([0 if v == "" and kind in NUMBERS else convert(kind, v) for v in values]))
		plain = f"{column} {operator} %s"
		nulls = self.null_safe and kind not in NUMBERS and ("" in values) == (operator == "in")
		return f"({plain} OR {column} IS NULL)" if nulls else plain

	def _between(self, column: str, kind: str, value: Any) -> str:
		if isinstance(value, str):
			value = value.split(",")
		start, end = value
		if kind in ("date", "datetime"):
			start, end = start or datetime.min.replace(year=1900), end or datetime.max.replace(year=9999)
			if kind == "datetime" and _is_day(end):
				end = datetime.combine(frappe.utils.getdate(end), time.max)
		self.values += [convert(kind, start), convert(kind, end)]
		return f"{column} BETWEEN %s AND %s"


class _NotPermitted(frappe.PermissionError):
	"""The user may not read this field."""


def _meta(doctype: str) -> Any:
	try:
		return frappe.get_meta(doctype)
	except frappe.DoesNotExistError:
		return None


def _is_day(value: Any) -> bool:
	return (isinstance(value, date) and not isinstance(value, datetime)) or len(str(value)) <= 10


def convert(kind: str, value: Any) -> Any:
	"""A filter's value as its column takes it."""
	if (
		isinstance(value, str | int | float | date | datetime | timedelta | time)
		and kind in CONVERTERS
		and value != ""
	):
		if kind == "long":
			return value
		return CONVERTERS[kind](value)
	return value


def split_commas(text: str) -> list[str]:
	"""The parts between commas that lie outside parentheses."""
	return [part.strip() for part in re.split(r",(?![^(]*\))", text) if part.strip()]


def _default_order(meta: Any) -> str:
	if not meta:
		return "modified desc"
	field = meta.sort_field or "modified"
	order = field if "," in field else f"{field} {meta.sort_order or 'desc'}"
	return f"docstatus asc, {order}" if meta.is_submittable else order


def normalise(filters: Any, doctype: str) -> list[tuple[str, str, str, Any]]:
	"""Filters of any form as (DocType, field, operator, value)."""
	if isinstance(filters, str) and filters[:1] in "[{" and filters:
		filters = json.loads(filters)
	if filters is None or filters == {} or filters == []:
		return []
	if isinstance(filters, str | int):
		return [(doctype, "name", "=", filters)]
	if isinstance(filters, dict):
		found = []
		for key, value in filters.items():
			operator, value = value if _is_operation(value) else ("=", value)
			found.append((doctype, key, operator, value))
		return found
	if all(isinstance(item, str) for item in filters) and not _is_flat(filters):
		return [(doctype, "name", "in", list(filters))]
	if _is_flat(filters):
		filters = [filters]
	found = []
	for each in filters:
		if isinstance(each, dict):
			found += normalise(each, doctype)
		elif len(each) == 2:
			found.append((doctype, each[0], "=", each[1]))
		elif len(each) == 3:
			found.append((doctype, *each))
		elif len(each) in (4, 5):
			found.append((each[0] or doctype, *each[1:4]))
		else:
			raise DataError(f"A filter has 3 or 4 parts: {each}")
	return found


def _is_operation(value: Any) -> bool:
	return isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str)


def _is_flat(filters: Any) -> bool:
	return (
		len(filters) in (3, 4)
		and isinstance(filters[0], str)
		and any(isinstance(filters[i], str) and filters[i].lower() in OPERATORS for i in (1, 2))
		and not isinstance(filters[1], list | tuple | dict)
	)


def _as_fields(fields: Any, pluck: str | None) -> list[str]:
	if not fields:
		return [pluck or "name"]
	if isinstance(fields, str):
		fields = json.loads(fields) if fields.startswith("[") else split_commas(fields)
	return [part for field in fields for part in (split_commas(field) if isinstance(field, str) else [field])]


def get_list(
	doctype: str,
	fields: Any = None,
	filters: Any = None,
	or_filters: Any = None,
	group_by: str | None = None,
	order_by: str | None = DEFAULT_ORDER,
	limit_start: int | None = None,
	limit_page_length: int | None = None,
	as_list: bool = False,
	debug: bool = False,
	ignore_permissions: bool = False,
	user: str | None = None,
	distinct: bool = False,
	pluck: str | None = None,
	parent_doctype: str | None = None,
	start: int | None = None,
	page_length: int | None = None,
	limit: int | None = None,
	update: dict | None = None,
	run: bool = True,
	ignore_ifnull: bool = False,
	**ignored: Any,
) -> Any:
	"""Rows of a DocType that the user may read."""
	if _looks_like_filters(fields):
		fields, filters = filters, fields
	query = Query(doctype, parent_doctype, null_safe=not ignore_ifnull, user=user)
	conditions = []
	user = user or local.session.user
	if not ignore_permissions:
		if not frappe.has_permission(doctype, "select", user=user, parent_doctype=parent_doctype) and not (
			frappe.has_permission(doctype, "read", user=user, parent_doctype=parent_doctype)
		):
			frappe.throw(
				frappe._("Insufficient Permission for {0}").format(frappe.bold(doctype)),
				frappe.PermissionError,
			)
		query.check = user != "Administrator"
		if allowed := frappe.permissions.get_list_conditions(doctype, user):
			conditions.append(f"({allowed.replace('%', '%%')})")
	wanted = _as_fields(fields, pluck)
	columns = query.fields(wanted)
	query.check = False
	if not columns:
		return []
	own = query.where(filters)
	either = query.where(or_filters, " OR ")
	conditions = [own, f"({either})" if either else "", *conditions]
	if (order_by or DEFAULT_ORDER) == DEFAULT_ORDER:
		plain = (
			group_by
			or distinct
			or any(re.match(r"(count|sum|avg|min|max)\s*\(", str(f), re.I) for f in wanted)
		)
		order_by = "" if plain else DEFAULT_ORDER
	grouped, ordered = query.group(group_by), query.order(order_by)
	statement = f"SELECT {'DISTINCT ' if distinct else ''}{', '.join(columns)} FROM {query.table}"
	statement += "".join(query.joins.values())
	if where := " AND ".join(filter(None, conditions)):
		statement += f" WHERE {where}"
	statement += grouped + ordered + _limit(limit_page_length or page_length or limit, limit_start or start)
	if not query.values:
		statement = statement.replace("%%", "%")
	rows = local.db.sql(
		statement,
		query.values,
		as_dict=not (as_list or pluck),
		debug=debug,
		update=update,
		run=run,
		pluck=bool(pluck),
	)
	return rows


def get_all(doctype: str, *args: Any, **kwargs: Any) -> Any:
	"""Rows of a DocType, whoever asks."""
	kwargs["ignore_permissions"] = True
	return get_list(doctype, *args, **kwargs)


def _limit(length: Any, start: Any) -> str:
	length, start = frappe.utils.cint(length), frappe.utils.cint(start)
	if not length:
		return ""
	return f" LIMIT {length} OFFSET {start}" if start else f" LIMIT {length}"


def _looks_like_filters(fields: Any) -> bool:
	return isinstance(fields, dict) or (
		isinstance(fields, list) and bool(fields) and isinstance(fields[0], list)
	)
