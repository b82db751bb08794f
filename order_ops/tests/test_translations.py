# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Every text that a person may read has its Chinese, and no word of ours changes what Frappe's own pages say."""

from __future__ import annotations

import ast
import csv
import json
import re
import unittest
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from order_ops import hooks
from order_ops.demo import company
from order_ops.setup import channels, holds, policies, regulations, roles, workflows

APP = Path(__file__).parents[1]
FILE = APP / "translations" / "zh.csv"
# What Frappe says itself: by its embedded host, whose file is at hand wherever the repository is.
HOST = APP.parent / "embedded" / "frappe" / "translations" / "zh.csv"
# Words with another meaning on Frappe's own pages; ours stand in a context or have a more telling name.
FRAPPE_WORDS = frozenset(
	"At Auto By Calendar Change Completed Count Created From Key Lines Main Name New Note Owner Parts Queued "
	"Receipt Recipient Release Report Service State Title To Total Value".split()
)
MARKERS = {"frappe", "order_ops.problems"}  # modules whose _ marks a text
MARKED = re.compile(r"""\b_\(\s*(["'])(.+?)\1""")
HAPPENED = re.compile(
	r'"((?:Clock|Customer|Delivery Note|Hold|Invoice|Order|Wave) (?:Handed Over|Signed For|With Goods|[A-Z][a-z]+ed))"'
)
PLACE = re.compile(r"\{\d*\}|%\w")
WORDLESS = re.compile(r"^[^A-Za-z]*$")
CODES = re.compile(r"^[A-Z]\d?-[\d.]+[a-z]?(/[a-z])?(, [A-Z]-[\d.]+[a-z]?)*$")  # rules of the regulations


class Text(NamedTuple):
	"""A text in the program, the context in which Frappe looks it up, and the place where it stands."""

	source: str
	context: str
	place: str


def doctype_texts() -> Iterator[Text]:
	"""Names, labels, choices, hints, actions and groups of links."""
	for path in sorted(APP.glob("*/doctype/*/*.json")):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		name = doctype["name"]
		yield Text(name, "", name)
		for field in doctype["fields"]:
			place = f"{name}.{field['fieldname']}"
			yield Text(field.get("label") or "", name, place)
			yield Text(field.get("description") or "", name, place)
			if field["fieldtype"] == "HTML":
				yield Text(field.get("options") or "", "", place)
			if field["fieldtype"] == "Select":
				for option in (field.get("options") or "").split("\n"):
					yield Text(option, name, place)
		for row in (*doctype.get("actions", ()), *doctype.get("links", ())):
			yield Text(row.get("label") or row.get("group") or "", "", name)
		for row in doctype.get("states", ()):
			yield Text(row["title"], name, name)


def desk_texts() -> Iterator[Text]:
	"""Modules, workspaces with what stands on them, number cards and charts."""
	for module in (APP / "modules.txt").read_text(encoding="utf-8").split("\n"):
		yield Text(module.strip(), "", "modules.txt")
	for kind in ("workspace", "number_card", "dashboard_chart"):
		for path in sorted(APP.glob(f"*/{kind}/*/*.json")):
			record = json.loads(path.read_text(encoding="utf-8"))
			for key in ("title", "label", "chart_name"):
				yield Text(record.get(key) or "", "", path.stem)
			for key in ("charts", "links", "number_cards", "quick_lists", "shortcuts"):
				for row in record.get(key) or ():
					yield Text(row.get("label") or "", "", path.stem)
			for block in json.loads(record.get("content") or "[]"):
				yield Text(re.sub(r"<[^>]+>", "", block["data"].get("text", "")), "", path.stem)
				yield Text(block["data"].get("card_name", ""), "", path.stem)
	for path in sorted(APP.glob("*/report/*/*.json")):
		record = json.loads(path.read_text(encoding="utf-8"))
		yield Text(record["name"], "", path.stem)
		for row in record["filters"]:
			yield Text(row["label"], "", path.stem)
	for item in hooks.portal_menu_items:
		yield Text(item["title"], "", "hooks.py")


def setup_texts() -> Iterator[Text]:
	"""Roles, states and actions of the flows, and the records that every site begins with."""
	for role in (*roles.DESK_ROLES, *roles.PORTAL_ROLES):
		yield Text(role, "", "setup/roles.py")
	for flow in workflows.WORKFLOWS.values():
		for state, *_rest in flow["states"]:
			yield Text(state, "", "setup/workflows.py")
		for _from, action, *_rest in flow["transitions"]:
			yield Text(action, "", "setup/workflows.py")
	for profile in policies.PROFILES:
		for row in (profile, *profile["waves"], *profile["steps"], *profile["checks"]):
			yield Text(row["title"], "", "setup/policies")
		for duty in profile["duties"]:
			yield Text(duty["department"], "", "setup/policies")
	for kind in holds.KINDS:
		yield Text(kind, "", "setup/holds.py")
	yield Text(company.HOLD_KIND, "", "demo/company.py")
	for title, _title_zh in regulations.REFERRED_TO.values():
		yield Text(title, "", "setup/regulations.py")
	for channel in channels.CHANNELS:
		yield Text(channel["title"], "", "setup/channels.py")


def python_texts() -> Iterator[Text]:
	"""What the program says through _(), the phases it writes into the history, and the events it tells of."""
	for path in sorted(APP.rglob("*.py")):
		if path.name.startswith("test_") or "tests" in path.parts or "demo" in path.parts:
			continue
		tree = ast.parse(path.read_text(encoding="utf-8"))
		marks = {
			alias.asname or alias.name
			for node in ast.walk(tree)
			if isinstance(node, ast.ImportFrom) and node.module in MARKERS
			for alias in node.names
			if alias.name == "_"
		}
		if path.name == "problems.py":
			marks = set()
		for node in ast.walk(tree):
			place = f"{path.relative_to(APP)}:{getattr(node, 'lineno', 0)}"
			if isinstance(node, ast.Call) and node.args and _marks(node.func, marks):
				yield from (Text(text, "", place) for text in _strings(node.args[0]))
			elif isinstance(node, ast.Dict):
				for key, value in zip(node.keys, node.values, strict=True):
					if isinstance(key, ast.Constant) and key.value in ("phase", "event"):
						yield from (Text(text, "", place) for text in _strings(value))


def template_texts() -> Iterator[Text]:
	"""What pages and prints say through _()."""
	for path in sorted((*APP.rglob("*.html"), *APP.rglob("*.js"))):
		for _quote, text in MARKED.findall(path.read_text(encoding="utf-8")):
			yield Text(text, "", str(path.relative_to(APP)))


def event_texts() -> Iterator[Text]:
	"""What happened, as the history names it."""
	for path in sorted(APP.rglob("*.py")):
		for event in HAPPENED.findall(path.read_text(encoding="utf-8")):
			yield Text(event, "", str(path.relative_to(APP)))


def _marks(function: ast.expr, marks: set[str]) -> bool:
	if isinstance(function, ast.Attribute):
		return function.attr == "_" and isinstance(function.value, ast.Name) and function.value.id == "frappe"
	return isinstance(function, ast.Name) and function.id in marks


def _strings(node: ast.expr) -> Iterator[str]:
	"""The constant strings of an expression such as `"a" if x else "b"`."""
	if isinstance(node, ast.Constant):
		if isinstance(node.value, str):
			yield node.value
	elif isinstance(node, ast.IfExp):
		yield from _strings(node.body)
		yield from _strings(node.orelse)


def every_text() -> Iterator[Text]:
	"""All texts that need a translation; codes, rule numbers and figures do not."""
	found: Iterable[Text] = (
		*doctype_texts(),
		*desk_texts(),
		*setup_texts(),
		*python_texts(),
		*template_texts(),
		*event_texts(),
	)
	for text in found:
		source = text.source.strip()
		if source and not WORDLESS.match(source) and not CODES.match(source):
			yield text._replace(source=source)


def entries() -> list[tuple[str, str, str]]:
	"""The file's rows: source, translation, context."""
	with FILE.open(encoding="utf-8", newline="") as file:
		return [(row[0], row[1], row[2] if len(row) > 2 else "") for row in csv.reader(file) if row]


class TestTranslations(unittest.TestCase):
	"""translations/zh.csv against everything that is said."""

	def test_every_text_has_its_chinese(self) -> None:
		known = {(source, context) for source, translation, context in entries() if translation}
		missing = {
			text.source: f"{text.source!r} in {text.place}"
			for text in every_text()
			if (text.source, "") not in known and (text.source, text.context) not in known
		}
		self.assertFalse(missing, "\n".join(["", *missing.values()]))

	def test_no_entry_is_left_over(self) -> None:
		said = {text.source for text in every_text()}
		left = [source for source, _translation, _context in entries() if source not in said]
		self.assertFalse(left, "\n".join(["", *left]))

	def test_every_text_stands_there_once(self) -> None:
		twice = Counter((source, context) for source, _translation, context in entries())
		self.assertEqual([key for key, count in twice.items() if count > 1], [])

	def test_a_translation_takes_the_same_values(self) -> None:
		differ = [
			source
			for source, translation, _context in entries()
			if Counter(PLACE.findall(source)) != Counter(PLACE.findall(translation))
		]
		self.assertEqual(differ, [])

	def test_frappes_own_pages_keep_their_words(self) -> None:
		host = {}
		if HOST.exists():
			with HOST.open(encoding="utf-8", newline="") as file:
				host = {row[0]: row[1] for row in csv.reader(file) if len(row) == 2}
		changed = [
			f"{source}: {translation}, Frappe says {host.get(source, 'something else')}"
			for source, translation, context in entries()
			if not context and (source in FRAPPE_WORDS or host.get(source, translation) != translation)
		]
		self.assertFalse(changed, "\n".join(["", *changed]))
