# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from order_ops.protection import Row


class OpsCustomerMatchCandidate(Row):
	"""One customer found by one key, with its score (E-4.11c)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link
		key: DF.Literal[
			"Organisation Code or Identity Card No.",
			"Customer No. at the Channel",
			"Tax No.",
			"Mobile",
			"Buyer Name",
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		score: DF.Percent
		value: DF.Data | None
	# end: auto-generated types
