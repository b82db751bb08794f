"""Creating the sales order: the representative's step between customer and delivery note (E-4.12a-d)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from order_ops import rows
from order_ops.exchange import service as exchange
from order_ops.exchange.service import Answer
from order_ops.ordering import rules
from order_ops.ordering.exceptions import NotReleasable
from order_ops.ordering.intake import ITEM, ORDER
from order_ops.policy import service as policies
from order_ops.timekeeping import clock, clocks, events, guards
from order_ops.timekeeping.rules import Refusal

STEP = "E-SO"
RELEASED_EVENT = "Order Released"
GUARD = "Ops Sales Order:Release"
ADDRESS = ("recipient", "phone", "province", "city", "street", "house_no")
FIELDS = (
	"name", "status", "docstatus", "customer", "policy_profile", "payment_status", "business_unit",
	"dms_order_type", "grand_total", "external_id", *ADDRESS,
)  # fmt: skip


def release(orders: Collection[str]) -> list[dict[str, Any]]:
	"""Create many sales orders at once: a verdict each, those that may not yet stay as they are (E-4.12a).

	A second call finds them released and changes nothing.
	"""
	found = rows.lock_many(ORDER, orders, FIELDS)
	released = {name for name, row in found.items() if row.docstatus == 1}
	open_orders = [row for name, row in found.items() if name not in released]
	refused = refusals(open_orders)
	going = [row.name for row in open_orders if row.name not in refused]
	if going:
		at = clock.now()
		change = {"status": rules.RELEASED, "docstatus": 1, "released_at": at}
		rows.update_many(ORDER, dict.fromkeys(going, change))
		item = frappe.qb.DocType(ITEM)
		frappe.qb.update(item).set(item.docstatus, 1).where(item.parent.isin(going)).run()
		start(going, at)
	return [_verdict(name, found.get(name), name in released, refused.get(name)) for name in orders]


def refusals(orders: Iterable[Any]) -> dict[str, Refusal]:
	"""Why orders cannot be created yet, the first reason each (E-4.11g, E-4.12c, G1-06c)."""
	orders = list(orders)
	if not orders:
		return {}
	customers = _customers({row.customer for row in orders if row.customer})
	refused = {row.name: why for row in orders if (why := _refusal(row, customers.get(row.customer)))}
	return refused | guards.check(GUARD, [row.name for row in orders if row.name not in refused])


def start(names: list[str], at: datetime) -> None:
	"""What follows once orders are created: clock, timeline, DMS, and whoever waits for them (E-4.12a, E-4.12d)."""
	fields = ["name", "reviewed_at", "wave", "dms_order_type", "customer", "grand_total", "business_unit"]
	orders = frappe.get_all(ORDER, filters={"name": ("in", names)}, fields=fields, order_by="name")
	# who was reviewed is in a send wave, whose clock ends here; without a review there is no such clock
	sent_with = {order.wave for order in orders if order.reviewed_at and order.wave}
	clocks.stop([STEP, *sorted(sent_with)], dict.fromkeys(names, at))
	events.record(
		{
			"at": at,
			"phase": "Confirmed",
			"from_status": rules.REVIEWED if order.reviewed_at else rules.IDENTIFIED,
			"to_status": rules.RELEASED,
			"reference_doctype": ORDER,
			"reference_name": order.name,
			"sales_order": order.name,
			"rule": "E-4.12a",
			"is_public": 1,
		}
		for order in orders
	)
	_enter_in_dms(orders)
	events.announce(RELEASED_EVENT, names, at)


def on_dms_answer(answers: list[Answer]) -> None:
	"""Hook: the DMS entered orders and gave their numbers (E-4.12a)."""
	rows.update_many(
		ORDER, {answer.reference_name: {"dms_order_no": answer.answer["dms_order_no"]} for answer in answers}
	)


def check(order: Any) -> None:
	"""Throw what keeps one order from being created (E-4.12c)."""
	if refusal := refusals([order]).get(order.name):
		frappe.throw(refusal.message, NotReleasable)


def _customers(names: Collection[str]) -> dict[str, Any]:
	found = frappe.get_all(
		"Ops Customer",
		filters={"name": ("in", sorted(names) or [""])},
		fields=["name", "status", "sap_customer_no"],
	)
	return {row.name: row for row in found}


def _refusal(order: Any, customer: Any | None) -> Refusal | None:
	if order.status not in (rules.IDENTIFIED, rules.REVIEWED) or customer is None:
		text = _("Order {0} is {1}: settle who the customer is first [E-4.12c]")
		return Refusal("not_identified", text.format(order.name, _(order.status)), "E-4.12c")
	policy = policies.get(order.policy_profile)
	if order.status != rules.REVIEWED and policy.review_chain != "None":
		text = _("Order {0} is not reviewed yet: its policy asks for the review first [C-13]")
		return Refusal("not_reviewed", text.format(order.name), "C-13")
	if customer.status != "Active":
		text = _("Customer {0} is {1}: no order can be created for it [E-4.12c]")
		return Refusal("customer_blocked", text.format(customer.name, _(customer.status)), "E-4.12c")
	if not customer.sap_customer_no:
		text = _("Customer {0} has no SAP number yet: the order waits for SAP's answer [E-4.11g]")
		return Refusal("no_sap_number", text.format(customer.name), "E-4.11g")
	if missing := [field for field in ADDRESS if not order.get(field)]:
		text = _("Order {0} lacks {1}: complete the delivery address [G1-06c]")
		return Refusal("incomplete", text.format(order.name, ", ".join(missing)), "G1-06c")
	return None


def _enter_in_dms(orders: list[Any]) -> None:
	exchange.queue(
		{
			"message_key": f"DMS:Order Create:{row.name}",
			"event": "Order Create",
			"rule": "E-4.12a",
			"channel": "DMS",
			"business_unit": row.business_unit,
			"reference_doctype": ORDER,
			"reference_name": row.name,
			"subject": _("Sales order {0}").format(row.name),
			"payload": {
				"order": row.name,
				"type": row.dms_order_type,
				"customer": row.customer,
				"total": str(row.grand_total),
			},
		}
		for row in orders
	)


def _verdict(name: str, row: Any | None, released: bool, refusal: Refusal | None) -> dict[str, Any]:
	if row is None:
		return {
			"order": name,
			"status": "refused",
			"code": "not_found",
			"message": _("There is no such order"),
		}
	if refusal:
		return {
			"order": name,
			"status": "refused",
			"code": refusal.code,
			"message": refusal.message,
			"rule": refusal.rule,
		}
	return {"order": name, "status": "repeat" if released else "released"}
