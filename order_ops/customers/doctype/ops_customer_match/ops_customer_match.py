# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.customers import identification
from order_ops.customers.exceptions import MatchIsFinished
from order_ops.protection import restore_read_only
from order_ops.timekeeping.exceptions import NotByWorkflow


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
		status: DF.Literal[
			"To Check", "Candidates", "Verifying", "Creating", "Matched", "Created", "Withdrawn"
		]
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_open()
		self.set_what_nobody_types()
		self.set_status_after_contact()
		self.check_move()

	def on_update(self) -> None:
		identification.update_clock(self, self.get_doc_before_save())

	def validate_open(self) -> None:
		"""What is settled stays settled (E-4.11h)."""
		before = self.get_doc_before_save()
		if before and before.status in identification.FINISHED and not self.flags.by_service:
			frappe.throw(
				_("The customer of {0} is settled: {1} [E-4.11h]").format(
					before.sales_order, before.customer
				),
				MatchIsFinished,
			)

	def check_move(self) -> None:
		"""What is held stays where it is (G1-09)."""
		if before := self.get_doc_before_save():
			identification.check_move(self, before)

	def set_what_nobody_types(self) -> None:
		"""Status, evidence and result follow from the buttons, never from a form (E-4.11c-g)."""
		if self.flags.by_service:
			return
		before = self.get_doc_before_save()
		if before and self.status != before.status:
			message = _(
				"The search for {0} is {1} and does not become {2} by writing it: use its buttons [G8-03.2]"
			)
			frappe.throw(message.format(self.sales_order, _(before.status), _(self.status)), NotByWorkflow)
		restore_read_only(self)

	def set_status_after_contact(self) -> None:
		"""Who is being asked is being verified (E-4.11d)."""
		if self.contacted_at and self.status in (identification.TO_CHECK, identification.CANDIDATES):
			self.status = identification.VERIFYING
