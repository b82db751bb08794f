# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What happened, in rows that nobody changes (G1-20), and the modules that want to hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import frappe
from order_ops.rows import insert_many
from order_ops.timekeeping import clock

ANY = "*"


def record(rows: Iterable[dict]) -> None:
	"""Write down what happened to documents, in one statement (G1-20).

	A row names phase, reference_doctype and reference_name; what it may add: at (now), by_user (the session's),
	sales_order, from_status, to_status, note, rule, is_public (shown to the customer).
	"""
	at, user = clock.now(), frappe.session.user
	insert_many("Ops Event", [{"at": at, "by_user": user, **row} for row in rows])


def announce(event: str, names: list[str], at: datetime | None = None) -> None:
	"""Tell the modules that registered for an event through the hook order_ops_on_event, in this transaction.

	Who registered for * hears of every event, with its name before the names.
	"""
	if not names:
		return
	at, listeners = at or clock.now(), hooked("order_ops_on_event")
	for path in listeners.get(event, ()):
		frappe.get_attr(path)(names, at)
	for path in listeners.get(ANY, ()):
		frappe.get_attr(path)(event, names, at)


def hooked(name: str) -> dict[str, list[str]]:
	"""One of our own hooks: its keys, each with the dotted paths that all installed apps registered."""
	return frappe.get_hooks(name) or {}
