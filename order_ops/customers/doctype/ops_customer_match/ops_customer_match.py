# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsCustomerMatch(Document):
	"""The identification of an order's customer, with the evidence of the match (E-4.11)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.customers.doctype.ops_customer_match_candidate.ops_customer_match_candidate import (
			OpsCustomerMatchCandidate,
		)

		business_unit: DF.Link | None
		buyer_code: DF.Data | None
		buyer_details: DF.Code | None
		buyer_external_id: DF.Data | None
		buyer_kind: DF.Literal["Organisation", "Individual"]
		buyer_mobile: DF.Data | None
		buyer_name: DF.Data | None
		buyer_tax_no: DF.Data | None
		candidates: DF.Table[OpsCustomerMatchCandidate]
		contact_channel: DF.Literal["", "Phone", "Mail", "Other"]
		contact_outcome: DF.SmallText | None
		contacted_at: DF.Datetime | None
		correct_side: DF.Literal["", "Our Record", "Customer's Input"]
		correction: DF.SmallText | None
		customer: DF.Link | None
		matched_at: DF.Datetime | None
		matched_by: DF.Link | None
		received_at: DF.Datetime | None
		result: DF.Literal["", "Existing", "New", "Corrected"]
		sales_order: DF.Data | None
		search_result: DF.SmallText | None
		status: DF.Literal["To Check", "Candidates", "Verifying", "Creating", "Matched", "Created"]
	# end: auto-generated types
