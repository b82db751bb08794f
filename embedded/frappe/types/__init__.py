"""Types for annotations."""

from frappe.types import DF
from frappe.types.frappedict import _dict
