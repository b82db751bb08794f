# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.timekeeping import holds
from order_ops.timekeeping.append_only import refuse, refuse_change


class OpsHold(Document):
	"""What keeps a document from going on: why, whose, and when it ends (G1-09, G5-2.3)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		blocks: DF.SmallText | None
		business_unit: DF.Link | None
		closed_at: DF.Datetime | None
		closed_by: DF.Link | None
		closing_reason: DF.SmallText | None
		covers_documents: DF.Check
		hold_key: DF.Data | None
		kind: DF.Link
		override_role: DF.Link | None
		owner_role: DF.Link | None
		placed_at: DF.Datetime | None
		placed_by: DF.Link | None
		promised_by: DF.Date | None
		reason: DF.SmallText
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		release_at: DF.Datetime | None
		release_rule: DF.Literal["By a person", "At a time", "By a promise"]
		rule: DF.Link | None
		sales_order: DF.Data | None
		status: DF.Literal["Open", "Released", "Overridden"]
	# end: auto-generated types

	def before_insert(self) -> None:
		holds.fill(self)

	def validate(self) -> None:
		if not self.is_new():
			refuse_change(self, but=("closing_reason",))

	def after_insert(self) -> None:
		holds.after_placing([self.as_dict()])

	def on_trash(self) -> None:
		refuse(self)
