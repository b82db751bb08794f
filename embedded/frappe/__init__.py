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
from frappe.context import (
	conf,
	connect,
	db,
	destroy,
	error_log,
	flags,
	form,
	form_dict,
	generate_hash,
	get_site_config,
	init,
	lang,
	local,
	message_log,
	request,
	response,
	session,
	set_user,
)
from frappe.exceptions import *
from frappe.hooks_registry import (
	append_hook,
	call,
	get_all_apps,
	get_app_path,
	get_app_source_path,
	get_attr,
	get_doc_hooks,
	get_hooks,
	get_installed_apps,
	get_module,
	get_module_list,
	get_module_path,
	get_newargs,
	get_pymodule_path,
	get_site_path,
	scrub,
	unscrub,
)
from frappe.messages import bold, clear_last_message, clear_messages, get_message_log, msgprint, throw
from frappe.translate import translate as _
from frappe.types.frappedict import _dict
from frappe.whitelisting import (
	allowed_http_methods_for_whitelisted_func,
	guest_methods,
	is_whitelisted,
	whitelist,
	whitelisted,
	xss_safe_methods,
)

__version__ = "15.0.0"
_LATER = {
	"frappe.database.query": ("get_all", "get_list"),
	"frappe.model.document": ("copy_doc", "get_cached_doc", "get_doc", "new_doc"),
	"frappe.model.meta": ("get_meta",),
	"frappe.model.delete_doc": ("delete_doc",),
	"frappe.permissions": ("get_roles", "has_permission", "only_for"),
	"frappe.query_builder": ("qb",),
	"frappe.utils.formatters": ("format_value",),
	"frappe.shortcuts": (
		"as_json", "delete_doc_if_exists", "get_cached_value", "get_last_doc", "get_request_header", "get_single",
		"get_system_settings", "get_value", "get_website_settings", "has_website_permission", "log_error", "parse_json",
		"read_file", "redirect",
	),
	"frappe.utils": ("get_traceback",),
	"frappe.utils.background_jobs": ("enqueue",),
	"frappe.utils.jinja": ("get_jenv", "get_template", "render_template"),
	"frappe.utils.print_format": ("get_print",),
	"frappe.utils.safe_exec": ("safe_eval",),
	"frappe.website.utils": ("respond_as_web_page",),
}  # fmt: skip
_HOME = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> Any:
	"""What rests on modules that themselves import this one is fetched when first asked for."""
	if name in _HOME:
		value = getattr(_import_module(_HOME[name]), name)
	elif name == "format":
		value = __getattr__("format_value")
	elif name == "user":
		return local.session.user
	elif name.startswith("__"):
		raise AttributeError(name)
	else:
		try:
			value = _import_module(f"frappe.{name}")
		except ModuleNotFoundError as error:
			if error.name != f"frappe.{name}":
				raise
			raise AttributeError(f"module 'frappe' has no attribute {name!r}") from None
	globals()[name] = value
	return value
