"""The MariaDB side of the database."""

import hashlib
from typing import Any

import pymysql
from pymysql.constants import ER, FIELD_TYPE
from pymysql.converters import conversions, escape_string
from sqlalchemy import URL, Engine, event

from frappe.context import generate_hash
from frappe.database.dialects import LOCK_WAIT, Dialect, expand

_ERRORS = {1213: "deadlock", 1205: "timeout", 4024: "timeout"}


class _Encoders(dict):
	"""How values are written into a statement; a subclass's values like its base's."""

	def get(self, kind: type, default: Any = None) -> Any:
		"""The encoder of a type."""
		return next((self[each] for each in kind.__mro__ if each in self), default)


def _prepare_mariadb(connection: Any, record: Any) -> None:
	connection.encoders = _Encoders(connection.encoders)


class MariaDB(Dialect):
	"""A database on a server."""

	name = "mariadb"
	mark = "%s"
	single_writer = False
	Error = pymysql.err.Error
	OperationalError = pymysql.err.OperationalError
	insert_ignore = "INSERT IGNORE"
	name_type = "varchar(140)"
	types = {
		"data": "varchar(140)", "text": "text", "long": "longtext", "float": "decimal(21,9) NOT NULL DEFAULT 0",
		"rating": "decimal(3,2) NOT NULL DEFAULT 0", "int": "bigint(20) NOT NULL DEFAULT 0",
		"check": "int(1) NOT NULL DEFAULT 0", "date": "date", "datetime": "datetime(6)", "time": "time(6)",
	}  # fmt: skip
	pool = {"pool_pre_ping": True, "pool_recycle": 3600}
	table_options = " ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET=utf8mb4 COLLATE=utf8mb4_unicode_ci"

	def __init__(self, conf: Any):
		host, port = conf.db_host or "127.0.0.1", int(conf.db_port or 3306)
		options = {"charset": "utf8mb4", **({"unix_socket": conf.db_socket} if conf.db_socket else {})}
		where = (conf.db_user or conf.db_name, conf.db_password, host, port, conf.db_name, options)
		numbers = {FIELD_TYPE.NEWDECIMAL: float, FIELD_TYPE.DECIMAL: float}
		wait = f"SET SESSION innodb_lock_wait_timeout = {LOCK_WAIT}"
		arguments = {"conv": {**conversions, **numbers}, "init_command": wait}
		super().__init__(URL.create("mysql+pymysql", *where), arguments)

	def listen(self, engine: Engine) -> None:
		"""Prepare connections."""
		event.listen(engine, "connect", _prepare_mariadb)

	def prepare(self, query: str, values: Any) -> tuple[str, Any]:
		"""The statement in the driver's words; without values it is sent as it is."""
		statement, parameters = expand(query, values, "%s")
		return statement, parameters or None

	def column_type(self, fieldtype: str, length: int | None = None) -> str | None:
		"""The column of a field, or None when it has none."""
		kind = super().column_type(fieldtype)
		return f"varchar({length})" if kind == self.types["data"] and length else kind

	def escape(self, value: Any) -> str:
		"""A quoted literal."""
		return f"'{escape_string(value)}'"

	def create_index(self, table: str, name: str, columns: list[str], unique: bool = False) -> str:
		"""The statement for an index."""
		listed = ", ".join(f"`{column}`" for column in columns)
		return f"CREATE {'UNIQUE ' if unique else ''}INDEX IF NOT EXISTS `{name}` ON `{table}` ({listed})"

	def drop_index(self, table: str, name: str) -> str:
		"""The statement that drops an index."""
		return f"DROP INDEX IF EXISTS `{name}` ON `{table}`"

	def change_column(self, table: str, column: str, kind: str) -> list[str]:
		"""The statements that give a column another type."""
		return [f"ALTER TABLE `{table}` MODIFY COLUMN `{column}` {kind}"]

	def kind_of(self, e: BaseException) -> str | None:
		"""What an error is about: name, unique, deadlock or timeout."""
		if not isinstance(e, pymysql.err.Error) or not e.args:
			return None
		if e.args[0] == ER.DUP_ENTRY:
			return "name" if "PRIMARY" in str(e.args[1]) else "unique"
		return _ERRORS.get(e.args[0])


def create_database(
	site: str, config: dict, *, db_root_username: str | None = None, db_root_password: str | None = None,
	login_scope: str | None = None, **ignored: Any,
) -> dict[str, str]:  # fmt: skip
	"""An empty database with a user of its own; returns what the site's configuration must say of it."""
	name = config.get("db_name") or "_" + hashlib.sha1(site.encode()).hexdigest()[:16]
	password = config.get("db_password") or generate_hash(length=16)
	account = f"'{escape_string(name)}'@'{escape_string(login_scope or 'localhost')}'"
	where = {"unix_socket": config["db_socket"]} if config.get("db_socket") else {}
	host, port = config.get("db_host") or "127.0.0.1", int(config.get("db_port") or 3306)
	user = {"user": db_root_username or "root", "password": db_root_password or ""}
	with pymysql.connect(host=host, port=port, **user, **where) as root, root.cursor() as cursor:
		cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
		cursor.execute(f"CREATE OR REPLACE USER {account} IDENTIFIED BY %s", (password,))
		cursor.execute(f"GRANT ALL PRIVILEGES ON `{name}`.* TO {account}")
	return {"db_name": name, "db_password": password}
