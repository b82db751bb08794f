# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyPriority(Document):
	"""One key by which a queue is ordered; the first row counts most (C-20)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		queue: DF.Literal["Orders", "Special Delivery"]
		rule: DF.Link | None
		sort_by: DF.Literal["Urgency", "Due Time", "Arrival", "Customer Class", "Recent Sales"]
	# end: auto-generated types
