"""User permissions: to which documents a user is held."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.permissions import clear_cache


class UserPermission(Document):
	"""A user sees only what belongs to this document."""

	def validate(self) -> None:
		"""The same hold is not given twice."""
		if self.apply_to_all_doctypes:
			self.applicable_for = None
		elif not self.applicable_for:
			frappe.throw(
				_("Please set Applicable For, or apply to all document types"), frappe.MandatoryError
			)
		same = {
			"user": self.user,
			"allow": self.allow,
			"for_value": self.for_value,
			"name": ("!=", self.name or ""),
		}
		for other in frappe.get_all("User Permission", same, ["name", "applicable_for"]):
			if (other.applicable_for or None) == (self.applicable_for or None):
				frappe.throw(_("User permission already exists"), frappe.DuplicateEntryError)

	def on_update(self) -> None:
		"""Read them afresh."""
		clear_cache(self.user)

	def on_trash(self) -> None:
		"""Read them afresh."""
		clear_cache(self.user)
