"""Users and their roles."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.permissions import AUTOMATIC_ROLES
from frappe.utils import validate_email_address
from frappe.utils.password import update_password

STANDARD_USERS = ("Guest", "Administrator")


class User(Document):
	"""A person, or a program, with roles."""

	def autoname(self) -> None:
		"""The e-mail address, in lower case."""
		self.name = self.email = (self.email or "").strip().lower()

	def validate(self) -> None:
		"""Name, address, type and roles fit together."""
		self.full_name = " ".join(filter(None, (self.first_name, self.last_name)))
		roles = dict.fromkeys(row.role for row in self.roles if row.role not in AUTOMATIC_ROLES)
		if len(roles) != len(self.roles):
			self.set("roles", [{"role": role} for role in roles])
		if self.name not in STANDARD_USERS:
			validate_email_address(self.email, throw=True)
			desk = roles and frappe.db.exists("Role", {"name": ("in", list(roles)), "desk_access": 1})
			self.user_type = "System User" if desk else "Website User"
		if self.new_password and self.new_password.strip("*"):
			update_password(self.name, self.new_password)
		self.new_password = None

	def on_update(self) -> None:
		"""Who may not come in any more is sent away."""
		if not self.enabled:
			self._end_sessions()

	def on_trash(self) -> None:
		"""Standard users stay."""
		if self.name in STANDARD_USERS:
			frappe.throw(_("User {0} cannot be deleted").format(self.name))
		self._end_sessions()
		frappe.db.delete("User Permission", {"user": self.name})

	def _end_sessions(self) -> None:
		frappe.db.sql("DELETE FROM `tabSessions` WHERE `user` = %s", self.name)


def has_permission(doc: Any, ptype: str, user: str) -> bool:
	"""Administrator and Guest are nobody else's to change."""
	return user == "Administrator" or doc.name not in STANDARD_USERS or ptype in ("read", "select")


def get_permission_query_conditions(user: str, doctype: str | None = None) -> str:
	"""Standard users are not listed for others."""
	return "" if user == "Administrator" else "`tabUser`.`name` not in ('Administrator', 'Guest')"
