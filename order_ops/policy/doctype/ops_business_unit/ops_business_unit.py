# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.policy import service


class OpsBusinessUnit(Document):
	"""A business unit (事业部) selling in the company mall."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		code: DF.Data
		enabled: DF.Check
		is_tobacco: DF.Check
		policy_code: DF.Data | None
		title: DF.Data
	# end: auto-generated types

	def validate(self) -> None:
		service.check_code(self.policy_code)
		service.check_tobacco(self.policy_code, bool(self.is_tobacco))
