# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The stock ledger: every movement posted once, balances locked in one order, never below nothing (E-4.13a)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from order_ops.fulfilment import rules
from order_ops.fulfilment.exceptions import StockOverdrawn
from order_ops.fulfilment.rules import Balance, Movement, quantity
from order_ops.money import to_decimal
from order_ops.problems import Problem
from order_ops.problems import _ as text
from order_ops.rows import insert_many, lock_many, update_many
from order_ops.timekeeping import clock
from order_ops.wording import words

BALANCE, ENTRY = "Ops Stock Balance", "Ops Stock Entry"
ON_HAND, RESERVED = "On Hand", "Reserved"
RECEIPT, COUNT, RESERVATION, RELEASE, SHIPMENT = "Receipt", "Count", "Reservation", "Release", "Shipment"

SMALLEST_RECEIPT, LARGEST_QTY = Decimal("0.001"), Decimal(10**9)

Place = tuple[str, str]  # warehouse, product


def available(places: Iterable[Place], lock: bool = False) -> dict[Place, Decimal]:
	"""What may still be promised of each product in each warehouse (E-4.13a)."""
	return {place: balance.free for place, balance in balances(places, lock).items()}


def balances(places: Iterable[Place], lock: bool = False) -> dict[Place, Balance]:
	"""The balances of these places; locked until the end of the transaction when something is to be promised."""
	names = {balance_name(*place): place for place in places}
	if lock:
		found = lock_many(BALANCE, list(names), ["on_hand", "reserved"]).values()
	else:
		found = frappe.get_all(
			BALANCE, filters={"name": ("in", list(names))}, fields=["name", "on_hand", "reserved"]
		)
	read = {names[row.name]: Balance(quantity(row.on_hand), quantity(row.reserved)) for row in found}
	return {place: read.get(place, Balance()) for place in names.values()}


def post(movements: Iterable[Movement], at: datetime | None = None) -> list[Movement]:
	"""Post each movement once, all or none; returns those that were new (E-4.13a)."""
	posted, overdrawn = _post(list(movements), at or clock.now())
	if overdrawn:
		frappe.throw("<br>".join(_overdraw_message(o) for o in overdrawn), StockOverdrawn)
	return posted


def receive(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
	"""Goods that came in: rows {key, warehouse, product, qty}, a verdict per row; a repeat changes nothing."""
	return _take(rows, RECEIPT)


def count(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
	"""A stock count: rows {key, warehouse, product, qty} say what lies there; the difference is posted."""
	return _take(rows, COUNT)


def reserve(lines: Iterable[tuple[str, str, str, str, Decimal]], at: datetime) -> None:
	"""Promise stock to lines (key, note, warehouse, product, qty) (E-4.13a)."""
	post((_for_note(line, RESERVATION, reserved=line[4]) for line in lines), at)


def release(lines: Iterable[tuple[str, str, str, str, Decimal]], at: datetime) -> None:
	"""Take the promise back: the note was cancelled."""
	post((_for_note(line, RELEASE, reserved=-line[4]) for line in lines), at)


def ship(lines: Iterable[tuple[str, str, str, str, Decimal]], at: datetime) -> None:
	"""The promised goods left the warehouse (E-4.15m)."""
	post((_for_note(line, SHIPMENT, on_hand=-line[4], reserved=-line[4]) for line in lines), at)


def balance_name(warehouse: str, product: str) -> str:
	"""The name of the one balance of a product in a warehouse."""
	return f"{warehouse}:{product}"


def _for_note(line: tuple[str, str, str, str, Decimal], reason: str, **change: Decimal) -> Movement:
	key, note, warehouse, product, _qty = line
	return Movement(
		f"{key}:{reason}", warehouse, product, reason=reason,
		voucher_type="Ops Delivery Note", voucher_no=note, **change,
	)  # fmt: skip


def _post(movements: list[Movement], at: datetime) -> tuple[list[Movement], list[rules.Overdraw]]:
	"""Lock the balances, leave out what is posted already, write entries and balances."""
	if not movements:
		return [], []
	before = _locked_balances({(m.warehouse, m.product) for m in movements})
	known = _posted_keys([m.key for m in movements])
	fresh = list({m.key: m for m in movements if m.key not in known}.values())
	after, overdrawn = rules.apply_movements(before, fresh)
	if not overdrawn:
		_write(fresh, before, after, at)
	return fresh, overdrawn


def _write(
	movements: list[Movement], before: dict[Place, Balance], after: dict[Place, Balance], at: datetime
) -> None:
	insert_many(ENTRY, (entry for m in movements for entry in _entries(m, at)))
	changed = {place: balance for place, balance in after.items() if balance != before.get(place)}
	update_many(
		BALANCE,
		{
			balance_name(*place): {"on_hand": float(balance.on_hand), "reserved": float(balance.reserved)}
			for place, balance in changed.items()
		},
	)


def _entries(m: Movement, at: datetime) -> Iterable[dict[str, Any]]:
	common = {
		"warehouse": m.warehouse,
		"product": m.product,
		"posted_at": at,
		"reason": m.reason,
		"voucher_type": m.voucher_type,
		"voucher_no": m.voucher_no,
	}
	for state, qty in ((ON_HAND, m.on_hand), (RESERVED, m.reserved)):
		if qty or (state == ON_HAND and not m.reserved):
			yield {**common, "posting_key": f"{m.key}:{state}", "state": state, "qty": float(qty)}


def _locked_balances(places: set[Place]) -> dict[Place, Balance]:
	insert_many(
		BALANCE,
		({"name": balance_name(w, p), "warehouse": w, "product": p} for w, p in sorted(places)),
		ignore_duplicates=True,
	)
	return balances(places, lock=True)


def _posted_keys(keys: Collection[str]) -> dict[str, frappe._dict]:
	wanted = [f"{key}:{state}" for key in keys for state in (ON_HAND, RESERVED)]
	found = frappe.get_all(
		ENTRY,
		filters={"posting_key": ("in", wanted)},
		fields=["posting_key", "warehouse", "product", "qty"],
	)
	return {row.posting_key.rsplit(":", 1)[0]: row for row in found}


def _overdraw_message(overdraw: rules.Overdraw) -> str:
	m, before = overdraw.movement, overdraw.before
	return _(
		"Product {0} in warehouse {1}: {2} on hand, {3} of it reserved; not enough for {4} [E-4.13a]"
	).format(
		m.product, m.warehouse, f"{before.on_hand:f}", f"{before.reserved:f}", f"{-m.on_hand or m.reserved:f}"
	)


# --- from outside --------------------------------------------------------------------------------------------------


def _take(rows: Iterable[dict[str, Any]], reason: str) -> list[dict[str, Any]]:
	"""Check each row, post the good ones, answer for every one in the order they came."""
	rows = list(rows)
	known = _known_names(rows)
	answers: list[dict[str, Any]] = []
	good: dict[str, tuple[int, Movement]] = {}
	for place, row in enumerate(rows, 1):
		problem = _row_problem(row, known, SMALLEST_RECEIPT if reason == RECEIPT else Decimal(0))
		key = "" if problem else f"{reason}:{row['key']}"
		if not problem and key in good:
			problem = Problem("repeated", text("Key {0} stands there twice"), (row["key"],), "key")
		if problem:
			answers.append(_refused(row, problem.at(row=place)))
			continue
		good[key] = (
			place,
			Movement(key, row["warehouse"], row["product"], quantity(row["qty"]), reason=reason),
		)
		answers.append({"key": row["key"], "status": "posted", "row": place})
	places = {(m.warehouse, m.product) for _place, m in good.values()}
	before = _locked_balances(places) if places else {}
	posted, fresh, now = _posted_keys(list(good)), [], dict(before)
	for key, (place, wanted) in good.items():
		answer = answers[place - 1]
		if key in posted:
			answers[place - 1] = _repeat(answer, wanted, posted[key], reason)
			continue
		spot = (wanted.warehouse, wanted.product)
		movement = _difference(wanted, now[spot]) if reason == COUNT else wanted
		now, overdrawn = rules.apply_movements(now, [movement])
		if overdrawn:
			message = text("Fewer were counted than are reserved: {0} of {1}; cancel delivery notes first")
			problem = Problem(
				"overdrawn", message, (f"{now[spot].reserved:f}", wanted.product), "qty", place, "E-4.13a"
			)
			answers[place - 1] = _refused(rows[place - 1], problem)
		else:
			fresh.append(movement)
	_write(fresh, before, now, clock.now())
	return answers


def _difference(counted: Movement, balance: Balance) -> Movement:
	return Movement(
		counted.key, counted.warehouse, counted.product, counted.on_hand - balance.on_hand, reason=COUNT
	)


def _repeat(answer: dict, wanted: Movement, posted: frappe._dict, reason: str) -> dict[str, Any]:
	same = (posted.warehouse, posted.product) == (wanted.warehouse, wanted.product) and (
		reason == COUNT or quantity(posted.qty) == wanted.on_hand
	)
	if same:
		return {**answer, "status": "repeat"}
	problem = Problem("conflict", text("Key {0} was posted with other content"), (answer["key"],), "key")
	return _refused(answer, problem.at(row=answer["row"]))


def _refused(row: dict, problem: Problem) -> dict[str, Any]:
	return {
		"key": row.get("key") if isinstance(row, dict) else None,
		"status": "refused",
		"code": problem.code,
		"message": words(problem),
		"field": problem.field,
		"row": problem.row,
		"rule": problem.rule,
	}


def _known_names(rows: list[dict]) -> dict[str, set[str]]:
	known = {}
	for doctype, field in (("Ops Warehouse", "warehouse"), ("Ops Product", "product")):
		asked = {row[field] for row in rows if isinstance(row, dict) and isinstance(row.get(field), str)}
		found = (
			frappe.get_all(doctype, filters={"name": ("in", sorted(asked))}, pluck="name") if asked else []
		)
		known[field] = set(found)
	return known


def _row_problem(row: Any, known: dict[str, set[str]], least: Decimal) -> Problem | None:
	if not isinstance(row, dict):
		return Problem("type", text("A row is a set of named values"))
	for field in ("key", "warehouse", "product"):
		if not isinstance(row.get(field), str) or not row[field].strip():
			return Problem("missing", text("{0} is missing"), (field,), field)
	if len(row["key"]) > 80:
		return Problem("too_long", text("{0} is longer than {1} characters"), ("key", 80), "key")
	for field in ("warehouse", "product"):
		if row[field] not in known[field]:
			return Problem("unknown", text("There is no {0} {1}"), (field, row[field]), field)
	try:
		qty = to_decimal(row.get("qty"))
	except ValueError:
		return Problem("type", text("{0} is not a number: {1}"), ("qty", str(row.get("qty"))[:40]), "qty")
	if not least <= qty < LARGEST_QTY:
		return Problem(
			"qty",
			text("The quantity {0} must be at least {1} and below {2}"),
			(qty, least, LARGEST_QTY),
			"qty",
		)
	return None
