# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyChangeRoute(Document):
	"""One way in which a confirmed order may be changed (C-16)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		review_again: DF.Check
		role: DF.Link | None
		route: DF.Literal["Customer", "Buyer Agreement", "Platform Application", "Back Office"]
		rule: DF.Link | None
	# end: auto-generated types
