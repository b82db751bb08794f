# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import re
from pathlib import Path

import frappe
from order_ops.policy import rule_book
from order_ops.policy.exceptions import RuleBookIsData
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_user

APP = Path(rule_book.__file__).parents[1]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WESTERN = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]")  # punctuation in Chinese text
# what people read as a rule: [E-4.12c] at the end of a message, rule="E-4.12c", "rule": "E-4.12c"
NAMED = re.compile(r"""(?:\[|rule"?[:=]\s?")((?:E|G\d?|T|[BCD])-(?:[A-DX]\.)?\d[\d.]*[a-z]?)[\]"]""")


def entry(text: str) -> str:
	"""The ID of an entry that is looked up, not proved: `T 5.1` is T, a dash, 5.1."""
	return text.replace(" ", "-")


class TestRuleBook(OpsTestCase):
	def setUp(self):
		super().setUp()
		self.book = {entry["name"]: entry for entry in rule_book.entries()}

	def test_591_rules_each_with_an_id_of_its_own_and_chinese_text(self):
		entries = list(rule_book.entries())
		self.assertEqual(sum(entry["kind"] == "Rule" for entry in entries), 591)
		self.assertEqual(len(self.book), len(entries))
		self.assertEqual([e["name"] for e in entries if not CHINESE.search(e["text_zh"])], [])
		self.assertEqual([e["name"] for e in entries if len(e["text_zh"]) < 4 or not e["text"]], [])
		self.assertEqual([e["name"] for e in entries if WESTERN.search(e["text_zh"])], [])
		self.assertEqual([e["name"] for e in entries if not CHINESE.search(e["section_zh"])], [])
		self.assertEqual([e["position"] for e in entries], list(range(1, len(entries) + 1)))

	def test_the_register_stands_beside_the_rules(self):
		count = {
			kind: sum(e["kind"] == kind for e in self.book.values()) for kind in rule_book.KINDS.values()
		}
		self.assertEqual(count, {"Decision": 19, "Contradiction": 36, "Blank": 36})
		self.assertIn("15:00:00", self.book["D-01"]["text_zh"])
		self.assertEqual(self.book["C-05"]["related"], "E-3.4d, E-4.13h")

	def test_a_rule_knows_its_article_profile_means_and_whether_it_fills_a_blank(self):
		rule = self.book[entry("T 5.1.2.6a")]
		self.assertEqual((rule["article"], rule["profile"]), ("5.1.2.6", "TOBACCO"))
		self.assertEqual(
			[self.book[entry(name)]["profile"] for name in ("E 1", "G1 01", "G4 1", "G7 1", "G8 10s")],
			["BU-PARTS", "GENERAL", "SALON", "SELLER", "GENERAL"],
		)
		self.assertEqual(
			[self.book[entry(name)]["means"] for name in ("E 3.4a", "T B.01", "G8 03.2")],
			["Clock", "Print", "Workflow"],
		)
		blanks = [name for name, entry in self.book.items() if entry.get("is_default_of_blank")]
		self.assertIn(entry("E 4.34"), blanks)
		self.assertNotIn(entry("E 4.13b"), blanks)

	def test_which_rules_ask_to_tell_somebody(self):  # D-15
		for enforcement, expected in (
			("N", True),
			("S+N: Escalated", True),
			("C: reminder, breach; I: OA message", True),
			("C: breach 09:00; R/I: CSV export", True),
			("I, optional", True),
			("C: start, stop; breach → N team leader", False),
			("S", False),
			("", False),
			(None, False),
		):
			with self.subTest(enforcement=enforcement):
				self.assertEqual(rule_book.asks_to_tell(enforcement), expected)

	def test_the_records_are_the_files_and_a_second_load_writes_nothing(self):
		rule_book.load()
		self.assertEqual(frappe.db.count("Ops Rule"), len(self.book))
		self.assertEqual(frappe.db.get_value("Ops Rule", "E-3.4a", "text_zh"), "当天15:00前的订单当天发货。")
		with self.statements() as said:
			rule_book.load()
		self.assertEqual(said - {"select"}, set())

	def test_what_differs_from_the_files_is_put_right_and_the_evidence_stays(self):
		rule_book.load()
		frappe.db.set_value("Ops Rule", "E-3.4a", {"text": "Anything", "applied": 7})
		frappe.db.delete("Ops Rule", {"name": "E-3.4b"})
		rule_book.load()
		self.assertEqual(frappe.db.get_value("Ops Rule", "E-3.4a", "text"), self.book["E-3.4a"]["text"])
		self.assertEqual(frappe.db.get_value("Ops Rule", "E-3.4a", "applied"), 7)
		self.assertTrue(frappe.db.exists("Ops Rule", "E-3.4b"))

	def test_everybody_at_a_desk_reads_the_book_and_nobody_writes_it(self):
		make_user("keeper@rules.test", "Warehouse Keeper")
		rule = frappe.get_doc("Ops Rule", "E-3.4a")
		with self.as_user("keeper@rules.test"):
			self.assertTrue(frappe.get_list("Ops Rule", {"name": "E-3.4a"}))
			self.assertFalse(frappe.has_permission("Ops Rule", "write"))
		rule.text = "As I like it"
		mine = frappe.get_doc({"doctype": "Ops Rule", "name": entry("E 99"), "text": "Mine"})
		for write in (rule.save, rule.delete, mine.insert):
			with self.assertRaisesRegex(RuleBookIsData, r"\[G3-7\]"):
				write()
		self.assertEqual(frappe.db.get_value("Ops Rule", "E-3.4a", "text"), self.book["E-3.4a"]["text"])

	def test_every_rule_that_the_app_names_has_its_page(self):
		unknown = {
			f"{rule} in {path.relative_to(APP)}"
			for suffix in ("py", "json", "js", "html")
			for path in APP.rglob(f"*.{suffix}")
			for rule in NAMED.findall(path.read_text(encoding="utf-8"))
			if rule not in self.book
		}
		self.assertEqual(unknown, set())

	def test_the_address_of_a_rule(self):
		self.assertTrue(rule_book.rule_url("E-4.12c").endswith("/ops-rule/E-4.12c"))
		self.assertEqual(rule_book.rule_url(None), "")
