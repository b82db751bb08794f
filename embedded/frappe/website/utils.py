"""What pages, and whoever answers with a page, need to know."""

from typing import Any
from urllib.parse import urlsplit

import frappe
from frappe import _


def get_home_page() -> str:
	"""The route a user begins at: what a hook says, the role's page, the portal's, the site's."""
	user = frappe.session.user
	guest = user == "Guest"
	pages = (
		[None]
		if guest
		else [frappe.get_attr(m)(user) for m in frappe.get_hooks("get_website_user_home_page")]
	)
	by_role = {} if guest else frappe.get_hooks("role_home_page", {})
	pages += [by_role[role][-1] for role in frappe.get_roles(user) if by_role.get(role)]
	if not guest:
		pages.append(frappe.db.get_single_value("Portal Settings", "default_portal_home"))
	pages += [
		frappe.db.get_single_value("Website Settings", "home_page"),
		*frappe.get_hooks("home_page")[-1:],
	]
	return (next(filter(None, pages), None) or ("login" if guest else "me")).strip("/")


def get_portal_menu() -> list[frappe._dict]:
	"""The portal's menu items for this user's roles, each route once."""
	settings, roles = frappe.get_cached_doc("Portal Settings"), frappe.get_roles()
	standard = [] if settings.hide_standard_menu else [row.as_dict() for row in settings.menu]
	own = [row.as_dict() for row in settings.custom_menu]
	menu: dict[str, frappe._dict] = {}
	for item in map(frappe._dict, own + frappe.get_hooks("portal_menu_items") + standard):
		if item.get("enabled", 1) and (not item.role or item.role in roles):
			menu.setdefault(item.route, item)
	return list(menu.values())


def local_path(target: Any, default: str = "/") -> str:
	"""The target if it is a path of this site; nobody is sent elsewhere by a link's parameter."""
	text = str(target or "")
	odd = any(ord(c) < 33 for c in text) or "\\" in text or not text.startswith("/") or text.startswith("//")
	return default if odd or urlsplit(text).netloc else text


def respond_as_web_page(
	title: str, html: str, success: bool | None = None, http_status_code: int | None = None, context: dict | None = None,
	indicator_color: str | None = None, primary_action: str = "/", primary_label: str | None = None,
	fullpage: bool = False, width: int = 0, template: str = "message", add_css: str | None = None,
) -> None:  # fmt: skip
	"""`frappe.respond_as_web_page`: answer with a page that says one thing."""
	color = indicator_color or ("green" if success else "red" if (http_status_code or 200) >= 400 else "blue")
	frappe.local.response.message_page = {
		"title": title, "message": html, "indicator_color": color, "primary_action": primary_action,
		"primary_label": primary_label or _("Home"), **(context or {}),
	}  # fmt: skip
	frappe.local.response.update(type="page", http_status_code=http_status_code or 200)
