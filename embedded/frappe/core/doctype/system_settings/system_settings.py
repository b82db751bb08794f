"""System Settings."""

import frappe
from frappe.model.document import Document


class SystemSettings(Document):
	"""The settings of the site."""

	def on_update(self) -> None:
		"""Everybody reads them afresh."""
		frappe.local.system_settings = None
		frappe.clear_cache()
