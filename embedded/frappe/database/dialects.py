"""What SQLite and MariaDB do differently: connecting, locking, placeholders, types, errors."""

import os
import re
import sqlite3
import threading
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from frappe.exceptions import QueryTimeoutError

LOCK_WAIT = 30
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%(s)|%%")
_LOCKING = re.compile(r"\s+for\s+update(\s+(nowait|wait\s+\d+|skip\s+locked))?\s*;?\s*$", re.I)
READS = ("select", "with", "explain", "pragma", "show", "describe", "(select", "desc ")
_CHANGES = re.compile(r"\b(insert|update|delete|replace)\b", re.I)
_MIXED = re.compile(r"\b(max|min|coalesce|ifnull|greatest|least|if|nullif|date)\s*\(|\bcase\b", re.I)
_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d{6})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{6})?)?")
FIELD_KINDS = {
	**dict.fromkeys(("Data", "Link", "Dynamic Link", "Select", "Read Only", "Password", "Color", "Barcode",
		"Phone", "Autocomplete", "Icon"), "data"),
	**dict.fromkeys(("Text", "Small Text", "Attach", "Attach Image", "Signature"), "text"),
	**dict.fromkeys(("Long Text", "Code", "Text Editor", "Markdown Editor", "HTML Editor", "JSON", "Geolocation"), "long"),
	**dict.fromkeys(("Currency", "Float", "Percent", "Duration"), "float"),
	"Rating": "rating", "Int": "int", "Long Int": "int", "Check": "check",
	"Date": "date", "Datetime": "datetime", "Time": "time",
}  # fmt: skip
engines: dict[URL, Engine] = {}
_writers: dict[URL, threading.Lock] = {}


def moment_text(value: datetime) -> str:
	"""A datetime as SQLite keeps it: without a fraction when there is none, so that text order is time order."""
	return value.replace(tzinfo=None).isoformat(" ")


def duration_text(value: timedelta) -> str:
	"""A time of day as SQLite keeps it."""
	seconds = int(value.total_seconds())
	text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
	return f"{text}.{value.microseconds:06}" if value.microseconds else text


def text_duration(value: str) -> timedelta:
	"""A time of day as the API gives it."""
	hours, minutes, seconds = value.split(":")
	return timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


sqlite3.register_adapter(datetime, moment_text)
sqlite3.register_adapter(date, date.isoformat)
sqlite3.register_adapter(timedelta, duration_text)
sqlite3.register_adapter(Decimal, float)
sqlite3.register_converter("datetime", lambda value: datetime.fromisoformat(value.decode()))
sqlite3.register_converter("date", lambda value: date.fromisoformat(value.decode()))
sqlite3.register_converter("time", lambda value: text_duration(value.decode()))
sqlite3.register_converter("timestamp", lambda value: datetime.fromisoformat(value.decode()))


def _kept(value: Any) -> Any:
	"""A moment's text as it is kept: `now()` always has a fraction."""
	if type(value) is str and len(value) == 26 and value.endswith(".000000") and _MOMENT.fullmatch(value):
		return value[:19]
	return value


def _moment(value: Any) -> Any:
	"""What an expression over a date column yields, as a date again."""
	if type(value) is str and len(value) in (8, 10, 15, 19, 26):
		if _MOMENT.fullmatch(value):
			return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
		if _TIME.fullmatch(value):
			return text_duration(value)
	return value


def expand(query: str, values: Any, mark: str) -> tuple[str, list]:
	"""Frappe's `%s` and `%(name)s` as the driver's placeholders; a list becomes `(…, …)`."""
	if values is None or (not values and isinstance(values, tuple | list | dict)):
		return query, []
	names, pieces = _split(query)
	if isinstance(values, dict):
		flat = [values[name] for name in names]
	else:
		flat = list(values) if isinstance(values, tuple | list) else [values]
	marks, out = [], []
	for value in flat:
		several = isinstance(value, list | tuple | set | frozenset)
		out += value if several else [value]
		marks.append(f"({', '.join([mark] * len(value)) or 'NULL'})" if several else mark)
	if mark == "%s":
		pieces = [piece.replace("%", "%%") for piece in pieces]
	return "".join([part for pair in zip(pieces, [*marks, ""], strict=True) for part in pair]), out


@lru_cache(maxsize=4096)
def _split(query: str) -> tuple[list[str], list[str]]:
	names, pieces, start = [], [""], 0
	for match in _PLACEHOLDER.finditer(query):
		pieces[-1] += query[start : match.start()]
		start = match.end()
		if match[0] == "%%":
			pieces[-1] += "%"
		else:
			names.append(match[1])
			pieces.append("")
	pieces[-1] += query[start:]
	return names, pieces


class Dialect:
	"""What both databases do alike; each knows its address, its connections' arguments and how one is prepared."""

	pool: dict[str, Any] = {}
	table_options = ""
	types: dict[str, str]
	mark: str

	def __init__(self, url: URL, arguments: dict[str, Any]):
		self.url, self.arguments = url, arguments

	@property
	def engine(self) -> Engine:
		"""The pool of connections to this database."""
		if (engine := engines.get(self.url)) is None:
			options = {"pool_size": 20, "max_overflow": 100, "connect_args": self.arguments, **self.pool}
			engines[self.url] = engine = create_engine(self.url, **options)
			self.listen(engine)
		return engine

	def begin(self, write: bool) -> Any:
		"""A connection in a transaction."""
		connection = self.engine.connect().execution_options(frappe_write=write)
		connection.begin()
		return connection

	def ended(self) -> None:
		"""The transaction is over; nothing was held outside the database."""

	def is_write(self, query: str) -> bool:
		"""Whether a statement changes anything."""
		head = query.lstrip()[:10].lower()
		return not head.startswith(READS) or (head.startswith("with") and bool(_CHANGES.search(query)))

	def rows(self, query: str, rows: list[tuple]) -> list[tuple]:
		"""Rows as they came."""
		return list(rows)

	def column_type(self, fieldtype: str, length: int | None = None) -> str | None:
		"""The column of a field, or None when it has none."""
		return self.types.get(FIELD_KINDS.get(fieldtype))


class SQLite(Dialect):
	"""A file per site; one writer at a time, readers never wait."""

	name = "sqlite"
	mark = "?"
	single_writer = True
	Error = sqlite3.Error
	OperationalError = sqlite3.OperationalError
	insert_ignore = "INSERT OR IGNORE"
	name_type = "varchar(140) COLLATE NOCASE"
	types = {
		"data": "varchar(140) COLLATE NOCASE", "text": "text COLLATE NOCASE", "long": "text COLLATE NOCASE",
		"float": "real NOT NULL DEFAULT 0", "rating": "real NOT NULL DEFAULT 0", "int": "integer NOT NULL DEFAULT 0",
		"check": "integer NOT NULL DEFAULT 0", "date": "date", "datetime": "datetime", "time": "time",
	}  # fmt: skip

	def __init__(self, path: str):
		options = {"isolation_level": None, "cached_statements": 512, "check_same_thread": False}
		options["detect_types"] = sqlite3.PARSE_DECLTYPES
		super().__init__(URL.create("sqlite", database=os.path.abspath(path)), options)
		self.writer = _writers.setdefault(self.url, threading.Lock())
		self.holds_writer = False

	def listen(self, engine: Engine) -> None:
		"""Prepare connections, and begin writers as writers."""
		event.listen(engine, "connect", _prepare_sqlite)
		event.listen(engine, "begin", _begin_sqlite)

	def begin(self, write: bool) -> Any:
		"""A connection in a transaction; a writer holds the file's lock from the start."""
		if write:
			if not self.writer.acquire(timeout=LOCK_WAIT):
				raise QueryTimeoutError("The database is busy")
			self.holds_writer = True
		try:
			return super().begin(write)
		except BaseException:
			self.ended()
			raise

	def ended(self) -> None:
		"""The transaction is over: let the next writer in."""
		if self.holds_writer:
			self.holds_writer = False
			self.writer.release()

	def is_write(self, query: str) -> bool:
		"""Whether the statement needs the writer's lock; a locking read does."""
		return super().is_write(query) or bool(_LOCKING.search(query))

	def prepare(self, query: str, values: Any) -> tuple[str, Any]:
		"""The statement in SQLite's words."""
		query, values = expand(query, values, "?")
		if "pdate" in query or "PDATE" in query:
			query = _LOCKING.sub("", query)
		if query[:13].lower() == "insert ignore":
			query = "INSERT OR IGNORE" + query[13:]
		return query, [_kept(value) for value in values]

	def rows(self, query: str, rows: list[tuple]) -> list[tuple]:
		"""Rows with dates restored where SQLite lost their type in an expression."""
		if rows and _MIXED.search(query):
			return [tuple([_moment(value) for value in row]) for row in rows]
		return rows

	def escape(self, value: str) -> str:
		"""A quoted literal."""
		return "'" + value.replace("'", "''").replace("\0", "") + "'"

	def create_index(self, table: str, name: str, columns: list[str], unique: bool = False) -> str:
		"""The statement for an index; SQLite's index names are global, so they carry their table's."""
		kind, listed = "UNIQUE INDEX" if unique else "INDEX", ", ".join(f"`{column}`" for column in columns)
		return f"CREATE {kind} IF NOT EXISTS `{table}.{name}` ON `{table}` ({listed})"

	def drop_index(self, table: str, name: str) -> str:
		"""The statement that drops an index."""
		return f"DROP INDEX IF EXISTS `{table}.{name}`"

	def change_column(self, table: str, column: str, kind: str) -> list[str]:
		"""The statements that give a column another type; SQLite can only copy it."""
		value = f"ifnull(`{column}_was`, 0)" if "NOT NULL DEFAULT" in kind else f"`{column}_was`"
		return [
			self.drop_index(table, column),
			self.drop_index(table, f"unique_{column}"),
			f"ALTER TABLE `{table}` RENAME COLUMN `{column}` TO `{column}_was`",
			f"ALTER TABLE `{table}` ADD COLUMN `{column}` {kind}",
			f"UPDATE `{table}` SET `{column}` = {value}",
			f"ALTER TABLE `{table}` DROP COLUMN `{column}_was`",
		]

	def kind_of(self, e: BaseException) -> str | None:
		"""What an error is about: name, unique or timeout."""
		text = str(e) if isinstance(e, sqlite3.Error) else ""
		if "UNIQUE constraint failed" in text:
			return "name" if re.search(r"failed: [^,]*\.name$", text) else "unique"
		return "timeout" if "locked" in text else None


def _prepare_sqlite(connection: Any, record: Any) -> None:
	for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={LOCK_WAIT * 1000}",
		"temp_store=MEMORY", "cache_size=-32000", "mmap_size=268435456"):  # fmt: skip
		connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Any) -> None:
	write = connection.get_execution_options().get("frappe_write")
	connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _after_fork() -> None:
	for engine in engines.values():
		engine.dispose(close=False)
	engines.clear()
	_writers.clear()


os.register_at_fork(after_in_child=_after_fork)
