# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyStep(Document):
	"""One clocked step: how long, on which basis, whose, warned and escalated to (D-04, D-09)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		at_time: DF.Time | None
		basis: DF.Literal[
			"Working time", "Elapsed time", "Time of day", "Close of work", "Next working day at", "Wave"
		]
		escalate_to: DF.Link | None
		lead_minutes: DF.Int
		minutes: DF.Int
		owner_role: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Data | None
		step: DF.Data
		title: DF.Data
		warn_minutes: DF.Int
	# end: auto-generated types
