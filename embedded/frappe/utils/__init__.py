"""What apps import from `frappe.utils`."""

# ruff: noqa: F401, F403, F405

import functools
import os
import re
import secrets
import string
import sys
import traceback
from collections.abc import Callable
from email.utils import formataddr, getaddresses
from html import unescape
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import frappe
from frappe.context import local
from frappe.hooks_registry import get_site_path
from frappe.utils.data import *
from frappe.utils.data import quoted
from frappe.utils.html_utils import clean_html, md_to_html, sanitize_html

cached_property = functools.cached_property
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\.]+(\.[^\s@<>(),;:\"\[\]\\.]+)+")
_PHONE = re.compile(r"[0-9 +_\-,.*#()]{1,20}")
_NAME = re.compile(r"^[\w][\w'\-]*( \w[\w'\-]*)*$")


# paths and addresses


def get_bench_path() -> str:
	"""The bench's folder."""
	return os.path.abspath(os.path.join(local.sites_path, ".."))


def get_files_path(*path: str, is_private: bool | int = False) -> str:
	"""A path below the folder of the site's files."""
	return get_site_path("private" if is_private else "public", "files", *path)


def get_url(uri: str | None = None, full_address: bool = False) -> str:
	"""An address of this site."""
	host = local.conf.host_name or local.conf.hostname
	if not host and local.request:
		host = f"{local.request.scheme}://{local.request.host}"
	if not host:
		port = local.conf.webserver_port
		host = f"http://{local.site}" + (f":{port}" if port and port != 80 else "")
	if not host.startswith(("http://", "https://")):
		host = f"http://{host}"
	if not uri and full_address and local.request:
		uri = local.request.full_path
	return urljoin(host, uri) if uri else host


def _slug(doctype: str) -> str:
	return quoted(doctype.lower().replace(" ", "-"))


def get_url_to_form(doctype: str, name: str | None = None) -> str:
	"""The address of a document in the desk."""
	return get_url(f"/app/{_slug(doctype)}/{quoted(str(name or doctype))}")


def get_link_to_form(doctype: str, name: str | None = None, label: str | None = None) -> str:
	"""A link to a document in the desk."""
	return f'<a href="{get_url_to_form(doctype, name)}">{label or name or doctype}</a>'


# people


def get_fullname(user: str | None = None) -> str:
	"""A user's full name."""
	user = user or local.session.user
	return frappe.db.get_value("User", user, "full_name", cache=True) or user


def is_desk_user(user: str | None = None) -> bool:
	"""Whether the user may open the desk."""
	return frappe.db.get_value("User", user or local.session.user, "user_type", cache=True) == "System User"


def validate_email_address(email_str: str, throw: bool = False) -> str:
	"""The addresses of the text when all are e-mail addresses, else nothing."""
	found = []
	for part in re.split(r"[,\n]", email_str or ""):
		if not part.strip():
			continue
		address = getaddresses([part.strip()])[0][1]
		if not _EMAIL.fullmatch(address):
			if throw:
				frappe.throw(
					frappe._("{0} is not a valid Email Address").format(escape_html(part.strip())),
					frappe.InvalidEmailAddressError,
				)
			return ""
		found.append(address)
	return ", ".join(found)


def validate_phone_number(phone_number: str, throw: bool = False) -> bool:
	"""Whether this can be a telephone number."""
	valid = bool(_PHONE.fullmatch((phone_number or "").strip()))
	if not valid and throw:
		frappe.throw(
			frappe._("{0} is not a valid Phone Number").format(escape_html(phone_number)),
			frappe.InvalidPhoneNumberError,
		)
	return valid


def validate_name(name: str, throw: bool = False) -> bool:
	"""Whether this can be a person's name."""
	valid = bool(_NAME.match((name or "").strip()))
	if not valid and throw:
		frappe.throw(frappe._("{0} is not a valid Name").format(escape_html(name)), frappe.InvalidNameError)
	return valid


def validate_url(txt: str, throw: bool = False, valid_schemes: str | list | None = None) -> bool:
	"""Whether this is an address with a scheme."""
	url = urlsplit(txt or "")
	schemes = [valid_schemes] if isinstance(valid_schemes, str) else valid_schemes
	valid = bool(url.netloc and url.scheme and (not schemes or url.scheme in schemes))
	if not valid and throw:
		frappe.throw(frappe._("{0} is not a valid URL").format(frappe.bold(escape_html(txt))))
	return valid


# texts and values


def random_string(length: int) -> str:
	"""Random letters and digits."""
	return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def encode(obj: Any, encoding: str = "utf-8") -> Any:
	"""Bytes from text; lists item by item."""
	if isinstance(obj, list):
		return [encode(item, encoding) for item in obj]
	return obj.encode(encoding) if isinstance(obj, str) else obj


def compare(val1: Any, condition: str, val2: Any, fieldtype: str | None = None) -> bool:
	"""Compare two values as a filter would."""
	if fieldtype:
		val1, val2 = cast(fieldtype, val1), cast(fieldtype, val2)
	tests: dict[str, Callable[[], bool]] = {
		"=": lambda: val1 == val2, "!=": lambda: val1 != val2, ">": lambda: val1 > val2, "<": lambda: val1 < val2,
		">=": lambda: val1 >= val2, "<=": lambda: val1 <= val2, "in": lambda: val1 in val2,
		"not in": lambda: val1 not in val2, "^": lambda: str(val1).startswith(str(val2)),
		"like": lambda: str(val2).strip("%").lower() in cstr(val1).lower(),
		"not like": lambda: str(val2).strip("%").lower() not in cstr(val1).lower(),
		"is": lambda: (val1 not in (None, "")) == (str(val2).lower() == "set"),
		"between": lambda: val2[0] <= val1 <= val2[1],
	}  # fmt: skip
	try:
		return bool(tests[condition.lower()]()) if condition.lower() in tests else False
	except TypeError:
		return False


def cast(fieldtype: str, value: Any = None) -> Any:
	"""A value in the type of its field."""
	if fieldtype in ("Currency", "Float", "Percent"):
		return flt(value)
	if fieldtype in ("Int", "Check"):
		return cint(sbool(value))
	if fieldtype in (
		"Data",
		"Text",
		"Small Text",
		"Long Text",
		"Text Editor",
		"Select",
		"Link",
		"Dynamic Link",
	):
		return cstr(value)
	if fieldtype == "Date":
		return getdate(value) if value else None
	if fieldtype == "Datetime":
		return get_datetime(value) if value else None
	return to_timedelta(value) if fieldtype == "Time" else value


cast_fieldtype = cast


def get_traceback(with_context: bool = False) -> str:
	"""The traceback of the exception being handled."""
	kind, value, trace = sys.exc_info()
	return "".join(traceback.format_exception(kind, value, trace)) if kind else ""
