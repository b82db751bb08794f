# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsCustomer(Document):
	"""An organisation or an individual that orders (E-4.10c)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.customers.doctype.ops_customer_address.ops_customer_address import OpsCustomerAddress

		addresses: DF.Table[OpsCustomerAddress]
		bank_and_account: DF.Data | None
		company_name: DF.Data | None
		customer_kind: DF.Literal["Organisation", "Individual"]
		customer_name: DF.Data | None
		email: DF.Data | None
		external_id: DF.Data | None
		id_number: DF.Data | None
		invoice_title: DF.Data | None
		match_name: DF.Data | None
		missing_fields: DF.SmallText | None
		mobile: DF.Data | None
		organisation_code: DF.Data | None
		person_name: DF.Data | None
		policy_code: DF.Data | None
		portal_user: DF.Link | None
		profile_complete: DF.Check
		registered_address_phone: DF.Data | None
		responsible_contact: DF.Data | None
		responsible_person: DF.Data | None
		sap_customer_no: DF.Data | None
		status: DF.Literal["Active", "Merged", "Blocked"]
		tax_no: DF.Data | None
	# end: auto-generated types
