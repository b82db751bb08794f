# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Make a record when it is missing."""

from __future__ import annotations

import frappe


def make(doctype: str, name: str, **values) -> None:
	"""Insert a document unless one of that name exists; what an administrator changed stays."""
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def missing(doctype: str, names: list[str]) -> list[str]:
	"""Those of the names that no document of the DocType has."""
	there = set(frappe.get_all(doctype, filters={"name": ("in", names)}, pluck="name"))
	return [name for name in names if name not in there]
