# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyShortageStep(Document):
	"""What is done, in this order, when goods are short (C-21)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Link | None
		step: DF.Literal[
			"Check at Review",
			"Inform the Customer",
			"Negotiate a Later Day",
			"Order Production",
			"Send to Provincial Centre",
			"Offer Same Grade",
		]
	# end: auto-generated types
