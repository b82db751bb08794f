"""SQL functions for `frappe.qb`."""

from pypika.functions import *  # noqa: F403
