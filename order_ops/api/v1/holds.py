# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Holds over REST: placed, released and overridden, many at once, a verdict for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from order_ops.api.v1 import calls
from order_ops.timekeeping import holds as service
from order_ops.timekeeping.exceptions import HoldInvalid

HOLD, ORDER = service.HOLD, "Ops Sales Order"
FIELDS = frozenset(
	"kind reference_doctype reference_name reason rule blocks covers_documents release_rule release_at promised_by "
	"key".split()
)


@frappe.whitelist(methods=["POST"])
def place(holds: list | dict | str) -> list[dict[str, Any]]:
	"""Hold documents: rows {kind, reference_name, reason}, a verdict each: placed, repeat or refused (G1-09, G5-2.3).

	What a row may add: reference_doctype (an order without it), rule, blocks (transitions; none: what the kind says),
	covers_documents, release_rule (By a person, At a time with release_at, By a promise with promised_by), and key:
	the same key never places a second hold.
	"""
	frappe.has_permission(HOLD, "create", throw=True)
	parsed = calls.parsed(holds, "holds")
	rows = calls.rows([parsed] if isinstance(parsed, dict) else parsed, "holds")
	if unknown := {field for row in rows for field in row} - FIELDS:
		frappe.throw(_("There is no field {0}").format(", ".join(sorted(unknown))), HoldInvalid)
	seen = _seen(rows)
	verdicts = iter(service.place([row for row in rows if _reference(row) in seen]))
	missing = _("There is no {0} {1} for you")
	return [
		next(verdicts)
		if (reference := _reference(row)) in seen
		else {
			"name": reference[1],
			"status": "refused",
			"message": missing.format(_(reference[0]), reference[1]),
			"rule": "",
		}
		for row in rows
	]


@frappe.whitelist(methods=["POST"])
def release(holds: list | str, reason: str) -> list[dict[str, Any]]:
	"""Release holds that the user's role settles, with the reason, a verdict each (G1-09)."""
	return _closed(holds, reason, service.RELEASED, service.release)


@frappe.whitelist(methods=["POST"])
def override(holds: list | str, reason: str) -> list[dict[str, Any]]:
	"""Override holds, by the role named on them, with the reason, a verdict each (G1-09)."""
	return _closed(holds, reason, service.OVERRIDDEN, service.override)


def _closed(holds: list | str, reason: str, status: str, work: Callable) -> list[dict[str, Any]]:
	frappe.has_permission(HOLD, "write", throw=True)
	names = calls.names(holds, "holds")
	fields = ["name", "owner_role", "override_role"]
	seen = frappe.get_list(HOLD, filters={"name": ("in", names)}, fields=fields, limit_page_length=0)
	refused = {row.name: why for row in seen if (why := service.closing_problem(row, status))}
	done = {v["name"]: v for v in work([row.name for row in seen if row.name not in refused], reason)}
	missing = _("There is no {0} {1} for you")
	return [
		done.get(name)
		or {
			"name": name,
			"status": "refused",
			"message": refused[name].message if name in refused else missing.format(_(HOLD), name),
			"rule": refused[name].rule if name in refused else "",
		}
		for name in names
	]


def _reference(row: dict[str, Any]) -> tuple[str, str]:
	return str(row.get("reference_doctype") or ORDER), str(row.get("reference_name") or "")


def _seen(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
	"""The documents of these rows that the user may see."""
	asked: dict[str, list[str]] = defaultdict(list)
	for doctype, name in map(_reference, rows):
		asked[doctype].append(name)
	return {
		(doctype, name)
		for doctype in asked.keys() & service.holdable().keys()
		if frappe.has_permission(doctype, "read")
		for name in frappe.get_list(
			doctype, filters={"name": ("in", asked[doctype])}, pluck="name", limit_page_length=0
		)
	}
