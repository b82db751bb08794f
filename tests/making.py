"""Throw-away DocTypes, roles and users for tests; all names begin with `Ops Test `."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe


def field(fieldname: str, fieldtype: str = "Data", options: str | None = None, **properties: Any) -> dict:
	"""A field whose label follows from its name."""
	label = fieldname.replace("_", " ").title()
	return {"fieldname": fieldname, "fieldtype": fieldtype, "label": label, "options": options, **properties}


def permission(role: str, *rights: str, **properties: Any) -> dict:
	"""A permission row that grants these rights and no others."""
	every = (
		"select",
		"read",
		"write",
		"create",
		"delete",
		"submit",
		"cancel",
		"amend",
		"report",
		"export",
		"share",
		"print",
		"email",
	)
	return {"role": role, **{right: int(right in rights) for right in every}, **properties}


def doctype(name: str, fields: list[dict], **properties: Any) -> str:
	"""Make a custom DocType; the System Manager may do everything with it."""
	rights = ["select", "read", "write", "create", "delete", "print", "report", "export"]
	if properties.get("is_submittable"):
		rights += ["submit", "cancel", "amend"]
	permissions = properties.pop("permissions", None) or [permission("System Manager", *rights)]
	if properties.get("istable"):
		permissions = []
	for row in permissions:
		role(row["role"])
	values = {"doctype": "DocType", "name": name, "module": "Core", "custom": 1, "fields": fields}
	frappe.get_doc({**values, "permissions": permissions, **properties}).insert()
	return name


@contextmanager
def doctypes(*made: str) -> Iterator[None]:
	"""DocTypes of these names are away before and after."""
	_remove(made)
	try:
		yield
	finally:
		frappe.db.rollback()
		frappe.set_user("Administrator")
		_remove(made)


@contextmanager
def users(**roles: tuple[str, ...]) -> Iterator[dict[str, str]]:
	"""A user `opstest-…@example.com` for each of these roles' names, away afterwards; the roles are made when missing."""
	for name in {each for names in roles.values() for each in names}:
		role(name)
	made = {name: user(f"opstest-{name}", *names) for name, names in roles.items()}
	frappe.db.commit()
	try:
		yield made
	finally:
		frappe.db.rollback()
		frappe.set_user("Administrator")
		for email in made.values():
			frappe.delete_doc("User", email, force=True, ignore_permissions=True)
		frappe.db.commit()


def _remove(names: tuple[str, ...]) -> None:
	for name in names:
		if frappe.db.exists("DocType", name):
			frappe.delete_doc("DocType", name, force=True, ignore_permissions=True)
		frappe.db.sql_ddl(f"drop table if exists `tab{name}`")
	frappe.db.commit()


def role(name: str, desk_access: int = 1) -> str:
	"""A role, made when it is missing."""
	if not frappe.db.exists("Role", name):
		frappe.get_doc({"doctype": "Role", "role_name": name, "desk_access": desk_access}).insert()
	return name


def user(name: str, *roles: str) -> str:
	"""A user `name@example.com` with these roles, made when missing."""
	email = f"{name}@example.com"
	if not frappe.db.exists("User", email):
		values = {"doctype": "User", "email": email, "first_name": name, "send_welcome_email": 0}
		frappe.get_doc({**values, "roles": [{"role": each} for each in roles]}).insert()
	return email
