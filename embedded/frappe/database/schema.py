"""Tables and their columns, made from DocTypes."""

from typing import Any

from frappe.database.dialects import FIELD_KINDS

NOT_A_DEFAULT = ("now", "today", "user", "__user", "session_user")


class Schema:
	"""The part of `frappe.db` that asks about and changes the schema."""

	_tables: set[str] | None = None

	def get_tables(self, cached: bool = True) -> list[str]:
		"""All tables."""
		if self._tables is None or not cached:
			self._tables = set(self.dialect.tables(self))
		return list(self._tables)

	def table_exists(self, doctype: str, cached: bool = True) -> bool:
		"""Whether a DocType has its table."""
		if self._tables is None or not cached:
			self.get_tables(cached=False)
		return f"tab{doctype}" in self._tables or doctype in self._tables

	def get_table_columns(self, doctype: str) -> list[str]:
		"""The columns of a DocType's table."""
		columns = self.dialect.columns(self, f"tab{doctype}")
		if not columns:
			raise self.ProgrammingError(f"Table tab{doctype} does not exist")
		return list(columns)

	def has_column(self, doctype: str, column: str) -> bool:
		"""Whether a DocType's table has this column."""
		return column in self.dialect.columns(self, f"tab{doctype}")

	def has_index(self, table_name: str, index_name: str) -> bool:
		"""Whether a table has an index of this name."""
		return index_name in self.dialect.indexes(self, table_name)

	def add_index(self, doctype: str, fields: list[str], index_name: str | None = None) -> None:
		"""Create an index unless it is there."""
		columns = [field.split("(")[0] for field in fields]
		index_name = index_name or "_".join(columns) + "_index"
		if not self.has_index(f"tab{doctype}", index_name):
			self.sql_ddl(self.dialect.create_index(f"tab{doctype}", index_name, columns))

	def add_unique(self, doctype: str, fields: list[str] | str, constraint_name: str | None = None) -> None:
		"""Create a unique index unless it is there."""
		fields = [fields] if isinstance(fields, str) else list(fields)
		constraint_name = constraint_name or "unique_" + "_".join(fields)
		if not self.has_index(f"tab{doctype}", constraint_name):
			self.sql_ddl(self.dialect.create_index(f"tab{doctype}", constraint_name, fields, unique=True))

	def truncate(self, doctype: str) -> None:
		"""Empty a DocType's table."""
		self.sql(f"DELETE FROM `tab{doctype}`")

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
		}
		for table, columns in tables.items():
			self.sql_ddl(f"CREATE TABLE IF NOT EXISTS `{table}` ({columns}){self.dialect.table_options()}")
		self._tables = None

	def updatedb(self, doctype: str, meta: Any = None) -> None:
		"""Make a DocType's table, its columns and indexes what its meta says; nothing is dropped."""
		import frappe

		meta = meta or frappe.get_meta(doctype, cached=False)
		if meta.issingle or meta.get("is_virtual"):
			return
		table, wanted = f"tab{doctype}", self._wanted_columns(meta)
		if not self.table_exists(doctype, cached=False):
			listed = ", ".join(f"`{column}` {kind}" for column, kind in wanted.items())
			self.sql_ddl(f"CREATE TABLE `{table}` ({listed}){self.dialect.table_options()}")
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
			kind = None if df.is_virtual else dialect.column_type(df.fieldtype, df.length)
			if kind:
				columns[df.fieldname] = _one_default(kind + self._default(df, kind))
		return columns

	def _default(self, df: Any, kind: str) -> str:
		value = str(df.default).strip() if df.default is not None else ""
		if not value or value.startswith(":") or value.lower() in NOT_A_DEFAULT:
			return ""
		if " DEFAULT " in kind:
			try:
				return "" if not float(value) else f" DEFAULT {float(value):g}"
			except ValueError:
				return ""
		return f" DEFAULT {self.dialect.escape(value)}" if FIELD_KINDS[df.fieldtype] == "data" else ""

	def _alter(self, table: str, wanted: dict[str, str]) -> None:
		present = self.dialect.columns(self, table)
		for column, kind in wanted.items():
			if column not in present:
				self.sql_ddl(f"ALTER TABLE `{table}` ADD COLUMN `{column}` {kind}")
		changed = [c for c, kind in wanted.items() if c in present and _bare(kind) != _bare(present[c])]
		if changed and self.db_type == "sqlite":
			self._rebuild(table, wanted)
		elif changed:
			for column in changed:
				self.sql_ddl(f"ALTER TABLE `{table}` MODIFY COLUMN `{column}` {wanted[column]}")

	def _rebuild(self, table: str, wanted: dict[str, str]) -> None:
		"""SQLite cannot change a column's type: copy the table."""
		kept = {
			column: kind for column, kind in self.dialect.columns(self, table).items() if column not in wanted
		}
		columns = {**wanted, **kept}
		listed = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
		copied = ", ".join(
			f"ifnull(`{column}`, 0)" if "NOT NULL DEFAULT" in kind else f"`{column}`"
			for column, kind in columns.items()
		)
		indexes = self.sql(
			"select sql from sqlite_master where type = 'index' and tbl_name = %s", table, pluck=True
		)
		self.sql_ddl(f"CREATE TABLE `new_{table}` ({listed})")
		names = ", ".join(f"`{column}`" for column in columns)
		self.sql_ddl(f"INSERT INTO `new_{table}` ({names}) SELECT {copied} FROM `{table}`")
		self.sql_ddl(f"DROP TABLE `{table}`")
		self.sql_ddl(f"ALTER TABLE `new_{table}` RENAME TO `{table}`")
		for statement in filter(None, indexes):
			self.sql_ddl(statement)

	def _sync_indexes(self, table: str, meta: Any) -> None:
		present = self.dialect.indexes(self, table)
		wanted = {"parent": False} if meta.istable else {"modified": False, "creation": False}
		for df in meta.fields:
			if (
				(df.unique or df.search_index)
				and not df.is_virtual
				and self.dialect.column_type(df.fieldtype)
			):
				wanted[df.fieldname] = bool(df.unique)
		for column, unique in wanted.items():
			name = f"unique_{column}" if unique else column
			other = column if unique else f"unique_{column}"
			if other in present:
				self.sql_ddl(self.dialect.drop_index(table, other))
			if name not in present:
				self.sql_ddl(self.dialect.create_index(table, name, [column], unique))
		for name in present:
			if name.startswith("unique_") and meta.has_field(name[7:]) and name[7:] not in wanted:
				self.sql_ddl(self.dialect.drop_index(table, name))


def _one_default(kind: str) -> str:
	"""`NOT NULL DEFAULT 0 DEFAULT 5` with its last default only."""
	head, *defaults = kind.split(" DEFAULT ")
	return f"{head} DEFAULT {defaults[-1]}" if defaults else kind


def _bare(kind: str) -> str:
	"""A column's type without collation, nullability and default."""
	return (
		kind.lower()
		.split(" collate")[0]
		.split(" not null")[0]
		.split(" default")[0]
		.split(" primary")[0]
		.strip()
	)
