# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from order_ops.protection import Row


class OpsInvoiceLine(Row):
	"""One line of an invoice: goods or freight (E-4.14e)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		description: DF.Data | None
		kind: DF.Literal["Goods", "Freight"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		product: DF.Link | None
		qty: DF.Float
		rate: DF.Currency
		tax_amount: DF.Currency
		tax_rate: DF.Percent
		uom: DF.Data | None
	# end: auto-generated types
