"""Modules of the apps: their DocTypes and standard records."""

from frappe.hooks_registry import get_module_path, scrub
from frappe.modules.utils import get_doctype_module, get_module_app, load_doctype_module, reload_doc

__all__ = [
	"get_doctype_module",
	"get_module_app",
	"get_module_path",
	"load_doctype_module",
	"reload_doc",
	"scrub",
]
