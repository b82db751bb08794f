"""Tables and their columns, made from DocTypes."""

from typing import Any

from sqlalchemy import Inspector, inspect

from frappe.database.dialects import FIELD_KINDS

NOT_A_DEFAULT = ("now", "today", "user", "__user", "session_user")


class Schema:
	"""The part of `frappe.db` that asks about and changes the schema."""

	_tables: set[str] | None = None

	def _inspector(self) -> Inspector:
		self.cursor().close()
		return inspect(self._connection)

	def _columns(self, table: str) -> dict[str, str]:
		"""The columns of a table with their types."""
		return {column["name"]: str(column["type"]) for column in self._inspector().get_columns(table)}

	def get_tables(self, cached: bool = True) -> list[str]:
		"""All tables."""
		if self._tables is None or not cached:
			self._tables = set(self._inspector().get_table_names())
		return list(self._tables)

	def table_exists(self, doctype: str, cached: bool = True) -> bool:
		"""Whether a DocType has its table."""
		return f"tab{doctype}" in self.get_tables(cached)

	def get_table_columns(self, doctype: str) -> list[str]:
		"""The columns of a DocType's table."""
		return list(self._columns(f"tab{doctype}"))

	def add_index(self, doctype: str, fields: list[str]) -> None:
		"""Create an index unless it is there."""
		self.sql_ddl(self.dialect.create_index(f"tab{doctype}", "_".join(fields) + "_index", fields))

	def drop_table(self, doctype: str) -> None:
		"""Drop a DocType's table."""
		self.sql_ddl(f"DROP TABLE IF EXISTS `tab{doctype}`")
		self._tables = None

	def create_core_tables(self) -> None:
		"""The tables that belong to no DocType."""
		name, text = self.dialect.name_type, self.dialect.column_type("Long Text")
		moment, integer = self.dialect.column_type("Datetime"), self.dialect.column_type("Int")
		tables = {
			"tabSeries": f"`name` {name} PRIMARY KEY, `current` {integer}",
			"tabSingles": f"`doctype` {name}, `field` {name}, `value` {text}, PRIMARY KEY (`doctype`, `field`)",
			"__Auth": f"`doctype` {name}, `name` {name}, `fieldname` {name}, `password` {text}, "
			f"`encrypted` {integer}, PRIMARY KEY (`doctype`, `name`, `fieldname`)",
			"tabSessions": f"`user` {name}, `sid` {name} PRIMARY KEY, `sessiondata` {text}, "
			f"`ipaddress` {name}, `lastupdate` {moment}, `status` {name}",
			# one row is one job that is queued, started or failed; a job that succeeded leaves none
			"__jobs": f"`name` {name} PRIMARY KEY, `job_id` {name}, `queue` {name}, `status` {name}, "
			f"`position` decimal(21,6), `method` {name}, `user` {name}, `arguments` {text}, `timeout` {integer}, "
			f"`attempts` {integer}, `worker` {name}, `error` {text}",
		}
		for table, columns in tables.items():
			self.sql_ddl(f"CREATE TABLE IF NOT EXISTS `{table}` ({columns}){self.dialect.table_options}")
		self._tables = None

	def updatedb(self, doctype: str) -> None:
		"""Make a DocType's table, its columns and indexes what its meta says; nothing is dropped."""
		import frappe

		meta = frappe.get_meta(doctype, cached=False)
		if meta.issingle:
			return
		table, wanted = f"tab{doctype}", self._wanted_columns(meta)
		if not self.table_exists(doctype, cached=False):
			listed = ", ".join(f"`{column}` {kind}" for column, kind in wanted.items())
			self.sql_ddl(f"CREATE TABLE `{table}` ({listed}){self.dialect.table_options}")
		else:
			self._alter(table, wanted)
		self._sync_indexes(table, meta)
		self._tables = None

	def _wanted_columns(self, meta: Any) -> dict[str, str]:
		name, dialect = self.dialect.name_type, self.dialect
		moment, number = dialect.column_type("Datetime"), dialect.column_type("Int")
		columns = {"name": f"{name} NOT NULL PRIMARY KEY", "creation": moment, "modified": moment,
			"modified_by": name, "owner": name, "docstatus": number, "idx": number}  # fmt: skip
		if meta.istable:
			columns.update(parent=name, parentfield=name, parenttype=name)
		for df in meta.fields:
			kind = dialect.column_type(df.fieldtype, df.length)
			if kind:
				columns[df.fieldname] = self._with_default(df, kind)
		return columns

	def _with_default(self, df: Any, kind: str) -> str:
		value = str(df.default or "").strip()
		head, is_number, _default = kind.partition(" DEFAULT ")
		if is_number:
			number = value.replace(".", "", 1).removeprefix("-").isdigit()
			return f"{head} DEFAULT {float(value) if number else 0:g}"
		if not value or value.startswith(":") or value.lower() in NOT_A_DEFAULT:
			return kind
		return f"{kind} DEFAULT {self.dialect.escape(value)}" if FIELD_KINDS[df.fieldtype] == "data" else kind

	def _alter(self, table: str, wanted: dict[str, str]) -> None:
		present = self._columns(table)
		for column, kind in wanted.items():
			if column not in present:
				self.sql_ddl(f"ALTER TABLE `{table}` ADD COLUMN `{column}` {kind}")
			elif _bare(kind) != _bare(present[column]):
				for statement in self.dialect.change_column(table, column, kind):
					self.sql_ddl(statement)

	def _sync_indexes(self, table: str, meta: Any) -> None:
		present = {index["name"].removeprefix(f"{table}.") for index in self._inspector().get_indexes(table)}
		wanted = {"parent": False} if meta.istable else {"modified": False, "creation": False}
		for df in meta.fields:
			if df.unique or df.search_index:
				wanted[df.fieldname] = bool(df.unique)
		for column, unique in wanted.items():
			name, other = (f"unique_{column}", column) if unique else (column, f"unique_{column}")
			if other in present:
				self.sql_ddl(self.dialect.drop_index(table, other))
			if name not in present:
				self.sql_ddl(self.dialect.create_index(table, name, [column], unique))
		for name in present:
			if name.startswith("unique_") and meta.has_field(name[7:]) and name[7:] not in wanted:
				self.sql_ddl(self.dialect.drop_index(table, name))


def _bare(kind: str) -> str:
	"""A column's type without collation, nullability and default."""
	kind = kind.lower().split(" collate")[0].split(" not null")[0]
	return kind.replace(" ", "").replace("integer", "int")
