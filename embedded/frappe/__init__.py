"""The part of Frappe's API that Order Ops uses, on SQLite or MariaDB; never beside Frappe itself."""

# ruff: noqa: F401, F403

from importlib import import_module as _import_module
from importlib import metadata as _metadata
from typing import Any

try:
	_metadata.distribution("frappe")
except _metadata.PackageNotFoundError:
	pass
else:
	raise ImportError("The Frappe Framework is installed here: take embedded/ off the path and use a bench.")

from frappe.cache import cache, clear_cache, clear_document_cache
from frappe.context import *
from frappe.exceptions import *
from frappe.hooks_registry import *
from frappe.messages import *
from frappe.translate import translate as _
from frappe.types.frappedict import _dict
from frappe.whitelisting import *

__version__ = "15.0.0"
_LATER = {
	"frappe.database": ("connect",),
	"frappe.database.query": ("get_all", "get_list"),
	"frappe.model.document": ("copy_doc", "get_cached_doc", "get_doc", "new_doc"),
	"frappe.model.meta": ("get_meta",),
	"frappe.model.delete_doc": ("delete_doc",),
	"frappe.permissions": ("get_roles", "has_permission", "only_for"),
	"frappe.query_builder": ("qb",),
	"frappe.utils.formatters": ("format_value",),
	"frappe.shortcuts": (
		"as_json", "get_cached_value", "get_last_doc", "get_single", "get_system_settings",
		"has_website_permission", "log_error", "parse_json", "read_file", "redirect",
	),
	"frappe.utils": ("get_traceback",),
	"frappe.utils.background_jobs": ("enqueue",),
	"frappe.utils.jinja": ("get_template",),
	"frappe.utils.print_format": ("get_print",),
	"frappe.utils.safe_exec": ("safe_eval",),
}  # fmt: skip
_HOME = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> Any:
	"""What rests on modules that themselves import this one is fetched when first asked for."""
	if name.startswith("__"):
		raise AttributeError(name)
	try:
		module = _import_module(_HOME.get(name, f"frappe.{name}"))
	except ModuleNotFoundError as error:
		if error.name != f"frappe.{name}":
			raise
		raise AttributeError(f"module 'frappe' has no attribute {name!r}") from None
	value = getattr(module, name) if name in _HOME else module
	globals()[name] = value
	return value
