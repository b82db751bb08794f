# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What happened under each rule, article by article (G1-20, G3-7)."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from order_ops.oversight import evidence, scope
from order_ops.oversight.rules import rate
from order_ops.oversight.tables import column
from order_ops.policy import rule_book


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
	"""A row per entry of the rule book; decisions, contradictions and blanks only where something names them."""
	asked = scope.of(filters)
	return _columns(), _rows(asked, bool((filters or {}).get("happened"))), asked.words


def _columns() -> list[dict]:
	return [
		column(_("Rule ID"), "rule", "Link", rule_book.DOCTYPE),
		column(_("What It Says"), "text", width=380),
		column(_("Policy Profile Code"), "profile"),
		column(_("Enforced By"), "means"),
		column(_("Times Applied"), "applied", "Int"),
		column(_("Times Met"), "met", "Int"),
		column(_("Times Broken"), "broken", "Int"),
		column(_("Share Met"), "share_met", "Percent"),
		column(_("Times Overridden"), "overridden", "Int"),
		column(_("Overridden By"), "overridden_by"),
		column(_("Last Time"), "last_at", "Datetime"),
	]


def _rows(asked: scope.Scope, happened: bool) -> list[dict]:
	found, by = evidence.collect(asked), evidence.overriders(asked)
	text = "text_zh" if (frappe.local.lang or "").startswith("zh") else "text"
	fields = ["name", text, "kind", "profile", "means"]
	return [
		{
			"rule": row.name,
			"text": row[text],
			"profile": row.profile,
			"means": _(row.means, context=rule_book.DOCTYPE) if row.means else "",
			**vars(figures),
			"share_met": rate(figures.met, figures.met + figures.broken),
			"overridden_by": ", ".join(by.get(row.name, ())),
		}
		for row in frappe.get_all(rule_book.DOCTYPE, fields=fields, order_by="position", limit=0)
		if (figures := found.get(row.name) or evidence.Evidence()).applied
		or (row.kind == rule_book.RULE and not happened)
	]
