# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.listing import rules
from order_ops.listing.exceptions import ProductFiguresInvalid
from order_ops.wording import refuse


class OpsProduct(Document):
	"""A product that can be ordered."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		article_no: DF.Data
		business_unit: DF.Link | None
		listed: DF.Check
		model: DF.Data | None
		price: DF.Currency
		product_name: DF.Data
		product_name_zh: DF.Data | None
		specification: DF.Data | None
		tax_rate: DF.Percent
		uom: DF.Data
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_figures()

	def validate_figures(self) -> None:
		"""Price and tax rate are such as can be calculated with (D-12)."""
		refuse(rules.product_problems(self.price, self.tax_rate), ProductFiguresInvalid)
