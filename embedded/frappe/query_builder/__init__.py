"""`frappe.qb`: PyPika, with `run`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pypika import Table
from pypika.dialects import MySQLQuery, MySQLQueryBuilder
from pypika.terms import ValueWrapper

from frappe.context import local

_plain_value_sql = ValueWrapper.get_value_sql


def _value_sql(self: ValueWrapper, bind: Callable[[Any], str] | None = None, **kwargs: Any) -> str:
	"""A value's placeholder while a statement is run; its literal at other times."""
	if bind and self.value is not None and not hasattr(self.value, "get_sql"):
		return bind(int(self.value) if isinstance(self.value, bool) else self.value)
	if isinstance(self.value, datetime):  # inside a function, whose arguments are literals
		self = ValueWrapper(str(self.value))
	return _plain_value_sql(self, **kwargs, **({"bind": bind} if bind else {}))


ValueWrapper.get_value_sql = _value_sql


class FrappeQueryBuilder(MySQLQueryBuilder):
	"""A statement that can be run."""

	def run(self, **kwargs: Any) -> Any:
		"""Run it; the arguments are those of `frappe.db.sql`."""
		values: dict[str, Any] = {}

		def bind(value: Any) -> str:
			values[name := f"param{len(values) + 1}"] = value
			return f"%({name})s"

		return local.db.sql(self.get_sql(bind=bind), values, **kwargs)


class qb(MySQLQuery):
	"""Build statements of DocTypes."""

	@classmethod
	def _builder(cls, **kwargs: Any) -> FrappeQueryBuilder:
		return FrappeQueryBuilder(**kwargs)

	@staticmethod
	def DocType(name: str) -> Table:
		"""The table of a DocType."""
		return Table(f"tab{name}", query_cls=qb)


DocType = qb.DocType
