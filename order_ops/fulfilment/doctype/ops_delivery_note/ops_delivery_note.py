# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.fulfilment import desk


class OpsDeliveryNote(Document):
	"""What leaves one warehouse for one order (发货单, E-4.13f)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.fulfilment.doctype.ops_delivery_note_item.ops_delivery_note_item import (
			OpsDeliveryNoteItem,
		)

		amended_from: DF.Link | None
		business_unit: DF.Link | None
		carrier: DF.Link | None
		city: DF.Data | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		district: DF.Data | None
		external_wms_no: DF.Data | None
		freight_amount: DF.Currency
		house_no: DF.Data | None
		invoice: DF.Data | None
		issued_at: DF.Datetime | None
		items: DF.Table[OpsDeliveryNoteItem]
		no_invoice_reason: DF.SmallText | None
		note_key: DF.Data | None
		phone: DF.Data | None
		pieces: DF.Int
		postcode: DF.Data | None
		prepared_by: DF.Link | None
		province: DF.Link | None
		recipient: DF.Data | None
		sales_order: DF.Link
		shipped_at: DF.Datetime | None
		shipped_by: DF.Link | None
		signed_at: DF.Datetime | None
		signed_by: DF.Data | None
		special_requirements: DF.SmallText | None
		status: DF.Literal["Draft", "Short", "Issued", "Shipped", "Signed For", "Cancelled"]
		stock_checked_at: DF.Datetime | None
		stock_checked_by: DF.Link | None
		street: DF.Data | None
		tracking_no: DF.Data | None
		warehouse: DF.Link
		warehouse_reason: DF.SmallText | None
		wave_run: DF.Data | None
		weight_kg: DF.Float
	# end: auto-generated types

	def autoname(self) -> None:
		self.note_key, self.name = desk.number(self.sales_order)

	def validate(self) -> None:
		desk.keep_written_by_services(self)
		desk.set_from_order(self)
		desk.set_warehouse(self)
		desk.validate_lines(self)
		desk.check_stock(self)
		desk.validate_status(self, "Draft")

	def before_submit(self) -> None:
		desk.validate_stock(self)
		desk.set_issued(self)

	def on_submit(self) -> None:
		desk.after_issue(self)

	def before_update_after_submit(self) -> None:
		desk.keep_written_by_services(self)
		desk.validate_status(self, "Issued")
		desk.set_stamps(self)

	def on_update_after_submit(self) -> None:
		desk.after_change(self)

	def before_cancel(self) -> None:
		desk.keep_written_by_services(self)
		desk.set_cancelled(self)

	def on_cancel(self) -> None:
		desk.after_cancel(self)
