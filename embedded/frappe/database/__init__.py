"""The site's database: SQLite by default, MariaDB by option."""

from frappe.database.database import Database
from frappe.database.dialects import get_dialect


def get_db() -> Database:
	"""The database of the running context's site; nothing is opened before the first statement."""
	from frappe.context import local

	return Database(get_dialect(local.conf, local.site_path))
