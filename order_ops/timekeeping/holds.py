# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Holds on orders and their documents: placed, asked before every transition, released, overridden. All set-based.

An order's field `held` says whether it or a document of it has an open hold. It changes under the lock of the order's
row, so a transition that has locked its order sees every hold that was placed before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, getdate
from order_ops.problems import Problem
from order_ops.problems import _ as mark
from order_ops.rows import insert_many, lock_many, new_name, update_many
from order_ops.timekeeping import clock, clocks, events
from order_ops.timekeeping.exceptions import Held, HoldInvalid
from order_ops.timekeeping.hold_rules import (
	BY_PERSON,
	BY_PROMISE,
	BY_TIME,
	ORDER,
	Hold,
	blocks,
	lines,
	problems,
	promise_ends,
)
from order_ops.timekeeping.rules import Refusal
from order_ops.wording import words

__all__ = ["Held", "open_holds", "override", "place", "refusals", "release"]

HOLD, KIND = "Ops Hold", "Ops Hold Kind"
OPEN, RELEASED, OVERRIDDEN = "Open", "Released", "Overridden"
PLACED_EVENT, RELEASED_EVENT = "Hold Placed", "Hold Released"
PHASES = {RELEASED: mark("Hold Released"), OVERRIDDEN: mark("Override")}
PROMISE = "HOLD-PROMISE"  # the step of a promise's clock
FIELDS = [
	"name", "kind", "rule", "reason", "status", "reference_doctype", "reference_name", "sales_order", "business_unit",
	"owner_role", "override_role", "blocks", "covers_documents", "release_rule", "hold_key",
]  # fmt: skip


# --- placing -------------------------------------------------------------------------------------------------------


def place(specs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
	"""Place holds, a verdict each: placed, repeat (the open hold of before) or refused (G1-09, G5-2.3).

	A spec names kind, reference_doctype, reference_name and reason; what it may add: rule, blocks (transitions),
	covers_documents, release_rule with release_at or promised_by, and key. Without a key a document has one open hold
	of a kind; with one the same key never places a second hold, whatever became of the first.
	"""
	specs = [{"reference_doctype": ORDER, **spec} for spec in specs]
	found = [_row(spec, about) for spec, about in zip(specs, _documents(specs), strict=True)]
	_lock_orders(row["sales_order"] for row in found if isinstance(row, dict))
	fresh = {row["hold_key"]: row for row in found if isinstance(row, dict)}
	insert_many(HOLD, fresh.values(), ignore_duplicates=True)
	owners = _owners(list(fresh))
	placed = [row for key, row in fresh.items() if owners[key] == row["name"]]
	after_placing(placed)
	told, verdicts = set(), []
	for spec, row in zip(specs, found, strict=True):
		if not isinstance(row, dict):
			verdicts.append(_refused(spec, row))
			continue
		name = owners[row["hold_key"]]
		new = name == fresh[row["hold_key"]]["name"] and name not in told
		told.add(name)
		verdicts.append({"name": name, "status": "placed" if new else "repeat", "message": "", "rule": ""})
	return verdicts


def fill(doc: Any) -> None:
	"""Give a hold that a person writes down what place() gives its own (G1-09)."""
	doc.reference_doctype = doc.reference_doctype or ORDER
	if not doc.reference_name and doc.reference_doctype == ORDER:
		doc.reference_name = doc.sales_order
	spec = {field: doc.get(field) for field in (*_GIVEN, "reference_doctype", "reference_name")}
	row = _row(spec, _documents([spec])[0])
	if not isinstance(row, dict):
		frappe.throw("<br>".join(words(problem) for problem in row), HoldInvalid)
	frappe.has_permission(doc.reference_doctype, "read", doc=doc.reference_name, throw=True)
	_lock_orders([row["sales_order"]])
	if owner := _owners([row["hold_key"]]).get(row["hold_key"]):
		text = _("{0} is held for that reason already: {1} [G5-2.3]")
		frappe.throw(text.format(doc.reference_name, owner), HoldInvalid)
	doc.update({field: value for field, value in row.items() if field != "name"})


def after_placing(placed: Collection[Mapping[str, Any]]) -> None:
	"""What follows once holds are there: the order shows it, a promise's clock runs, whoever waits is told (G1-20)."""
	if not placed:
		return
	at = clock.now()
	_show_on_orders(row["sales_order"] for row in placed)
	clocks.start_until(
		{
			"step": PROMISE,
			"rule": row["rule"],
			"reference_doctype": HOLD,
			"reference_name": row["name"],
			"sales_order": row["sales_order"],
			"business_unit": row["business_unit"],
			"owner_role": row["owner_role"],
			"escalate_to": row["override_role"],
			"started_at": at,
			"due_at": promise_ends(getdate(row["promised_by"])),
		}
		for row in placed
		if row["release_rule"] == BY_PROMISE
	)
	_record("Hold Placed", placed, at, {row["name"]: row["reason"] for row in placed})
	events.announce(PLACED_EVENT, [row["name"] for row in placed], at)


# --- asking --------------------------------------------------------------------------------------------------------


def refusals(transition: str, names: Collection[str]) -> dict[str, Refusal]:
	"""The documents whose open holds, or those of their orders, keep them from a transition (G1-09, G8-03.2)."""
	doctype = transition.partition(":")[0]
	order_of = _orders_of(doctype, names)
	held = _held(order_of.values(), lock=doctype == ORDER)
	named = [name for name in names if name not in order_of]
	found = _read({"sales_order": ("in", sorted(held))}, lock=doctype == ORDER) if held else []
	if named:
		found += _read({"reference_doctype": doctype, "reference_name": ("in", named)})
	text = _("{0} is held by {1} ({2}), which {3} releases [{4}]")
	refused: dict[str, Refusal] = {}
	for name in names if found else ():
		order = order_of.get(name, "")
		if hold := next((hold for hold in found if blocks(hold, transition, name, order)), None):
			rule = hold.rule or "G1-09"
			message = text.format(name, hold.name, _(hold.kind), _(hold.owner_role), rule)
			refused[name] = Refusal("held", message, rule)
	return refused


def open_holds(documents: Collection[str], doctype: str = ORDER) -> dict[str, list[Hold]]:
	"""The open holds of documents, and for orders those of their documents as well; only documents that have any."""
	field = "sales_order" if doctype == ORDER else "reference_name"
	found: dict[str, list[Hold]] = {}
	for hold in _read(
		{field: ("in", list(documents)), **({} if doctype == ORDER else {"reference_doctype": doctype})}
	):
		found.setdefault(hold.order if doctype == ORDER else hold.document, []).append(hold)
	return found


# --- ending --------------------------------------------------------------------------------------------------------


def release(names: Collection[str], reason: str, by: str | None = None) -> list[dict[str, Any]]:
	"""Release holds, a verdict each; a second call finds them released and changes nothing (G1-09).

	The caller has checked that the user may: see release_hold() and may_close().
	"""
	return _close(names, RELEASED, reason, by)


def override(names: Collection[str], reason: str, by: str | None = None) -> list[dict[str, Any]]:
	"""Let documents go on although what they are held for is not settled: never without a reason (G1-09, G6-03)."""
	return _close(names, OVERRIDDEN, reason, by)


def release_due(at: datetime) -> list[str]:
	"""Release the holds whose time has come (G5-2.3); returns their names."""
	due = frappe.get_all(
		HOLD,
		filters={"status": OPEN, "release_rule": BY_TIME, "release_at": ("<=", at)},
		pluck="name",
		order_by="name",
	)
	verdicts = release(due, mark("Its time has come"))
	return [verdict["name"] for verdict in verdicts if verdict["status"] == "released"]


@frappe.whitelist(methods=["POST"])
def release_hold(doc: str | dict) -> dict[str, Any]:
	"""Button: release a hold, for the reason that stands on its form (G1-09)."""
	return _button(doc, RELEASED)


@frappe.whitelist(methods=["POST"])
def override_hold(doc: str | dict) -> dict[str, Any]:
	"""Button: override a hold, for the reason that stands on its form (G1-09)."""
	return _button(doc, OVERRIDDEN)


def may_close(hold: Mapping[str, Any], status: str) -> bool:
	"""Its owner releases a hold; another role, named on it, may override it (G1-09)."""
	return hold["owner_role" if status == RELEASED else "override_role"] in frappe.get_roles()


def closing_problem(hold: Mapping[str, Any], status: str) -> Refusal | None:
	"""Why this user may not end a hold so."""
	if may_close(hold, status):
		return None
	role = hold["owner_role" if status == RELEASED else "override_role"]
	if not role:
		return Refusal("not_yours", _("Hold {0} cannot be overridden [G1-09]").format(hold["name"]), "G1-09")
	text = _("Only {0} may do that with hold {1} [G1-09]").format(_(role), hold["name"])
	return Refusal("not_yours", text, "G1-09")


def _button(doc: str | dict, status: str) -> dict[str, Any]:
	sent = frappe.parse_json(doc)
	hold = frappe.get_doc(HOLD, sent["name"])
	hold.check_permission("write")
	if refusal := closing_problem(hold.as_dict(), status):
		frappe.throw(refusal.message, frappe.PermissionError)
	verdict = _close([hold.name], status, str(sent.get("closing_reason") or hold.closing_reason or ""))[0]
	if verdict["status"] == "refused":
		frappe.throw(verdict["message"], HoldInvalid)
	return hold.reload().as_dict()


def _close(names: Collection[str], status: str, reason: str, by: str | None = None) -> list[dict[str, Any]]:
	reason, at = reason.strip(), clock.now()
	orders = frappe.get_all(HOLD, filters={"name": ("in", list(names) or [""])}, pluck="sales_order")
	_lock_orders(orders)
	found = lock_many(HOLD, names, FIELDS)
	closing = [row for row in found.values() if row.status == OPEN] if reason else []
	change = {
		"status": status,
		"closing_reason": reason,
		"closed_by": by or frappe.session.user,
		"closed_at": at,
	}
	update_many(HOLD, {row.name: {**change, "hold_key": _kept_key(row)} for row in closing})
	if closing:
		_show_on_orders(row.sales_order for row in closing)
		clocks.stop(PROMISE, {row.name: at for row in closing})
		_record(PHASES[status], closing, at, dict.fromkeys((row.name for row in closing), reason))
		events.announce(RELEASED_EVENT, [row.name for row in closing], at)
	done = {row.name for row in closing}
	return [_closed(name, found.get(name), status, reason, name in done) for name in dict.fromkeys(names)]


def _closed(name: str, row: Any, status: str, reason: str, done: bool) -> dict[str, Any]:
	verdict = {"name": name, "status": status.lower(), "message": "", "rule": ""}
	if done:
		return verdict
	if row and row.status != OPEN:
		return {**verdict, "status": "repeat"}
	text = (
		_("Give the reason for the release of hold {0} [G1-09]") if row else _("There is no hold {0} [G1-09]")
	)
	return {**verdict, "status": "refused", "message": text.format(name), "rule": "G1-09"}


# --- how it is done ------------------------------------------------------------------------------------------------

_GIVEN = ("kind", "reason", "rule", "blocks", "covers_documents", "release_rule", "release_at", "promised_by")


def holdable() -> dict[str, list[str]]:
	"""The DocTypes that can be held, each with its transitions (hook order_ops_transitions)."""
	return {
		doctype: list(dict.fromkeys(verbs))
		for doctype, verbs in events.hooked("order_ops_transitions").items()
	}


def check_transitions(text: str | None) -> None:
	"""Throw when a field names a transition that does not exist."""
	known = transitions()
	if wrong := [name for name in lines(text) if name not in known]:
		frappe.throw(_("There is no transition {0}").format(", ".join(wrong)), HoldInvalid)


def transitions() -> list[str]:
	"""Every transition that can be blocked, such as `Ops Delivery Note:Ship`."""
	return [f"{doctype}:{verb}" for doctype, verbs in holdable().items() for verb in verbs]


def _documents(specs: list[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
	"""Order and business unit of the documents of these specs; None for a document that does not exist."""
	known: dict[tuple[str, str], Mapping[str, Any]] = {}
	for doctype in {spec["reference_doctype"] for spec in specs} & set(holdable()):
		names = [
			str(spec.get("reference_name") or "") for spec in specs if spec["reference_doctype"] == doctype
		]
		meta = frappe.get_meta(doctype)
		fields = [field for field in ("sales_order", "business_unit") if meta.has_field(field)]
		for row in frappe.get_all(doctype, filters={"name": ("in", names)}, fields=["name", *fields]):
			known[doctype, row.name] = row
	return [known.get((spec["reference_doctype"], spec.get("reference_name") or "")) for spec in specs]


def _row(spec: Mapping[str, Any], about: Mapping[str, Any] | None) -> dict[str, Any] | list[Problem]:
	doctype, name = spec["reference_doctype"], spec.get("reference_name") or ""
	if about is None:
		return [
			Problem(
				"not_found",
				mark("There is no {0} {1} that can be held"),
				(_(doctype), name),
				"reference_name",
			)
		]
	kind = (
		frappe.get_cached_doc(KIND, spec["kind"]) if frappe.db.exists(KIND, spec.get("kind") or "") else None
	)
	if not kind or not kind.enabled:
		text = mark("There is no kind of hold {0}")
		return [Problem("kind", text, (spec.get("kind") or "",), "kind", rule="G1-09")]
	if spec.get("rule") and not frappe.db.exists("Ops Rule", spec["rule"]):
		return [Problem("rule", mark("There is no rule {0}"), (spec["rule"],), "rule")]
	asked = spec.get("blocks")
	named = tuple(map(str, asked)) if isinstance(asked, list | tuple) else lines(str(asked or ""))
	named = named or lines(kind.blocks)
	rule = spec.get("release_rule") or BY_PERSON
	release_at = _read_as(get_datetime, spec.get("release_at")) if rule == BY_TIME else None
	promised_by = _read_as(getdate, spec.get("promised_by")) if rule == BY_PROMISE else None
	reason = str(spec.get("reason") or "")
	if wrong := problems(reason, rule, release_at, promised_by, named, transitions(), clock.now()):
		return wrong
	covers = spec.get("covers_documents")
	return {
		"name": new_name(),
		"status": OPEN,
		"kind": kind.name,
		"reason": reason.strip(),
		"rule": spec.get("rule") or kind.rule or None,
		"owner_role": kind.owner_role,
		"override_role": kind.override_role or None,
		"reference_doctype": doctype,
		"reference_name": name,
		"sales_order": name if doctype == ORDER else about.get("sales_order"),
		"business_unit": about.get("business_unit"),
		"blocks": "\n".join(named) or None,
		"covers_documents": cint(kind.covers_documents if covers is None else covers),
		"release_rule": rule,
		"release_at": release_at,
		"promised_by": promised_by,
		"placed_by": frappe.session.user,
		"placed_at": clock.now(),
		"hold_key": f"key:{spec['key']}" if spec.get("key") else f"{doctype}:{name}:{kind.name}",
	}


def _read_as(reader: Callable, value: Any) -> Any:
	"""A day or instant as somebody sent it; None when it is none."""
	try:
		return reader(value) if value else None
	except (TypeError, ValueError):
		return None


def _kept_key(row: Any) -> str:
	"""A key that somebody gave stays taken; otherwise the document may be held for this reason again."""
	return row.hold_key if row.hold_key.startswith("key:") else f"closed:{row.name}"


def _refused(spec: Mapping[str, Any], found: list[Problem]) -> dict[str, Any]:
	return {
		"name": spec.get("reference_name") or "",
		"status": "refused",
		"message": "; ".join(words(problem) for problem in found),
		"rule": found[0].rule,
	}


def _owners(keys: list[str]) -> dict[str, str]:
	"""Who has these keys now, also what others committed since this transaction began."""
	if not keys:
		return {}
	found = frappe.db.get_values(
		HOLD,
		{"hold_key": ("in", keys)},
		["name", "hold_key"],
		as_dict=True,
		order_by="hold_key",
		for_update=True,
	)
	return {row.hold_key: row.name for row in found}


def _orders_of(doctype: str, names: Collection[str]) -> dict[str, str]:
	"""The order of each document that has one."""
	if doctype == ORDER:
		return {name: name for name in names}
	if not frappe.get_meta(doctype).has_field("sales_order"):
		return {}
	rows = frappe.get_all(doctype, filters={"name": ("in", list(names))}, fields=["name", "sales_order"])
	return {row.name: row.sales_order for row in rows if row.sales_order}


def _held(orders: Iterable[str], lock: bool) -> list[str]:
	orders = sorted(set(orders))
	if lock:
		return [row.name for row in lock_many(ORDER, orders, ["held"]).values() if row.held]
	return frappe.get_all(ORDER, filters={"name": ("in", orders), "held": 1}, pluck="name") if orders else []


def _read(filters: dict[str, Any], lock: bool = False) -> list[Hold]:
	rows = frappe.db.get_values(
		HOLD, {**filters, "status": OPEN}, FIELDS, as_dict=True, order_by="name", for_update=lock
	)
	return [
		Hold(
			row.name,
			row.kind,
			row.rule or "",
			row.reference_doctype,
			row.reference_name,
			row.owner_role or "",
			row.sales_order or "",
			lines(row.blocks),
			bool(row.covers_documents),
			row.reason or "",
		)
		for row in rows
	]


def _lock_orders(orders: Iterable[str | None]) -> None:
	lock_many(ORDER, sorted({order for order in orders if order}))


def _show_on_orders(orders: Iterable[str | None]) -> None:
	names = sorted({order for order in orders if order})
	if not names:
		return
	held = set(
		frappe.get_all(HOLD, filters={"sales_order": ("in", names), "status": OPEN}, pluck="sales_order")
	)
	update_many(ORDER, {name: {"held": int(name in held)} for name in names})


def _record(phase: str, holds: Iterable[Mapping[str, Any]], at: datetime, notes: Mapping[str, str]) -> None:
	events.record(
		{
			"at": at,
			"phase": phase,
			"reference_doctype": hold["reference_doctype"],
			"reference_name": hold["reference_name"],
			"sales_order": hold["sales_order"],
			"rule": hold["rule"],
			"note": f"{hold['kind']}: {notes[hold['name']]}",
		}
		for hold in holds
	)
