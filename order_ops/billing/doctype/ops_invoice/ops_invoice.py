# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.billing import desk


class OpsInvoice(Document):
	"""An invoice from its request to the customer: one invoice covers goods and freight (E-4.14)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.billing.doctype.ops_invoice_line.ops_invoice_line import OpsInvoiceLine

		amended_from: DF.Link | None
		bank_and_account: DF.Data | None
		business_unit: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		delivered_at: DF.Datetime | None
		delivery_note: DF.Link | None
		freight_amount: DF.Currency
		goods_amount: DF.Currency
		grand_total: DF.Currency
		handed_over_at: DF.Datetime | None
		handed_over_by: DF.Link | None
		invoice_code: DF.Data | None
		invoice_no: DF.Data | None
		invoice_title: DF.Data
		issued_at: DF.Datetime | None
		issued_by: DF.Link | None
		kind: DF.Literal["Ordinary", "Special", "Fully Electronic"]
		lines: DF.Table[OpsInvoiceLine]
		received_at: DF.Datetime | None
		received_by: DF.Link | None
		registered_address_phone: DF.Data | None
		request_key: DF.Data | None
		requested_at: DF.Datetime | None
		requested_by: DF.Link | None
		sales_order: DF.Link
		status: DF.Literal["Requested", "Issued", "Handed Over", "With Goods", "Delivered", "Voided"]
		tax_amount: DF.Currency
		tax_no: DF.Data | None
	# end: auto-generated types

	def autoname(self) -> None:
		self.request_key, self.name = desk.number(self.sales_order)

	def validate(self) -> None:
		desk.keep_written_by_services(self)
		desk.set_from_order(self)
		desk.set_totals(self)
		desk.validate_lines(self)
		desk.validate_status(self)

	def before_submit(self) -> None:
		desk.set_issued(self)

	def on_submit(self) -> None:
		desk.after_issue(self)

	def before_update_after_submit(self) -> None:
		desk.keep_written_by_services(self)
		desk.validate_number(self)
		desk.validate_status(self)
		desk.set_stamps(self)

	def on_update_after_submit(self) -> None:
		desk.after_change(self)

	def before_cancel(self) -> None:
		desk.keep_written_by_services(self)
		desk.set_voided(self)

	def on_cancel(self) -> None:
		desk.after_void(self)
