# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.timekeeping.append_only import refuse, refuse_change


class OpsClock(Document):
	"""One running step of one document: started, due, paused, stopped, met or breached."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		breached_at: DF.Datetime | None
		budget_seconds: DF.Int
		business_unit: DF.Link | None
		calendar: DF.Link | None
		cause: DF.SmallText | None
		clock_key: DF.Data | None
		due_at: DF.Datetime | None
		elapsed_seconds: DF.Int
		escalate_to: DF.Link | None
		late_window: DF.Check
		on_time: DF.Percent
		owner_role: DF.Link | None
		pause_reason: DF.Data | None
		paused_at: DF.Datetime | None
		paused_seconds: DF.Int
		reference_doctype: DF.Link
		reference_name: DF.DynamicLink
		rule: DF.Link | None
		sales_order: DF.Data | None
		started_at: DF.Datetime
		status: DF.Literal["Running", "Paused", "Met", "Breached", "Cancelled"]
		step: DF.Data
		stopped_at: DF.Datetime | None
		warn_at: DF.Datetime | None
		warned_at: DF.Datetime | None
	# end: auto-generated types

	def validate(self) -> None:
		refuse_change(self, but=("cause",))

	def on_trash(self) -> None:
		refuse(self)
