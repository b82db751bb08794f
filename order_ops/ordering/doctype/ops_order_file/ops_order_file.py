# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.ordering import order_file
from order_ops.protection import restore_read_only


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

	def validate(self) -> None:
		self.validate_upload()
		self.set_what_nobody_types()

	def validate_upload(self) -> None:
		"""Who names a file must be one who may read it."""
		if self.has_value_changed("file"):
			order_file.check_upload(self.file)

	def set_what_nobody_types(self) -> None:
		"""The result is what preview and import found (G1-07a)."""
		if self.is_new():
			self.update({"status": "Draft", "rows_read": 0, "orders_taken": 0, "orders_repeated": 0})
			self.update({"rows_rejected": 0, "rows": []})
		restore_read_only(self)
