# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a customer sees of the own orders: few queries, and never another customer's row."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

ORDER_FIELDS = ("name", "status", "received_at", "grand_total", "customer_name", "promised_ship_date")

# The stations a customer understands, in their order, with the field that says when each was reached.
STATIONS = (
	("Received", "received_at"),
	("Confirmed", "released_at"),
	("Shipped", "shipped_at"),
	("Signed For", "signed_at"),
)


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
	items = frappe.get_all(
		"Ops Sales Order Item",
		filters={"parent": ("in", [order.name for order in orders]), "parenttype": "Ops Sales Order"},
		fields=["parent", "product_name", "qty", "uom"],
		order_by="parent, idx",
	)
	for order in orders:
		order["items"] = [item for item in items if item.parent == order.name]
	return orders


def order_of(user: str, name: str) -> frappe._dict:
	"""One order of the user with items, deliveries, invoices and timeline; DoesNotExistError for anybody else's."""
	found = frappe.get_all(
		"Ops Sales Order",
		filters={"name": name, "customer": ("in", customers_of(user) or [""])},
		fields=["*"],
		limit=1,
	)
	if not found:
		raise frappe.DoesNotExistError(_("Order {0} was not found").format(frappe.utils.escape_html(name)))
	order = found[0]
	order["items"] = _children("Ops Sales Order Item", "Ops Sales Order", [name])
	order["deliveries"] = _deliveries(name)
	order["invoices"] = _invoices(name)
	order["events"] = _events(name)
	order["stations"] = _stations(order)
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
		url = addresses.get(note.carrier) or ""
		note["tracking_url"] = (
			url.replace("{0}", note.tracking_no or "") if url.startswith("https://") else ""
		)
	return notes


def _invoices(order: str) -> list[frappe._dict]:
	return frappe.get_all(
		"Ops Invoice",
		filters={"sales_order": order, "docstatus": 1},
		fields=["name", "status", "kind", "invoice_no", "issued_at", "grand_total", "invoice_title"],
		order_by="issued_at, name",
	)


def _events(order: str) -> list[frappe._dict]:
	return frappe.get_all(
		"Ops Event",
		filters={"sales_order": order, "is_public": 1},
		fields=["at", "phase", "note", "to_status", "reference_doctype", "reference_name"],
		order_by="at desc, creation desc",
	)


def _children(doctype: str, parenttype: str, parents: list[str]) -> list[frappe._dict]:
	return frappe.get_all(
		doctype,
		filters={"parent": ("in", parents), "parenttype": parenttype},
		fields=["*"],
		order_by="parent, idx",
	)


def _stations(order: frappe._dict) -> list[dict[str, Any]]:
	"""The way of an order as a customer sees it; a cancelled order ends where it was cancelled."""
	if order.status == "Cancelled":
		return [
			{"title": "Received", "at": order.received_at, "done": True},
			{"title": "Cancelled", "done": True},
		]
	return [
		{"title": title, "at": order.get(field), "done": bool(order.get(field))} for title, field in STATIONS
	]
