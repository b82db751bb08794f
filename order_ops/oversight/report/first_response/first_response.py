# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""How soon buyers who write are answered, and who still waits (G7-7.2)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from order_ops.oversight import rules, scope
from order_ops.oversight.tables import column


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
	"""A row per profile and business unit for the messages that buyers wrote in the interval; hours of work."""
	asked = scope.of(filters)
	groups: dict[tuple[str, str], list[frappe._dict]] = defaultdict(list)
	for message in _messages(asked):
		groups[message.policy_profile or "", message.business_unit or ""].append(message)
	return _columns(), [_row(*key, groups[key]) for key in sorted(groups)], asked.words


def _columns() -> list[dict]:
	return [
		column(_("Policy Profile"), "profile"),
		column(_("Business Unit"), "business_unit"),
		column(_("Messages from Buyers"), "messages", "Int"),
		column(_("Messages Answered"), "answered", "Int"),
		column(_("Unanswered Now"), "unanswered", "Int"),
		column(_("Median Working Hours"), "median", "Float"),
		column(_("Mean Working Hours"), "mean", "Float"),
		column(_("Longest Working Hours"), "longest", "Float"),
	]


def _messages(asked: scope.Scope) -> list[frappe._dict]:
	message, order = (
		frappe.qb.DocType("Ops Order Message"),
		frappe.qb.DocType(scope.ORDER).as_("written_about"),
	)
	query = (
		frappe.qb.from_(message)
		.join(order)
		.on(order.name == message.sales_order)
		.select(order.policy_profile, message.business_unit, message.answered_at)
		.select(message.response_seconds, message.starts_clock)
		.where(message.direction == "From Buyer")
	)
	return asked.of_orders(query, message.sales_order, message.at, message.business_unit).run(as_dict=True)


def _row(profile: str, unit: str, messages: list[frappe._dict]) -> dict:
	"""Only the first of what waits together is timed: a reminder shortens no answer."""
	answered = [message for message in messages if message.answered_at]
	hours = rules.spread(message.response_seconds for message in answered if message.starts_clock)
	return {
		"profile": profile,
		"business_unit": unit,
		"messages": len(messages),
		"answered": len(answered),
		"unanswered": len(messages) - len(answered),
		"median": hours.median,
		"mean": hours.mean,
		"longest": hours.longest,
	}
