# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Two profiles or two versions side by side, in the sections of the form (G3-7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, fmt_money, format_datetime, get_time

PROFILE = "Ops Policy Profile"
LAYOUT = ("Section Break", "Column Break", "Tab Break", "HTML")
NOT_COMPARED = ("copy_as", "rule")  # the same may follow from other rules

# What a row of a child table is known by; other tables have one row for each first field.
KEYS = {
	"waves": ("wave", "title"),
	"steps": ("step", "title"),
	"checks": ("checklist", "title"),
	"required_fields": ("customer_kind", "field"),
	"tiers": ("document", "sequence", "amount_from"),
	"priorities": ("queue", "sort_by"),
	"penalties": ("occasion", "sanction"),
	"retention": ("document", "medium"),
}
WORDS = ("title", "department", "module", "starts_with", "stops_with")  # texts of ours, translated
CODED = ("waves", "steps")  # rows with a code before their title
RANKED = ("shortage_steps", "priorities")  # the place of a row says something


@dataclass(frozen=True)
class Pair:
	"""One value on both sides, in the reader's language; empty where a side has none."""

	label: str
	left: str
	right: str

	@property
	def differs(self) -> bool:
		return self.left != self.right


@dataclass(frozen=True)
class Line:
	"""A field, or a row of a table with its fields; a row may stand on one side only."""

	label: str
	pairs: tuple[Pair, ...]
	is_row: bool = False
	left: bool = True
	right: bool = True

	@property
	def differs(self) -> bool:
		return self.left != self.right or any(pair.differs for pair in self.pairs)


@dataclass(frozen=True)
class Part:
	"""A section of the form, or one of its tables."""

	title: str
	lines: tuple[Line, ...]

	@property
	def differences(self) -> int:
		return sum(line.differs for line in self.lines)


def compare(left: Document, right: Document) -> list[Part]:
	"""The sections of two profiles in the order of the form, each with its tables behind; empty ones are left out."""
	parts: list[Part] = []
	lines: list[Line] = []
	tables: list[Part] = []
	title = _("Profile")
	for df in frappe.get_meta(PROFILE).fields:
		label = _(df.label, context=PROFILE) if df.label else ""
		if df.fieldtype == "Section Break":
			parts += [Part(title, tuple(lines)), *tables]
			title, lines, tables = label, [], []
		elif df.fieldtype == "Table":
			tables.append(Part(label, tuple(_rows(df.fieldname, df.options, left, right))))
		elif df.fieldtype not in LAYOUT and df.fieldname not in NOT_COMPARED:
			pair = Pair("", _cell(left, df, PROFILE), _cell(right, df, PROFILE))
			lines.append(Line(label, (pair,)))
	return [part for part in (*parts, Part(title, tuple(lines)), *tables) if part.lines]


def aligned(left: Iterable[str], right: Iterable[str]) -> list[str]:
	"""The keys of both sides once, each as close to its neighbours as it stood: the left order leads."""
	order = list(left)
	known, place = set(order), 0
	for key in right:
		if key in known:
			place = order.index(key) + 1
		else:
			order.insert(place, key)
			place += 1
	return order


def text(value: Any, fieldtype: str, context: str, options: str | None = None) -> str:
	"""A value as people read it; empty for nothing, for a tick that is not set, and for 0."""
	if fieldtype == "Check":
		return _("Yes") if cint(value) else ""
	if value in (None, "", 0):
		return ""
	if fieldtype == "Time":
		at = get_time(value)
		return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
	if fieldtype == "Datetime":
		return format_datetime(value)
	if fieldtype == "Currency":
		return fmt_money(value, currency="CNY")
	if fieldtype == "Select" or options == "Role":
		return _(value, context=context)
	return str(value)


def _rows(table: str, child: str, left: Document, right: Document) -> Iterator[Line]:
	meta = frappe.get_meta(child)
	keys = KEYS.get(table, (meta.fields[0].fieldname,))
	known_by = keys[:1] if table in CODED else keys  # a title may be other words for the same thing
	sides = [_keyed(doc.get(table), known_by) for doc in (left, right)]
	hidden = (*keys, *NOT_COMPARED)
	fields = [df for df in meta.fields if df.fieldtype not in LAYOUT and df.fieldname not in hidden]
	for key in aligned(*sides):
		one, other = (side.get(key) for side in sides)
		pairs = [
			Pair(_(df.label, context=child), *(_cell(row, df, child) for row in (one, other)))
			for df in fields
		]
		if table in CODED and one and other and one.title != other.title:
			pairs.insert(
				0, Pair(_(meta.get_field("title").label, context=child), _(one.title), _(other.title))
			)
		if table in RANKED:
			pairs.insert(0, Pair(_("Place"), *(str(row.idx) if row else "" for row in (one, other))))
		label = " · ".join(filter(None, (_cell(one or other, meta.get_field(name), child) for name in keys)))
		shown = tuple(pair for pair in pairs if pair.left or pair.right)
		yield Line(label, shown, True, one is not None, other is not None)


def _keyed(rows: Iterable[Document], keys: tuple[str, ...]) -> Mapping[str, Document]:
	"""Rows by what they are known by; a second one of the same has its number behind."""
	seen: Counter[str] = Counter()
	found = {}
	for row in rows:
		key = "/".join(str(row.get(name)) for name in keys)
		seen[key] += 1
		found[f"{key}#{seen[key]}"] = row
	return found


def _cell(row: Document | None, df: Any, doctype: str) -> str:
	if row is None:
		return ""
	if df.fieldname in WORDS:
		return _(row.get(df.fieldname) or "")
	return text(row.get(df.fieldname), df.fieldtype, doctype, df.options)
