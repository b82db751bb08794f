# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsDispatchList(Document):
	"""The list of the day's shipments for the sales representative (E-4.15d), or the logistics sheet due at 09:00 (E-4.15e)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.fulfilment.doctype.ops_dispatch_line.ops_dispatch_line import OpsDispatchLine

		business_date: DF.Date
		business_unit: DF.Link
		due_at: DF.Datetime | None
		kind: DF.Literal["Shipped List", "Logistics Sheet"]
		lines: DF.Table[OpsDispatchLine]
		list_key: DF.Data | None
		sent_at: DF.Datetime | None
		sent_by: DF.Link | None
		status: DF.Literal["Draft", "Sent"]
	# end: auto-generated types
