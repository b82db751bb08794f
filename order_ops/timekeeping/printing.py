# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the wave report's print format shows (E-4.13c–e, C-07); registered with Jinja in hooks.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from order_ops import print_rules
from order_ops.print_rules import BODY_ROOM, row_height
from order_ops.timekeeping.wave_reports import report

# Widths of the form's columns in ems, and millimetres that rows take beside the list.
ORDER_EM, CUSTOMER_EM, DOCUMENT_EM, REASON_EM = 10.4, 10.4, 10.4, 10.8
SIGNATURES = 19.0
CHINESE = "zh"  # D-14
KINDS = {"Process": "处理", "Review": "审核", "Send": "发送", "Open List": "待办清单", "Day Close": "日结"}
RESULTS = {"Taken": "已处理", "Held Back": "暂留"}
SECTIONS = (
	("went_out", "一、已处理订单"),
	("held_back_lines", "二、暂留订单及原因"),
	("late_lines", "三、晚单窗口订单（单列）"),
)


def wave_run_form(doc: Any) -> dict[str, Any]:
	"""Everything the form 波次报告 shows: the sheets with the orders in three parts, and what was in time."""
	found = report(doc.name, CHINESE)
	rows = list(_rows(found))
	tail = SIGNATURES + row_height(("", 1)) * (len(found["steps"]) + 2)
	heights = [
		row_height(
			(row.get("order", ""), ORDER_EM),
			(row.get("customer", ""), CUSTOMER_EM),
			(row.get("document", ""), DOCUMENT_EM),
			(row.get("reason", ""), REASON_EM),
		)
		for row in rows
	]
	return {
		**found,
		"kind_zh": KINDS.get(found["kind"], found["kind"]),
		"sheets": print_rules.cut_into_sheets(rows, heights, BODY_ROOM, BODY_ROOM, tail),
	}


def _rows(found: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
	people = _names({line["explained_by"] for part, _title in SECTIONS for line in found[part]})
	for part, title in SECTIONS:
		yield {"section": f"{title}　共 {len(found[part])} 单"}
		for place, line in enumerate(found[part], 1):
			yield {
				"no": place,
				"order": line["sales_order"],
				"customer": line["customer_name"] or "",
				"received": f"{line['received_at']:%m-%d %H:%M}" if line["received_at"] else "",
				"document": _document(line),
				"reason": _reason(line, people),
			}


def _document(line: Mapping[str, Any]) -> str:
	"""The document, and the result where the part of the form does not tell it."""
	result = RESULTS[line["result"]] if line["late_window"] or not line["document"] else ""
	return "\n".join(filter(None, (result, line["document"])))


def _reason(line: Mapping[str, Any], people: Mapping[str, str]) -> str:
	parts = [line["reason"]] if line["reason"] else []
	if line["explanation"]:
		who = people.get(line["explained_by"], line["explained_by"])
		parts.append(f"说明：{line['explanation']}（{who} {line['explained_at']:%m-%d %H:%M}）")
	return "\n".join(parts)


def _names(users: set[str | None]) -> dict[str, str]:
	filters = {"name": ("in", sorted(filter(None, users)) or [""])}
	return dict(frappe.get_all("User", filters=filters, fields=["name", "full_name"], as_list=True))
