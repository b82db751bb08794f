"""How documents get their names."""

import re
import secrets
import time
from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, now_datetime

BRACED = re.compile(r"\{([^{}]+)\}")
LETTERS = "0123456789abcdefghijklmnopqrstuv"


class InvalidNamingSeriesError(frappe.ValidationError):
	"""A naming series that cannot be used."""


class Literal(str):
	"""A part of a name that is taken as it is."""

	__slots__ = ()


class NamingSeries:
	"""A naming series and its counter."""

	def __init__(self, series: str):
		self.series = series

	def validate(self) -> None:
		"""Raise unless the series can be used."""
		if "." not in self.series:
			frappe.throw(
				_("Invalid naming series {}: dot (.) missing").format(frappe.bold(self.series)), InvalidNamingSeriesError
			)
		if not re.fullmatch(r"[\w\- /.#{}]+", self.series):
			frappe.throw(
				_("Special Characters except '-', '#', '.', '/', '{' and '}' not allowed in naming series") + f" {frappe.bold(self.series)}",
				InvalidNamingSeriesError,
			)

	def generate_next_name(self, doc: Any, *, ignore_validate: bool = False) -> str:
		"""The next name, counted."""
		if not ignore_validate:
			self.validate()
		return parse_naming_series(self.series.split("."), doc=doc)

	def get_prefix(self) -> str:
		"""The text before the number: the counter's key."""
		prefixes: list[str] = []
		parse_naming_series(self.series, number_generator=lambda prefix, _digits: prefixes.append(prefix) or "")
		return prefixes[0] if prefixes else ""

	def get_current_value(self) -> int:
		"""The number given last."""
		rows = frappe.db.sql("SELECT `current` FROM `tabSeries` WHERE `name` = %s", (self.get_prefix(),))
		return cint(rows[0][0]) if rows else 0

	def update_counter(self, new_count: int) -> None:
		"""Set the number given last."""
		prefix = self.get_prefix()
		frappe.db.sql("DELETE FROM `tabSeries` WHERE `name` = %s", (prefix,))
		frappe.db.sql("INSERT INTO `tabSeries` (`name`, `current`) VALUES (%s, %s)", (prefix, cint(new_count)))

	def get_preview(self, doc: Any = None) -> list[str]:
		"""The next three names, not counted."""
		current = self.get_current_value()
		return [
			parse_naming_series(self.series, doc=doc, number_generator=lambda _p, digits, n=n: str(current + n).zfill(digits))
			for n in (1, 2, 3)
		]


def set_new_name(doc: Any) -> None:
	"""Give the document its name, by its DocType's rule."""
	meta = doc.meta
	if meta.istable:
		doc.name = make_hash()
		return
	doc.run_method("before_naming")
	autoname = meta.autoname or ""
	if autoname.lower() != "prompt" and not frappe.flags.in_import:
		doc.name = None
	if doc.get("amended_from"):
		doc.name = _amended_name(doc)
		return
	if meta.issingle:
		doc.name = doc.doctype
	if not doc.name:
		doc.run_method("autoname")
	if not doc.name and autoname:
		doc.name = _name_by_rule(doc, autoname)
	doc.name = validate_name(doc.doctype, doc.name or make_hash())


def _name_by_rule(doc: Any, autoname: str) -> str | None:
	rule = autoname.lower()
	if rule.startswith("field:"):
		fieldname = autoname[6:]
		value = cstr(doc.get(fieldname)).strip()
		if not value:
			frappe.throw(_("{0} is required").format(_(doc.meta.get_label(fieldname))))
		return value
	if rule.startswith("naming_series:"):
		return _name_by_series_field(doc)
	if rule.startswith("prompt"):
		frappe.throw(_("Please set the document name"))
	if rule.startswith("format:"):
		parts = BRACED.split(autoname[7:])
		return parse_naming_series([part if i % 2 else Literal(part) for i, part in enumerate(parts)], doc=doc)
	if "#" in autoname or rule == "hash":
		return make_autoname(autoname, doc=doc)
	return None


def _name_by_series_field(doc: Any) -> str:
	if not doc.get("naming_series"):
		doc.naming_series = get_default_naming_series(doc.doctype)
	if not doc.naming_series:
		frappe.throw(_("Naming Series mandatory"))
	return make_autoname(f"{doc.naming_series}.#####" if "#" not in doc.naming_series else doc.naming_series, "", doc)


def get_default_naming_series(doctype: str) -> str | None:
	"""The first option of the naming_series field."""
	df = frappe.get_meta(doctype).get_field("naming_series")
	options = [option for option in (df.options or "").split("\n") if option] if df else []
	return (df.default or (options[0] if options else None)) if df else None


def _amended_name(doc: Any) -> str:
	prefix, number = doc.amended_from, 1
	if frappe.db.get_value(doc.doctype, doc.amended_from, "amended_from"):
		prefix, _dash, last = doc.amended_from.rpartition("-")
		number = cint(last) + 1
	return f"{prefix}-{number}"


def make_hash() -> str:
	"""Ten characters that sort roughly by the time they were made."""
	tick = int(time.time() * 10)
	head = "".join(LETTERS[tick >> shift & 31] for shift in (10, 5, 0))
	bits = secrets.randbits(35)
	return head + "".join(LETTERS[bits >> shift & 31] for shift in range(0, 35, 5))


def make_autoname(key: str = "", doctype: str = "", doc: Any = "", *, ignore_validate: bool = False) -> str:
	"""A name from a series like `ORD-.YYYY.-.#####`, or a hash."""
	if key == "hash":
		return make_hash()
	return NamingSeries(key if "#" in key else key + ".#####").generate_next_name(doc, ignore_validate=ignore_validate)


def parse_naming_series(
	parts: list[str] | str, doctype: str | None = None, doc: Any = "", number_generator: Callable[[str, int], str] | None = None,
) -> str:
	"""Put a series together: `#` counts, dates and fields are filled in."""
	if isinstance(parts, str):
		parts = parts.split(".")
	count = number_generator or getseries
	name, counted, today = "", False, now_datetime()
	variables = frappe.get_hooks("naming_series_variables", {})
	for part in parts:
		if isinstance(part, Literal):
			name += part
		elif part.startswith("#"):
			if not counted:
				name += cstr(count(name, len(part)))
				counted = True
		elif part == "YY":
			name += today.strftime("%y")
		elif part == "MM":
			name += today.strftime("%m")
		elif part == "DD":
			name += today.strftime("%d")
		elif part == "YYYY":
			name += today.strftime("%Y")
		elif part == "WW":
			name += f"{today.isocalendar().week:02d}"
		elif part == "timestamp":
			name += str(today)
		elif variables and part in variables:
			name += cstr(frappe.get_attr(variables[part][-1])(doc, part))
		elif doc and (part.startswith("{") or doc.get(part) is not None):
			name += cstr(doc.get(part.strip("{}")))
		else:
			name += part
	return name


def getseries(key: str, digits: int) -> str:
	"""The next number of a counter, inside this transaction."""
	lock = " FOR UPDATE" if frappe.db.db_type == "mariadb" else ""
	rows = frappe.db.sql(f"SELECT `current` FROM `tabSeries` WHERE `name` = %s{lock}", (key,))
	if rows:
		current = cint(rows[0][0]) + 1
		frappe.db.sql("UPDATE `tabSeries` SET `current` = %s WHERE `name` = %s", (current, key))
	else:
		current = 1
		frappe.db.sql("INSERT INTO `tabSeries` (`name`, `current`) VALUES (%s, 1)", (key,))
	return str(current).zfill(digits)


def revert_series_if_last(key: str, name: str, doc: Any = None) -> None:
	"""Step the counter back when the last document of a series is deleted."""
	prefixes: list[tuple[str, int]] = []
	parse_naming_series(key if "#" in key else key + ".#####", doc=doc or "", number_generator=lambda p, d: prefixes.append((p, d)) or "")
	if not prefixes:
		return
	prefix = prefixes[0][0]
	rows = frappe.db.sql("SELECT `current` FROM `tabSeries` WHERE `name` = %s", (prefix,))
	if rows and name == prefix + str(rows[0][0]).zfill(prefixes[0][1]):
		frappe.db.sql("UPDATE `tabSeries` SET `current` = `current` - 1 WHERE `name` = %s", (prefix,))


def validate_name(doctype: str, name: Any) -> Any:
	"""A name is short, not empty, and has no `<` or `>`."""
	if not name:
		frappe.throw(_("No Name Specified for {0}").format(_(doctype)))
	if isinstance(name, int):
		return name
	name = name.strip()
	if name.startswith("New " + doctype):
		frappe.throw(_("There were some errors setting the name, please contact the administrator"), frappe.NameError)
	if name == doctype and doctype != "DocType" and not frappe.get_meta(doctype).issingle:
		frappe.throw(_("Name of {0} cannot be {1}").format(_(doctype), name), frappe.NameError)
	if re.search("[<>]", name):
		frappe.throw(_("Name cannot contain special characters like {0}").format("'<', '>'"), frappe.NameError)
	if len(name) > 140:
		frappe.throw(_("{0} is longer than {1} characters").format(_("Name"), 140), frappe.CharacterLengthExceededError)
	return name
