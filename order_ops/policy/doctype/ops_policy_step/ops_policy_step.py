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
			"Working time",
			"Elapsed time",
			"Time of day",
			"Close of work",
			"Next working day at",
			"Wave",
			"Next wave",
			"Day of month",
			"Other",
		]
		day_of_month: DF.Int
		escalate_to: DF.Link | None
		holiday_rule: DF.Literal["", "Next working day", "Previous working day", "As it is"]
		lead_minutes: DF.Int
		minutes: DF.Int
		owner_role: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Link | None
		starts_with: DF.Data | None
		step: DF.Data
		step_kind: DF.Data | None
		stops_with: DF.Data | None
		title: DF.Autocomplete
		urgency: DF.Literal["", "Normal", "Special", "Urgent"]
		warn_minutes: DF.Int
		wave_kind: DF.Literal["", "Process", "Review", "Send"]
	# end: auto-generated types
