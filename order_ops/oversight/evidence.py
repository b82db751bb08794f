# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What happened under each rule: how often it applied, was met, broken, overridden, and when last (G1-20).

A clock applies its rule, and meets or breaks it. A message under a rule that asks to tell somebody meets it when it is
sent. Every other event that names a rule applies it, and one of the phase Override passes over it. Nothing is counted
twice: events of a clock and notices of it repeat what the clock says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Max
from order_ops.exchange import service as outbox
from order_ops.oversight.scope import Scope
from order_ops.policy import rule_book
from order_ops.rows import update_many
from order_ops.timekeeping import clocks

EVENT = "Ops Event"
OVERRIDE = "Override"
COUNTERS = frozenset(("Order Ops Manager", "Order Ops Auditor", "System Manager"))


@dataclass
class Evidence:
	"""The figures of one rule."""

	applied: int = 0
	met: int = 0
	broken: int = 0
	overridden: int = 0
	last_at: datetime | None = None

	def add(self, kind: str, times: int, last_at: datetime | None) -> None:
		"""Count what applied the rule, met, broke or passed over it; each of these applies it, too."""
		self.applied += times
		if kind != "applied":
			setattr(self, kind, getattr(self, kind) + times)
		self.last_at = max(filter(None, (self.last_at, last_at)), default=None)


def collect(scope: Scope | None = None) -> dict[str, Evidence]:
	"""The figures of every rule that anything names within a scope, by three grouped queries and the book itself."""
	scope = scope or Scope()
	found: dict[str, Evidence] = defaultdict(Evidence)
	for rule, kind, times, last_at in (*_clocks(scope), *_messages(scope), *_events(scope)):
		found[rule].add(kind, times, frappe.utils.get_datetime(last_at))
	return dict(found)


def roll_up() -> int:
	"""Write the figures into the rule book, and only those that changed; returns how many rules they are of."""
	found = collect()
	fields = ["name", *rule_book.FIGURE_FIELDS]
	changes = {}
	for row in frappe.get_all(rule_book.DOCTYPE, fields=fields, limit=0):
		figures = vars(found.get(row.name) or Evidence())
		if any(row[field] != value for field, value in figures.items()):
			changes[row.name] = figures
	update_many(rule_book.DOCTYPE, changes)
	return len(changes)


@frappe.whitelist(methods=["POST"])
def update_now(doc: str | dict | None = None) -> None:
	"""Button of a rule: count now instead of at the next full hour (G1-20)."""
	if not COUNTERS.intersection(frappe.get_roles()):
		frappe.throw(_("Only managers and auditors count the evidence [G1-20]"), frappe.PermissionError)
	frappe.msgprint(_("The figures of {0} rules have changed").format(roll_up()), indicator="green")


def overriders(scope: Scope) -> dict[str, list[str]]:
	"""Who passed over which rule, for people who ask (G6-03)."""
	event = frappe.qb.DocType(EVENT)
	query = (
		scope.of_orders(frappe.qb.from_(event), event.sales_order, event.at)
		.select(event.rule, event.by_user)
		.where((event.phase == OVERRIDE) & (event.rule != ""))
		.groupby(event.rule, event.by_user)
		.orderby(event.rule, event.by_user)
	)
	found: dict[str, list[str]] = defaultdict(list)
	for rule, user in query.run():
		found[rule].append(user)
	return dict(found)


Counted = Iterator[tuple[str, str, int, Any]]


def _clocks(scope: Scope) -> Counted:
	clock = frappe.qb.DocType(clocks.DOCTYPE)
	query = (
		scope.of_orders(frappe.qb.from_(clock), clock.sales_order, clock.started_at, clock.business_unit)
		.select(clock.rule, clock.status, Count("*"), Max(clock.started_at))
		.where((clock.rule != "") & (clock.status != clocks.CANCELLED))
		.groupby(clock.rule, clock.status)
	)
	return _kinds(query.run(), {clocks.MET: "met", clocks.BREACHED: "broken"})


def _messages(scope: Scope) -> Counted:
	message = frappe.qb.DocType(outbox.DOCTYPE)
	order = message.reference_name  # a message about anything else has no order, and no profile
	query = (
		scope.of_orders(frappe.qb.from_(message), order, message.creation, message.business_unit)
		.select(message.rule, message.status, Count("*"), Max(message.creation))
		.where(message.rule.isin(_duties_to_tell()) & (message.status != outbox.STOPPED))
		.where(message.event.notin([clocks.WARNED_EVENT, clocks.BREACHED_EVENT]))
		.groupby(message.rule, message.status)
	)
	return _kinds(query.run(), {outbox.SENT: "met", outbox.FAILED: "broken"})


def _duties_to_tell() -> list[str]:
	rows = frappe.get_all(rule_book.DOCTYPE, fields=["name", "enforcement"], order_by="name", limit=0)
	return [row.name for row in rows if rule_book.asks_to_tell(row.enforcement)] or [""]


def _events(scope: Scope) -> Counted:
	event = frappe.qb.DocType(EVENT)
	query = (
		scope.of_orders(frappe.qb.from_(event), event.sales_order, event.at)
		.select(event.rule, event.phase, Count("*"), Max(event.at))
		.where((event.rule != "") & (event.reference_doctype != clocks.DOCTYPE))
		.groupby(event.rule, event.phase)
	)
	return _kinds(query.run(), {OVERRIDE: "overridden"})


def _kinds(rows: Iterable[tuple], kinds: dict[str, str]) -> Counted:
	return ((rule, kinds.get(state, "applied"), times, last_at) for rule, state, times, last_at in rows)
