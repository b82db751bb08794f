# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from order_ops.protection import Row


class OpsDispatchLine(Row):
	"""One shipment of a dispatch list."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Data | None
		carrier: DF.Data | None
		city: DF.Data | None
		customer_name: DF.Data | None
		delivery_note: DF.Link
		freight_amount: DF.Currency
		invoice_no: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		phone: DF.Data | None
		pieces: DF.Int
		products: DF.SmallText | None
		province: DF.Data | None
		qty: DF.Float
		recipient: DF.Data | None
		sales_order: DF.Data | None
		shipped_at: DF.Datetime | None
		tracking_no: DF.Data | None
		warehouse: DF.Data | None
		weight_kg: DF.Float
	# end: auto-generated types
