"""Where the DocTypes of a module lie."""

from types import ModuleType
from typing import Any

import frappe
from frappe.hooks_registry import get_module_app, scrub


def get_doctype_module(doctype: str) -> str:
	"""The module of a DocType."""
	return frappe.get_meta(doctype).module


def doctype_module_path(doctype: str, module: str, prefix: str = "", suffix: str = "") -> str:
	"""app.module.doctype.name.name"""
	name = scrub(doctype)
	return f"{get_module_app(module)}.{scrub(module)}.doctype.{name}.{prefix}{name}{suffix}"


def load_doctype_module(
	doctype: str, module: str | None = None, prefix: str = "", suffix: str = ""
) -> ModuleType:
	"""The Python module of a DocType's controller."""
	path = doctype_module_path(doctype, module or get_doctype_module(doctype), prefix, suffix)
	try:
		return frappe.get_module(path)
	except ImportError as error:
		raise ImportError(f"Module import failed for {doctype} ({path}: {error})") from error


def reload_doc(module: str, dt: str, dn: str, force: bool = False) -> Any:
	"""Read a DocType or a standard record from its file again."""
	from frappe.model.sync import import_file, sync_doctype

	path = frappe.get_module_path(module, scrub(dt), scrub(dn), f"{scrub(dn)}.json")
	return sync_doctype(path, force=True) if scrub(dt) == "doctype" else import_file(path, force=force)
