# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.timekeeping.append_only import refuse


class OpsOrderCancellation(Document):
	"""A quantity of an order that was cancelled: written once per cancellation, never edited."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cancellation_key: DF.Data
		cancelled_at: DF.Datetime
		order_item: DF.Data | None
		product: DF.Link
		qty: DF.Float
		reason: DF.SmallText | None
		sales_order: DF.Link
	# end: auto-generated types

	def validate(self) -> None:
		refuse(self)

	def on_trash(self) -> None:
		refuse(self)
