"""The site's database: SQLite by default, MariaDB by option."""

import os

from frappe.context import local, set_user
from frappe.database.database import Database
from frappe.database.dialects import SQLite


def connect(set_admin_as_user: bool = True) -> None:
	"""Open the site's database; the first statement begins the transaction."""
	local.db = get_db()
	if set_admin_as_user:
		set_user("Administrator")


def get_db() -> Database:
	"""The database of the running context's site; nothing is opened before the first statement."""
	if local.conf.db_type == "mariadb":
		from frappe.database.mariadb import MariaDB

		return Database(MariaDB(local.conf))
	return Database(SQLite(os.path.join(local.site_path, local.conf.db_file or "db.sqlite3")))
