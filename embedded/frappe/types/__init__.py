"""Types for annotations."""

from frappe.types import DF as DF
from frappe.types.frappedict import _dict as _dict
