# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyDuty(Document):
	"""Which department and role own one of the seven links of an order (G2-02, G2-03)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		department: DF.Autocomplete | None
		link: DF.Literal[
			"Receiving", "Review", "Processing", "Execution", "Tracking", "Feedback", "Archiving"
		]
		owner_role: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Link | None
	# end: auto-generated types
