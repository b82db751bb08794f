# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.timekeeping import holds


class OpsHoldKind(Document):
	"""A kind of hold: who settles it, who may override it, what it blocks."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		blocks: DF.SmallText | None
		covers_documents: DF.Check
		enabled: DF.Check
		kind_name: DF.Autocomplete
		override_role: DF.Link | None
		owner_role: DF.Link
		rule: DF.Link | None
	# end: auto-generated types

	def validate(self) -> None:
		holds.check_transitions(self.blocks)
