# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""One invoice saved as a document, from the desk or REST: the same rules and effects as for many."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.billing import exceptions, invoices, requests, rules
from order_ops.listing.rules import tax_within
from order_ops.money import money
from order_ops.ordering.rules import document_number
from order_ops.timekeeping import clock, guards
from order_ops.wording import refuse

ISSUER = "BU Finance"
MOVES = {rules.HANDED_OVER: "Hand Over", rules.WITH_GOODS: "Receive"}
WRITTEN_BY_SERVICES = (
	"request_key", "requested_by", "requested_at", "issued_by", "issued_at", "handed_over_by", "handed_over_at",
	"received_by", "received_at", "delivered_at",
)  # fmt: skip


def number(order: str | None) -> tuple[str, str]:
	"""Key and number of an order's one invoice request; a second one is refused (E-3.4d)."""
	if not order:
		frappe.throw(_("Sales Order is missing"), frappe.MandatoryError)
	frappe.db.get_value(requests.ORDER, order, "name", for_update=True)
	if known := requests.requests_of([order]):
		message = _("Order {0} has an invoice request already: {1} [E-3.4d]")
		frappe.throw(message.format(order, known[order]), exceptions.InvoiceExists)
	salt = 0
	while frappe.db.exists(requests.INVOICE, name := document_number("IV", clock.today(), order, salt)):
		salt += 1
	return order, name


def keep_written_by_services(doc: Document) -> None:
	"""Nobody writes by hand what the services write."""
	before = doc.get_doc_before_save()
	for field in WRITTEN_BY_SERVICES:
		if before:
			doc.set(field, before.get(field))
		elif field != "request_key":
			doc.set(field, None)


def set_from_order(doc: Document) -> None:
	"""Unit and customer are the order's; a new request is filled in from order and customer (E-4.13h, E-4.15k)."""
	order = frappe.db.get_value(
		requests.ORDER, doc.sales_order, [*requests.ORDER_FIELDS, "docstatus"], as_dict=True
	)
	if not order:
		frappe.throw(_("There is no order {0}").format(doc.sales_order), frappe.LinkValidationError)
	if order.docstatus != 1:
		message = _("Order {0} is not released: it cannot be invoiced [E-4.13h]")
		frappe.throw(message.format(order.name), exceptions.NothingToInvoice)
	doc.update({field: order[field] for field in ("business_unit", "customer", "customer_name")})
	if doc.is_new():
		customer = order.customer and frappe.db.get_value(
			"Ops Customer", order.customer, requests.CUSTOMER_FIELDS, as_dict=True
		)
		for field, value in requests.title_of(order, customer).items():
			if not doc.get(field):
				doc.set(field, value)
		if not doc.lines:
			doc.set("lines", [requests.line_values(line) for line in requests.lines_of([order])[order.name]])
		doc.requested_by, doc.requested_at = frappe.session.user, clock.now()
	doc.flags.freight = order.freight_amount


def set_totals(doc: Document) -> None:
	"""Tax and totals follow from the lines (D-12)."""
	for row in doc.lines:
		row.amount = float(money(row.amount or 0))
		row.tax_amount = float(tax_within(row.amount, row.tax_rate or 0))
	sums = rules.totals((row.kind, row.amount, row.tax_amount) for row in doc.lines)
	doc.goods_amount, doc.freight_amount = float(sums.goods), float(sums.freight)
	doc.tax_amount, doc.grand_total = float(sums.tax), float(sums.grand)


def validate_lines(doc: Document) -> None:
	"""One invoice covers goods and logistics cost together (E-4.14e)."""
	lines = [(row.kind, row.amount) for row in doc.lines]
	refuse(rules.problems_of(lines, doc.flags.freight or 0), exceptions.InvoiceLinesWrong)


def validate_status(doc: Document) -> None:
	"""States follow one another as the table says; a new one is a request (E-4.14d)."""
	before = doc.get_doc_before_save()
	if not before:
		doc.status = rules.REQUESTED
	elif not rules.may_become(before.status, doc.status):
		_wrong_state(doc, before.status, doc.status)
	by_services = doc.status in (rules.VOIDED, rules.DELIVERED) and before and before.status != doc.status
	if by_services:  # cancelling voids, the goods deliver: nobody writes it (G8-03.2)
		_wrong_state(doc, before.status, doc.status)
	if doc.docstatus == 0 and doc.status != rules.REQUESTED:
		_wrong_state(doc, rules.REQUESTED, doc.status)


def set_issued(doc: Document) -> None:
	"""Submitting is issuing: finance does it, with the number (E-3.5a, E-4.14a)."""
	if ISSUER not in frappe.get_roles():
		frappe.throw(_("Only {0} issues invoices [E-4.14a]").format(_(ISSUER)), frappe.PermissionError)
	if not doc.is_new():
		guards.require(f"{doc.doctype}:Issue", doc.name)
	doc.invoice_no = (doc.invoice_no or "").strip() or None
	if problem := invoices.number_problems({doc.name: doc.invoice_no or ""}).get(doc.name):
		frappe.throw(problem, exceptions.InvoiceNumberMissing)
	doc.status, doc.issued_by, doc.issued_at = rules.ISSUED, frappe.session.user, clock.now()


def after_issue(doc: Document) -> None:
	"""What follows from issuing (E-4.14a)."""
	invoices.after_issue([{"name": doc.name, "sales_order": doc.sales_order}], doc.issued_at)


def validate_number(doc: Document) -> None:
	"""The number of an issued invoice stays as it is (E-4.14a)."""
	before = doc.get_doc_before_save()
	if (doc.invoice_no, doc.invoice_code) != (before.invoice_no, before.invoice_code):
		message = _("Invoice {0} is issued: its number stays; void it and issue another [E-4.14a]")
		frappe.throw(message.format(doc.name), exceptions.InvoiceNumberMissing)


def set_stamps(doc: Document) -> None:
	"""Who handed over and who received, two persons (E-4.14d, D-13)."""
	before = doc.get_doc_before_save()
	if before.status == doc.status:
		return
	if doc.status in MOVES:
		guards.require(f"{doc.doctype}:{MOVES[doc.status]}", doc.name)
	if doc.status == rules.HANDED_OVER:
		doc.handed_over_by, doc.handed_over_at = frappe.session.user, clock.now()
	if doc.status == rules.WITH_GOODS:
		if before.handed_over_by == frappe.session.user:
			frappe.throw(invoices.same_person(doc.name), exceptions.SamePersonOnBothSides)
		doc.received_by, doc.received_at = frappe.session.user, clock.now()


def after_change(doc: Document) -> None:
	"""What follows from the new status."""
	if doc.get_doc_before_save().status == doc.status:
		return
	row = {"name": doc.name, "sales_order": doc.sales_order}
	if doc.status == rules.HANDED_OVER:
		invoices.after_hand_over([row], doc.handed_over_at)
	if doc.status == rules.WITH_GOODS:
		invoices.after_receipt([row], doc.received_at)


def set_voided(doc: Document) -> None:
	"""An invoice that left with the goods is not voided; it is recovered (E-3.5c)."""
	before = frappe.db.get_value(doc.doctype, doc.name, "status", for_update=True)
	if not rules.may_become(before, rules.VOIDED):
		_wrong_state(doc, before, rules.VOIDED)
	guards.require(f"{doc.doctype}:Void", doc.name)
	doc.status, doc.flags.before_void = rules.VOIDED, before


def after_void(doc: Document) -> None:
	"""Room for another request of the order (E-3.4d)."""
	invoices.void([{"name": doc.name, "sales_order": doc.sales_order}], doc.flags.before_void, clock.now())


def _wrong_state(doc: Document, before: str, after: str) -> None:
	message = _("Invoice {0} is {1} and cannot become {2} [{3}]")
	frappe.throw(message.format(doc.name, _(before), _(after), "E-4.14d"), exceptions.WrongInvoiceState)
