# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Rows of the framework that name this app and would outlive it."""

from __future__ import annotations

import frappe
from order_ops.policy.modules import HIDDEN


def remove() -> None:
	"""Remove scheduled jobs, portal menu entries, user permissions and defaults that point into this app."""
	jobs = frappe.get_all("Scheduled Job Type", filters={"method": ("like", "order_ops.%")}, pluck="name")
	_delete("Scheduled Job Log", "scheduled_job_type", jobs)
	_delete("Scheduled Job Type", "name", jobs)
	_delete("User Permission", "allow", our_doctypes())
	_delete("Portal Menu Item", "reference_doctype", our_doctypes())
	_delete("DefaultValue", "defkey", [HIDDEN])


def our_doctypes() -> list[str]:
	"""The DocTypes of this app."""
	modules = frappe.get_all("Module Def", filters={"app_name": "order_ops"}, pluck="name")
	return frappe.get_all("DocType", filters={"module": ("in", modules), "custom": 0}, pluck="name")


def _delete(doctype: str, field: str, values: list[str]) -> None:
	if values:
		frappe.db.delete(doctype, {field: ("in", values)})
