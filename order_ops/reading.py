"""Values from outside, read strictly: each has its type and length, each mistake its place (G1-07a). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal

from order_ops.money import LARGEST_AMOUNT, to_decimal
from order_ops.problems import Problem, _

LONGEST_TEXT = 140
LONGEST_NOTE = 1000

_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:#\w+|[a-z]+);|javascript:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Reader:
	"""Reads the values of one thing and collects what is wrong with them."""

	def __init__(self, zone: tzinfo | None = None) -> None:
		self.zone = zone
		self.problems: list[Problem] = []

	def refuse(
		self, code: str, text: str, args: tuple = (), field: str = "", row: int | None = None, rule: str = ""
	) -> None:
		"""Note one mistake."""
		self.problems.append(Problem(code, text, args, field, row, rule))

	def mapping(self, raw: object, where: str, known: Collection[str], row: int | None = None) -> Mapping:
		"""A set of named values, all of them known."""
		if raw is None or raw == "":
			return {}
		if not isinstance(raw, Mapping):
			self.refuse("type", _("{0} must be a set of named values"), (where or "order",), where, row)
			return {}
		for name in raw:
			if name not in known:
				place = str(name)[:80] if row or not where else f"{where}.{name}"[:80]
				args = (str(name)[:40], ", ".join(known))
				self.refuse(
					"unknown_field", _("There is no field {0} here; known are: {1}"), args, place, row
				)
		return raw

	def rows(self, raw: object, where: str, most: int) -> list:
		"""A list with at least one and at most so many entries."""
		if isinstance(raw, str | bytes | Mapping) or not isinstance(raw, Iterable):
			raw = ()
		found = list(raw)
		if not found:
			self.refuse("missing", _("{0} must be a list with at least one entry"), (where,), where)
		elif len(found) > most:
			self.refuse(
				"too_many", _("{0} has more than {1} entries; send it in parts"), (where, most), where
			)
			return []
		return found

	def text(
		self,
		raw: object,
		where: str,
		longest: int = LONGEST_TEXT,
		row: int | None = None,
		may_begin_like_formula: bool = False,
	) -> str:
		"""Plain text: no markup, no control characters, nothing that a spreadsheet would run."""
		if raw is None:
			return ""
		if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
			raw = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
		if not isinstance(raw, str):
			self.refuse("type", _("{0} must be text"), (where,), where, row)
			return ""
		text = raw.strip()
		if len(text) > longest:
			self.refuse("too_long", _("{0} is longer than {1} characters"), (where, longest), where, row)
		elif _CONTROL.search(text):
			self.refuse("control", _("{0} contains invisible control characters"), (where,), where, row)
		elif _MARKUP.search(text):
			self.refuse("markup", _("{0} contains HTML; write plain text"), (where,), where, row)
		elif text.startswith(_FORMULA) and not may_begin_like_formula:
			words = _("{0} begins like a spreadsheet formula; begin it with a letter or digit")
			self.refuse("formula", words, (where,), where, row)
		else:
			return text
		return ""

	def choice(self, raw: object, where: str, choices: tuple[str, ...], default: str | None = None) -> str:
		"""One of the given words; the first, or the default, where nothing is said."""
		if raw is None or raw == "":
			return choices[0] if default is None else default
		text = raw.strip() if isinstance(raw, str) else raw
		if text not in choices:
			self.refuse("choice", _("{0} must be one of: {1}"), (where, ", ".join(choices)), where)
			return choices[0]
		return text

	def number(self, raw: object, where: str, row: int | None = None) -> Decimal | None:
		"""A finite number, exactly as it was written."""
		if raw is None or raw == "":
			return None
		try:
			return to_decimal(raw)
		except ValueError:
			self.refuse("type", _("{0} is not a number: {1}"), (where, str(raw)[:40]), where, row)
			return None

	def amount(self, raw: object, where: str, row: int | None = None, places: int = 2) -> Decimal | None:
		"""An amount of money that is not negative (D-12)."""
		value = self.number(raw, where, row)
		if value is None:
			return None
		if not 0 <= value < LARGEST_AMOUNT:
			words = _("{0} must not be negative nor above {1}")
			self.refuse("amount", words, (where, LARGEST_AMOUNT), where, row, "D-12")
		elif value != round(value, places):
			self.refuse("amount", _("{0} has more than {1} decimals"), (where, places), where, row, "D-12")
		return value

	def instant(self, raw: object, where: str) -> datetime | None:
		"""Date and time in the site's zone; an offset is converted where the zone is known (D-19)."""
		if raw is None or raw == "":
			return None
		try:
			at = (
				raw
				if isinstance(raw, datetime)
				else datetime.fromisoformat(str(raw).strip().replace("Z", "+00:00"))
			)
		except ValueError:
			self.refuse("type", _("{0} is no date and time like 2026-11-20 14:59:59"), (where,), where)
			return None
		if at.tzinfo:
			if self.zone is None:
				self.refuse("type", _("{0} must be local time without offset"), (where,), where)
				return None
			at = at.astimezone(self.zone).replace(tzinfo=None)
		return at.replace(microsecond=0)
