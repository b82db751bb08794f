"""`frappe.db`: statements, transactions, values."""

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from frappe.context import generate_hash, local
from frappe.database.schema import Schema
from frappe.database.values import Values
from frappe.exceptions import QueryDeadlockError, QueryTimeoutError
from frappe.types.frappedict import _dict


class CallbackManager:
	"""Functions to be called once at a point of the transaction."""

	def __init__(self) -> None:
		self._functions: deque[Callable] = deque()

	def add(self, func: Callable) -> None:
		"""Register a function without arguments."""
		self._functions.append(func)

	__call__ = add

	def run(self) -> None:
		"""Call them all, also those that are added meanwhile."""
		while self._functions:
			self._functions.popleft()()

	def reset(self) -> None:
		"""Forget them."""
		self._functions.clear()


class Database(Values, Schema):
	"""One connection's worth of work; the transaction begins with the first statement."""

	def __init__(self, dialect: Any):
		self.dialect = dialect
		self.db_type = dialect.name
		self.OperationalError = dialect.OperationalError
		self.ProgrammingError = dialect.ProgrammingError
		self.InternalError = dialect.InternalError
		self.DataError = dialect.DataError
		self.statements = 0
		self.transaction_writes = 0
		self.last_query = ""
		self.value_cache: dict = {}
		self._connection: Any = None
		self._writing = False
		self.before_commit = CallbackManager()
		self.after_commit = CallbackManager()
		self.before_rollback = CallbackManager()
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

	def execute(self, query: str, values: Any = None, debug: bool = False) -> Any:
		"""Run one statement and return the driver's cursor."""
		write = self.dialect.is_write(query)
		cursor = self.cursor(write)
		self._count(write)
		statement, parameters = self.dialect.prepare(query, values)
		self.last_query = statement
		started = time.perf_counter()
		try:
			cursor.execute(statement, parameters)
		except self.dialect.Error as error:
			self._explain(error)
			raise
		if debug:
			print(statement, parameters, f"{time.perf_counter() - started:.4f} s", sep="\n")
		return cursor

	def _count(self, write: bool) -> None:
		self.statements += 1
		if write:
			self.transaction_writes += 1
			self.value_cache.clear()

	def _explain(self, error: Exception) -> None:
		raised = {"deadlock": QueryDeadlockError, "timeout": QueryTimeoutError}.get(
			self.dialect.kind_of(error)
		)
		if raised:
			raise raised(error) from error

	def sql(
		self,
		query: Any,
		values: Any = None,
		as_dict: bool | int = False,
		as_list: bool | int = False,
		debug: bool | int = False,
		ignore_ddl: bool = False,
		auto_commit: bool | int = False,
		update: dict | None = None,
		explain: bool = False,
		run: bool = True,
		pluck: bool | str = False,
	) -> Any:
		"""Run a statement with `%s` or `%(name)s` values; rows as tuples, dicts, lists or the first column."""
		query = str(query)
		if not run:
			return query
		if auto_commit:
			self.commit()
		cursor = self.execute(query, values, bool(debug))
		if cursor.description is None:
			cursor.close()
			return ()
		rows = self.dialect.rows(query, cursor.fetchall())
		names = [column[0] for column in cursor.description]
		cursor.close()
		if pluck:
			return [row[0] for row in rows]
		if as_dict:
			found = [_dict(zip(names, row, strict=True)) for row in rows]
			if update:
				for row in found:
					row.update(update)
			return found
		if as_list:
			return [list(row) for row in rows]
		return tuple(rows)

	def sql_ddl(self, query: str, debug: bool = False) -> None:
		"""Change the schema."""
		if self.db_type != "sqlite":
			self.commit()
		self.sql(query, debug=debug)

	def executemany(self, query: str, rows: Sequence[Sequence], debug: bool = False) -> None:
		"""Run one statement for many rows; `query` has the driver's own placeholders."""
		cursor = self.cursor()
		self._count(write=True)
		try:
			cursor.executemany(query, rows)
		except self.dialect.Error as error:
			self._explain(error)
			raise
		finally:
			cursor.close()

	# transactions

	def begin(self, *, read_only: bool = False) -> None:
		"""Begin a transaction now instead of with the first statement."""
		self.cursor(write=not read_only)

	def commit(self) -> None:
		"""Keep what was written, then call what waited for it."""
		self.before_rollback.reset()
		self.after_rollback.reset()
		self.before_commit.run()
		self._end(commit=True)
		self.after_commit.run()

	def rollback(self, *, save_point: str | None = None) -> None:
		"""Undo what was written, or what was written since the savepoint."""
		local.document_cache.clear()
		local.role_permissions.clear()
		if save_point:
			self.sql(f"rollback to savepoint {_savepoint_name(save_point)}")
			return
		self.before_commit.reset()
		self.after_commit.reset()
		self.before_rollback.run()
		self._end(commit=False)
		self.after_rollback.run()

	def _end(self, commit: bool) -> None:
		connection, self._connection = self._connection, None
		self.value_cache.clear()
		self.transaction_writes = 0
		if connection is None:
			return
		try:
			if commit:
				connection.commit()
			else:
				connection.rollback()
		except self.dialect.Error as error:
			self._explain(error)
			raise
		finally:
			connection.close()
			self.dialect.ended()

	def savepoint(self, save_point: str) -> None:
		"""Mark a point of the transaction to which `rollback` can return."""
		self.sql(f"savepoint {_savepoint_name(save_point)}")

	def release_savepoint(self, save_point: str) -> None:
		"""Forget a savepoint."""
		self.sql(f"release savepoint {_savepoint_name(save_point)}")

	def close(self) -> None:
		"""Give the connection back; what was not committed is undone."""
		self._end(commit=False)

	__del__ = close

	# errors

	def is_duplicate_entry(self, e: Exception) -> bool:
		"""A unique value, or the name, is taken."""
		return self.dialect.kind_of(e) in ("name", "unique")

	def is_primary_key_violation(self, e: Exception) -> bool:
		"""The name is taken."""
		return self.dialect.kind_of(e) == "name"

	def is_unique_key_violation(self, e: Exception) -> bool:
		"""A unique value other than the name is taken."""
		return self.dialect.kind_of(e) == "unique"

	def is_deadlocked(self, e: Exception) -> bool:
		"""The transaction was chosen as a deadlock's victim."""
		return isinstance(e, QueryDeadlockError) or self.dialect.kind_of(e) == "deadlock"

	def is_timedout(self, e: Exception) -> bool:
		"""A lock was not to be had in time."""
		return isinstance(e, QueryTimeoutError) or self.dialect.kind_of(e) == "timeout"

	def escape(self, s: Any, percent: bool = True) -> str:
		"""A quoted literal for a statement; `%` is doubled unless told otherwise."""
		text = self.dialect.escape(str(s))
		return text.replace("%", "%%") if percent else text


def _savepoint_name(name: str) -> str:
	if not re.fullmatch(r"\w+", name):
		raise ValueError(f"{name!r} is no name for a savepoint")
	return name


@contextmanager
def savepoint(catch: type[Exception] | tuple[type[Exception], ...] = Exception) -> Iterator[None]:
	"""Undo the block's writes when it raises one of the exceptions, and go on."""
	name = "sp_" + generate_hash(length=10)
	try:
		local.db.savepoint(name)
		yield
	except catch:
		local.db.rollback(save_point=name)
	else:
		local.db.release_savepoint(name)


def chunks(values: Iterable, size: int) -> Iterator[list]:
	"""Lists of at most `size` values."""
	chunk: list = []
	for value in values:
		chunk.append(value)
		if len(chunk) >= size:
			yield chunk
			chunk = []
	if chunk:
		yield chunk
