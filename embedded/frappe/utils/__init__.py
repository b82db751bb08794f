"""What apps import from `frappe.utils`."""

# ruff: noqa: F401, F403, F405

import re
import sys
import traceback
from email.utils import getaddresses
from typing import Any
from urllib.parse import quote, urljoin

import frappe
from frappe.context import local
from frappe.hooks_registry import get_site_path
from frappe.utils.data import *
from frappe.utils.html_utils import sanitize_html

_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\.]+(\.[^\s@<>(),;:\"\[\]\\.]+)+")
_PHONE = re.compile(r"[0-9 +_\-,.*#()]{1,20}")


# paths and addresses


def get_files_path(*path: str, is_private: bool | int = False) -> str:
	"""A path below the folder of the site's files."""
	return get_site_path("private" if is_private else "public", "files", *path)


def get_url(uri: str = "") -> str:
	"""An address of this site."""
	host = local.conf.host_name
	if not host and local.request:
		host = f"{local.request.scheme}://{local.request.host}"
	if not host:
		port = local.conf.webserver_port
		host = f"http://{local.site}" + (f":{port}" if port else "")
	return urljoin(host, uri)


def get_url_to_form(doctype: str, name: str) -> str:
	"""The address of a document in the desk."""
	path = quote(f"{doctype.lower().replace(' ', '-')}/{name}", safe="~@#$&()*!+=:;,.?/'")
	return get_url(f"/app/{path}")


# people and their addresses


def get_fullname(user: str | None = None) -> str:
	"""A user's full name."""
	user = user or local.session.user
	return frappe.db.get_value("User", user, "full_name", cache=True) or user


def validate_email_address(email_str: str, throw: bool = False) -> str:
	"""The addresses of the text when all are e-mail addresses, else nothing."""
	found = []
	for part in filter(None, map(str.strip, re.split(r"[,\n]", email_str or ""))):
		address = getaddresses([part])[0][1]
		if not _matches(_EMAIL.fullmatch(address), part, "Email Address", throw, "InvalidEmailAddressError"):
			return ""
		found.append(address)
	return ", ".join(found)


def validate_phone_number(phone_number: str, throw: bool = False) -> bool:
	"""Whether this can be a telephone number."""
	valid = _PHONE.fullmatch((phone_number or "").strip())
	return _matches(valid, phone_number, "Phone Number", throw, "InvalidPhoneNumberError")


def _matches(valid: Any, text: str, kind: str, throw: bool, error: str) -> bool:
	if not valid and throw:
		message = frappe._(f"{{0}} is not a valid {kind}")
		frappe.throw(message.format(escape_html(text)), getattr(frappe, error))
	return bool(valid)


# errors


def get_traceback() -> str:
	"""The traceback of the exception being handled."""
	return traceback.format_exc() if sys.exc_info()[0] else ""
