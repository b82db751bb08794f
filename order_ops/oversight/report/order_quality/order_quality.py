# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Accuracy, timeliness and satisfaction by business unit (G1-03, G7-1, G8-03.1, G8-03.3).

An order is accurate when neither it nor a document of it had to be given up; steps are timely when their clocks were
met. Satisfaction is what customers answer; until one does, the report says that nobody has.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from order_ops.oversight import scope
from order_ops.oversight.rules import rate
from order_ops.oversight.tables import column
from order_ops.timekeeping import clocks

# documents that were made and given up again: what was said wrong the first time
GIVEN_UP = (("Ops Delivery Note", "Cancelled"), ("Ops Invoice", "Voided"))


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
	"""A row per business unit with orders received in the interval."""
	asked = scope.of(filters)
	return _columns(), _rows(asked), asked.words


def _columns() -> list[dict]:
	return [
		column(_("Business Unit"), "business_unit", "Link", scope.UNIT),
		column(_("Orders"), "orders", "Int"),
		column(_("Orders Corrected"), "corrected", "Int"),
		column(_("Accuracy"), "accuracy", "Percent"),
		column(_("Steps Met"), "met", "Int"),
		column(_("Steps Late"), "late", "Int"),
		column(_("Timeliness"), "timeliness", "Percent"),
		column(_("Satisfaction"), "satisfaction"),
	]


def _rows(asked: scope.Scope) -> list[dict]:
	order = frappe.qb.DocType(scope.ORDER)
	orders = dict(
		asked.orders(frappe.qb.from_(order), order)
		.select(order.business_unit, Count("*"))
		.groupby(order.business_unit)
		.orderby(order.business_unit)
		.run()
	)
	corrected, steps = _corrected(asked), _steps(asked)
	rows = []
	for unit, count in orders.items():
		met, late = steps[unit, clocks.MET], steps[unit, clocks.BREACHED]
		rows.append(
			{
				"business_unit": unit,
				"orders": count,
				"corrected": corrected[unit],
				"accuracy": rate(count - corrected[unit], count),
				"met": met,
				"late": late,
				"timeliness": rate(met, met + late),
				"satisfaction": _("No answers yet"),
			}
		)
	return rows


def _corrected(asked: scope.Scope) -> Counter[str]:
	"""The orders of each unit that were cancelled, or had a document cancelled or voided; each once."""
	order = frappe.qb.DocType(scope.ORDER)
	base = asked.orders(frappe.qb.from_(order), order).select(order.name, order.business_unit)
	found = set(base.where(order.status == "Cancelled").run())
	for doctype, status in GIVEN_UP:
		document = frappe.qb.DocType(doctype)
		query = base.join(document).on(document.sales_order == order.name).where(document.status == status)
		found |= set(query.run())
	return Counter(unit for _name, unit in found)


def _steps(asked: scope.Scope) -> Counter[tuple[str, str]]:
	"""Clocks by the unit of their order and by how they ended."""
	order, table = frappe.qb.DocType(scope.ORDER), frappe.qb.DocType(clocks.DOCTYPE)
	query = (
		asked.orders(frappe.qb.from_(order), order)
		.join(table)
		.on(table.sales_order == order.name)
		.select(order.business_unit, table.status, Count("*"))
		.groupby(order.business_unit, table.status)
	)
	return Counter({(unit, status): count for unit, status, count in query.run()})
