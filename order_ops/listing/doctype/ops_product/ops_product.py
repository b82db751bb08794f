# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


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
