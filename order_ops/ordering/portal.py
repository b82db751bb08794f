# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a customer sees of the own orders: few queries, and never another customer's row."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from order_ops.ordering import messages
from order_ops.problems import _ as mark
from order_ops.timekeeping import clock

ORDER_FIELDS = ("name", "status", "received_at", "grand_total", "customer_name", "promised_ship_date")

# The stations a customer understands, in their order, with the field that says when each was reached.
STATIONS = (
	(mark("Received"), "received_at"),
	(mark("Confirmed"), "released_at"),
	(mark("Shipped"), "shipped_at"),
	(mark("Signed For"), "signed_at"),
)

# What a customer reads for a state of ours; the other states are the customer's words already.
WORDS = {
	"Ops Sales Order": {
		**dict.fromkeys(("Identified", "Reviewed"), mark("Received")),
		"Released": mark("Confirmed"),
	},
	"Ops Delivery Note": {"Issued": mark("Being prepared"), "Shipped": mark("On the way")},
	"Ops Invoice": {
		"Handed Over": mark("Issued"),
		"With Goods": mark("Sent with the goods"),
		"Delivered": mark("Sent with the goods"),
	},
}
PHASES = {
	"Received": mark("Order received"),
	"Confirmed": mark("Order confirmed"),
	"Cancelled": mark("Order cancelled"),
	"Withdrawn": mark("Order withdrawn"),
	"Delivery Note Issued": mark("Goods are being prepared"),
	"Delivery Note Shipped": mark("Goods handed to the carrier"),
	"Delivery Note Signed For": mark("Goods signed for"),
	"Invoice Issued": mark("Invoice issued"),
	"Invoice Voided": mark("Invoice voided"),
}


def require_login(page: str) -> None:
	"""Send a guest to the login page and back to the page afterwards."""
	if frappe.session.user == "Guest":
		frappe.local.flags.redirect_location = f"/login?redirect-to={page}"
		raise frappe.Redirect


def customers_of(user: str) -> list[str]:
	"""The customer records a portal user acts for."""
	return frappe.get_all("Ops Customer", filters={"portal_user": user}, pluck="name")


def orders_of(user: str, *, text: str = "", start: int = 0, limit: int = 20) -> list[frappe._dict]:
	"""The user's orders, newest first; text searches the order's number and the number at the channel."""
	customers = customers_of(user)
	if not customers:
		return []
	searched = {"name": ("like", f"%{text}%"), "external_id": ("like", f"%{text}%")} if text else None
	orders = frappe.get_all(
		"Ops Sales Order",
		filters={"customer": ("in", customers)},
		or_filters=searched,
		fields=[*ORDER_FIELDS, "external_id"],
		order_by="received_at desc, name desc",
		limit_start=start,
		limit_page_length=limit,
	)
	items = _items([order.name for order in orders])
	for order in orders:
		order["items"] = [item for item in items if item.parent == order.name]
		order["state"] = _state("Ops Sales Order", order.status)
	return orders


def order_of(user: str, name: str) -> frappe._dict:
	"""One order of the user with items, deliveries, invoices, messages and timeline; DoesNotExistError for anybody else's."""
	customers = customers_of(user)  # an order of nobody yet is not the order of who is no customer
	found = customers and frappe.get_all(
		"Ops Sales Order",
		filters={"name": name, "customer": ("in", customers)},
		fields=["*"],
		limit=1,
	)
	if not found:
		raise frappe.DoesNotExistError(_("Order {0} was not found").format(frappe.utils.escape_html(name)))
	order = found[0]
	order["state"] = _state("Ops Sales Order", order.status)
	order["items"] = _items([name])
	order["deliveries"] = _deliveries(name)
	order["invoices"] = _invoices(name)
	order["events"] = _events(name)
	order["messages"] = messages.thread(name)
	order["stations"] = _stations(order)
	order["address"] = _address(order)
	order["promise"] = _promise(order)
	order["can_confirm"] = any(note.status == "Shipped" for note in order["deliveries"])
	return order


def _deliveries(order: str) -> list[frappe._dict]:
	notes = frappe.get_all(
		"Ops Delivery Note",
		filters={"sales_order": order, "docstatus": 1},
		fields=["name", "status", "carrier", "tracking_no", "shipped_at", "signed_at", "issued_at"],
		order_by="issued_at, name",
	)
	addresses = dict(
		frappe.get_all(
			"Ops Carrier",
			filters={"name": ("in", list({note.carrier for note in notes if note.carrier}) or [""])},
			fields=["name", "tracking_url"],
			as_list=True,
		)
	)
	for note in notes:
		note["state"] = _state("Ops Delivery Note", note.status)
		url = addresses.get(note.carrier) or ""
		note["tracking_url"] = (
			url.replace("{0}", note.tracking_no or "") if url.startswith("https://") else ""
		)
	return notes


def _invoices(order: str) -> list[frappe._dict]:
	invoices = frappe.get_all(
		"Ops Invoice",
		filters={"sales_order": order, "docstatus": 1},
		fields=["name", "status", "kind", "invoice_no", "issued_at", "grand_total", "invoice_title"],
		order_by="issued_at, name",
	)
	for invoice in invoices:
		invoice["state"] = _state("Ops Invoice", invoice.status)
		invoice["kind_text"] = _(invoice.kind or "", context="Ops Invoice")
	return invoices


def _events(order: str) -> list[frappe._dict]:
	rows = frappe.get_all(
		"Ops Event",
		filters={"sales_order": order, "is_public": 1},
		fields=["at", "phase", "note"],
		order_by="at desc, creation desc",
	)
	for row in rows:
		row["title"] = _(PHASES.get(row.phase, row.phase))
	return rows


def _items(orders: list[str]) -> list[frappe._dict]:
	"""The lines of some orders, the products by the name they have in the reader's language."""
	item, product = DocType("Ops Sales Order Item"), DocType("Ops Product")
	rows = (
		frappe.qb.from_(item)
		.left_join(product)
		.on(product.name == item.product)
		.select(item.parent, item.product, item.product_name, item.specification, item.uom)
		.select(item.qty, item.rate, item.amount, product.product_name_zh)
		.where(item.parent.isin([*orders, ""]))
		.where(item.parenttype == "Ops Sales Order")
		.orderby(item.parent, item.idx)
	).run(as_dict=True)
	if in_chinese():
		for row in rows:
			row["product_name"] = row.product_name_zh or row.product_name
	return rows


def _address(order: frappe._dict) -> str:
	province = order.province or ""
	if in_chinese():
		province = frappe.db.get_value("Ops Region", province, "region_name_zh") or province
		city = order.city or ""
		province = "" if city.startswith(province) else province  # 北京市 needs no 北京 before it
	parts = (province, order.city, order.district, order.street, order.house_no)
	return " ".join(part for part in parts if part)


def _promise(order: frappe._dict) -> date | None:
	"""The day on which all of it ships, as long as that may still come true."""
	open_ = order.status in ("Received", "Identified", "Reviewed", "Released")
	day = order.promised_ship_date
	return day if open_ and day and day >= clock.today() else None


def in_chinese() -> bool:
	"""Does the reader read Chinese?"""
	return (frappe.local.lang or "").startswith("zh")


def _state(doctype: str, status: str) -> str:
	return _(WORDS[doctype].get(status, status), context=doctype)


def _stations(order: frappe._dict) -> list[dict[str, Any]]:
	"""The way of an order as a customer sees it; an order that was given up ends there."""
	if order.status in ("Cancelled", "Withdrawn"):
		return [
			{"title": "Received", "at": order.received_at, "done": True},
			{"title": order.status, "done": True},
		]
	return [
		{"title": title, "at": order.get(field), "done": bool(order.get(field))} for title, field in STATIONS
	]
