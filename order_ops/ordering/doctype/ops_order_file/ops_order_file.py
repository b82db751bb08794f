# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsOrderFile(Document):
	"""A file of orders: preview, verdict per row, the good ones taken once."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.ordering.doctype.ops_order_file_row.ops_order_file_row import OpsOrderFileRow

		channel: DF.Link
		file: DF.Attach
		orders_repeated: DF.Int
		orders_taken: DF.Int
		rows: DF.Table[OpsOrderFileRow]
		rows_read: DF.Int
		rows_rejected: DF.Int
		status: DF.Literal["Draft", "Previewed", "Imported"]
	# end: auto-generated types
