# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsRegulationReference(Document):
	"""A regulation that another one refers to, in the version of a date or in its newest one (T-2a)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		dated: DF.Date | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		regulation_code: DF.Data
		resolves_to: DF.Link | None
	# end: auto-generated types
