# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What can be delivered of orders now: what they still want, where from, and who gets scarce stock (E-4.13a/f)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

import frappe
from frappe import _
from order_ops.fulfilment import rules, stock, warehouses
from order_ops.fulfilment.rules import Allotment, Demand, Line, quantity
from order_ops.rows import lock_many
from order_ops.timekeeping import guards, queue

ORDER, ORDER_ITEM = "Ops Sales Order", "Ops Sales Order Item"
NOTE, NOTE_ITEM = "Ops Delivery Note", "Ops Delivery Note Item"
DELIVERABLE = ("Released", "Partly Shipped")
DELIVER_GUARD = f"{ORDER}:Deliver"

ADDRESS = ("recipient", "phone", "province", "city", "district", "street", "house_no", "postcode")
ORDER_FIELDS = (
	"name", "docstatus", "status", "channel", "business_unit", "policy_profile", "customer", "customer_name",
	"received_at", "promised_ship_date", "urgency", "wave", "wave_date", "freight_amount", "special_requirements", *ADDRESS,
)  # fmt: skip


@dataclass
class OrderPlan:
	"""One order: what it gets now, what it waits for, and the Short note it already has."""

	order: frappe._dict
	items: dict[str, frappe._dict]
	warehouse: str
	rounds: int  # delivery notes made so far, whatever became of them
	waiting: frappe._dict | None  # the Short note of an earlier round
	allotment: Allotment = field(default_factory=lambda: Allotment(""))


@dataclass
class Plans:
	"""Orders that can be worked on, and why the others cannot."""

	open: list[OrderPlan] = field(default_factory=list)
	refused: dict[str, tuple[str, str]] = field(default_factory=dict)  # order -> message, rule
	done: dict[str, str] = field(default_factory=dict)  # order -> its last note


def plan(orders: Collection[str]) -> Plans:
	"""Lock the orders and the stock they want, and share it out in the order of the queue (E-4.13a/f, C-20)."""
	plans = Plans()
	locked = lock_many(ORDER, orders, ORDER_FIELDS)
	_leave_out_unfit(plans, orders, locked)
	fit = [order for order in locked.values() if order.name not in plans.refused]
	items, notes, noted = _read_lines([order.name for order in fit])
	short = [note.name for order in fit for note in notes[order.name] if note.status == "Short"]
	held = guards.check(f"{NOTE}:Issue", short)
	choices = warehouses.choices(fit)
	for order in fit:
		waiting = next((note for note in notes[order.name] if note.status == "Short"), None)
		if waiting and waiting.name in held:
			plans.refused[order.name] = (held[waiting.name].message, held[waiting.name].rule)
			continue
		lines = _lines_left(items[order.name], noted)
		drafts = [note for note in notes[order.name] if note.status == "Draft"]
		if not lines:
			plans.done[order.name] = max((note.name for note in drafts or notes[order.name]), default="")
			continue
		warehouse = waiting.warehouse if waiting else choices[order.name].warehouse
		if not warehouse:
			choice = choices[order.name]
			plans.refused[order.name] = (warehouses.why_none(choice, order), choice.rule)
			continue
		by_name = {item.name: item for item in items[order.name]}
		plans.open.append(OrderPlan(order, by_name, warehouse, len(notes[order.name]), waiting))
		plans.open[-1].allotment.short = lines
	_share_out(plans.open)
	return plans


def lines_left(order: str, without_note: str | None = None) -> list[tuple[frappe._dict, Decimal]]:
	"""The lines of an order that may still go on a delivery note, with their quantities (E-4.13f)."""
	items, _notes, noted = _read_lines([order], without_note)
	left = {line.order_item: line.qty for line in _lines_left(items[order], noted)}
	return [(item, left[item.name]) for item in items[order] if item.name in left]


def _leave_out_unfit(plans: Plans, orders: Collection[str], locked: dict[str, frappe._dict]) -> None:
	for name in orders:
		order = locked.get(name)
		if not order:
			plans.refused[name] = (_("Order {0} does not exist").format(name), "")
		elif order.docstatus != 1 or order.status not in DELIVERABLE:
			message = _("Order {0} is {1}: only released orders are delivered [E-4.13f]")
			plans.refused[name] = (message.format(name, _(order.status)), "E-4.13f")
	fit = [name for name in locked if name not in plans.refused]
	for name, refusal in guards.check(DELIVER_GUARD, fit).items():
		plans.refused[name] = (refusal.message, refusal.rule)


def _read_lines(
	orders: list[str], without_note: str | None = None
) -> tuple[dict[str, list], dict[str, list], dict[str, Decimal]]:
	"""Order lines and notes by order, and what notes that still hold carry of each line; Short ones hold nothing."""
	items, notes = defaultdict(list), defaultdict(list)
	noted: dict[str, Decimal] = defaultdict(Decimal)
	if not orders:
		return items, notes, noted
	for item in frappe.get_all(
		ORDER_ITEM,
		filters={"parent": ("in", orders), "parenttype": ORDER},
		fields=[
			*("name", "parent", "product", "product_name", "specification", "uom", "qty"),
			*("reserved_qty", "delivered_qty", "cancelled_qty"),
		],
		order_by="parent, idx",
	):
		items[item.parent].append(item)
	for note in frappe.get_all(
		NOTE,
		filters={"sales_order": ("in", orders)},
		fields=["name", "sales_order", "status", "docstatus", "warehouse", "note_key", "freight_amount"],
		order_by="sales_order, creation, name",
	):
		notes[note.sales_order].append(note)
	holding = [
		note.name
		for of_order in notes.values()
		for note in of_order
		if note.status != "Short" and note.docstatus < 2 and note.name != without_note
	]
	if holding:
		for line in frappe.get_all(
			NOTE_ITEM,
			filters={"parent": ("in", holding), "parenttype": NOTE},
			fields=["order_item", "qty"],
			order_by="parent, idx",
		):
			noted[line.order_item] += quantity(line.qty)
	return items, notes, noted


def _lines_left(items: list[frappe._dict], noted: dict[str, Decimal]) -> list[Line]:
	left = (
		Line(item.name, item.product, rules.remaining(item.qty, item.cancelled_qty, noted[item.name]))
		for item in items
	)
	return [line for line in left if line.qty > 0]


def _share_out(plans: list[OrderPlan]) -> None:
	demands = [
		Demand(
			plan.order.name,
			plan.order.received_at,
			plan.warehouse,
			tuple(plan.allotment.short),
			queue.place(plan.order),
		)
		for plan in plans
	]
	places = {(demand.warehouse, line.product) for demand in demands for line in demand.lines}
	allotted = rules.allot(demands, stock.available(places, lock=True) if places else {})
	for plan in plans:
		plan.allotment = allotted[plan.order.name]
