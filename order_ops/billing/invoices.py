# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Invoices, many at once: issued, handed over, received, with the goods (E-3.5a/b, E-4.14, E-4.15l)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from order_ops.billing import rules
from order_ops.billing.requests import INVOICE, LINE, NOTE, ORDER, STEP, record
from order_ops.policy import service as policies
from order_ops.rows import lock_many, update_many
from order_ops.timekeeping import clock, clocks, events, guards
from order_ops.timekeeping.guards import Refusal
from order_ops.wording import words

ISSUED_EVENT, WITH_GOODS_EVENT = "Invoice Issued", "Invoice With Goods"
FIELDS = ["name", "docstatus", "status", "sales_order", "invoice_no", "handed_over_by"]


@dataclass(frozen=True)
class Verdict:
	"""What became of one invoice."""

	name: str
	status: str  # done | repeat | refused
	message: str = ""
	rule: str = ""


# --- the steps -----------------------------------------------------------------------------------------------------


def issue(rows: Iterable[Mapping[str, Any]], by: str | None = None) -> list[Verdict]:
	"""Finance issues invoices: rows {name, invoice_no, invoice_code} (E-3.5a, E-4.14a)."""
	asked = {row["name"]: row for row in rows}
	locked = lock_many(INVOICE, list(asked), FIELDS)
	verdicts = {name: _may(locked.get(name), name, rules.ISSUED, "E-4.14a") for name in asked}
	for name, problem in number_problems(
		{n: str(asked[n].get("invoice_no") or "").strip() for n, v in verdicts.items() if v.status == "done"}
	).items():
		verdicts[name] = Verdict(name, "refused", problem, "E-4.14a")
	for name, problem in _line_problems([n for n, v in verdicts.items() if v.status == "done"]).items():
		verdicts[name] = Verdict(name, "refused", problem, "E-4.14e")
	_ask_guards("Issue", verdicts)
	ready = [name for name, verdict in verdicts.items() if verdict.status == "done"]
	at, by = clock.now(), by or frappe.session.user
	stamp = {"docstatus": 1, "status": rules.ISSUED, "issued_at": at, "issued_by": by}
	update_many(
		INVOICE,
		{
			name: {
				**stamp,
				"invoice_no": str(asked[name]["invoice_no"]).strip(),
				"invoice_code": asked[name].get("invoice_code"),
			}
			for name in ready
		},
	)
	if ready:
		line = frappe.qb.DocType(LINE)
		frappe.qb.update(line).set(line.docstatus, 1).where(line.parent.isin(ready)).run()
		after_issue([locked[name] for name in ready], at)
	return list(verdicts.values())


def hand_over(names: Collection[str], by: str | None = None) -> list[Verdict]:
	"""Finance gives finished invoices to the warehouse keeper (E-3.5b, E-4.14d)."""
	locked, verdicts = _asked(names, rules.HANDED_OVER)
	_ask_guards("Hand Over", verdicts)
	at, by = clock.now(), by or frappe.session.user
	ready = [name for name, verdict in verdicts.items() if verdict.status == "done"]
	change = {"status": rules.HANDED_OVER, "handed_over_by": by, "handed_over_at": at}
	update_many(INVOICE, dict.fromkeys(ready, change))
	after_hand_over([locked[name] for name in ready], at)
	return list(verdicts.values())


def receive(names: Collection[str], by: str | None = None) -> list[Verdict]:
	"""The keeper confirms that the invoices lie with the goods; never who handed them over (E-4.14d, D-13)."""
	locked, verdicts = _asked(names, rules.WITH_GOODS)
	at, by = clock.now(), by or frappe.session.user
	for name, verdict in verdicts.items():
		if verdict.status == "done" and locked[name].handed_over_by == by:
			verdicts[name] = Verdict(name, "refused", same_person(name), "E-4.14d")
	_ask_guards("Receive", verdicts)
	ready = [name for name, verdict in verdicts.items() if verdict.status == "done"]
	change = {"status": rules.WITH_GOODS, "received_by": by, "received_at": at}
	update_many(INVOICE, dict.fromkeys(ready, change))
	after_receipt([locked[name] for name in ready], at)
	return list(verdicts.values())


# --- what follows, also when the desk saved one --------------------------------------------------------------------


def after_issue(invoices: list[Any], at: datetime) -> None:
	"""Finance's clock stops, the customer sees the invoice (E-4.14b/c)."""
	clocks.stop(STEP, {invoice["name"]: at for invoice in invoices})
	record(invoices, ISSUED_EVENT, rules.REQUESTED, rules.ISSUED, at, "E-4.14a", public=True)
	events.announce(ISSUED_EVENT, [invoice["name"] for invoice in invoices], at)


def after_hand_over(invoices: list[Any], at: datetime) -> None:
	"""Finance's side of the hand-over is on record (E-4.14d)."""
	record(invoices, "Invoice Handed Over", rules.ISSUED, rules.HANDED_OVER, at, "E-4.14d")


def after_receipt(invoices: list[Any], at: datetime) -> None:
	"""The keeper's side is on record: the goods may leave (E-4.14d, E-4.15l)."""
	record(invoices, WITH_GOODS_EVENT, rules.HANDED_OVER, rules.WITH_GOODS, at, "E-4.14d")
	events.announce(WITH_GOODS_EVENT, [invoice["name"] for invoice in invoices], at)


def goods_left(notes: list[str], at: datetime) -> None:
	"""Hook: delivery notes were shipped, and their invoices with them (E-4.15l)."""
	orders = frappe.get_all(NOTE, filters={"name": ("in", notes)}, pluck="sales_order", distinct=True)
	left = frappe.get_all(
		INVOICE,
		filters={"sales_order": ("in", orders), "status": rules.WITH_GOODS},
		fields=["name", "sales_order"],
	)
	update_many(INVOICE, {row.name: {"status": rules.DELIVERED, "delivered_at": at} for row in left})
	record(left, "Invoice Delivered", rules.WITH_GOODS, rules.DELIVERED, at, "E-4.15l")


def order_cancelled(orders: list[str], at: datetime) -> None:
	"""Hook: orders were given up; what was only requested is not issued any more."""
	open_requests = frappe.get_all(
		INVOICE,
		filters={"sales_order": ("in", orders), "status": rules.REQUESTED},
		fields=["name", "sales_order"],
	)
	void(open_requests, rules.REQUESTED, at)
	update_many(INVOICE, {row.name: {"status": rules.VOIDED, "docstatus": 2} for row in open_requests})


def void(invoices: list[Any], before: str, at: datetime) -> None:
	"""A voided invoice makes room for another request of its order (E-3.4d)."""
	update_many(INVOICE, {row["name"]: {"request_key": f"voided:{row['name']}"} for row in invoices})
	clocks.cancel([row["name"] for row in invoices], at)
	record(invoices, "Invoice Voided", before, rules.VOIDED, at, "E-4.14a", public=before != rules.REQUESTED)


# --- guards --------------------------------------------------------------------------------------------------------


def guard_shipment(notes: list[str]) -> dict[str, Refusal]:
	"""Guard: goods leave together with the invoice, or a reason says why not (E-4.15l)."""
	rows = frappe.get_all(
		NOTE, filters={"name": ("in", notes)}, fields=["name", "sales_order", "no_invoice_reason"]
	)
	without_reason = [row for row in rows if not (row.no_invoice_reason or "").strip()]
	bound = _bound_orders({row.sales_order for row in without_reason})
	status = defaultdict(list)
	for row in frappe.get_all(
		INVOICE, filters={"sales_order": ("in", sorted(bound) or [""])}, fields=["sales_order", "status"]
	):
		status[row.sales_order].append(row.status)
	message = _(
		"{0}: the invoice of order {1} is not with the goods yet; receive it, or give a reason [E-4.15l]"
	)
	return {
		row.name: Refusal("invoice_missing", message.format(row.name, row.sales_order), "E-4.15l")
		for row in without_reason
		if row.sales_order in bound and not rules.may_ship(status[row.sales_order])
	} | _held_on_the_way(rows)


def guard_cancellation(orders: list[str]) -> dict[str, Refusal]:
	"""Guard: an order whose invoice is issued is not given up before the invoice is void (E-4.14a)."""
	rows = frappe.get_all(
		INVOICE,
		filters={"sales_order": ("in", orders), "status": ("not in", (rules.REQUESTED, rules.VOIDED))},
		fields=["name", "sales_order"],
	)
	message = _("Order {0} is invoiced: void invoice {1} first [E-4.14a]")
	requested = _of_orders(orders, rules.REQUESTED)
	held = guards.check(f"{INVOICE}:Void", list(requested))
	return {requested[name]: refusal for name, refusal in held.items()} | {
		row.sales_order: Refusal("invoiced", message.format(row.sales_order, row.name), "E-4.14a")
		for row in rows
	}


def number_problems(numbers: Mapping[str, str]) -> dict[str, str]:
	"""Invoice numbers that are missing or taken, by invoice (E-4.14a)."""
	given = sorted(filter(None, numbers.values()))
	holders = dict(
		frappe.get_all(
			INVOICE,
			filters={"invoice_no": ("in", given or [""])},
			fields=["invoice_no", "name"],
			as_list=True,
		)
	)
	found = {}
	for name, number in numbers.items():
		if not number:
			found[name] = _("{0}: Invoice No. is missing [E-4.14a]").format(name)
		elif holders.setdefault(number, name) != name:
			message = _("{0}: invoice number {1} belongs to {2} already [E-4.14a]")
			found[name] = message.format(name, number, holders[number])
	return found


def same_person(name: str) -> str:
	"""The refusal when both sides of a hand-over are one person (E-4.14d)."""
	return _("{0}: who handed the invoice over cannot receive it as well [E-4.14d]").format(name)


def _bound_orders(orders: set[str]) -> set[str]:
	rows = frappe.get_all(
		ORDER, filters={"name": ("in", sorted(orders) or [""])}, fields=["name", "policy_profile"]
	)
	return {
		row.name for row in rows if row.policy_profile and policies.get(row.policy_profile).invoice_with_goods
	}


def _line_problems(names: list[str]) -> dict[str, str]:
	lines, freight = defaultdict(list), {}
	if not names:
		return {}
	for row in frappe.get_all(
		LINE, filters={"parent": ("in", names), "parenttype": INVOICE}, fields=["parent", "kind", "amount"]
	):
		lines[row.parent].append((row.kind, row.amount))
	invoice, order = frappe.qb.DocType(INVOICE), frappe.qb.DocType(ORDER)
	freight = dict(
		frappe.qb.from_(invoice)
		.join(order)
		.on(order.name == invoice.sales_order)
		.select(invoice.name, order.freight_amount)
		.where(invoice.name.isin(names))
		.run()
	)
	found = {name: rules.problems_of(lines[name], freight.get(name) or 0) for name in names}
	return {name: " ".join(words(p) for p in problems) for name, problems in found.items() if problems}


def _held_on_the_way(notes: list[Any]) -> dict[str, Refusal]:
	"""Notes whose goods would take along an invoice that is held (G1-09)."""
	with_goods = _of_orders({note.sales_order for note in notes}, rules.WITH_GOODS)
	held = guards.check(f"{INVOICE}:Deliver", list(with_goods))
	of_order = {with_goods[name]: refusal for name, refusal in held.items()}
	return {note.name: of_order[note.sales_order] for note in notes if note.sales_order in of_order}


def _of_orders(orders: Collection[str], status: str) -> dict[str, str]:
	filters = {"sales_order": ("in", sorted(orders) or [""]), "status": status}
	return dict(frappe.get_all(INVOICE, filters=filters, fields=["name", "sales_order"], as_list=True))


def _ask_guards(move: str, verdicts: dict[str, Verdict]) -> None:
	ready = [name for name, verdict in verdicts.items() if verdict.status == "done"]
	for name, refusal in guards.check(f"{INVOICE}:{move}", ready).items():
		verdicts[name] = Verdict(name, "refused", refusal.message, refusal.rule)


def _asked(names: Collection[str], wanted: str) -> tuple[dict[str, Any], dict[str, Verdict]]:
	locked = lock_many(INVOICE, list(names), FIELDS)
	return locked, {name: _may(locked.get(name), name, wanted, "E-4.14d") for name in dict.fromkeys(names)}


def _may(invoice: Any, name: str, wanted: str, rule: str) -> Verdict:
	if not invoice:
		return Verdict(name, "refused", _("Invoice {0} does not exist").format(name), rule)
	if invoice.status == wanted:
		return Verdict(name, "repeat")
	if not rules.may_become(invoice.status, wanted):
		message = _("Invoice {0} is {1} and cannot become {2} [{3}]")
		return Verdict(name, "refused", message.format(name, _(invoice.status), _(wanted), rule), rule)
	return Verdict(name, "done")
