# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The regulations this product was written for, and the two that one of them refers to (G3-0, T-2a)."""

from __future__ import annotations

from order_ops.policy import rule_book
from order_ops.setup.records import make as make_record
from order_ops.setup.records import missing

SINCE = "2000-01-01"
TITLES_ZH = {
	"E": "电商业务管理办法",
	"G1": "订单管理制度规范",
	"G2": "单位订单管理制度",
	"G3": "订单管理规定",
	"G4": "某公司订单处理管理规定",
	"G5": "企业员工订单管理制度",
	"G6": "公司订单日常管理制度",
	"G7": "电商卖家订单管理制度",
	"G8": "公司客户订单管理制度",
	"T": "订单处理管理规定",
}
# code -> title, Chinese title: their texts were not supplied (B-12)
REFERRED_TO = {
	"T-ALLOCATION": ("Online Allocation Rules", "批零网上配货管理规定"),
	"T-SUPPLY": ("Supply Rules", "货源供应管理规定"),
}


def make() -> None:
	"""Make the regulations that are missing, with their rules as text."""
	wanted = [f"{code}-v1" for code in (*REFERRED_TO, *TITLES_ZH)]
	gone = missing("Ops Regulation", wanted)
	texts = _texts() if gone else {}
	for code, (title, title_zh) in REFERRED_TO.items():
		if f"{code}-v1" in gone:
			_make(code, title=title, title_zh=title_zh, profile="TOBACCO", source="B-12", is_binding=0)
	for code, title_zh in TITLES_ZH.items():
		if f"{code}-v1" in gone:
			title, profile = rule_book.SOURCES[code]
			references = [{"regulation_code": name} for name in REFERRED_TO] if code == "T" else []
			_make(
				code,
				title=title,
				title_zh=title_zh,
				profile=profile,
				text=texts[title],
				references=references,
				is_binding=1,
			)


def _make(code: str, **values) -> None:
	make_record("Ops Regulation", f"{code}-v1", code=code, version=1, effective_from=SINCE, **values)


def _texts() -> dict[str, str]:
	"""What each regulation says, rule by rule; what only fills a blank of it is not its text."""
	lines: dict[str, list[str]] = {}
	for entry in rule_book.entries():
		if entry["kind"] == rule_book.RULE and not entry["is_default_of_blank"]:
			lines.setdefault(entry["source"], []).append(f"{entry['name']}  {entry['text_zh']}")
	return {source: "\n".join(said) for source, said in lines.items()}
