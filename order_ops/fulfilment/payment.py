# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Goods that are not paid for: stopped at the door, or let go with a word, as the policy says (C-34)."""

from __future__ import annotations

from datetime import datetime

import frappe
from frappe import _
from order_ops.fulfilment.planning import NOTE, ORDER
from order_ops.policy import service as policies
from order_ops.timekeeping import events
from order_ops.timekeeping.rules import Refusal

PAID, BLOCK, WARN = "Paid", "Block", "Warn"


def guard_shipment(notes: list[str]) -> dict[str, Refusal]:
	"""Guard: under some policies only paid goods leave (C-34)."""
	text = _("{0}: order {1} is not paid, and its policy lets only paid goods leave [C-34]")
	return {
		note.name: Refusal("not_paid", text.format(note.name, note.sales_order), "C-34")
		for note in _unpaid(notes, BLOCK)
	}


def goods_left(notes: list[str], at: datetime) -> None:
	"""Hook: goods left; the history of those that nobody has paid for yet says so (C-34)."""
	events.record(
		{
			"at": at,
			"phase": "Shipped Unpaid",
			"reference_doctype": NOTE,
			"reference_name": note.name,
			"sales_order": note.sales_order,
			"rule": "C-34",
		}
		for note in _unpaid(notes, WARN, "Unpaid")
	)


def _unpaid(notes: list[str], gate: str, *states: str) -> list[frappe._dict]:
	"""The notes whose policies have this gate and whose orders are in one of these states of payment, or not paid."""
	note, order = frappe.qb.DocType(NOTE), frappe.qb.DocType(ORDER)
	query = (
		frappe.qb.from_(note)
		.join(order)
		.on(order.name == note.sales_order)
		.select(note.name, note.sales_order, order.policy_profile)
		.where(note.name.isin(notes))
		.where(order.payment_status.isin(states) if states else order.payment_status != PAID)
		.orderby(note.name)
	)
	return [
		row
		for row in query.run(as_dict=True)
		if row.policy_profile and policies.get(row.policy_profile).gate("") == gate
	]
