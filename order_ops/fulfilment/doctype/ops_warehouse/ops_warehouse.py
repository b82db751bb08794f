# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.fulfilment import warehouses


class OpsWarehouse(Document):
	"""A warehouse of a business unit: main (总仓) or centre (中心仓), E-4.15h/i/j."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.fulfilment.doctype.ops_warehouse_region.ops_warehouse_region import OpsWarehouseRegion

		business_unit: DF.Link
		code: DF.Data
		enabled: DF.Check
		kind: DF.Literal["Main", "Centre"]
		platform_packaging: DF.Check
		regions: DF.Table[OpsWarehouseRegion]
		title: DF.Data
	# end: auto-generated types

	def on_update(self) -> None:
		warehouses.sites.changed()

	def on_trash(self) -> None:
		warehouses.sites.changed()
