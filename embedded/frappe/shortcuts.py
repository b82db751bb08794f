"""Small functions of `frappe` itself."""

import json
import logging
import os
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe.context import local
from frappe.types.frappedict import _dict
from frappe.utils import get_traceback


def _default(value: Any) -> Any:
	if hasattr(value, "as_dict"):
		return value.as_dict(no_nulls=True) if not isinstance(value, dict) else dict(value)
	if isinstance(value, date | time | timedelta):
		return str(value)
	if isinstance(value, Decimal):
		return float(value)
	if isinstance(value, bytes):
		return value.decode("utf-8", "replace")
	if isinstance(value, set | frozenset | tuple) or hasattr(value, "__iter__"):
		return list(value)
	if isinstance(value, type):
		return value.__name__
	raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def as_json(obj: Any, indent: int | None = 1, separators: Any = None, ensure_ascii: bool = True) -> str:
	"""JSON of anything, with sorted keys."""
	separators = separators or (",", ": ")
	options = {"indent": indent, "default": _default, "separators": separators, "ensure_ascii": ensure_ascii}
	try:
		return json.dumps(obj, sort_keys=True, **options)
	except TypeError:
		return json.dumps(obj, **options)


def parse_json(val: Any) -> Any:
	"""What a JSON text says; dicts with attributes; anything else unchanged."""
	if isinstance(val, str):
		val = json.loads(val)
	return _dict(val) if isinstance(val, dict) else val


def read_file(path: str, raise_not_found: bool = False) -> str | None:
	"""The text of a file."""
	if not os.path.exists(path):
		if raise_not_found:
			raise OSError(f"{path} Not Found")
		return None
	with open(path, encoding="utf-8") as file:
		return file.read()


# documents


def get_single(doctype: str) -> Any:
	"""The document of a Single."""
	return frappe.get_doc(doctype, doctype)


def get_last_doc(
	doctype: str, filters: Any = None, order_by: str = "creation desc", *, for_update: bool = False
) -> Any:
	"""The newest document that matches."""
	found = frappe.get_all(doctype, filters=filters, limit=1, order_by=order_by, pluck="name")
	if not found:
		raise frappe.DoesNotExistError
	return frappe.get_doc(doctype, found[0], for_update=for_update)


def get_cached_value(doctype: str, name: str | None, fieldname: Any = "name", as_dict: bool = False) -> Any:
	"""Values of a document read once a request."""
	try:
		doc = frappe.get_cached_doc(doctype, name)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None
	if isinstance(fieldname, str):
		if as_dict:
			return _dict({fieldname: doc.get(fieldname)})
		return doc.get(fieldname)
	values = [doc.get(field) for field in fieldname]
	return _dict(zip(fieldname, values, strict=True)) if as_dict else values


def get_value(*args: Any, **kwargs: Any) -> Any:
	"""See `frappe.db.get_value`."""
	return frappe.db.get_value(*args, **kwargs)


def delete_doc_if_exists(doctype: str, name: str, force: bool = False) -> None:
	"""Delete a document when there is one."""
	if frappe.db.exists(doctype, name):
		frappe.delete_doc(doctype, name, force=force)


def get_system_settings(key: str) -> Any:
	"""A value of System Settings."""
	if local.db is None or not local.db.table_exists("Singles"):
		return None
	return get_cached_value("System Settings", None, key)


def get_website_settings(key: str) -> Any:
	"""A value of Website Settings."""
	return local.db.get_single_value("Website Settings", key)


def has_website_permission(
	doc: Any = None,
	ptype: str = "read",
	user: str | None = None,
	verbose: bool = False,
	doctype: str | None = None,
) -> bool:
	"""Whether the document's portal rules let the user see it."""
	user = user or local.session.user
	if doc is not None:
		doc = frappe.get_doc(doctype, doc) if isinstance(doc, str) else doc
		doctype = doc.doctype
		if doc.flags.ignore_permissions:
			return True
		if hasattr(doc, "has_website_permission"):
			return bool(doc.has_website_permission(ptype, user, verbose=verbose))
	hooks = frappe.get_hooks("has_website_permission", {}).get(doctype, [])
	return bool(hooks) and all(
		frappe.call(hook, doc=doc, ptype=ptype, user=user, verbose=verbose) for hook in hooks
	)


# the log


def log_error(
	title: str | None = None, message: str | None = None, reference_doctype: str | None = None,
	reference_name: str | None = None, *, defer_insert: bool = False,
) -> Any:  # fmt: skip
	"""Write an Error Log; the running exception's traceback when there is no message."""
	trace = get_traceback()
	if message is None and title and "\n" in title:
		title, message = "Error", title
	elif message and title and "\n" in title and "\n" not in message:
		title, message = message, title
	logging.getLogger("frappe").error("%s\n%s", title or "Error", message or trace)
	return frappe.get_doc(
		{
			"doctype": "Error Log", "method": (title or trace.strip().split("\n")[-1] or "Error")[:140],
			"error": message or trace, "reference_doctype": reference_doctype, "reference_name": reference_name,
		}
	).insert(ignore_permissions=True)  # fmt: skip


# the request


def redirect(url: str) -> None:
	"""Answer with another address."""
	local.flags.redirect_location = url
	raise frappe.Redirect


def get_request_header(key: str, default: Any = None) -> Any:
	"""A header of the request."""
	return local.request.headers.get(key, default) if local.request else default
