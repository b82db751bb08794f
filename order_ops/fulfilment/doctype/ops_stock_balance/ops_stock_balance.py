# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.timekeeping.append_only import refuse


class OpsStockBalance(Document):
	"""The sum of the stock ledger for one product in one warehouse; can be rebuilt from it."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		on_hand: DF.Float
		product: DF.Link
		reserved: DF.Float
		warehouse: DF.Link
	# end: auto-generated types

	def validate(self) -> None:
		refuse(self)

	def on_trash(self) -> None:
		refuse(self)
