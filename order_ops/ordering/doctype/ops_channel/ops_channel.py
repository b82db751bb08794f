# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.ordering.channels import channels
from order_ops.policy import service as policies


class OpsChannel(Document):
	"""A way orders come in; names the profile that governs them (D-10)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		business_unit: DF.Link | None
		code: DF.Data
		enabled: DF.Check
		kind: DF.Literal["Mall", "REST", "File", "Desk", "Phone", "Oral"]
		policy_code: DF.Data | None
		prices_given: DF.Check
		runs_clocks: DF.Check
		title: DF.Autocomplete
	# end: auto-generated types

	def validate(self) -> None:
		policies.check_code(self.policy_code)

	def on_update(self) -> None:
		channels.changed()

	def on_trash(self) -> None:
		channels.changed()
