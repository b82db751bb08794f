# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsSalesOrder(Document):
	"""An order, from the instant it was received to the customer's signature."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.ordering.doctype.ops_sales_order_item.ops_sales_order_item import OpsSalesOrderItem

		amended_from: DF.Link | None
		business_unit: DF.Link
		buyer_code: DF.Data | None
		buyer_external_id: DF.Data | None
		buyer_kind: DF.Literal["", "Organisation", "Individual"]
		buyer_mobile: DF.Data | None
		buyer_name: DF.Data | None
		buyer_tax_no: DF.Data | None
		channel: DF.Link
		city: DF.Data | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		district: DF.Data | None
		dms_order_no: DF.Data | None
		dms_order_type: DF.Literal["Parts", "Complete Machine", "Service"]
		external_id: DF.Data | None
		external_key: DF.Data | None
		freight_amount: DF.Currency
		goods_amount: DF.Currency
		grand_total: DF.Currency
		house_no: DF.Data | None
		identification: DF.Literal["Pending", "Existing", "New", "Corrected"]
		invoice_kind: DF.Literal["Ordinary", "Special", "Fully Electronic"]
		invoice_title: DF.Data | None
		items: DF.Table[OpsSalesOrderItem]
		late_window: DF.Check
		payment_reference: DF.Data | None
		payment_status: DF.Literal["Unknown", "Unpaid", "Paid"]
		phone: DF.Data | None
		policy_profile: DF.Link | None
		postcode: DF.Data | None
		promised_ship_date: DF.Date | None
		province: DF.Link | None
		received_at: DF.Datetime
		recipient: DF.Data | None
		released_at: DF.Datetime | None
		request_hash: DF.Data | None
		shipped_at: DF.Datetime | None
		signed_at: DF.Datetime | None
		special_requirements: DF.SmallText | None
		status: DF.Literal[
			"Received",
			"Identified",
			"Released",
			"Partly Shipped",
			"Shipped",
			"Signed For",
			"Closed",
			"Cancelled",
		]
		street: DF.Data | None
		urgency: DF.Literal["Normal", "Urgent"]
		wave: DF.Data | None
		wave_date: DF.Date | None
	# end: auto-generated types
