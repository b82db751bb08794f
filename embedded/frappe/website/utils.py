"""What pages need to know of their reader."""

from typing import Any
from urllib.parse import urlsplit

import frappe


def get_home_page() -> str:
	"""The route a user begins at: the sign-in, the role's page, or the user's own."""
	if frappe.session.user == "Guest":
		return "login"
	by_role = frappe.get_hooks("role_home_page", {})
	pages = (by_role[role][-1] for role in frappe.get_roles() if by_role.get(role))
	return next(pages, "me").strip("/")


def get_portal_menu() -> list[frappe._dict]:
	"""The portal's menu items for this user's roles, each route once."""
	roles, menu = frappe.get_roles(), {}
	for item in map(frappe._dict, frappe.get_hooks("portal_menu_items")):
		if not item.role or item.role in roles:
			menu.setdefault(item.route, item)
	return list(menu.values())


def local_path(target: Any, default: str = "/") -> str:
	"""The target if it is a path of this site; nobody is sent elsewhere by a link's parameter."""
	text = str(target or "")
	odd = any(ord(c) < 33 for c in text) or "\\" in text or not text.startswith("/") or text.startswith("//")
	return default if odd or urlsplit(text).netloc else text
