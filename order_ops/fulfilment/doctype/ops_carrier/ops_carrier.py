# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsCarrier(Document):
	"""A logistics provider; only the platform operations group approves one (E-4.15o)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		approved: DF.Check
		carrier_name: DF.Data
		tracking_url: DF.Data | None
	# end: auto-generated types
