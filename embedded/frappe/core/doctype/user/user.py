"""Users and their roles."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.permissions import AUTOMATIC_ROLES, clear_cache
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
		self.flags.password, self.new_password = self.new_password, None

	def on_update(self) -> None:
		"""Set the password; roles are read afresh."""
		password = self.flags.pop("password", None)
		if password and password.strip("*"):
			update_password(self.name, password)
		clear_cache(self.name)
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

	def append_roles(self, *roles: str) -> None:
		"""Add roles, not saved."""
		present = {row.role for row in self.roles}
		self.extend("roles", [{"role": role} for role in roles if role not in present])

	def add_roles(self, *roles: str) -> None:
		"""Add roles and save."""
		self.append_roles(*roles)
		self.save()

	def remove_roles(self, *roles: str) -> None:
		"""Take roles away and save."""
		self.set("roles", [row for row in self.roles if row.role not in roles])
		self.save()


@frappe.whitelist(methods=["POST"])
def generate_keys(user: str) -> dict[str, str]:
	"""A new API secret (and a key, if there is none) for a user."""
	frappe.only_for("System Manager")
	doc = frappe.get_doc("User", user)
	secret = frappe.generate_hash(length=15)
	doc.update({"api_key": doc.api_key or frappe.generate_hash(length=15), "api_secret": secret}).save()
	return {"api_secret": secret}


def has_permission(doc: Any, ptype: str, user: str, debug: bool = False) -> bool:
	"""Administrator and Guest are nobody else's to change."""
	return user == "Administrator" or doc.name not in STANDARD_USERS or ptype in ("read", "select")


def get_permission_query_conditions(user: str, doctype: str | None = None) -> str:
	"""Standard users are not listed for others."""
	return "" if user == "Administrator" else "`tabUser`.`name` not in ('Administrator', 'Guest')"
