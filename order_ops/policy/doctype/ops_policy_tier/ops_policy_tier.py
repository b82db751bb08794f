# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyTier(Document):
	"""Who approves an amount of a kind of document, and in which turn (C-10, D-02, B-01)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount_from: DF.Currency
		amount_to: DF.Currency
		document: DF.Literal["Refund", "Order", "Order Change"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		role: DF.Link | None
		rule: DF.Link | None
		sequence: DF.Int
		tie_goes_to: DF.Literal["higher", "lower"]
		user: DF.Link | None
	# end: auto-generated types
