"""From a path to a page: redirects and rules of the apps' hooks, then their www folders."""

import os
import re
from dataclasses import dataclass

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect, Rule

import frappe

SEGMENT = re.compile(r"[\w][\w .@-]*")
_maps: dict[str, Map] = {}


@dataclass(frozen=True)
class Page:
	"""A template in an app's www folder and the Python module beside it, if there is one."""

	path: str
	module: str | None

	def read(self, extension: str | None = None) -> str:
		"""The template's text, or that of the file of the same name with another extension."""
		return frappe.read_file(os.path.splitext(self.path)[0] + extension if extension else self.path) or ""


def resolve_redirect(path: str) -> tuple[str, int] | None:
	"""Where a `website_redirects` hook sends this path, and with which status."""
	for rule in frappe.get_hooks("website_redirects"):
		if match := re.fullmatch(rule["source"].strip("/ "), path):
			target = match.expand(rule["target"])
			if rule["target"].startswith("/"):
				target = "/" + target.lstrip("/\\")  # what was matched must not become a host name
			return target, int(rule.get("redirect_http_status") or 301)
	return None


def resolve_route(path: str) -> str:
	"""Apply `website_route_rules`; what they catch goes into `frappe.form_dict`."""
	rules = frappe.get_hooks("website_route_rules")
	if repr(rules) not in _maps:
		_maps[repr(rules)] = Map(
			[
				Rule("/" + r["from_route"].strip("/"), endpoint=r["to_route"], defaults=r.get("defaults"))
				for r in rules
			],
			strict_slashes=False,
		)
	try:
		endpoint, arguments = _maps[repr(rules)].bind("localhost").match("/" + path)
	except (HTTPException, RequestRedirect):
		return path
	frappe.form_dict.update(arguments)
	return endpoint.strip("/")


def get_page(route: str) -> Page | None:
	"""The page of this route: the app installed last wins."""
	if not all(SEGMENT.fullmatch(segment) for segment in route.split("/")):
		return None
	for app in reversed(frappe.get_installed_apps()):
		for base in (route, f"{route}/index"):
			for extension in (".html", ".md"):
				if os.path.isfile(path := frappe.get_app_path(app, "www", base + extension)):
					python = base.replace("-", "_").replace(" ", "_")
					has_module = os.path.isfile(frappe.get_app_path(app, "www", python + ".py"))
					return Page(path, f"{app}.www.{python.replace('/', '.')}" if has_module else None)
	return None
