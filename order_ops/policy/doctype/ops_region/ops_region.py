# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.policy import service


class OpsRegion(Document):
	"""A province of the delivery map; remote ones ship from the centre warehouse (E-4.15h)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		is_remote: DF.Check
		region_name: DF.Data
		region_name_zh: DF.Data
	# end: auto-generated types

	def on_update(self) -> None:
		service.regions.changed()

	def on_trash(self) -> None:
		service.regions.changed()
