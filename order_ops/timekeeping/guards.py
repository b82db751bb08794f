# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""One gate before every transition: REST, bulk, import and workflow all pass it."""

from __future__ import annotations

import frappe
from order_ops.timekeeping.events import hooked
from order_ops.timekeeping.rules import Refusal

__all__ = ["Refusal", "check"]


def check(transition: str, names: list[str]) -> dict[str, Refusal]:
	"""The documents that may not make a transition such as `Ops Delivery Note:Ship`, each with the first reason.

	The guards are functions of the names, registered under the transition in the hook order_ops_guards.
	"""
	refused: dict[str, Refusal] = {}
	for path in hooked("order_ops_guards").get(transition, ()):
		open_names = [name for name in names if name not in refused]
		if open_names:
			refused.update(frappe.get_attr(path)(open_names))
	return refused
