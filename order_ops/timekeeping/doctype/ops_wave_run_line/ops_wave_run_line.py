# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsWaveRunLine(Document):
	"""What became of one order in a wave."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		document: DF.Data | None
		explained_at: DF.Datetime | None
		explained_by: DF.Link | None
		explanation: DF.SmallText | None
		late_window: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reason: DF.SmallText | None
		result: DF.Literal["Taken", "Held Back"]
		sales_order: DF.Data
	# end: auto-generated types
