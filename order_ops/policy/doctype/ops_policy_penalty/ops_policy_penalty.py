# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyPenalty(Document):
	"""What an error or a delay may cost, decided by a person (C-18)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		confirmed_by: DF.Link | None
		highest: DF.Currency
		occasion: DF.Literal[
			"Review Error", "Order Data", "Late Acceptance", "Late Shipping", "Late After-sales"
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Link | None
		sanction: DF.Literal["Record", "Warning", "Fine", "Shop Closure"]
	# end: auto-generated types
