# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyCutoff(Document):
	"""One daily cut-off of a profile and what it is for (C-01, D-01)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		at_time: DF.Time
		boundary: DF.Literal["exclusive", "inclusive"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		purpose: DF.Literal[
			"ShipSameDay",
			"ProcessWave",
			"SendWave",
			"ReviewWave",
			"PerformanceDate",
			"ExpressT0",
			"ExpressT1",
			"PosOrder",
			"OnlinePayment",
			"InvoiceDone",
		]
		rule: DF.Link | None
	# end: auto-generated types
