# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe.model.document import Document
from order_ops.timekeeping.append_only import refuse


class OpsEvent(Document):
	"""Something that happened to a document; append-only (G1-20)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		at: DF.Datetime
		by_user: DF.Link | None
		from_status: DF.Autocomplete | None
		is_public: DF.Check
		note: DF.SmallText | None
		phase: DF.Autocomplete
		reference_doctype: DF.Link
		reference_name: DF.DynamicLink
		rule: DF.Link | None
		sales_order: DF.Data | None
		to_status: DF.Autocomplete | None
	# end: auto-generated types

	def validate(self) -> None:
		refuse(self)

	def on_trash(self) -> None:
		refuse(self)


def on_doctype_update() -> None:
	"""All that the evidence of the rules counts, so that no row has to be read for it (G1-20)."""
	frappe.db.add_index("Ops Event", ["rule", "phase", "reference_doctype", "at"])
