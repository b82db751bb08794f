# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the profiles have in common: the defaults of the register of contradictions, and short ways to write rows."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

MANAGER = "Order Ops Manager"
SALES, REVIEWER, APPROVER = "Salesperson", "Order Reviewer", "Order Approver"
KEEPER, RECEIVER = "Warehouse Keeper", "Warehouse Receiver"

SINCE = "2000-01-01 00:00:00"  # orders of the past have a profile, too
MODULES = ("Customers", "Ordering", "Fulfilment", "Billing")


def step(code: str, title: str, rule: str, basis: str, owner: str, escalate_to: str = MANAGER, **more) -> Row:
	"""One clocked step; times in minutes."""
	named = {"step": code, "title": title, "rule": rule, "basis": basis}
	return {**named, "owner_role": owner, "escalate_to": escalate_to, **more}


def duties(rule: str, **links: tuple[str, str]) -> list[Row]:
	"""Department and role of each of the seven links of an order (G2-03)."""
	return [
		{"link": link, "department": department, "owner_role": role, "rule": rule}
		for link, (department, role) in links.items()
	]


def column(field: str, rule: str, *values: str, **same) -> list[Row]:
	"""Rows that differ in one field only."""
	return [{field: value, "rule": rule, **same} for value in values]


def modules(rule: str, *more: str) -> list[Row]:
	"""The modules of order handling, and others."""
	return column("module", rule, *more, *MODULES)


# Elapsed hours by the urgency of an order, from receipt to release (G1-10, D-04)
PROCESSING_TIMES = [
	step(
		code,
		title,
		rule,
		"Elapsed time",
		SALES,
		minutes=hours * 60,
		warn_minutes=warn,
		urgency=urgency,
		starts_with="Order Received",
		stops_with="Order Released",
	)
	for code, title, rule, hours, warn, urgency in (
		("G1-N", "Process a normal order", "G1-10a", 24, 240, "Normal"),
		("G1-S", "Process a special order", "G1-10b", 12, 120, "Special"),
		("G1-U", "Process an urgent order", "G1-10c", 2, 30, "Urgent"),
	)
]


def answer_buyers(owner: str, escalate_to: str = MANAGER) -> Row:
	"""A buyer who writes is answered in four working hours; measured, and nothing waits for it (G7-7.2, D-06)."""
	return step(
		"BUYER-MSG",
		"Answer the buyer",
		"G7-7.2",
		"Working time",
		owner,
		escalate_to,
		minutes=4 * 60,
		warn_minutes=60,
		starts_with="Buyer Message",
		stops_with="Buyer Answered",
	)


# Inform, negotiate, produce or transfer: G4's answer to a shortage is everybody's default (C-21)
SHORTAGE = [
	{"step": "Inform the Customer", "rule": "G4-3.4a"},
	{"step": "Negotiate a Later Day", "rule": "G4-3.4b"},
	{"step": "Order Production", "rule": "G4-3.4c"},
	{"step": "Send to Provincial Centre", "rule": "G4-3.4c"},
]

BASE: Row = {
	"version": 1,
	"status": "Draft",
	"effective_from": SINCE,
	"is_default": 0,
	"is_template": 0,
	"is_tobacco": 0,
	"maintained_by": MANAGER,
	"activated_by": MANAGER,
	"cutoff_boundary": "exclusive",
	"strict_wave": 0,
	"same_day_grace": "Until close of work",
	"send_mode": "Wave",
	"confirm_mode": "None",
	"require_individual_id": 0,
	"change_allowed_until": "DeliveryNote",
	"review_chain": "None",
	"qc_required": 0,
	"qc_form": "Full",
	"auto_confirm_days": 0,
	"payment_gate": "Warn",
	"invoice_trigger": "Completed",
	"invoice_request_author": "WithDeliveryNote",
	"keeper_may_correct_request": 1,
	"invoice_with_goods": 0,
	"settlement_cycle": "Promptly",
	"settlement_day": 25,
	"settlement_days": 7,
	"return_window_days": 0,
	"window_start": "Receipt",
	"no_reason_days": 0,
	"return_inspector_role": RECEIVER,
	"refusal_signed_by": KEEPER,
	"refund_submit_gate": "AfterStockInAndInvoice",
	"special_delivery": 0,
	"express_measure": "WorkingHours",
	"special_without_order": "OnlyWithApprovedForm",
	"manifest_release": "AfterBilling",
	"undecided_debit": "Hold",
	"cutoffs": [],
	"waves": [],
	"steps": [],
	"channels": [],
	"change_routes": [{"route": "Customer", "role": SALES, "review_again": 1, "rule": "G6-10.2"}],
	"required_fields": [],
	"checks": [],
	"tiers": [],
	"payment_gates": [],
	"shortage_steps": SHORTAGE,
	"priorities": column("sort_by", "C-20", "Urgency", "Due Time", "Arrival", queue="Orders"),
	"banks": [],
	"penalties": [],
	"retention": [{"document": "All Other Records", "medium": "Electronic", "years": 5, "rule": "C-19"}],
}
