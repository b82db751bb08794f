# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Which warehouse an order leaves from, for many orders at once (E-4.15h/i/j)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from order_ops.fulfilment import rules
from order_ops.fulfilment.rules import Choice, Warehouse
from order_ops.ordering.rules import MALL_KINDS
from order_ops.policy import service as policies
from order_ops.snapshots import Snapshots


@dataclass(frozen=True)
class Site:
	"""A warehouse and the business unit it belongs to."""

	business_unit: str
	warehouse: Warehouse


def choices(orders: Iterable[frappe._dict]) -> dict[str, Choice]:
	"""The region's warehouse for orders that carry name, channel, business_unit and province (E-4.15h/i/j)."""
	orders = list(orders)
	kinds = channel_kinds({order.channel for order in orders})
	return {
		order.name: rules.warehouse_for(
			order.province,
			_is_remote(order.province),
			kinds.get(order.channel) in MALL_KINDS,
			of_unit(order.business_unit),
		)
		for order in orders
	}


def of_unit(business_unit: str) -> list[Warehouse]:
	"""The warehouses of a business unit."""
	return [site.warehouse for site in sites.all().values() if site.business_unit == business_unit]


def channel_kinds(channels: Iterable[str]) -> dict[str, str]:
	"""Mall, REST, File … of some channels."""
	wanted = sorted(filter(None, channels))
	found = (
		frappe.get_all("Ops Channel", filters={"name": ("in", wanted)}, fields=["name", "kind"])
		if wanted
		else []
	)
	return {row.name: row.kind for row in found}


def why_none(choice: Choice, order: frappe._dict) -> str:
	"""Why there is no warehouse for an order, and what to do about it."""
	if choice.only_packaging:
		text = _("No {0} warehouse of {1} has platform packaging: tick it on one of them [{2}]")
	else:
		text = _("{1} has no {0} warehouse: create one [{2}]")
	return text.format(_(choice.kind), order.business_unit, choice.rule)


def _is_remote(province: str | None) -> bool:
	region = policies.regions.get(province) if province else None
	return bool(region and region.is_remote)


def _snapshot(doc: Document) -> Site:
	regions = frozenset(row.region for row in doc.regions)
	return Site(
		doc.business_unit,
		Warehouse(doc.name, doc.kind, bool(cint(doc.platform_packaging)), regions, bool(cint(doc.enabled))),
	)


sites = Snapshots("Ops Warehouse", _snapshot)
