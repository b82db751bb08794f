# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""One delivery note saved as a document, from the desk or REST: the same rules and effects as for many."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.fulfilment import effects, exceptions, messages, planning, rules, stock, warehouses
from order_ops.fulfilment.delivery import (
	SHIP_FIELDS,
	SHIP_GUARD,
	SIGN_GUARD,
	approved_carriers,
	shipping_problem,
)
from order_ops.fulfilment.rules import quantity
from order_ops.ordering.rules import MALL_KINDS, document_number
from order_ops.timekeeping import clock, guards

# Fields that services and stamps write; what somebody sends for them is put back.
WRITTEN_BY_SERVICES = (
	"note_key", "wave_run", "prepared_by", "stock_checked_by", "stock_checked_at", "issued_at", "invoice",
	"shipped_at", "shipped_by", "signed_at", "signed_by",
)  # fmt: skip
FROM_ORDER = ("business_unit", "customer", "customer_name", "special_requirements", *planning.ADDRESS)


def number(order: str | None) -> tuple[str, str]:
	"""Key and number of the next delivery note of an order (E-4.13f)."""
	if not order:
		frappe.throw(_("Sales Order is missing"), frappe.MandatoryError)
	frappe.db.get_value(planning.ORDER, order, "name", for_update=True)
	key = f"{order}:{frappe.db.count(planning.NOTE, {'sales_order': order}) + 1}"
	salt = 0
	while frappe.db.exists(planning.NOTE, name := document_number("DN", clock.today(), key, salt)):
		salt += 1
	return key, name


def keep_written_by_services(doc: Document) -> None:
	"""Nobody writes by hand what the services write."""
	before = doc.get_doc_before_save()
	for field in WRITTEN_BY_SERVICES:
		if before:
			doc.set(field, before.get(field))
		elif field != "note_key":
			doc.set(field, None)


def set_from_order(doc: Document) -> None:
	"""Customer, address and freight come from the order; only a released order is delivered (E-4.13f)."""
	order = frappe.db.get_value(planning.ORDER, doc.sales_order, planning.ORDER_FIELDS, as_dict=True)
	if not order:
		frappe.throw(_("There is no order {0}").format(doc.sales_order), frappe.LinkValidationError)
	if order.docstatus != 1 or order.status not in planning.DELIVERABLE:
		message = _("Order {0} is {1}: only released orders are delivered [E-4.13f]")
		frappe.throw(message.format(order.name, _(order.status)), exceptions.OrderNotReleased)
	if doc.is_new() or doc.docstatus == 1:
		guards.require(planning.DELIVER_GUARD, order.name)
	for field in FROM_ORDER:
		if field in ("business_unit", "customer", "customer_name") or (doc.is_new() and not doc.get(field)):
			doc.set(field, order[field])
	if doc.is_new():
		doc.prepared_by = frappe.session.user
		doc.freight_amount = order.freight_amount if doc.note_key == f"{order.name}:1" else 0
	else:
		doc.freight_amount = doc.get_doc_before_save().freight_amount
	doc.flags.order = order


def set_warehouse(doc: Document) -> None:
	"""The region's warehouse unless somebody gives a reason for another one (E-4.15h/i/j)."""
	order = doc.flags.order
	choice = warehouses.choices([order])[order.name]
	if not doc.warehouse:
		if not choice.warehouse:
			frappe.throw(warehouses.why_none(choice, order), exceptions.WarehouseNotSuitable)
		doc.warehouse = choice.warehouse
	site = warehouses.sites.get(doc.warehouse)
	if not site or site.business_unit != order.business_unit or not site.warehouse.enabled:
		message = _("Warehouse {0} is not an open warehouse of {1} [{2}]")
		frappe.throw(
			message.format(doc.warehouse, order.business_unit, choice.rule), exceptions.WarehouseNotSuitable
		)
	mall = warehouses.channel_kinds([order.channel]).get(order.channel) in MALL_KINDS
	if mall and not site.warehouse.platform_packaging:
		message = _("Warehouse {0} has no platform packaging, which orders of the mall need [E-4.15j]")
		frappe.throw(message.format(doc.warehouse), exceptions.WarehouseNotSuitable)
	if doc.warehouse != choice.warehouse and not (doc.warehouse_reason or "").strip():
		message = _("Warehouse of this region is {0}: give the reason for another one [{1}]")
		frappe.throw(
			message.format(choice.warehouse or _(choice.kind), choice.rule), exceptions.WarehouseNotSuitable
		)


def validate_lines(doc: Document) -> None:
	"""Lines carry at most what is ordered and not yet on a note; without lines they are all of that (E-4.13f)."""
	left = planning.lines_left(doc.sales_order, without_note=doc.name)
	if not doc.items:
		doc.set(
			"items", [{"order_item": item.name, "product": item.product, "qty": float(q)} for item, q in left]
		)
	if not doc.items:
		message = _("Nothing is left to deliver of order {0} [E-4.13f]")
		frappe.throw(message.format(doc.sales_order), exceptions.NothingLeftToDeliver)
	owed = {item.name: [item, qty] for item, qty in left}
	for row in doc.items:
		found = owed.get(row.order_item) or next(
			(o for o in owed.values() if o[0].product == row.product), None
		)
		if not found or found[0].product != row.product or not 0 < quantity(row.qty) <= found[1]:
			message = _("Row {0}: {1} of {2} is not what order {3} still wants, {4} [E-4.13f]")
			wanted = f"{found[1]:f}" if found and found[0].product == row.product else "0"
			frappe.throw(
				message.format(row.idx, f"{quantity(row.qty):f}", row.product, doc.sales_order, wanted),
				exceptions.NothingLeftToDeliver,
			)
		found[1] -= quantity(row.qty)
		item = found[0]
		row.update({"order_item": item.name, "product_name": item.product_name})
		row.update({"specification": item.specification, "uom": item.uom})


def check_stock(doc: Document) -> None:
	"""What is there of each line, seen by whom and when (E-4.13a)."""
	free = stock.available({(doc.warehouse, row.product) for row in doc.items})
	for row in doc.items:
		row.available_qty = float(max(rules.ZERO, free[(doc.warehouse, row.product)]))
	doc.stock_checked_by, doc.stock_checked_at = frappe.session.user, clock.now()


def validate_stock(doc: Document) -> None:
	"""A note is issued when the stock covers each of its lines (E-4.13a)."""
	wanted: dict[str, object] = {}
	for row in doc.items:
		wanted[row.product] = wanted.get(row.product, rules.ZERO) + quantity(row.qty)
	free = stock.available({(doc.warehouse, product) for product in wanted}, lock=True)
	for row in doc.items:
		if wanted[row.product] > free[(doc.warehouse, row.product)]:
			message = _("Row {0}: {1} of {2} wanted, {3} in stock: let the note wait for stock [E-4.13a]")
			there = f"{free[(doc.warehouse, row.product)]:f}"
			frappe.throw(
				message.format(row.idx, f"{wanted[row.product]:f}", row.product, there),
				exceptions.StockNotChecked,
			)


def validate_status(doc: Document, first: str) -> None:
	"""States follow one another as the table says; a new note begins as a draft (E-4.13f)."""
	before = doc.get_doc_before_save()
	if not before:
		doc.status = first if doc.status != "Short" else "Short"
	elif not rules.may_become(before.status, doc.status):
		message = _("Delivery note {0} is {1} and cannot become {2} [{3}]")
		frappe.throw(
			message.format(doc.name, _(before.status), _(doc.status), "E-4.13f"), exceptions.WrongNoteState
		)
	if doc.docstatus == 0 and doc.status not in ("Draft", "Short"):
		frappe.throw(_("Issue delivery note {0} first [E-4.13f]").format(doc.name), exceptions.WrongNoteState)
	if doc.docstatus == 1 and doc.status == "Cancelled":
		frappe.throw(
			_("Cancel delivery note {0} instead [G8-03.2]").format(doc.name), exceptions.WrongNoteState
		)
	if before and (before.status, doc.status) == ("Draft", "Short"):
		guards.require(f"{doc.doctype}:Wait", doc.name)


def set_issued(doc: Document) -> None:
	"""Submitting is issuing (E-4.13f)."""
	if not doc.is_new():
		guards.require(f"{doc.doctype}:Issue", doc.name)
	doc.status, doc.issued_at = "Issued", clock.now()


def after_issue(doc: Document) -> None:
	"""The effects of issuing, and the news for finance and the keeper (E-4.13g)."""
	effects.issued([doc.name], doc.issued_at)
	messages.notes_issued([doc.name], doc.issued_at)


def set_stamps(doc: Document) -> None:
	"""Who handed over or signed, and when; a hand-over needs carrier and number (E-4.15m/o)."""
	before = doc.get_doc_before_save().status
	if before == doc.status:
		return
	if doc.status == "Shipped":
		carriers = approved_carriers([doc.carrier])
		if problem := shipping_problem(doc.name, {f: doc.get(f) for f in SHIP_FIELDS}, carriers):
			error = (
				exceptions.CarrierNotApproved if problem[1] == "E-4.15o" else exceptions.ShipmentIncomplete
			)
			frappe.throw(problem[0], error)
		doc.shipped_at, doc.shipped_by = clock.now(), frappe.session.user
	if doc.status == "Signed For":
		doc.signed_at, doc.signed_by = clock.now(), frappe.session.user


def after_change(doc: Document) -> None:
	"""The effects of hand-over and signature, after every guard agreed (E-4.15l/m, E-4.16a)."""
	if doc.get_doc_before_save().status == doc.status:
		return
	if doc.status == "Shipped":
		for refusal in guards.check(SHIP_GUARD, [doc.name]).values():
			frappe.throw(refusal.message, exceptions.ShipmentRefused)
		effects.shipped([doc.name], doc.shipped_at)
	if doc.status == "Signed For":
		guards.require(SIGN_GUARD, doc.name)
		effects.signed([doc.name], doc.signed_at)


def set_cancelled(doc: Document) -> None:
	"""What left is not cancelled; it comes back as a return (E-4.13f)."""
	before = frappe.db.get_value(doc.doctype, doc.name, "status", for_update=True)
	if not rules.may_become(before, "Cancelled"):
		message = _("Delivery note {0} is {1} and cannot become {2} [{3}]")
		frappe.throw(
			message.format(doc.name, _(before), _("Cancelled"), "E-4.13f"), exceptions.WrongNoteState
		)
	guards.require(f"{doc.doctype}:Cancel", doc.name)
	doc.status = "Cancelled"


def after_cancel(doc: Document) -> None:
	"""The stock is free again (E-4.13f)."""
	effects.cancelled([doc.name], clock.now())
