# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsOrderFileRow(Document):
	"""The verdict on one row of an order file."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		external_id: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reason: DF.SmallText | None
		row_no: DF.Int
		sales_order: DF.Data | None
		verdict: DF.Literal["Taken", "Repeat", "Rejected"]
	# end: auto-generated types
