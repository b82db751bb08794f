# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate
from order_ops.fulfilment import dispatch
from order_ops.fulfilment.exceptions import ListAlreadySent


class OpsDispatchList(Document):
	"""The list of the day's shipments for the sales representative (E-4.15d), or the logistics sheet due at 09:00 (E-4.15e)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.fulfilment.doctype.ops_dispatch_line.ops_dispatch_line import OpsDispatchLine

		business_date: DF.Date
		business_unit: DF.Link
		due_at: DF.Datetime | None
		kind: DF.Literal["Shipped List", "Logistics Sheet"]
		lines: DF.Table[OpsDispatchLine]
		list_key: DF.Data | None
		sent_at: DF.Datetime | None
		sent_by: DF.Link | None
		status: DF.Literal["Draft", "Sent"]
	# end: auto-generated types

	def autoname(self) -> None:
		self.list_key = dispatch.list_key(self.kind, self.business_unit, self.business_date)
		self.name = f"{dispatch.PREFIX[self.kind]}-{self.business_unit}-{getdate(self.business_date):%y%m%d}"

	def validate(self) -> None:
		self.validate_open()
		self.set_lines()

	def after_insert(self) -> None:
		dispatch.start_clock(self)

	def on_trash(self) -> None:
		self.validate_open()

	def validate_open(self) -> None:
		"""A list that was sent stays as it is; only sending sends one (E-4.15d, E-4.15e)."""
		before = self.get_doc_before_save()
		if (before and before.status == "Sent") or (self.status == "Sent" and not self.flags.sending):
			message = _("List {0} was sent: it stays as it is [{1}]")
			frappe.throw(message.format(self.name, dispatch.RULES[self.kind]), ListAlreadySent)

	def set_lines(self) -> None:
		"""The lines are what was shipped (E-4.15d, E-4.15e)."""
		self.set("lines", dispatch.collect(self))
