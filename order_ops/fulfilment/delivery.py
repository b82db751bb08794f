# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Delivery notes, many at once: issued, shipped, signed for; each safe to ask for twice (E-4.13, E-4.15, E-4.16)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, flt
from order_ops.fulfilment import effects, messages
from order_ops.fulfilment.planning import ADDRESS, NOTE, NOTE_ITEM, ORDER, OrderPlan, plan
from order_ops.fulfilment.rules import Line, may_become
from order_ops.ordering.rules import document_number
from order_ops.rows import insert_many, lock_many, update_many
from order_ops.timekeeping import clock, events, guards

ISSUED, SHORT, DONE, REFUSED, SHIPPED, SIGNED, REPEAT = (
	"issued", "short", "done", "refused", "shipped", "signed", "repeat"
)  # fmt: skip
SHIP_GUARD, SIGN_GUARD = f"{NOTE}:Ship", f"{NOTE}:Sign"
SHIP_FIELDS = ("carrier", "tracking_no", "pieces", "weight_kg", "no_invoice_reason", "external_wms_no")


@dataclass(frozen=True)
class Verdict:
	"""What became of one order or one note."""

	name: str
	status: str
	note: str = ""
	short_note: str = ""
	message: str = ""
	rule: str = ""


# --- issue ---------------------------------------------------------------------------------------------------------


def issue(orders: Collection[str], by: str | None = None, wave_run: str | None = None) -> list[Verdict]:
	"""Delivery notes for what is in stock of these orders, Short notes for the rest (E-4.13a/b/f, E-4.15g)."""
	at, by = clock.now(), by or frappe.session.user
	orders = list(dict.fromkeys(orders))
	plans = plan(orders)
	drafts = [draft for order_plan in plans.open for draft in _drafts(order_plan, at, by, wave_run)]
	_number(drafts, at)
	_write(drafts)
	ready = [draft["name"] for draft in drafts if draft["status"] == "Issued"]
	verdicts = _verdicts(orders, plans, drafts)
	if ready:
		effects.issued(ready, at)
	_note_shortages(plans.open, drafts, verdicts, at)
	if ready and not wave_run:
		messages.notes_issued(ready, at)
	return list(verdicts.values())


def _drafts(order_plan: OrderPlan, at: datetime, by: str, wave_run: str | None) -> Iterable[dict[str, Any]]:
	"""One note for what is there, one Short note for the rest; a Short note of before becomes the first of them."""
	order, waiting = order_plan.order, order_plan.waiting
	for status, lines in (("Issued", order_plan.allotment.now), ("Short", order_plan.allotment.short)):
		if not lines:
			continue
		if waiting:
			identity = {"name": waiting.name, "is_new": False}
			waiting = None
		else:
			order_plan.rounds += 1
			freight = order.freight_amount if order_plan.rounds == 1 else 0
			key = f"{order.name}:{order_plan.rounds}"
			identity = {"note_key": key, "freight_amount": freight, "is_new": True, "pieces": 1}
		yield {
			**identity,
			"status": status,
			"docstatus": 1 if status == "Issued" else 0,
			"sales_order": order.name,
			"business_unit": order.business_unit,
			"customer": order.customer,
			"customer_name": order.customer_name,
			"special_requirements": order.special_requirements,
			**{field: order[field] for field in ADDRESS},
			"warehouse": order_plan.warehouse,
			"wave_run": wave_run,
			"prepared_by": by,
			"stock_checked_by": by,
			"stock_checked_at": at,
			"issued_at": at if status == "Issued" else None,
			"items": [_item(order_plan, line) for line in lines],
		}


def _item(order_plan: OrderPlan, line: Line) -> dict[str, Any]:
	item = order_plan.items[line.order_item]
	return {
		"product": item.product,
		"product_name": item.product_name,
		"specification": item.specification,
		"uom": item.uom,
		"qty": float(line.qty),
		"available_qty": float(order_plan.allotment.available[line.order_item]),
		"order_item": item.name,
	}


def _number(drafts: list[dict[str, Any]], at: datetime) -> None:
	"""Give new notes their numbers; a number that another note has already is drawn anew."""
	unnumbered, salt = [draft for draft in drafts if "name" not in draft], 0
	while unnumbered:
		names = {document_number("DN", at.date(), draft["note_key"], salt): draft for draft in unnumbered}
		taken = set(frappe.get_all(NOTE, filters={"name": ("in", list(names))}, pluck="name"))
		for name, draft in names.items():
			if name not in taken:
				draft["name"] = name
		unnumbered, salt = [draft for draft in unnumbered if "name" not in draft], salt + 1


def _write(drafts: list[dict[str, Any]]) -> None:
	rows = [{k: v for k, v in draft.items() if k not in ("items", "is_new")} for draft in drafts]
	old = [draft["name"] for draft in drafts if not draft["is_new"]]
	insert_many(NOTE, [row for row, draft in zip(rows, drafts, strict=True) if draft["is_new"]])
	update_many(NOTE, {row["name"]: row for row in rows if row["name"] in old})
	if old:
		frappe.db.delete(NOTE_ITEM, {"parent": ("in", old), "parenttype": NOTE})
	insert_many(
		NOTE_ITEM,
		(
			{
				**item,
				"parent": draft["name"],
				"parenttype": NOTE,
				"parentfield": "items",
				"idx": idx,
				"docstatus": draft["docstatus"],
			}
			for draft in drafts
			for idx, item in enumerate(draft["items"], 1)
		),
	)


def _verdicts(orders: list[str], plans: Any, drafts: list[dict[str, Any]]) -> dict[str, Verdict]:
	notes: dict[str, dict[str, dict]] = {}
	for draft in drafts:
		notes.setdefault(draft["sales_order"], {})[draft["status"]] = draft
	verdicts = {}
	for name in orders:
		if name in plans.refused:
			message, rule = plans.refused[name]
			verdicts[name] = Verdict(name, REFUSED, message=message, rule=rule)
		elif name in plans.done:
			verdicts[name] = Verdict(name, DONE, note=plans.done[name])
		else:
			verdicts[name] = _verdict(name, notes[name])
	return verdicts


def _verdict(order: str, notes: dict[str, dict]) -> Verdict:
	ready, missing = notes.get("Issued", {}), notes.get("Short", {})
	if not missing:
		return Verdict(order, ISSUED, ready["name"])
	wanting = ", ".join(f"{item['product']} × {item['qty']:g}" for item in missing["items"][:5])
	message = _("Short of stock: {0} [E-4.15g]").format(wanting + (" …" if len(missing["items"]) > 5 else ""))
	status = ISSUED if ready else SHORT
	return Verdict(order, status, ready.get("name", ""), missing["name"], message, "E-4.15g")


def _note_shortages(
	open_plans: list[OrderPlan], drafts: list[dict[str, Any]], verdicts: dict[str, Verdict], at: datetime
) -> None:
	reasons = {v.name: v.message for v in verdicts.values() if v.status == SHORT}
	effects.short(reasons, {p.order.wave for p in open_plans if p.order.wave and p.order.name in reasons}, at)
	events.record(
		{
			"at": at,
			"phase": "Short of Stock",
			"to_status": "Short",
			"note": verdicts[draft["sales_order"]].message,
			"rule": "E-4.15g",
			"reference_doctype": NOTE,
			"reference_name": draft["name"],
			"sales_order": draft["sales_order"],
		}
		for draft in drafts
		if draft["status"] == "Short" and draft["is_new"]
	)


# --- hand-over and receipt -----------------------------------------------------------------------------------------


def ship(rows: Iterable[dict[str, Any]], by: str | None = None) -> list[Verdict]:
	"""Notes handed to the carrier: rows {name, carrier, tracking_no, pieces, weight_kg, no_invoice_reason} (E-4.15m).

	A keeper's own order processing system gives its number as external_wms_no (E-4.15f).
	"""
	at, by = clock.now(), by or frappe.session.user
	asked = {row["name"]: row for row in rows}
	locked = lock_many(NOTE, list(asked), ["status", "sales_order", *SHIP_FIELDS])
	approved = approved_carriers(row.get("carrier") or "" for row in [*asked.values(), *locked.values()])
	verdicts, ready = {}, {}
	for name, row in asked.items():
		note = locked.get(name)
		wanted = {f: row.get(f) or (note or {}).get(f) for f in SHIP_FIELDS}
		verdicts[name] = _shipping_verdict(name, note, wanted, approved)
		if verdicts[name].status == SHIPPED:
			ready[name] = {
				**wanted,
				"pieces": cint(wanted["pieces"]) or 1,
				"weight_kg": flt(wanted["weight_kg"]),
			}
	update_many(NOTE, ready)
	for name, refusal in guards.check(SHIP_GUARD, list(ready)).items():
		verdicts[name] = Verdict(name, REFUSED, name, message=refusal.message, rule=refusal.rule)
		update_many(NOTE, {name: {f: locked[name][f] for f in SHIP_FIELDS}})
		del ready[name]
	update_many(NOTE, {n: {"status": "Shipped", "shipped_at": at, "shipped_by": by} for n in ready})
	if ready:
		effects.shipped(list(ready), at)
	return list(verdicts.values())


def sign_for(notes: Collection[str], signed_by: str, at: datetime | None = None) -> list[Verdict]:
	"""The customer confirms that the goods of these notes arrived (E-4.16a)."""
	at = at or clock.now()
	locked = lock_many(NOTE, list(notes), ["status"])
	verdicts = {}
	for name in dict.fromkeys(notes):
		status = locked[name].status if name in locked else None
		if status == "Shipped":
			verdicts[name] = Verdict(name, SIGNED, name)
		elif status == "Signed For":
			verdicts[name] = Verdict(name, REPEAT, name)
		else:
			verdicts[name] = _wrong_state(name, status, "Signed For", "E-4.16a")
	wanted = [name for name, verdict in verdicts.items() if verdict.status == SIGNED]
	for name, refusal in guards.check(SIGN_GUARD, wanted).items():
		verdicts[name] = Verdict(name, REFUSED, name, message=refusal.message, rule=refusal.rule)
	signed = [name for name, verdict in verdicts.items() if verdict.status == SIGNED]
	change = {"status": "Signed For", "signed_at": at, "signed_by": signed_by[:140]}
	update_many(NOTE, dict.fromkeys(signed, change))
	if signed:
		effects.signed(signed, at)
	return list(verdicts.values())


def confirm_receipt(order: str, signed_by: str) -> list[Verdict]:
	"""Everything of an order that is on its way arrived, says its customer (E-4.16a)."""
	lock_many(ORDER, [order])
	notes = frappe.get_all(
		NOTE, filters={"sales_order": order, "status": "Shipped"}, pluck="name", order_by="name"
	)
	return sign_for(notes, signed_by)


def approved_carriers(names: Iterable[str]) -> set[str]:
	"""Those of the carriers that the platform operations group approved (E-4.15o)."""
	wanted = sorted(set(filter(None, names)))
	if not wanted:
		return set()
	return set(frappe.get_all("Ops Carrier", filters={"name": ("in", wanted), "approved": 1}, pluck="name"))


def link_invoices(invoice_of: dict[str, str]) -> None:
	"""Billing tells which invoice travels with which note (E-4.15l)."""
	update_many(NOTE, {note: {"invoice": invoice} for note, invoice in invoice_of.items()})


def shipping_problem(name: str, wanted: dict[str, Any], approved: set[str]) -> tuple[str, str] | None:
	"""What keeps a note from being handed to the carrier: message and rule (E-4.15m, E-4.15o)."""
	if not wanted["carrier"]:
		return _("{0}: Carrier is missing [E-4.15m]").format(name), "E-4.15m"
	if wanted["carrier"] not in approved:
		message = _("{0}: carrier {1} is not approved by the platform operations group [E-4.15o]")
		return message.format(name, wanted["carrier"]), "E-4.15o"
	if not str(wanted["tracking_no"] or "").strip():
		return _("{0}: Tracking No. is missing [E-4.15m]").format(name), "E-4.15m"
	return None


def _shipping_verdict(
	name: str, note: frappe._dict | None, wanted: dict[str, Any], approved: set[str]
) -> Verdict:
	if note and note.status in ("Shipped", "Signed For") and note.tracking_no == wanted["tracking_no"]:
		return Verdict(name, REPEAT, name)
	if not note or not may_become(note.status, "Shipped") or note.status == "Shipped":
		return _wrong_state(name, note and note.status, "Shipped", "E-4.15m")
	if problem := shipping_problem(name, wanted, approved):
		return Verdict(name, REFUSED, name, message=problem[0], rule=problem[1])
	return Verdict(name, SHIPPED, name)


def _wrong_state(name: str, status: str | None, wanted: str, rule: str) -> Verdict:
	if not status:
		return Verdict(name, REFUSED, message=_("Delivery note {0} does not exist").format(name), rule=rule)
	message = _("Delivery note {0} is {1} and cannot become {2} [{3}]")
	return Verdict(name, REFUSED, name, message=message.format(name, _(status), _(wanted), rule), rule=rule)
