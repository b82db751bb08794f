# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Menus follow the profiles in use: a module that no active profile needs is not shown (E-2, T-1a)."""

from __future__ import annotations

import json
from collections.abc import Collection

import frappe
from order_ops.policy import service

HIDDEN = "order_ops_hidden_workspaces"  # what we hid: module -> names of workspaces


def follow() -> None:
	"""Hide the workspaces of modules that nobody uses, show again those we hid and somebody uses.

	What an administrator hid is not ours to show; what he shows again after we hid it stays in sight.
	"""
	hidden = json.loads(hidden_by_us() or "{}")
	unused = _unused()
	back = [name for module, names in hidden.items() if module not in unused for name in names]
	kept = {module: names for module, names in hidden.items() if module in unused}
	new = _visible(unused, {name for names in kept.values() for name in names})
	for name, module in new.items():
		kept.setdefault(module, []).append(name)
	_set_hidden(back, 0)
	_set_hidden(new, 1)
	if kept != hidden:
		frappe.db.set_global(HIDDEN, json.dumps(kept))
		frappe.cache.delete_value("bootinfo")


def hidden_by_us() -> str | None:
	"""What was kept, read from its row: the framework's cache of defaults outlives a rollback."""
	return frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": HIDDEN}, "defvalue")


def _unused() -> set[str]:
	"""The modules of this app, and those that any profile names, without those in use."""
	ours = frappe.get_all("Module Def", filters={"app_name": "order_ops"}, pluck="name")
	named = {module for policy in service.profiles.all().values() for module in policy.modules}
	return named.union(ours) - service.modules_in_use()


def _visible(modules: Collection[str], known: Collection[str]) -> dict[str, str]:
	if not modules:
		return {}
	filters = {"module": ("in", list(modules)), "public": 1, "is_hidden": 0}
	found = frappe.get_all("Workspace", filters=filters, fields=["name", "module"], order_by="name")
	return {row.name: row.module for row in found if row.name not in known}


def _set_hidden(names: Collection[str], is_hidden: int) -> None:
	if names:
		filters = {"name": ("in", list(names))}
		frappe.db.set_value("Workspace", filters, "is_hidden", is_hidden, update_modified=False)
