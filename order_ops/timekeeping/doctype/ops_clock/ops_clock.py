# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.timekeeping import clock
from order_ops.timekeeping.append_only import refuse, refuse_change
from order_ops.timekeeping.exceptions import NoBreach


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
		cause_at: DF.Datetime | None
		cause_by: DF.Link | None
		clock_key: DF.Data | None
		due_at: DF.Datetime | None
		elapsed_seconds: DF.Int
		escalate_to: DF.Link | None
		escalated_at: DF.Datetime | None
		first_due_at: DF.Datetime | None
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
		warn_seconds: DF.Int
		warned_at: DF.Datetime | None
	# end: auto-generated types

	def validate(self) -> None:
		refuse_change(self, but=("cause",))
		self.validate_cause()
		self.set_author_of_cause()

	def on_trash(self) -> None:
		refuse(self)

	def validate_cause(self) -> None:
		"""Only what came too late has a cause of being late (D-04)."""
		if self.cause and self.status != "Breached":
			frappe.throw(
				_("Cause of the Breach: {0} of {1} is {2}, not breached [{3}]").format(
					self.step, self.reference_name, _(self.status), self.rule or "D-04"
				),
				NoBreach,
			)

	def set_author_of_cause(self) -> None:
		"""Who says why a step was late, and when (G1-20)."""
		if self.has_value_changed("cause"):
			self.cause_by, self.cause_at = (frappe.session.user, clock.now()) if self.cause else (None, None)


def on_doctype_update() -> None:
	"""What the sweep looks for every minute: running clocks by the instant from which something is to be done (D-04);
	and all that the evidence of the rules counts, so that no row has to be read for it (G1-20)."""
	frappe.db.add_index("Ops Clock", ["status", "warn_at"])
	frappe.db.add_index("Ops Clock", ["rule", "status", "started_at"])
