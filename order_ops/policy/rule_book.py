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
SECTIONS_ZH = {
	"1": "范围、原则与系统职责",
	"2": "产品上架",
	"3": "客户",
	"4": "接单",
	"5": "审核与审批",
	"6": "截止时间与时限",
	"7": "库存与发货单",
	"8": "执行、跟踪与客户反馈",
	"9": "变更与终止",
	"10": "发票",
	"11": "物流",
	"12": "收货",
	"13": "退换货",
	"14": "退款",
	"15": "对账结算",
	"16": "支付、批量扣款与银行",
	"17": "特殊订单与特殊配送（烟草）",
	"18": "渠道：电话、网上、配货、POS",
	"19": "调价",
	"20": "报表与考核",
	"21": "归档与保存",
	"22": "隐私、公布与处罚",
	"23": "角色",
	"24.1": "附录A 特殊报货单",
	"24.2": "附录B 货款结算成功清单",
	"24.3": "附录C 货款结算专用凭证",
	"24.4": "附录D 货款结算不成功清单",
	"24.5": "其他单据",
	"25": "外部系统",
	"Decisions": "决定",
	"Contradictions": "矛盾",
	"Blanks": "空白",
}
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
	for position, entry in enumerate((*_rules(), *_register()), start=1):
		number = entry["section"].split()[0].rstrip(".")
		yield {**entry, "position": position, "section_zh": SECTIONS_ZH[number]}


def _rules() -> Iterator[dict]:
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


def _register() -> Iterator[dict]:
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


def asks_to_tell(enforcement: str | None) -> bool:
	"""Whether a rule is a duty to tell: a notification or an adapter enforces it, as in `C: by 15:00; I: OA message`."""
	clauses = (
		re.match(r"\s*([A-Za-z+/]+)(?:[:,]|\s*$)", clause) for clause in (enforcement or "").split(";")
	)
	return any(code in ("N", "I") for clause in clauses if clause for code in re.split(r"[+/]", clause[1]))


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
