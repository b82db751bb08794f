# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.ordering import messages
from order_ops.timekeeping.append_only import refuse


class OpsOrderMessage(Document):
	"""What a buyer and the house write to each other about an order: written once, never edited (G7-7.2)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answered_at: DF.Datetime | None
		at: DF.Datetime | None
		business_unit: DF.Link | None
		by_user: DF.Link | None
		direction: DF.Literal["From Buyer", "To Buyer"]
		response_seconds: DF.Int
		sales_order: DF.Link
		starts_clock: DF.Check
		text: DF.SmallText
	# end: auto-generated types

	def before_insert(self) -> None:
		messages.fill(self)

	def validate(self) -> None:
		if not self.is_new():
			refuse(self)

	def after_insert(self) -> None:
		messages.follow(self)

	def on_trash(self) -> None:
		refuse(self)
