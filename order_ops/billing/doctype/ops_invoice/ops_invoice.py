# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


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
		status: DF.Literal["Requested", "Issued", "With Goods", "Delivered", "Voided"]
		tax_amount: DF.Currency
		tax_no: DF.Data | None
	# end: auto-generated types
