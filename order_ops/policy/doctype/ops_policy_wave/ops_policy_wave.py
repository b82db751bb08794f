# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyWave(Document):
	"""One wave of a business day: orders received before its cut-off belong to it (D-01, E-4.13c/d)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		at_close: DF.Check
		boundary: DF.Literal["exclusive", "inclusive"]
		cutoff: DF.Time | None
		feeds: DF.Data | None
		handler: DF.Data | None
		kind: DF.Literal["Process", "Review", "Send"]
		lead_minutes: DF.Int
		minutes_before_close: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Link | None
		title: DF.Autocomplete
		wave: DF.Data
	# end: auto-generated types
