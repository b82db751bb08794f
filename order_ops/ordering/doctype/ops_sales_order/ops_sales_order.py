# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.ordering import cancel, desk, drafts, intake, priority, release, review, rules
from order_ops.ordering.exceptions import OrderInvalid, ReviewedStays
from order_ops.protection import restore_read_only
from order_ops.timekeeping import clock
from order_ops.timekeeping.exceptions import NotByWorkflow

# The states a draft may be moved to, each with the module that says whether and what follows.
MOVES = {rules.REVIEWED: review, rules.WITHDRAWN: cancel}


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
		held: DF.Check
		house_no: DF.Data | None
		identification: DF.Literal["Pending", "Existing", "New", "Corrected"]
		invoice_kind: DF.Literal["Ordinary", "Special", "Fully Electronic"]
		invoice_title: DF.Data | None
		items: DF.Table[OpsSalesOrderItem]
		late_window: DF.Check
		payment_reference: DF.Data | None
		payment_status: DF.Literal["Unknown", "Unpaid", "Paid"]
		performance_date: DF.Date | None
		phone: DF.Data | None
		policy_profile: DF.Link | None
		postcode: DF.Data | None
		priority_reason: DF.SmallText | None
		promised_ship_date: DF.Date | None
		province: DF.Link | None
		received_at: DF.Datetime
		recipient: DF.Data | None
		released_at: DF.Datetime | None
		request_hash: DF.Data | None
		review_chain: DF.Data | None
		reviewed_at: DF.Datetime | None
		shipped_at: DF.Datetime | None
		signed_at: DF.Datetime | None
		special_requirements: DF.SmallText | None
		status: DF.Literal[
			"Received",
			"Identified",
			"Reviewed",
			"Released",
			"Partly Shipped",
			"Shipped",
			"Signed For",
			"Closed",
			"Cancelled",
			"Withdrawn",
		]
		street: DF.Data | None
		urgency: DF.Literal["Normal", "Special", "Urgent"]
		urgency_confirmed_at: DF.Datetime | None
		urgency_confirmed_by: DF.Link | None
		urgency_flagged_by: DF.Link | None
		urgent_asked: DF.Check
		wave: DF.Data | None
		wave_date: DF.Date | None
	# end: auto-generated types

	def before_insert(self) -> None:
		self.check_draft()
		self.set_from_request()

	def autoname(self) -> None:
		self.name = drafts.new_name(self.received_at)

	def validate(self) -> None:
		if self.is_new():
			return
		self.validate_status()
		self.validate_reviewed()
		self.set_what_nobody_types()
		self.set_totals()
		self.set_priority()

	def after_insert(self) -> None:
		self.update_what_an_order_starts()

	def on_update(self) -> None:
		self.update_what_a_move_starts()
		self.update_what_another_priority_starts()

	def before_submit(self) -> None:
		self.check_releasable()
		self.set_released()

	def on_submit(self) -> None:
		release.start([self.name], self.released_at)

	def before_update_after_submit(self) -> None:
		self.validate_status()
		self.set_what_nobody_types()
		self.set_priority()

	def on_update_after_submit(self) -> None:
		self.update_what_another_priority_starts()

	def before_cancel(self) -> None:
		self.check_cancellable()
		self.set_what_nobody_types()
		self.status = rules.CANCELLED

	def on_cancel(self) -> None:
		cancel.start({self.name: self.get_doc_before_save().status}, {self.name: clock.now()})

	def check_draft(self) -> None:
		"""An order is taken first and created after its customer is known (E-4.12c)."""
		if self.docstatus:
			frappe.throw(_("Save the order first, then create it [E-4.12c]"), OrderInvalid)

	def set_from_request(self) -> None:
		"""Dates, policy, customer, prices and key follow from what was ordered, as through any channel (E-4.10a)."""
		draft, content = desk.draft_of(self)
		desk.fill(self, draft, content)
		self.flags.draft = draft

	def validate_status(self) -> None:
		"""A state is reached by a transition of the workflow, with its guards, and never written (G8-03.2)."""
		before = self.get_doc_before_save().status
		if before == rules.WITHDRAWN:
			frappe.throw(
				_("Order {0} is withdrawn and stays as it is [G8-03.2]").format(self.name), NotByWorkflow
			)
		submitting = self.docstatus == 1 and self.get_doc_before_save().docstatus == 0
		if self.status == before or (submitting and self.status == rules.RELEASED):
			return
		if self.docstatus or self.status not in MOVES or not rules.may_become(before, self.status):
			message = _("Order {0} is {1} and does not become {2} by writing it: use the workflow [G8-03.2]")
			frappe.throw(message.format(self.name, _(before), _(self.status)), NotByWorkflow)
		MOVES[self.status].check(frappe._dict(self.get_doc_before_save().as_dict()))

	def validate_reviewed(self) -> None:
		"""What was reviewed stays as it was until it is sent (C-13)."""
		before = self.get_doc_before_save()
		if before.status == rules.REVIEWED and desk.content_of(before) != desk.content_of(self):
			frappe.throw(
				_("Order {0} was reviewed and stays as it was: withdraw it and take it anew [C-13]").format(
					self.name
				),
				ReviewedStays,
			)

	def update_what_a_move_starts(self) -> None:
		"""What follows when the workflow gave a draft another state (G8-05.2)."""
		before = self.get_doc_before_save()
		if before and self.docstatus == 0 and self.status != before.status and self.status in MOVES:
			MOVES[self.status].start({self.name: before.status}, {self.name: clock.now()})
			self.reload()

	def set_what_nobody_types(self) -> None:
		"""Customer, dates and totals follow from actions, never from a form; the state was looked at (E-4.11, E-4.12)."""
		restore_read_only(self, but=("status",))
		self.customer = self.get_doc_before_save().customer

	def set_totals(self) -> None:
		"""The sum of the lines is the total, always; who moves an order changes no line of it (D-12)."""
		before = self.get_doc_before_save()
		if self.status != before.status:
			self.set("items", before.items)
		else:
			desk.reprice(self, before)

	def set_priority(self) -> None:
		"""Another place in the queue has its reason; urgent is what a second person confirms (G6-03, G1-10c)."""
		priority.change_on_form(self)

	def update_what_another_priority_starts(self) -> None:
		"""The timeline says who moved the order and why (G6-03)."""
		priority.after_form(self)

	def set_released(self) -> None:
		"""The representative has created the order (E-4.12a)."""
		self.status = rules.RELEASED
		self.released_at = clock.now()

	def update_what_an_order_starts(self) -> None:
		"""Clock, search for the customer, timeline (E-4.11a, E-4.12d)."""
		draft = self.flags.draft
		if draft.customer:
			self.db_set("status", rules.IDENTIFIED)
		intake.open_orders([self.as_dict()], [draft])

	def check_releasable(self) -> None:
		"""Customer known, SAP number there, address complete, guards passed (E-4.11g, E-4.12c)."""
		before = self.get_doc_before_save()
		release.check(frappe._dict(self.as_dict(), status=before.status if before else self.status))

	def check_cancellable(self) -> None:
		"""What has left the house is not cancelled (G8-05.2)."""
		before = self.get_doc_before_save()
		cancel.check(frappe._dict(name=self.name, status=before.status))
