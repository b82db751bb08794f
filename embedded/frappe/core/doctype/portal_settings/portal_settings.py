"""Portal Settings: the menu of the portal."""

from typing import Any

import frappe
from frappe.model.document import Document


class PortalSettings(Document):
	"""What portal users see in their menu."""

	def add_item(self, item: dict[str, Any]) -> bool:
		"""Add an item of an app's hooks; whether it was new."""
		if any(
			row.route == item.get("route") and row.reference_doctype == item.get("reference_doctype")
			for row in self.menu
		):
			return False
		values = {key: item.get(key) for key in ("title", "route", "reference_doctype", "role", "target")}
		self.append("menu", {**values, "enabled": item.get("enabled", 1)})
		return True

	def sync_menu(self) -> None:
		"""Bring in what the apps' hooks name."""
		added = [self.add_item(item) for item in frappe.get_hooks("standard_portal_menu_items")]
		kept = [
			row
			for row in self.menu
			if not row.reference_doctype or frappe.db.exists("DocType", row.reference_doctype)
		]
		if any(added) or len(kept) != len(self.menu):
			self.set("menu", kept)
			self._make_roles()
			self.save(ignore_permissions=True)

	def _make_roles(self) -> None:
		for row in self.menu:
			if row.role and not frappe.db.exists("Role", row.role):
				frappe.get_doc(doctype="Role", role_name=row.role, desk_access=0).insert(
					ignore_permissions=True
				)
