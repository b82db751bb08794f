# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.policy.exceptions import RuleBookIsData


class OpsRule(Document):
	"""One entry of the rule book with what happened under it; comes with the app, changed by nobody (G1-20)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		applied: DF.Int
		article: DF.Data | None
		broken: DF.Int
		documents: DF.SmallText | None
		enforcement: DF.SmallText | None
		figure: DF.Data | None
		is_default_of_blank: DF.Check
		kind: DF.Literal["Rule", "Decision", "Contradiction", "Blank"]
		last_at: DF.Datetime | None
		means: DF.Literal[
			"",
			"Field",
			"Workflow",
			"Permission",
			"Clock",
			"Notification",
			"Print",
			"Report",
			"Adapter",
			"Attestation",
		]
		met: DF.Int
		notes: DF.SmallText | None
		overridden: DF.Int
		position: DF.Int
		profile: DF.Data | None
		related: DF.SmallText | None
		role: DF.Autocomplete | None
		section: DF.Data | None
		section_zh: DF.Data | None
		source: DF.Literal[
			"E-commerce Business Management Procedure",
			"Order Management System Norms",
			"Unit Order Management System",
			"Order Management Rules",
			"A Company's Order Processing Rules",
			"Employee Order Management System",
			"Daily Order Management System",
			"E-commerce Seller Order Management System",
			"Customer Order Management System",
			"Tobacco Order Processing Rules",
			"Register of Decisions",
		]
		text: DF.SmallText | None
		text_zh: DF.SmallText | None
	# end: auto-generated types

	def validate(self) -> None:
		self.refuse()

	def on_trash(self) -> None:
		self.refuse()

	def refuse(self) -> None:
		"""The book is loaded from the app's files, its figures are counted: nobody writes either by hand."""
		frappe.throw(
			_("The rule book comes with the app: write your own decision into the policy profile [G3-7]"),
			RuleBookIsData,
		)
