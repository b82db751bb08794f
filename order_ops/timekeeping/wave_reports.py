# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a wave came to: its report, and the explanations people give for what stayed open (E-4.13c/e, G4-3.6a, C-07)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from order_ops.policy import service as policies
from order_ops.rows import lock_many, update_many
from order_ops.timekeeping import clock, clocks, events, wave_rules
from order_ops.timekeeping.exceptions import NothingToExplain
from order_ops.timekeeping.wave_rules import DAY
from order_ops.timekeeping.waves import HELD_BACK, LINE, ORDER, RUN, TAKEN
from order_ops.wording import retold

LONGEST = 500
RUN_FIELDS = (
	"name", "policy_profile", "wave", "title", "kind", "business_date", "status", "window_from", "window_to",
	"closes_at", "started_at", "finished_at", "taken", "held_back", "late_window", "in_time", "overdue", "unexplained",
)  # fmt: skip
LINE_FIELDS = (
	"name", "idx", "sales_order", "result", "document", "reason", "late_window", "explanation", "explained_by",
	"explained_at",
)  # fmt: skip
ORDER_FIELDS = (
	"name",
	"customer_name",
	"business_unit",
	"received_at",
	"reviewed_at",
	"released_at",
	"status",
)


@frappe.whitelist(methods=["POST"])
def explain(run: str, line: str, text: str) -> dict[str, Any]:
	"""Say why one order of a run stayed open; line is its row or the order (E-4.13e, G4-3.6a)."""
	frappe.has_permission(RUN, "write", doc=run, throw=True)
	filters = {"parent": run, "result": HELD_BACK}
	names = frappe.get_all(LINE, filters={**filters, "name": line}, pluck="name") or frappe.get_all(
		LINE, filters={**filters, "sales_order": line}, pluck="name"
	)
	if not names:
		frappe.throw(_("Run {0} has no open order {1} [E-4.13e]").format(run, line), NothingToExplain)
	unexplained = explain_lines(run, dict.fromkeys(names, text))
	return {"run": run, "line": names[0], "unexplained": unexplained}


def explain_lines(run: str, texts: Mapping[str, str]) -> int:
	"""Write explanations, {line: text}, with who gave them and when; returns how many lines still lack one (E-4.13e).

	An earlier explanation gives way to the new one; the timeline keeps both.
	"""
	lock_many(RUN, [run])
	given = {line: checked(text) for line, text in texts.items()}
	at, user = clock.now(), frappe.session.user
	update_many(
		LINE,
		{
			line: {"explanation": text, "explained_by": user, "explained_at": at}
			for line, text in given.items()
		},
	)
	return after_explaining(run, given)


def checked(text: str, result: str = HELD_BACK) -> str:
	"""An explanation as it is kept, of an order that was held back."""
	if not (text := text.strip()[:LONGEST]) or result != HELD_BACK:
		frappe.throw(_("Write why the order stayed open [E-4.13e]"), NothingToExplain)
	return text


def after_explaining(run: str, given: Mapping[str, str]) -> int:
	"""What follows when lines were explained, wherever it was written: the count, and the timelines of the orders."""
	orders = dict(
		frappe.get_all(
			LINE, filters={"name": ("in", list(given))}, fields=["name", "sales_order"], as_list=True
		)
	)
	events.record(
		{
			"phase": "Explained",
			"reference_doctype": RUN,
			"reference_name": run,
			"sales_order": orders[line],
			"note": text,
			"rule": "E-4.13e",
		}
		for line, text in given.items()
	)
	lacking = frappe.db.count(LINE, {"parent": run, "result": HELD_BACK, "explanation": ("is", "not set")})
	of_day = frappe.db.get_value(RUN, run, "kind") == DAY
	unexplained = lacking if of_day else 0
	frappe.db.set_value(RUN, run, "unexplained", unexplained)
	return unexplained


def report(run: str, lang: str | None = None) -> dict[str, Any]:
	"""What went out, what was held back and why, the late window apart, and how much was in time (C-07, E-4.13c–e)."""
	found = frappe.db.get_value(RUN, run, list(RUN_FIELDS), as_dict=True)
	lines = frappe.get_all(LINE, filters={"parent": run}, fields=list(LINE_FIELDS), order_by="idx")
	orders = {line.sales_order for line in lines}
	about = {
		row.name: row
		for row in frappe.get_all(ORDER, filters={"name": ("in", list(orders))}, fields=list(ORDER_FIELDS))
	}
	late = {line.sales_order for line in lines if line.late_window}
	wave = wave_rules.closing(policies.get(found.policy_profile), found.wave)
	told = [_told(line, about.get(line.sales_order, {}), lang) for line in lines]
	return {
		**found,
		"title": _(found.title or "", lang),
		"rule": wave.rule if wave else "",
		"went_out": [line for line in told if line["result"] == TAKEN and not line["late_window"]],
		"held_back_lines": [line for line in told if line["result"] == HELD_BACK and not line["late_window"]],
		"late_lines": [line for line in told if line["late_window"]],
		"steps": [_punctual(row, found, lang) for row in wave_rules.in_time(_clocks(orders), late)],
	}


def _told(line: Mapping[str, Any], order: Mapping[str, Any], lang: str | None) -> dict[str, Any]:
	return {
		**line,
		"reason": retold(line["reason"], lang) if line["reason"] else "",
		"late_window": bool(line["late_window"]),
		**{field: order.get(field) for field in ORDER_FIELDS if field != "name"},
	}


def _clocks(orders: set[str]) -> list[tuple[str, str, str]]:
	"""Step, order and result of the clocks of these orders."""
	return frappe.get_all(
		clocks.DOCTYPE,
		filters={"sales_order": ("in", sorted(orders)), "status": ("!=", clocks.CANCELLED)},
		fields=["step", "sales_order", "status"],
		order_by="step, name",
		as_list=True,
	)


def _punctual(row: wave_rules.InTime, run: Mapping[str, Any], lang: str | None) -> dict[str, Any]:
	step = policies.get(run["policy_profile"]).step(row.step)
	return {
		"step": row.step,
		"title": _(step.title, lang) if step else row.step,
		"rule": step.rule if step else "",
		"late_window": row.late_window,
		"met": row.met,
		"breached": row.breached,
		"open": row.open,
		"rate": row.rate,
	}
