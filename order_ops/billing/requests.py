# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Invoice requests, made together with the delivery notes: one per order (E-3.4d, E-4.13h, C-05)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate
from order_ops.billing import rules
from order_ops.billing.rules import InvoiceLine, Ordered
from order_ops.fulfilment import delivery
from order_ops.fulfilment.rules import quantity
from order_ops.ordering.rules import document_number
from order_ops.policy import service as policies
from order_ops.rows import insert_many
from order_ops.timekeeping import clocks, events

INVOICE, LINE = "Ops Invoice", "Ops Invoice Line"
ORDER, ORDER_ITEM, NOTE = "Ops Sales Order", "Ops Sales Order Item", "Ops Delivery Note"
STEP = "E-INV"
WITH_NOTE = "DeliveryNote"  # Ops Policy Profile.invoice_trigger

ORDER_FIELDS = [
	"name", "business_unit", "policy_profile", "customer", "customer_name", "buyer_tax_no", "invoice_title",
	"invoice_kind", "freight_amount", "wave_date", "received_at",
]  # fmt: skip
CUSTOMER_FIELDS = [
	"name",
	"customer_name",
	"invoice_title",
	"tax_no",
	"registered_address_phone",
	"bank_and_account",
]


def with_delivery_notes(notes: list[str], at: datetime) -> None:
	"""Hook: delivery notes were issued; their orders ask for their invoice, and each note knows it (E-4.13h)."""
	order_of = dict(
		frappe.get_all(NOTE, filters={"name": ("in", notes)}, fields=["name", "sales_order"], as_list=True)
	)
	invoice_of = request_for(sorted(set(order_of.values())), at, order_of)
	delivery.link_invoices(
		{note: invoice_of[order] for note, order in order_of.items() if order in invoice_of}
	)


def request_for(orders: Collection[str], at: datetime, notes: dict[str, str] | None = None) -> dict[str, str]:
	"""Invoice requests for orders that have none; returns the invoice of every order (E-3.4d, E-4.13h)."""
	known = requests_of(orders)
	missing = [order for order in orders if order not in known]
	if not missing:
		return known
	note_of = {order: note for note, order in sorted((notes or {}).items(), reverse=True)}
	drafts = [_draft(*found, note_of.get(found[0].name), at) for found in _wanting(missing)]
	drafts = [draft for draft in drafts if draft["lines"]]
	_number(drafts, at)
	insert_many(INVOICE, [{k: v for k, v in d.items() if k not in ("lines", "order")} for d in drafts])
	insert_many(
		LINE, (line_row(draft["name"], idx, x) for draft in drafts for idx, x in enumerate(draft["lines"], 1))
	)
	_start_clocks(drafts, at)
	record(drafts, "Invoice Requested", "", rules.REQUESTED, at, "E-4.13h")
	return known | {draft["sales_order"]: draft["name"] for draft in drafts}


def requests_of(orders: Collection[str]) -> dict[str, str]:
	"""The one invoice of each order, voided ones left out."""
	rows = frappe.get_all(
		INVOICE, filters={"request_key": ("in", list(orders))}, fields=["request_key", "name"]
	)
	return {row.request_key: row.name for row in rows}


def lines_of(orders: Collection[frappe._dict]) -> dict[str, list[InvoiceLine]]:
	"""The invoice lines of orders: all goods still wanted, and the freight (E-4.14e)."""
	items = defaultdict(list)
	for row in frappe.get_all(
		ORDER_ITEM,
		filters={"parent": ("in", [order.name for order in orders]), "parenttype": ORDER},
		fields=[
			"parent",
			"product",
			"product_name",
			"uom",
			"qty",
			"cancelled_qty",
			"rate",
			"amount",
			"tax_rate",
		],
		order_by="parent, idx",
	):
		items[row.parent].append(
			Ordered(
				row.product, row.product_name or row.product, row.uom or "", quantity(row.qty),
				quantity(row.cancelled_qty), _exact(row.rate), _exact(row.amount), _exact(row.tax_rate),
			)
		)  # fmt: skip
	return {
		order.name: rules.invoice_lines(items[order.name], order.freight_amount or 0, _("Freight"))
		for order in orders
	}


def title_of(order: frappe._dict, customer: frappe._dict | None) -> dict[str, Any]:
	"""Title, tax number, address and bank: what the order says, else the customer's own data (E-4.13h)."""
	customer = customer or frappe._dict()
	own_title = not order.invoice_title or order.invoice_title == customer.invoice_title
	title = order.invoice_title or customer.invoice_title or order.customer_name or customer.customer_name
	return {
		"kind": order.invoice_kind or "Ordinary",
		"invoice_title": title or order.name,
		"tax_no": order.buyer_tax_no or (customer.tax_no if own_title else None),
		"registered_address_phone": customer.registered_address_phone if own_title else None,
		"bank_and_account": customer.bank_and_account if own_title else None,
	}


def line_row(invoice: str, idx: int, line: InvoiceLine) -> dict[str, Any]:
	"""One invoice line as a row."""
	return {"parent": invoice, "parenttype": INVOICE, "parentfield": "lines", "idx": idx, **line_values(line)}


def line_values(line: InvoiceLine) -> dict[str, Any]:
	"""The values of one invoice line."""
	numbers = ("qty", "rate", "amount", "tax_rate", "tax_amount")
	return {
		"kind": line.kind,
		"product": line.product,
		"description": line.description,
		"uom": line.uom,
		**{field: float(getattr(line, field)) for field in numbers},
	}


def record(
	invoices: Iterable[Any],
	phase: str,
	before: str,
	after: str,
	at: datetime,
	rule: str,
	public: bool = False,
) -> None:
	"""Write down what happened to invoices (G1-20)."""
	events.record(
		{
			"at": at,
			"phase": phase,
			"from_status": before,
			"to_status": after,
			"rule": rule,
			"reference_doctype": INVOICE,
			"reference_name": invoice["name"],
			"sales_order": invoice["sales_order"],
			"is_public": int(public),
		}
		for invoice in invoices
	)


def _wanting(orders: list[str]) -> Iterable[tuple[frappe._dict, frappe._dict | None, list[InvoiceLine]]]:
	"""Orders whose policy invoices them with the delivery note, with customer and lines."""
	found = frappe.get_all(ORDER, filters={"name": ("in", orders)}, fields=ORDER_FIELDS, order_by="name")
	wanting = [
		o for o in found if o.policy_profile and policies.get(o.policy_profile).invoice_trigger == WITH_NOTE
	]
	names = sorted({order.customer for order in wanting if order.customer})
	customers = {
		row.name: row
		for row in frappe.get_all(
			"Ops Customer", filters={"name": ("in", names or [""])}, fields=CUSTOMER_FIELDS
		)
	}
	lines = lines_of(wanting)
	for order in wanting:
		yield order, customers.get(order.customer), lines[order.name]


def _draft(
	order: frappe._dict,
	customer: frappe._dict | None,
	lines: list[InvoiceLine],
	note: str | None,
	at: datetime,
) -> dict[str, Any]:
	sums = rules.totals((line.kind, line.amount, line.tax_amount) for line in lines)
	return {
		"request_key": order.name,
		"status": rules.REQUESTED,
		"sales_order": order.name,
		"delivery_note": note,
		"business_unit": order.business_unit,
		"customer": order.customer,
		"customer_name": order.customer_name,
		**title_of(order, customer),
		"requested_by": frappe.session.user,
		"requested_at": at,
		"goods_amount": float(sums.goods),
		"freight_amount": float(sums.freight),
		"tax_amount": float(sums.tax),
		"grand_total": float(sums.grand),
		"lines": lines,
		"order": order,
	}


def _number(drafts: list[dict[str, Any]], at: datetime) -> None:
	unnumbered, salt = drafts, 0
	while unnumbered:
		names = {document_number("IV", at.date(), draft["request_key"], salt): draft for draft in unnumbered}
		taken = set(frappe.get_all(INVOICE, filters={"name": ("in", list(names))}, pluck="name"))
		for name, draft in names.items():
			if name not in taken:
				draft["name"] = name
		unnumbered, salt = [draft for draft in unnumbered if "name" not in draft], salt + 1


def _start_clocks(drafts: list[dict[str, Any]], at: datetime) -> None:
	clocks.start(
		{
			"policy": draft["order"].policy_profile,
			"step": STEP,
			"reference_doctype": INVOICE,
			"reference_name": draft["name"],
			"sales_order": draft["sales_order"],
			"business_unit": draft["business_unit"],
			"started_at": at,
			"business_date": draft["order"].wave_date and getdate(draft["order"].wave_date),
			"received_at": draft["order"].received_at,
		}
		for draft in drafts
	)


def _exact(value: float | None) -> Decimal:
	return Decimal(str(value or 0))
