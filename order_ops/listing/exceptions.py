"""What the listing refuses."""

import frappe


class ProductFiguresInvalid(frappe.ValidationError):
	"""A price or tax rate that cannot be (D-12)."""

	code, rule = "product_figures", "D-12"
