# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.exchange import letters
from order_ops.exchange.exceptions import MessageIsImmutable


class OpsMessage(Document):
	"""One message to a person or another system; the outbox (D-11, D-15)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.Code | None
		attempts: DF.Int
		body: DF.Text | None
		business_unit: DF.Link | None
		channel: DF.Literal["Desk", "Mail", "SMS", "OA", "DMS", "SAP", "File"]
		error: DF.SmallText | None
		event: DF.Autocomplete
		message_key: DF.Data
		next_try_at: DF.Datetime | None
		payload: DF.Code | None
		recipient: DF.Data | None
		recipient_role: DF.Link | None
		recipient_user: DF.Link | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		rule: DF.Link | None
		sent_at: DF.Datetime | None
		status: DF.Literal["Queued", "Sent", "Failed", "Stopped"]
		subject: DF.Data
		words: DF.Code | None
	# end: auto-generated types

	def onload(self) -> None:
		"""Read in the reader's language; the row keeps the site's (D-15)."""
		self.subject, self.body = letters.written(letters.words_of(self.as_dict()), frappe.local.lang)

	def validate(self) -> None:
		self.check_made_by_the_outbox()

	def on_trash(self) -> None:
		self.check_made_by_the_outbox()

	def check_made_by_the_outbox(self) -> None:
		"""Messages are evidence: the outbox writes them, people retry or stop them (D-15)."""
		frappe.throw(
			_("Messages are written by the outbox alone: use Retry or Stop [D-15]"), MessageIsImmutable
		)


def on_doctype_update() -> None:
	"""All that the evidence of the rules counts, so that no row has to be read for it (G1-20)."""
	frappe.db.add_index("Ops Message", ["rule", "status", "event", "creation"])
