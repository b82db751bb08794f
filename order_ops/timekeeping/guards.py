# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""One gate before every transition: REST, bulk, import and workflow all pass it."""

from __future__ import annotations

from collections.abc import Collection

import frappe
from order_ops.timekeeping import holds
from order_ops.timekeeping.events import hooked
from order_ops.timekeeping.rules import Refusal

__all__ = ["Refusal", "check", "require"]


def check(transition: str, names: Collection[str]) -> dict[str, Refusal]:
	"""The documents that may not make a transition such as `Ops Delivery Note:Ship`, each with the first reason.

	Open holds are asked first, then the functions of the names that are registered under the transition in the hook
	order_ops_guards.
	"""
	names = list(names)
	refused = holds.refusals(transition, names) if names else {}
	for path in hooked("order_ops_guards").get(transition, ()):
		open_names = [name for name in names if name not in refused]
		if open_names:
			refused.update(frappe.get_attr(path)(open_names))
	return refused


def require(transition: str, name: str, error: type[frappe.ValidationError] = holds.Held) -> None:
	"""Throw what keeps one document from a transition."""
	if refusal := check(transition, [name]).get(name):
		frappe.throw(refusal.message, error)
