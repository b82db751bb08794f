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
		return value.as_dict(no_nulls=True)
	if isinstance(value, date | time | timedelta):
		return str(value)
	if isinstance(value, Decimal):
		return float(value)
	if hasattr(value, "__iter__"):
		return list(value)
	raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def as_json(
	obj: Any, indent: int | None = 1, separators: Any = (",", ": "), ensure_ascii: bool = True
) -> str:
	"""JSON of anything, with sorted keys."""
	return json.dumps(
		obj, sort_keys=True, indent=indent, separators=separators, ensure_ascii=ensure_ascii, default=_default
	)


def parse_json(val: Any) -> Any:
	"""What a JSON text says; dicts with attributes; anything else unchanged."""
	val = json.loads(val) if isinstance(val, str) else val
	return _dict(val) if isinstance(val, dict) else val


def read_file(path: str) -> str | None:
	"""The text of a file."""
	if not os.path.exists(path):
		return None
	with open(path, encoding="utf-8") as file:
		return file.read()


# documents


def get_single(doctype: str) -> Any:
	"""The document of a Single."""
	return frappe.get_doc(doctype, doctype)


def get_last_doc(doctype: str, filters: Any = None, order_by: str = "creation desc") -> Any:
	"""The newest document that matches."""
	found = frappe.get_all(doctype, filters=filters, limit=1, order_by=order_by, pluck="name")
	if not found:
		raise frappe.DoesNotExistError
	return frappe.get_doc(doctype, found[0])


def get_cached_value(doctype: str, name: str | None, fieldname: str) -> Any:
	"""A value of a document read once a request."""
	try:
		return frappe.get_cached_doc(doctype, name).get(fieldname)
	except frappe.DoesNotExistError:
		del local.message_log[-1:]
		return None


def get_system_settings(key: str) -> Any:
	"""A value of System Settings."""
	return get_cached_value("System Settings", None, key) if local.db else None


def has_website_permission(doc: Any, ptype: str = "read", user: str | None = None) -> bool:
	"""Whether the document's portal rules let the user see it."""
	user = user or local.session.user
	hooks = frappe.get_hooks("has_website_permission", {}).get(doc.doctype, [])
	return bool(hooks) and all(frappe.call(hook, doc=doc, ptype=ptype, user=user) for hook in hooks)


# the log


def log_error(
	title: str | None = None, message: str | None = None, reference_doctype: str | None = None,
	reference_name: str | None = None,
) -> Any:  # fmt: skip
	"""Write an Error Log; the running exception's traceback when there is no message."""
	message = message or get_traceback()
	logging.getLogger("frappe").error("%s\n%s", title, message)
	values = {"reference_doctype": reference_doctype, "reference_name": reference_name}
	return frappe.get_doc(
		{"doctype": "Error Log", "method": (title or "Error")[:140], "error": message, **values}
	).insert(ignore_permissions=True)


# the request


def redirect(url: str) -> None:
	"""Answer with another address."""
	local.flags.redirect_location = url
	raise frappe.Redirect
