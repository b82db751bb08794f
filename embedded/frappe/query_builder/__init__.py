"""`frappe.qb`: PyPika, with `run`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pypika import Case, Criterion, Field, Order, Table, Tuple
from pypika.dialects import MySQLQuery, MySQLQueryBuilder
from pypika.queries import _SetOperation
from pypika.terms import ValueWrapper

from frappe.context import local
from frappe.query_builder import functions

_plain_value_sql = ValueWrapper.get_value_sql


def _value_sql(self: ValueWrapper, bind: Callable[[Any], str] | None = None, **kwargs: Any) -> str:
	"""A value's placeholder while a statement is run; its literal at other times."""
	if bind is None and isinstance(self.value, datetime):  # inside a function, whose arguments are literals
		return _plain_value_sql(ValueWrapper(str(self.value)), **kwargs)
	if bind is None or self.value is None or hasattr(self.value, "get_sql"):
		return (
			_plain_value_sql(self, **kwargs) if bind is None else _plain_value_sql(self, bind=bind, **kwargs)
		)
	return bind(int(self.value) if isinstance(self.value, bool) else self.value)


ValueWrapper.get_value_sql = _value_sql


def _walk(self: Any) -> tuple[str, dict[str, Any]]:
	"""The statement with placeholders, and its values."""
	values: dict[str, Any] = {}

	def bind(value: Any) -> str:
		values[name := f"param{len(values) + 1}"] = value
		return f"%({name})s"

	return self.get_sql(bind=bind), values


def _run(self: Any, *args: Any, **kwargs: Any) -> Any:
	"""Run it; the arguments are those of `frappe.db.sql`."""
	return local.db.sql(*_walk(self), *args, **kwargs)


class FrappeQueryBuilder(MySQLQueryBuilder):
	"""A statement that can be run."""

	walk, run = _walk, _run


_SetOperation.walk, _SetOperation.run = _walk, _run


class _Builder(MySQLQuery):
	@classmethod
	def _builder(cls, **kwargs: Any) -> FrappeQueryBuilder:
		return FrappeQueryBuilder(**kwargs)


def DocType(name: str, *args: Any, **kwargs: Any) -> Table:
	"""The table of a DocType."""
	table = name if name.startswith(("__", "tab")) else f"tab{name}"
	return Table(table, *args, query_cls=_Builder, **kwargs)


def _table(table: Any) -> Any:
	return DocType(table) if isinstance(table, str) else table


class qb(_Builder):
	"""Build statements of tables and DocTypes."""

	desc, asc = Order.desc, Order.asc
	Field, Table, Case, Criterion, Tuple = Field, Table, Case, Criterion, Tuple
	DocType = staticmethod(DocType)
	functions = fn = functions

	@classmethod
	def from_(cls, table: Any, *args: Any, **kwargs: Any) -> FrappeQueryBuilder:
		"""SELECT from, or DELETE from, a DocType or a table."""
		return super().from_(_table(table), *args, **kwargs)

	@classmethod
	def into(cls, table: Any, *args: Any, **kwargs: Any) -> FrappeQueryBuilder:
		"""INSERT into a DocType or a table."""
		return super().into(_table(table), *args, **kwargs)

	@classmethod
	def update(cls, table: Any, *args: Any, **kwargs: Any) -> FrappeQueryBuilder:
		"""UPDATE a DocType or a table."""
		return super().update(_table(table), *args, **kwargs)
