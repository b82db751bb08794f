"""The site's database: SQLite by default, MariaDB by option."""

import os

from frappe.database.database import Database
from frappe.database.dialects import SQLite


def get_db() -> Database:
	"""The database of the running context's site; nothing is opened before the first statement."""
	from frappe.context import local

	if local.conf.db_type == "mariadb":
		from frappe.database.mariadb import MariaDB

		return Database(MariaDB(local.conf))
	return Database(SQLite(os.path.join(local.site_path, local.conf.db_file or "db.sqlite3")))
