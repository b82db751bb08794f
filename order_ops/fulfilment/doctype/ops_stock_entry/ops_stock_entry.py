# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.timekeeping.append_only import refuse


class OpsStockEntry(Document):
	"""One posting of the append-only stock ledger."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		posted_at: DF.Datetime
		posting_key: DF.Data
		product: DF.Link
		qty: DF.Float
		reason: DF.Literal["Receipt", "Count", "Reservation", "Release", "Shipment"]
		state: DF.Literal["On Hand", "Reserved"]
		voucher_no: DF.DynamicLink | None
		voucher_type: DF.Link | None
		warehouse: DF.Link
	# end: auto-generated types

	def validate(self) -> None:
		refuse(self)

	def on_trash(self) -> None:
		refuse(self)
