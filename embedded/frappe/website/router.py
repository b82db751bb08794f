"""From a path to a page: redirects and rules of the apps' hooks, then their www folders."""

import os
import re
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

import frappe

SEGMENT = re.compile(r"[\w][\w .@-]*")
EXTENSIONS = (".html", ".md")


@dataclass(frozen=True)
class Page:
	"""A template in an app's www folder and the Python module beside it, if there is one."""

	app: str
	route: str
	path: str
	module: str | None

	def beside(self, extension: str) -> str | None:
		"""The content of the file of the same name with another extension."""
		path = os.path.splitext(self.path)[0] + extension
		return _read(path) if os.path.isfile(path) else None

	@property
	def source(self) -> str:
		"""The template's text."""
		return _read(self.path)


def _read(path: str) -> str:
	with open(path, encoding="utf-8") as f:
		return f.read()


def resolve_redirect(path: str) -> tuple[str, int] | None:
	"""Where a `website_redirects` hook sends this path, and with which status."""
	for rule in frappe.get_hooks("website_redirects"):
		pattern = rule["source"].strip("/ ") + "$"
		if match := re.match(pattern, path):
			target = match.expand(rule["target"])
			if rule["target"].startswith("/"):
				target = "/" + target.lstrip("/\\")  # what was matched must not become a host name
			return target, int(rule.get("redirect_http_status") or 301)
	return None


def resolve_route(path: str) -> str:
	"""Apply `website_route_rules`; what they catch goes into `frappe.form_dict`."""
	rules = frappe.get_hooks("website_route_rules")
	if not rules:
		return path
	found = _url_map(
		tuple((r["from_route"], r["to_route"], repr(r.get("defaults"))) for r in rules), path, rules
	)
	if not found:
		return path
	endpoint, arguments = found
	frappe.form_dict.update(arguments)
	return endpoint.strip("/")


def _url_map(key: tuple, path: str, rules: list[dict]) -> tuple[str, dict] | None:
	if key not in _maps:
		_maps[key] = Map(
			[
				Rule("/" + r["from_route"].strip("/"), endpoint=r["to_route"], defaults=r.get("defaults"))
				for r in rules
			],
			strict_slashes=False,
		)
	try:
		return _maps[key].bind("localhost").match("/" + path)
	except (NotFound, MethodNotAllowed, RequestRedirect):
		return None


_maps: dict[tuple, Map] = {}


def get_page(route: str) -> Page | None:
	"""The page of this route: the app installed last wins."""
	segments = route.split("/")
	if not all(SEGMENT.fullmatch(s) for s in segments):
		return None
	for app in reversed(frappe.get_installed_apps()):
		if page := _find(app, route, frappe.get_app_path(app, "www")):
			return page
	return None


@lru_cache(maxsize=512)
def _find_cached(app: str, route: str, folder: str) -> Page | None:
	for base in (route, f"{route}/index"):
		for extension in EXTENSIONS:
			path = os.path.join(folder, base + extension)
			if os.path.isfile(path):
				python = base.replace("-", "_").replace(" ", "_")
				has_module = os.path.isfile(os.path.join(folder, python + ".py"))
				module = f"{app}.www." + python.replace("/", ".") if has_module else None
				return Page(app, route, path, module)
	return None


def _find(app: str, route: str, folder: str) -> Page | None:
	if frappe.conf.developer_mode:
		return _find_cached.__wrapped__(app, route, folder)
	return _find_cached(app, route, folder)
