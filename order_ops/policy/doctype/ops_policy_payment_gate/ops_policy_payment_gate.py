# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyPaymentGate(Document):
	"""What missing payment does to goods paid in one way (C-34)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		gate: DF.Literal["None", "Warn", "Block"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		payment_method: DF.Literal["Online", "Bank Transfer", "Direct Debit", "Cash", "Credit"]
		rule: DF.Link | None
	# end: auto-generated types
