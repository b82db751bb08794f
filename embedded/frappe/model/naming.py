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
MOMENTS = {"YY": "%y", "YYYY": "%Y", "MM": "%m", "DD": "%d", "WW": "%V", "timestamp": "%Y-%m-%d %H:%M:%S.%f"}


class InvalidNamingSeriesError(frappe.ValidationError):
	"""A naming series that cannot be used."""


class Literal(str):
	"""A part of a name that is taken as it is."""

	__slots__ = ()


class NamingSeries:
	"""A naming series like `ORD-.YYYY.-.#####`, and its counter."""

	def __init__(self, series: str):
		self.series = series

	def validate(self) -> None:
		"""Raise unless the series can be used."""
		name, wrong = frappe.bold(self.series), None
		if "." not in self.series:
			wrong = _("Invalid naming series {}: dot (.) missing").format(name)
		elif not re.fullmatch(r"[\w\- /.#{}]+", self.series):
			wrong = _(
				"Special Characters except '-', '#', '.', '/', '{' and '}' not allowed in naming series"
			)
			wrong += f" {name}"
		if wrong:
			frappe.throw(wrong, InvalidNamingSeriesError)

	def generate_next_name(self, doc: Any, *, ignore_validate: bool = False) -> str:
		"""The next name, counted."""
		if not ignore_validate:
			self.validate()
		return parse_naming_series(self.series, doc=doc)

	def get_prefix(self, doc: Any = None) -> str:
		"""The text before the number: the counter's key."""
		found: list[str] = []
		parse_naming_series(
			self.series, doc=doc, number_generator=lambda prefix, _n: found.append(prefix) or ""
		)
		return found[0] if found else ""

	def get_current_value(self) -> int:
		"""The number given last."""
		return _last_number(self.get_prefix()) or 0

	def update_counter(self, new_count: int) -> None:
		"""Set the number given last."""
		prefix = self.get_prefix()
		frappe.db.sql("DELETE FROM `tabSeries` WHERE `name` = %s", prefix)
		_count_from(prefix, cint(new_count))

	def get_preview(self, doc: Any = None) -> list[str]:
		"""The next three names, not counted."""
		following = range(self.get_current_value() + 1, self.get_current_value() + 4)
		return [
			parse_naming_series(
				self.series, doc=doc, number_generator=lambda _p, digits, n=n: str(n).zfill(digits)
			)
			for n in following
		]


def set_new_name(doc: Any) -> None:
	"""Give the document its name, by its DocType's rule."""
	if doc.meta.istable:
		doc.name = make_hash()
		return
	autoname = doc.meta.autoname or ""
	doc.run_method("before_naming")
	if autoname.lower() != "prompt":
		doc.name = None
	if doc.get("amended_from"):
		doc.name = _amended_name(doc)
		return
	if doc.meta.issingle:
		doc.name = doc.doctype
	if not doc.name:
		doc.run_method("autoname")
	doc.name = validate_name(doc.doctype, doc.name or _name_by_rule(doc, autoname) or make_hash())


def _name_by_rule(doc: Any, autoname: str) -> str | None:
	rule, _colon, rest = autoname.partition(":")
	rule = rule.lower()
	if rule == "field":
		if not cstr(doc.get(rest)).strip():
			frappe.throw(_("{0} is required").format(_(doc.meta.get_label(rest))))
		return cstr(doc.get(rest)).strip()
	if rule == "naming_series":
		doc.naming_series = doc.get("naming_series") or get_default_naming_series(doc.doctype)
		if not doc.naming_series:
			frappe.throw(_("Naming Series mandatory"))
		return make_autoname(doc.naming_series, doc=doc)
	if rule == "prompt":
		frappe.throw(_("Please set the document name"))
	if rule == "format":
		parts = BRACED.split(rest)
		return parse_naming_series(
			[part if i % 2 else Literal(part) for i, part in enumerate(parts)], doc=doc
		)
	return make_autoname(autoname, doc=doc) if "#" in autoname else None


def get_default_naming_series(doctype: str) -> str | None:
	"""The default of the naming_series field, else its first option."""
	df = frappe.get_meta(doctype).get_field("naming_series")
	return df.default or next(filter(None, (df.options or "").split("\n")), None)


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


def make_autoname(key: str = "", doctype: str = "", doc: Any = "", *, ignore_validate: bool = False) -> str:
	"""A name from a series, or a hash."""
	if key == "hash":
		return make_hash()
	series = NamingSeries(key if "#" in key else key + ".#####")
	return series.generate_next_name(doc, ignore_validate=ignore_validate)


def parse_naming_series(
	parts: list[str] | str, doctype: str | None = None, doc: Any = "",
	number_generator: Callable[[str, int], str] | None = None,
) -> str:  # fmt: skip
	"""Put a series together: the first `#` counts; dates and fields are filled in."""
	count, name, counted, moment = number_generator or getseries, "", False, now_datetime()
	own = frappe.get_hooks("naming_series_variables", {})
	for part in parts.split(".") if isinstance(parts, str) else parts:
		if isinstance(part, Literal):
			name += part
		elif part.startswith("#"):
			name += "" if counted else cstr(count(name, len(part)))
			counted = True
		elif part in MOMENTS:
			name += moment.strftime(MOMENTS[part])
		elif part in own:
			name += cstr(frappe.get_attr(own[part][-1])(doc, part))
		elif doc and (part.startswith("{") or doc.get(part) is not None):
			name += cstr(doc.get(part.strip("{}")))
		else:
			name += part
	return name


def _last_number(key: str, lock: str = "") -> int | None:
	rows = frappe.db.sql(f"SELECT `current` FROM `tabSeries` WHERE `name` = %s{lock}", key)
	return cint(rows[0][0]) if rows else None


def _count_from(key: str, number: int) -> None:
	frappe.db.sql("INSERT INTO `tabSeries` (`name`, `current`) VALUES (%s, %s)", (key, number))


def getseries(key: str, digits: int) -> str:
	"""The next number of a counter, inside this transaction."""
	last = _last_number(key, " FOR UPDATE")
	if last is None:
		_count_from(key, 1)
	else:
		frappe.db.sql("UPDATE `tabSeries` SET `current` = %s WHERE `name` = %s", (last + 1, key))
	return str((last or 0) + 1).zfill(digits)


def revert_series_if_last(key: str, name: str, doc: Any = None) -> None:
	"""Step the counter back when the last document of a series is deleted."""
	key = key if "#" in key else key + ".#####"
	prefix = NamingSeries(key).get_prefix(doc)
	last = _last_number(prefix)
	if last and name == prefix + str(last).zfill(key.count("#")):
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
