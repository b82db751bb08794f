"""From a path to a page: the rules of the apps' hooks, then their www folders."""

import os
import re

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect, Rule

import frappe

SEGMENT = re.compile(r"[\w][\w .@-]*")


def resolve_route(path: str) -> str:
	"""Apply `website_route_rules`; what they catch goes into `frappe.form_dict`."""
	rules = [
		Rule("/" + rule["from_route"].strip("/"), endpoint=rule["to_route"], defaults=rule.get("defaults"))
		for rule in frappe.get_hooks("website_route_rules")
	]
	try:
		endpoint, arguments = Map(rules, strict_slashes=False).bind("localhost").match("/" + path)
	except (HTTPException, RequestRedirect):
		return path
	frappe.form_dict.update(arguments)
	return endpoint.strip("/")


def get_page(route: str) -> tuple[str, str | None] | None:
	"""The template of this route in an app's www folder, and the module beside it; the app installed last wins."""
	if not all(SEGMENT.fullmatch(segment) for segment in route.split("/")):
		return None
	for app in reversed(frappe.get_installed_apps()):
		if os.path.isfile(frappe.get_app_path(app, "www", f"{route}.html")):
			python = route.replace("-", "_").replace(" ", "_")
			has_module = os.path.isfile(frappe.get_app_path(app, "www", f"{python}.py"))
			module = f"{app}.www.{python.replace('/', '.')}" if has_module else None
			return f"{app}/www/{route}.html", module
	return None
