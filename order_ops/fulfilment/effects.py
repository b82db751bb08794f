# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What follows when delivery notes were issued, shipped, signed for or cancelled, whoever saved them.

The services write many notes at once, the desk saves one: both end here, in the same transaction. Orders are locked
before balances, balances before order lines, everywhere: nobody waits for somebody who waits for him.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import frappe
from frappe.utils import getdate
from order_ops.fulfilment import stock
from order_ops.fulfilment.planning import NOTE, NOTE_ITEM, ORDER, ORDER_ITEM
from order_ops.fulfilment.rules import quantity
from order_ops.ordering import progress
from order_ops.policy import service as policies
from order_ops.policy.rules import PROCESS
from order_ops.rows import lock_many, update_many
from order_ops.timekeeping import clocks, events, guards
from order_ops.timekeeping.rules import Refusal

ISSUED, SHIPPED, SIGNED_FOR = "Delivery Note Issued", "Delivery Note Shipped", "Delivery Note Signed For"
NOTE_STEP, HANDOVER_STEP, SHIP_STEP = "E-DN", "E-HANDOVER", "E-SHIP"

NOTE_FIELDS = ["name", "sales_order", "business_unit", "warehouse", "status", "carrier", "tracking_no"]


@dataclass(frozen=True)
class Moved:
	"""The notes, the ledger's view of their lines, and their lines summed by order line."""

	notes: list[frappe._dict]
	lines: list[tuple[str, str, str, str, Decimal]]  # key, note, warehouse, product, qty
	by_order_item: dict[str, Decimal]

	@property
	def orders(self) -> list[str]:
		"""The orders of these notes, each once."""
		return list(dict.fromkeys(note.sales_order for note in self.notes))


def order_released(orders: list[str], at: datetime) -> None:
	"""The delivery note is due within the hour and with the wave, the goods on the promised day (E-4.13b, E-4.15c)."""
	rows = frappe.get_all(
		ORDER,
		filters={"name": ("in", orders)},
		fields=[
			"name",
			"channel",
			"business_unit",
			"policy_profile",
			"wave",
			"wave_date",
			"received_at",
			"promised_ship_date",
		],
	)
	silent = set(frappe.get_all("Ops Channel", filters={"runs_clocks": 0}, pluck="name"))
	clocks.start(
		{
			"policy": order.policy_profile,
			"step": step,
			"reference_doctype": ORDER,
			"reference_name": order.name,
			"sales_order": order.name,
			"business_unit": order.business_unit,
			"started_at": at,
			"business_date": getdate(order.promised_ship_date if step == SHIP_STEP else order.wave_date),
			"received_at": order.received_at,
		}
		for order in rows
		if order.channel not in silent and order.policy_profile
		for step in filter(None, (NOTE_STEP, _process_wave(order), SHIP_STEP))
	)


def issued(names: Collection[str], at: datetime) -> None:
	"""Promise the stock, stop the specialist's clocks, start the keeper's, tell whoever waits (E-4.13, E-4.15b)."""
	moved = _moved(names)
	orders = lock_many(ORDER, moved.orders, ["policy_profile", "wave", "wave_date", "received_at"])
	stock.reserve(moved.lines, at)
	_add_to_order_items({"reserved_qty": moved.by_order_item})
	clocks.stop([NOTE_STEP, *_waves(orders.values())], dict.fromkeys(orders, at))
	clocks.resume(SHIP_STEP, list(orders), at)
	clocks.start(
		{
			"policy": orders[note.sales_order].policy_profile,
			"step": HANDOVER_STEP,
			"reference_doctype": NOTE,
			"reference_name": note.name,
			"sales_order": note.sales_order,
			"business_unit": note.business_unit,
			"started_at": at,
			"business_date": orders[note.sales_order].wave_date,
			"received_at": orders[note.sales_order].received_at,
		}
		for note in moved.notes
		if orders[note.sales_order].policy_profile
	)
	_record(moved.notes, ISSUED, "Issued", at, "E-4.13f")
	events.announce(ISSUED, [note.name for note in moved.notes], at)


def short(reasons: Mapping[str, str], waves: Iterable[str], at: datetime) -> None:
	"""Nothing of these orders is in stock: their clocks wait, with the reason (E-4.15g)."""
	told = {order: reason[:140] for order, reason in reasons.items()}
	clocks.pause([NOTE_STEP, SHIP_STEP, *waves], list(told), at, told)


def shipped(names: Collection[str], at: datetime) -> None:
	"""The goods left: ledger, order, clocks, customer (E-4.15b/c/m)."""
	moved = _moved(names)
	lock_many(ORDER, moved.orders)
	stock.ship(moved.lines, at)
	_add_to_order_items({"reserved_qty": {key: -qty for key, qty in moved.by_order_item.items()}})
	progress.apply_shipment(({"order_item": key, "qty": qty} for key, qty in moved.by_order_item.items()), at)
	clocks.stop(HANDOVER_STEP, {note.name: at for note in moved.notes})
	_record(moved.notes, SHIPPED, "Shipped", at, "E-4.15m", "Issued")
	_after_leaving(moved.orders, at)
	events.announce(SHIPPED, [note.name for note in moved.notes], at)


def signed(names: Collection[str], at: datetime) -> None:
	"""The customer has the goods; the order is signed for when all its notes are (E-4.16a)."""
	notes = frappe.get_all(NOTE, filters={"name": ("in", list(names))}, fields=NOTE_FIELDS, order_by="name")
	_record(notes, SIGNED_FOR, "Signed For", at, "E-4.16a", "Shipped")
	orders = {note.sales_order for note in notes}
	on_the_way = frappe.get_all(
		NOTE,
		filters={"sales_order": ("in", sorted(orders)), "status": ("not in", ("Signed For", "Cancelled"))},
		pluck="sales_order",
	)
	progress.apply_signature(sorted(orders - set(on_the_way)), at)
	events.announce(SIGNED_FOR, [note.name for note in notes], at)


def cancelled(names: Collection[str], at: datetime) -> None:
	"""Issued notes that will not leave: the promised stock is free again, the clocks end (E-4.13f)."""
	if not names:
		return
	moved = _moved(names)
	lock_many(ORDER, moved.orders)
	stock.release(moved.lines, at)
	_add_to_order_items({"reserved_qty": {key: -qty for key, qty in moved.by_order_item.items()}})
	clocks.cancel([note.name for note in moved.notes], at, HANDOVER_STEP)
	_record(moved.notes, "Delivery Note Cancelled", "Cancelled", at, "E-4.13f", "Issued", public=False)


def orders_cancelled(orders: list[str], at: datetime) -> None:
	"""Hook: orders were given up; their notes do not leave, and what they held is free again."""
	notes = frappe.get_all(
		NOTE,
		filters={"sales_order": ("in", orders), "status": ("in", ("Draft", "Short", "Issued"))},
		fields=["name", "status"],
	)
	names = [note.name for note in notes]
	update_many(NOTE, {name: {"status": "Cancelled", "docstatus": 2} for name in names})
	if names:
		item = frappe.qb.DocType(NOTE_ITEM)
		frappe.qb.update(item).set(item.docstatus, 2).where(item.parent.isin(names)).run()
	cancelled([note.name for note in notes if note.status == "Issued"], at)


def guard_cancellation(orders: list[str]) -> dict[str, Refusal]:
	"""Guard: an order is not given up while a note that would go with it is held (G1-09)."""
	notes = dict(
		frappe.get_all(
			NOTE,
			filters={"sales_order": ("in", orders), "status": ("in", ("Draft", "Short", "Issued"))},
			fields=["name", "sales_order"],
			as_list=True,
		)
	)
	return {notes[name]: refusal for name, refusal in guards.check(f"{NOTE}:Cancel", list(notes)).items()}


def _after_leaving(orders: list[str], at: datetime) -> None:
	"""An order that left altogether met or missed its day; one that only waits for stock stops counting."""
	status = dict(
		frappe.get_all(ORDER, filters={"name": ("in", orders)}, fields=["name", "status"], as_list=True)
	)
	clocks.stop(SHIP_STEP, {order: at for order in orders if status.get(order) == "Shipped"})
	partly = [order for order in orders if status.get(order) != "Shipped"]
	if partly:
		open_notes = frappe.get_all(
			NOTE, filters={"sales_order": ("in", partly), "status": "Issued"}, pluck="sales_order"
		)
		waiting = sorted(set(partly) - set(open_notes))
		clocks.pause(SHIP_STEP, waiting, at, frappe._("The rest is short of stock [E-4.15g]"))


def _moved(names: Collection[str]) -> Moved:
	notes = frappe.get_all(NOTE, filters={"name": ("in", list(names))}, fields=NOTE_FIELDS, order_by="name")
	of_note = {note.name: note for note in notes}
	lines, by_item = [], defaultdict(Decimal)
	for row in frappe.get_all(
		NOTE_ITEM,
		filters={"parent": ("in", list(of_note)), "parenttype": NOTE},
		fields=["parent", "idx", "product", "qty", "order_item"],
		order_by="parent, idx",
	):
		qty = quantity(row.qty)
		warehouse = of_note[row.parent].warehouse
		lines.append((f"{row.parent}:{row.idx}", row.parent, warehouse, row.product, qty))
		by_item[row.order_item] += qty
	return Moved(notes, lines, by_item)


def _add_to_order_items(changes: Mapping[str, Mapping[str, Decimal]]) -> None:
	for field, by_item in changes.items():
		names = [name for name in by_item if name]
		before = lock_many(ORDER_ITEM, names, [field])
		update_many(
			ORDER_ITEM,
			{name: {field: float(quantity(row[field]) + by_item[name])} for name, row in before.items()},
		)


def _process_wave(order: frappe._dict) -> str:
	wave = policies.get(order.policy_profile).wave(order.wave or "")
	return wave.wave if wave and wave.kind == PROCESS else ""


def _waves(orders: Iterable[frappe._dict]) -> list[str]:
	return sorted({order.wave for order in orders if order.wave})


def _record(
	notes: Iterable[frappe._dict],
	phase: str,
	to: str,
	at: datetime,
	rule: str,
	before: str = "",
	public: bool = True,
) -> None:
	events.record(
		{
			"at": at,
			"phase": phase,
			"from_status": before,
			"to_status": to,
			"note": " ".join(filter(None, (note.carrier, note.tracking_no))) if to == "Shipped" else "",
			"rule": rule,
			"reference_doctype": NOTE,
			"reference_name": note.name,
			"sales_order": note.sales_order,
			"is_public": int(public),
		}
		for note in notes
	)
