"""What pages and whoever answers with a page need to know."""

from typing import Any
from urllib.parse import urlsplit

import frappe
from frappe import _


def get_home_page() -> str:
	"""The route a user begins at: what a hook says, the role's page, the portal's, the site's."""
	user = frappe.session.user
	for method in reversed(frappe.get_hooks("get_website_user_home_page")):
		if user != "Guest" and (page := frappe.get_attr(method)(user)):
			return page.strip("/")
	if user != "Guest":
		by_role = frappe.get_hooks("role_home_page", {})
		for role in frappe.get_roles(user):
			if by_role.get(role):
				return by_role[role][-1].strip("/")
	page = frappe.db.get_single_value("Portal Settings", "default_portal_home") if user != "Guest" else None
	page = page or frappe.db.get_single_value("Website Settings", "home_page")
	page = page or next(reversed(frappe.get_hooks("home_page")), None)
	return (page or ("login" if user == "Guest" else "me")).strip("/")


def get_portal_menu() -> list[frappe._dict]:
	"""The portal's menu items for this user's roles, each route once."""
	settings = frappe.get_cached_doc("Portal Settings")
	roles = set(frappe.get_roles())
	chosen = {row.route: row for row in settings.get("menu") or []}
	items = [row.as_dict() for row in settings.get("custom_menu") or []]
	if not settings.hide_standard_menu:
		items += frappe.get_hooks("portal_menu_items")
		items += [i for i in frappe.get_hooks("standard_portal_menu_items") if _is_enabled(chosen, i)]
	menu: dict[str, frappe._dict] = {}
	for item in map(frappe._dict, items):
		if (not item.role or item.role in roles) and item.route and item.enabled not in (0, "0"):
			menu.setdefault(item.route, item)
	return list(menu.values())


def _is_enabled(chosen: dict, item: dict) -> bool:
	return item["route"] not in chosen or bool(chosen[item["route"]].enabled)


def local_path(target: Any, default: str = "/") -> str:
	"""The target if it is a path of this site; nobody is sent elsewhere by a link's parameter."""
	text = str(target or "")
	if any(ord(c) < 33 for c in text) or "\\" in text or not text.startswith("/") or text.startswith("//"):
		return default
	parts = urlsplit(text)
	return default if parts.scheme or parts.netloc else text


def respond_as_web_page(
	title: str,
	html: str,
	success: bool | None = None,
	http_status_code: int | None = None,
	context: dict | None = None,
	indicator_color: str | None = None,
	primary_action: str = "/",
	primary_label: str | None = None,
	fullpage: bool = False,
	width: int = 0,
	template: str = "message",
	add_css: str | None = None,
) -> None:
	"""`frappe.respond_as_web_page`: answer with a page that says one thing."""
	color = indicator_color or ("green" if success else "red" if (http_status_code or 200) >= 400 else "blue")
	frappe.local.message_page = frappe._dict(
		title=title, message=html, indicator_color=color, primary_action=primary_action,
		primary_label=primary_label or _("Home"), fullpage=fullpage, **(context or {}),
	)  # fmt: skip
	frappe.local.response["type"] = "page"
	frappe.local.response["route"] = template
	frappe.local.no_cache = 1
	if http_status_code:
		frappe.local.response["http_status_code"] = http_status_code
