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
		self.email = (self.email or "").strip().lower()
		self.name = self.email if self.name not in STANDARD_USERS else self.name

	def validate(self) -> None:
		"""Name, address, type and roles fit together."""
		if self.name not in STANDARD_USERS:
			validate_email_address(self.email, throw=True)
		self.full_name = " ".join(filter(None, (self.first_name, self.last_name)))
		self.remove_duplicate_and_automatic_roles()
		self.set_user_type()
		self.__dict__["_password"], self.new_password = self.new_password, None

	def remove_duplicate_and_automatic_roles(self) -> None:
		"""Each role once; those that come by themselves are not stored."""
		seen: set[str] = set()
		for row in list(self.roles):
			if row.role in seen or row.role in AUTOMATIC_ROLES:
				self.remove(row)
			seen.add(row.role)

	def set_user_type(self) -> None:
		"""A role with desk access makes a System User."""
		if self.name in STANDARD_USERS:
			self.user_type = "System User" if self.name == "Administrator" else "Website User"
			return
		roles = [row.role for row in self.roles]
		desk = frappe.db.exists("Role", {"name": ("in", roles), "desk_access": 1}) if roles else None
		self.user_type = "System User" if desk else "Website User"

	def on_update(self) -> None:
		"""Set the password; roles are read afresh."""
		password = self.__dict__.pop("_password", None)
		if password and password.strip("*"):
			update_password(self.name, password)
		clear_cache(self.name)
		if not self.enabled:
			frappe.db.sql("DELETE FROM `tabSessions` WHERE `user` = %s", (self.name,))

	def on_trash(self) -> None:
		"""Standard users stay."""
		if self.name in STANDARD_USERS:
			frappe.throw(_("User {0} cannot be deleted").format(self.name))
		frappe.db.sql("DELETE FROM `tabSessions` WHERE `user` = %s", (self.name,))
		frappe.db.delete("User Permission", {"user": self.name})

	def append_roles(self, *roles: str) -> None:
		"""Add roles, not saved."""
		present = {row.role for row in self.roles}
		for role in roles:
			if role not in present:
				self.append("roles", {"role": role})

	def add_roles(self, *roles: str) -> None:
		"""Add roles and save."""
		self.append_roles(*roles)
		self.save()

	def remove_roles(self, *roles: str) -> None:
		"""Take roles away and save."""
		for row in [row for row in self.roles if row.role in roles]:
			self.remove(row)
		self.save()


@frappe.whitelist(methods=["POST"])
def generate_keys(user: str) -> dict[str, str]:
	"""A new API secret (and a key, if there is none) for a user."""
	frappe.only_for("System Manager")
	doc = frappe.get_doc("User", user)
	doc.api_key = doc.api_key or frappe.generate_hash(length=15)
	secret = frappe.generate_hash(length=15)
	doc.api_secret = secret
	doc.save()
	return {"api_secret": secret}


def has_permission(doc: Any, ptype: str, user: str, debug: bool = False) -> bool:
	"""Administrator and Guest are nobody else's to change."""
	return user == "Administrator" or doc.name not in STANDARD_USERS or ptype in ("read", "select")


def get_permission_query_conditions(user: str, doctype: str | None = None) -> str:
	"""Standard users are not listed for others."""
	return "" if user == "Administrator" else "`tabUser`.`name` not in ('Administrator', 'Guest')"
