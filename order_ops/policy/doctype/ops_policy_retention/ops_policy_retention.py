# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyRetention(Document):
	"""How long records of a kind are kept (C-19)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		document: DF.Literal["All Other Records", "Forms of Appendices A to D"]
		least_years: DF.Int
		medium: DF.Literal["Paper", "Electronic"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Link | None
		starts: DF.Literal["End of the business day"]
		years: DF.Int
	# end: auto-generated types
