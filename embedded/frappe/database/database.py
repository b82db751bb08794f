"""`frappe.db`: statements, transactions, values."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from frappe.context import local
from frappe.database.schema import Schema
from frappe.database.values import Values
from frappe.exceptions import QueryDeadlockError, QueryTimeoutError
from frappe.types.frappedict import _dict


class CallbackManager(deque[Callable]):
	"""Functions without arguments, to be called once at a point of the transaction."""

	add = deque.append

	def run(self) -> None:
		"""Call them all, also those that are added meanwhile."""
		while self:
			self.popleft()()


class Database(Values, Schema):
	"""One connection's worth of work; the transaction begins with the first statement."""

	def __init__(self, dialect: Any):
		self.dialect = dialect
		self.db_type = dialect.name
		self.OperationalError = dialect.OperationalError
		self.statements = 0
		self.value_cache: dict = {}
		self._connection: Any = None
		self._writing = False
		self.after_commit = CallbackManager()
		self.after_rollback = CallbackManager()

	# statements

	def cursor(self, write: bool = True) -> Any:
		"""A driver's cursor inside the running transaction."""
		if self._connection is not None and write and not self._writing:
			self._end(commit=False)
		if self._connection is None:
			self._writing = write or not (local.read_only and self.dialect.single_writer)
			self._connection = self.dialect.begin(self._writing)
		return self._connection.connection.cursor()

	def _count(self, write: bool) -> None:
		self.statements += 1
		if write:
			self.value_cache.clear()

	@contextmanager
	def _explained(self) -> Iterator[None]:
		try:
			yield
		except self.dialect.Error as error:
			kind = {"deadlock": QueryDeadlockError, "timeout": QueryTimeoutError}.get(
				self.dialect.kind_of(error)
			)
			if not kind:
				raise
			raise kind(error) from error

	def sql(self, query: Any, values: Any = None, as_dict: bool = False, pluck: bool = False) -> Any:
		"""Run a statement with `%s` or `%(name)s` values; rows as tuples, dicts or the first column."""
		query = str(query)
		write = self.dialect.is_write(query)
		cursor = self.cursor(write)
		self._count(write)
		with closing(cursor), self._explained():
			cursor.execute(*self.dialect.prepare(query, values))
			if cursor.description is None:
				return ()
			rows = self.dialect.rows(query, cursor.fetchall())
			names = [column[0] for column in cursor.description]
		if pluck:
			return [row[0] for row in rows]
		if as_dict:
			return [_dict(zip(names, row, strict=True)) for row in rows]
		return tuple(rows)

	def sql_ddl(self, query: str) -> None:
		"""Change the schema; MariaDB commits before it does."""
		if self.db_type != "sqlite":
			self.commit()
		self.sql(query)

	def executemany(self, query: str, rows: Sequence[Sequence]) -> None:
		"""Run one statement for many rows; `query` has the driver's own placeholders."""
		cursor = self.cursor()
		self._count(write=True)
		with closing(cursor), self._explained():
			cursor.executemany(query, rows)

	# transactions

	def commit(self) -> None:
		"""Keep what was written, then call what waited for it."""
		self.after_rollback.clear()
		self._end(commit=True)
		self.after_commit.run()

	def rollback(self, *, save_point: str | None = None) -> None:
		"""Undo what was written, or what was written since the savepoint."""
		local.document_cache.clear()
		local.role_permissions.clear()
		if save_point:
			self.sql(f"rollback to savepoint {_savepoint_name(save_point)}")
			return
		self.after_commit.clear()
		self._end(commit=False)
		self.after_rollback.run()

	def _end(self, commit: bool) -> None:
		connection, self._connection = self._connection, None
		self.value_cache.clear()
		if connection is None:
			return
		try:
			connection.commit() if commit else connection.rollback()
		finally:
			connection.close()
			self.dialect.ended()

	def savepoint(self, save_point: str) -> None:
		"""Mark a point of the transaction to which `rollback` can return."""
		self.sql(f"savepoint {_savepoint_name(save_point)}")

	def close(self) -> None:
		"""Give the connection back; what was not committed is undone."""
		self._end(commit=False)

	__del__ = close

	# errors

	def is_primary_key_violation(self, e: Exception) -> bool:
		"""The name is taken."""
		return self.dialect.kind_of(e) == "name"

	def is_unique_key_violation(self, e: Exception) -> bool:
		"""A unique value other than the name is taken."""
		return self.dialect.kind_of(e) == "unique"

	def escape(self, s: Any) -> str:
		"""A quoted literal for a statement; `%` is doubled."""
		return self.dialect.escape(str(s)).replace("%", "%%")


def _savepoint_name(name: str) -> str:
	if not re.fullmatch(r"\w+", name):
		raise ValueError(f"{name!r} is no name for a savepoint")
	return name
