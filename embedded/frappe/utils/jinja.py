"""Templates: sandboxed Jinja with the apps' own functions and filters."""

import re
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, DebugUndefined, FileSystemLoader, PrefixLoader
from jinja2.sandbox import SandboxedEnvironment

import frappe
from frappe.context import local
from frappe.hooks_registry import get_app_path, get_attr, get_hooks, get_installed_apps, get_module

_environments: dict[tuple[str, ...], SandboxedEnvironment] = {}


def get_jloader() -> BaseLoader:
	"""Templates by their path below an app's package, the last app first, or with the app's name before it."""
	folders = {app: FileSystemLoader(get_app_path(app)) for app in reversed(get_installed_apps())}
	return ChoiceLoader([*folders.values(), PrefixLoader(folders)])


def get_jenv() -> SandboxedEnvironment:
	"""The environment for the site's apps; one for all contexts, so that templates are compiled once."""
	from frappe.utils.safe_exec import get_safe_globals

	apps = tuple(get_installed_apps())
	if apps not in _environments:
		environment = SandboxedEnvironment(
			loader=get_jloader(),
			undefined=DebugUndefined,
			cache_size=400,
			auto_reload=bool(local.conf.developer_mode),
		)
		environment.globals.update({**get_safe_globals(), **_hooked("methods")})
		environment.filters.update({**_filters(), **_hooked("filters")})
		_environments[apps] = environment
	return _environments[apps]


def _filters() -> dict[str, Callable]:
	utils = frappe.utils
	return {
		"json": frappe.as_json, "len": len, "int": utils.cint, "str": utils.cstr, "flt": utils.flt, "abs_url": utils.get_url,
		"global_date_format": utils.global_date_format, "markdown": utils.md_to_html,
	}  # fmt: skip


def _hooked(kind: str) -> dict[str, Callable]:
	"""The functions that the apps' hook `jinja` names, one by one or all of a module."""
	found: dict[str, Callable] = {}
	for path in get_hooks("jinja", {}).get(kind, []) if get_hooks("jinja", {}) else ():
		try:
			named: Any = get_module(path)
		except ModuleNotFoundError:
			named = get_attr(path)
		if isinstance(named, ModuleType):
			found.update({name: each for name, each in vars(named).items() if isinstance(each, FunctionType)})
		else:
			found[named.__name__] = named
	return found


def get_template(path: str) -> Any:
	"""A template of one of the apps."""
	return get_jenv().get_template(path)


def render_template(
	template: str, context: dict | None = None, is_path: bool | None = None, safe_render: bool = True
) -> str:
	"""Render a template given by its path (one line that ends in .html, .md, .txt or the like) or by its text."""
	if not template:
		return ""
	if is_path or (
		is_path is None
		and "\n" not in template
		and re.fullmatch(r"[\w./ -]+\.(html|md|txt|xml|css|js)", template)
	):
		return get_template(template).render(context or {})
	if safe_render and ".__" in template:
		frappe.throw(frappe._("Illegal template"))
	return get_jenv().from_string(template).render(context or {})
