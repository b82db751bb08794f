# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsCustomerAddress(Document):
	"""A delivery address down to street and house number (E-4.10f, E-4.10j)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		city: DF.Data
		district: DF.Data | None
		house_no: DF.Data
		is_default: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		phone: DF.Data | None
		postcode: DF.Data | None
		province: DF.Link
		recipient: DF.Data | None
		street: DF.Data
	# end: auto-generated types
