"""How documents get their names."""

import re
import secrets
import time
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, now_datetime

LETTERS = "0123456789abcdefghijklmnopqrstuv"
MOMENTS = {"YY": "%y", "YYYY": "%Y", "MM": "%m", "DD": "%d"}


def set_new_name(doc: Any) -> None:
	"""Give the document its name, by its DocType's rule."""
	if doc.meta.istable:
		doc.name = make_hash()
		return
	autoname = doc.meta.autoname or ""
	if autoname.lower() != "prompt":
		doc.name = doc.doctype if doc.meta.issingle else None
	if doc.get("amended_from"):
		doc.name = _amended_name(doc)
		return
	if not doc.name:
		doc.run_method("autoname")
	doc.name = validate_name(doc.doctype, doc.name or _name_by_rule(doc, autoname) or make_hash())


def _name_by_rule(doc: Any, autoname: str) -> str | None:
	rule, _colon, rest = autoname.partition(":")
	if rule == "field":
		if not cstr(doc.get(rest)).strip():
			frappe.throw(_("{0} is required").format(_(doc.meta.get_label(rest))))
		return cstr(doc.get(rest)).strip()
	if rule.lower() == "prompt":
		frappe.throw(_("Please set the document name"))
	if rule == "format":
		return re.sub(r"\{([^{}]+)\}", lambda braced: _part(doc, braced[1]), rest)
	return make_autoname(autoname, doc=doc) if "#" in autoname else None


def _amended_name(doc: Any) -> str:
	prefix, number = doc.amended_from, 1
	if frappe.db.get_value(doc.doctype, doc.amended_from, "amended_from"):
		prefix, _dash, last = doc.amended_from.rpartition("-")
		number = cint(last) + 1
	return f"{prefix}-{number}"


def make_hash() -> str:
	"""Ten characters that sort roughly by the time they were made."""
	bits = (int(time.time() * 10) & 0x7FFF) << 35 | secrets.randbits(35)
	return "".join(LETTERS[bits >> shift & 31] for shift in range(45, -5, -5))


def make_autoname(key: str, doc: Any = None) -> str:
	"""The next name of a series like `OF-.YYYY.-.#####`."""
	prefix, digits = _series(key, doc)
	return prefix + getseries(prefix, digits)


def _series(key: str, doc: Any) -> tuple[str, int]:
	"""What stands before the number, and how many digits that has."""
	before, _dot, marks = key.rpartition(".")
	return "".join(_part(doc, part) for part in before.split(".")), len(marks)


def _part(doc: Any, part: str) -> str:
	if part in MOMENTS:
		return now_datetime().strftime(MOMENTS[part])
	return part if doc is None or doc.get(part) is None else cstr(doc.get(part))


def _last_number(key: str, lock: str = "") -> int | None:
	rows = frappe.db.sql(f"SELECT `current` FROM `tabSeries` WHERE `name` = %s{lock}", key)
	return cint(rows[0][0]) if rows else None


def getseries(key: str, digits: int) -> str:
	"""The next number of a counter, inside this transaction."""
	last = _last_number(key, " FOR UPDATE")
	if last is None:
		frappe.db.sql("INSERT INTO `tabSeries` (`name`, `current`) VALUES (%s, 1)", key)
	else:
		frappe.db.sql("UPDATE `tabSeries` SET `current` = %s WHERE `name` = %s", (last + 1, key))
	return str((last or 0) + 1).zfill(digits)


def revert_series_if_last(key: str, name: str, doc: Any = None) -> None:
	"""Step the counter back when the last document of a series is deleted."""
	prefix, digits = _series(key, doc)
	last = _last_number(prefix)
	if last and name == prefix + str(last).zfill(digits):
		frappe.db.sql("UPDATE `tabSeries` SET `current` = `current` - 1 WHERE `name` = %s", prefix)


def validate_name(doctype: str, name: Any) -> Any:
	"""A name is short, not empty, and has no `<` or `>`."""
	name = name.strip() if isinstance(name, str) else name
	if not name:
		frappe.throw(_("No Name Specified for {0}").format(_(doctype)))
	text, wrong = cstr(name), None
	if text.startswith("New " + doctype):
		wrong = _("There were some errors setting the name, please contact the administrator")
	elif text == doctype and doctype != "DocType" and not frappe.get_meta(doctype).issingle:
		wrong = _("Name of {0} cannot be {1}").format(_(doctype), text)
	elif re.search("[<>]", text):
		wrong = _("Name cannot contain special characters like {0}").format("'<', '>'")
	if wrong:
		frappe.throw(wrong, frappe.NameError)
	if len(text) > 140:
		frappe.throw(_("Name is longer than 140 characters"), frappe.CharacterLengthExceededError)
	return name
