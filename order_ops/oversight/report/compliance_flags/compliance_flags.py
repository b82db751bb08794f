# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Orders that somebody should look at: advice only, a person decides (G7-7.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from order_ops.oversight import scope
from order_ops.oversight.tables import column

ITEM, NOTE, PRODUCT = "Ops Sales Order Item", "Ops Delivery Note", "Ops Product"
LEFT = ("Shipped", "Signed For")

Flag = tuple[str, str, str]  # order, flag, what was seen


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
	"""A row per flag of the orders received in the interval."""
	asked = scope.of(filters)
	flags = [*_same_people(asked), *_above_recorded_price(asked), *_untracked(asked)]
	advice = _("Advice only: a person decides, and places a hold where one is needed")
	return _columns(), _rows(flags), f"{asked.words}. {advice}"


def _columns() -> list[dict]:
	return [
		column(_("Sales Order"), "order", "Link", scope.ORDER),
		column(_("Flag"), "flag", width=240),
		column(_("What Was Seen"), "seen", width=300),
		column(_("Customer Name"), "customer_name"),
		column(_("Business Unit"), "business_unit", "Link", scope.UNIT),
		column(_("Received At"), "received_at", "Datetime"),
		column(_("Status"), "status", width=110),
		column(_("Held"), "held", "Check"),
	]


def _rows(flags: list[Flag]) -> list[dict]:
	names = sorted({order for order, *_rest in flags})
	fields = ["name", "customer_name", "business_unit", "received_at", "status", "held"]
	filters = {"name": ("in", names or [""])}
	orders = {row.name: row for row in frappe.get_list(scope.ORDER, filters=filters, fields=fields, limit=0)}
	rows = [
		{**orders[order], "order": order, "status": _(orders[order].status), "flag": flag, "seen": seen}
		for order, flag, seen in flags
		if order in orders
	]
	return sorted(rows, key=lambda row: (row["received_at"], row["order"]))


def _same_people(asked: scope.Scope) -> Iterator[Flag]:
	"""Buyer and seller are one: a telephone of the buyer is one of the staff's, or the buyer is the unit itself."""
	user, order, unit = (
		frappe.qb.DocType("User"),
		frappe.qb.DocType(scope.ORDER),
		frappe.qb.DocType(scope.UNIT),
	)
	query = (
		frappe.qb.from_(user)
		.select(user.name, user.mobile_no, user.phone)
		.where((user.enabled == 1) & (user.user_type == "System User"))
		.where((user.mobile_no != "") | (user.phone != ""))
	)
	staff = {_digits(number): name for name, *numbers in query.run() for number in numbers if _digits(number)}
	orders = (
		asked.orders(frappe.qb.from_(order), order)
		.left_join(unit)
		.on(unit.name == order.business_unit)
		.select(order.name, order.buyer_mobile, order.phone, order.buyer_name, unit.title)
	)
	text = _("Buyer and seller look like the same")
	for name, mobile, phone, buyer, seller in orders.run():
		known = next((staff[number] for number in map(_digits, (mobile, phone)) if number in staff), None)
		if known:
			yield name, text, _("Telephone of {0}").format(known)
		elif buyer and buyer == seller:
			yield name, text, buyer


def _above_recorded_price(asked: scope.Scope) -> Iterator[Flag]:
	"""A line is dearer than the price that is recorded for its product."""
	order, item, product = (frappe.qb.DocType(name) for name in (scope.ORDER, ITEM, PRODUCT))
	query = (
		asked.orders(frappe.qb.from_(order), order)
		.join(item)
		.on((item.parent == order.name) & (item.parenttype == scope.ORDER))
		.join(product)
		.on(product.name == item.product)
		.select(order.name, item.product, item.rate, product.price)
		.where((product.price > 0) & (item.rate > product.price))
		.orderby(order.name, item.idx)
	)
	text, seen = _("Price above the recorded one"), _("{0}: {1} instead of {2}")
	for name, article, rate, price in query.run():
		yield name, text, seen.format(article, f"{rate:.2f}", f"{price:.2f}")


def _untracked(asked: scope.Scope) -> Iterator[Flag]:
	"""Goods left without a tracking number."""
	order, note = frappe.qb.DocType(scope.ORDER), frappe.qb.DocType(NOTE)
	query = (
		asked.orders(frappe.qb.from_(order), order)
		.join(note)
		.on(note.sales_order == order.name)
		.select(order.name, note.name)
		.where(note.status.isin(list(LEFT)) & (note.tracking_no.isnull() | (note.tracking_no == "")))
		.orderby(order.name, note.name)
	)
	for name, document in query.run():
		yield name, _("Shipped without tracking"), document


def _digits(number: str | None) -> str:
	"""A telephone number to compare: digits only, without the country's code."""
	return re.sub(r"\D", "", number or "").removeprefix("86")
