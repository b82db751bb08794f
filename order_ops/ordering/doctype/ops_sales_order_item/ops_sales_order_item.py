# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from order_ops.protection import Row


class OpsSalesOrderItem(Row):
	"""One line of an order."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		cancelled_qty: DF.Float
		delivered_qty: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		product: DF.Link
		product_name: DF.Data | None
		qty: DF.Float
		rate: DF.Currency
		requested_qty: DF.Float
		reserved_qty: DF.Float
		specification: DF.Data | None
		tax_rate: DF.Percent
		uom: DF.Data | None
	# end: auto-generated types
