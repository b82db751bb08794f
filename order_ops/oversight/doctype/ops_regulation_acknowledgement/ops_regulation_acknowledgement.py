# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.timekeeping.append_only import refuse


class OpsRegulationAcknowledgement(Document):
	"""Somebody has read one version of a regulation; written by the service, changed by nobody (G5-0)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		acknowledged_at: DF.Datetime
		acknowledgement_key: DF.Data | None
		regulation: DF.Link
		user: DF.Link
	# end: auto-generated types

	def validate(self) -> None:
		refuse(self)

	def on_trash(self) -> None:
		refuse(self)
