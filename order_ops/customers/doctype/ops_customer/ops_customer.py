# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.customers import rules, service
from order_ops.customers.exceptions import CustomerDetailsInvalid, CustomerIsKnown
from order_ops.wording import refuse


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
		identity_key: DF.Data | None
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

	def autoname(self) -> None:
		self.name = service.new_name()

	def validate(self) -> None:
		self.set_tidy_codes()
		self.validate_details()
		self.set_derived()
		self.validate_known()

	def after_insert(self) -> None:
		self.update_sap()

	def set_tidy_codes(self) -> None:
		"""Codes and numbers are stored one way, whoever typed them."""
		self.update(service.fields_of(service.buyer_of(self)))

	def validate_details(self) -> None:
		"""What is given must be right; what is missing is listed and may come later (E-4.10b-j)."""
		refuse(rules.problems_of(service.buyer_of(self)), CustomerDetailsInvalid)

	def set_derived(self) -> None:
		"""Names to show and to compare by, completeness, identity (E-4.10b, E-4.11b/c)."""
		active = self.status == "Active"
		self.update(service.derived(service.buyer_of(self), self.policy_code, active))

	def validate_known(self) -> None:
		"""One organisation or person is one active customer (E-4.11b)."""
		other = self.identity_key and frappe.db.get_value(
			"Ops Customer", {"identity_key": self.identity_key, "name": ("!=", self.name)}
		)
		if other:
			frappe.throw(
				_(
					"{0} has this organisation code or identity card already: use that record [E-4.11b]"
				).format(other),
				CustomerIsKnown,
			)

	def update_sap(self) -> None:
		"""A new customer without number is created in SAP (E-4.11g)."""
		if not self.sap_customer_no:
			service.ask_sap_for_numbers([self.as_dict()])
