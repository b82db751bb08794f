# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The rule book: every rule of the regulations, and the decisions, contradictions and blanks beside them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import frappe
from order_ops.rows import delete_many, insert_many, update_many

DOCTYPE = "Ops Rule"
RULE, DECISION, CONTRADICTION, BLANK = "Rule", "Decision", "Contradiction", "Blank"
FOLDER = Path(__file__).parent
DAGGER = "†"  # marks a rule that fills a blank of its source
FIGURE_FIELDS = ("applied", "met", "broken", "overridden", "last_at")

# prefix of the IDs -> title of the regulation, code of the profile that follows it
SOURCES = {
	"E": ("E-commerce Business Management Procedure", "BU-PARTS"),
	"G1": ("Order Management System Norms", "GENERAL"),
	"G2": ("Unit Order Management System", "GENERAL"),
	"G3": ("Order Management Rules", "GENERAL"),
	"G4": ("A Company's Order Processing Rules", "SALON"),
	"G5": ("Employee Order Management System", "GENERAL"),
	"G6": ("Daily Order Management System", "GENERAL"),
	"G7": ("E-commerce Seller Order Management System", "SELLER"),
	"G8": ("Customer Order Management System", "GENERAL"),
	"T": ("Tobacco Order Processing Rules", "TOBACCO"),
}
REGISTER = "Register of Decisions"
KINDS = {"D": DECISION, "C": CONTRADICTION, "B": BLANK}
MEANS = {
	"F": "Field",
	"S": "Workflow",
	"P": "Permission",
	"C": "Clock",
	"N": "Notification",
	"Pr": "Print",
	"R": "Report",
	"I": "Adapter",
	"A": "Attestation",
}


def entries() -> Iterator[dict]:
	"""All entries as rows of Ops Rule, the 591 rules first; name is the ID without the mark of a filled blank."""
	for row in _lines("rule_book.csv"):
		name = row.pop("id")
		prefix, article = name.rstrip(DAGGER).split("-", 1)
		source, profile = SOURCES.get(prefix, (REGISTER, ""))
		yield {
			"name": name.rstrip(DAGGER),
			"kind": RULE,
			"source": source,
			"profile": profile,
			"article": article.rstrip("abcdefghijklmnopqrstuvwxyz"),
			"is_default_of_blank": int(name.endswith(DAGGER)),
			"means": MEANS[code[0]] if (code := re.match(r"Pr|[FSPCNRIA]", row["enforcement"])) else "",
			**row,
			"related": "",
		}
	for row in _lines("decisions.csv"):
		name = row.pop("id")
		prefix, article = name.split("-")
		yield {
			"name": name,
			"kind": KINDS[prefix],
			"source": REGISTER,
			"article": article,
			"related": row.pop("rules"),
			**row,
		}


def load() -> None:
	"""Bring the records in line with the files, in few statements; a second run writes nothing."""
	book = {entry["name"]: entry for entry in entries()}
	fields = sorted({field for entry in book.values() for field in entry})
	kept = {row.name: row for row in frappe.get_all(DOCTYPE, fields=fields, limit=0)}
	insert_many(DOCTYPE, [entry for name, entry in book.items() if name not in kept])
	changed = {name: _change(entry, kept[name]) for name, entry in book.items() if name in kept}
	update_many(DOCTYPE, {name: change for name, change in changed.items() if change})
	delete_many(DOCTYPE, [name for name in kept if name not in book])


def rule_url(rule: str | None) -> str:
	"""The address of a rule's page on the desk; empty where no rule is named."""
	return frappe.utils.get_url_to_form(DOCTYPE, rule) if rule else ""


def _change(entry: dict, kept: dict) -> dict:
	return {field: value for field, value in entry.items() if (kept[field] or "") != (value or "")}


def _lines(file_name: str) -> Iterator[dict[str, str]]:
	with (FOLDER / file_name).open(encoding="utf-8", newline="") as file:
		yield from csv.DictReader(file)
