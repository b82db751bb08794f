# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyChannel(Document):
	"""One way in which orders may come (C-15, G3-1.1)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal[
			"Mall",
			"Platform",
			"Web",
			"Phone",
			"Fax",
			"Mail",
			"Visit",
			"Oral",
			"POS",
			"Allocation",
			"Paper Form",
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		preferred: DF.Check
		rule: DF.Link | None
	# end: auto-generated types
