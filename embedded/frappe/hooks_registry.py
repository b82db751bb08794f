"""Which apps there are, where their modules lie, and what their hooks.py say."""

import importlib
import inspect
import json
import os
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from frappe.context import local
from frappe.exceptions import AppNotInstalledError, DoesNotExistError
from frappe.messages import throw
from frappe.types.frappedict import _dict

_installed: dict[str, list[str]] = {}
_hooks: dict[tuple[str, ...], _dict] = {}


def get_module(modulename: str) -> ModuleType:
	"""The imported module of this dotted name."""
	return importlib.import_module(modulename)


def get_attr(method_string: str) -> Any:
	"""The function or class of this dotted path."""
	app = method_string.split(".", 1)[0]
	connected = getattr(local, "db", None) and not local.flags.in_install
	if connected and app in get_all_apps() and app not in get_installed_apps():
		throw(f"App {app} is not installed", AppNotInstalledError)
	module, _, name = method_string.rpartition(".")
	return getattr(get_module(module), name)


def get_all_apps(sites_path: str | None = None) -> list[str]:
	"""The apps of the bench: the lines of sites/apps.txt, frappe first."""
	if not getattr(local, "all_apps", None):
		apps = read_lines(os.path.join(sites_path or local.sites_path, "apps.txt"))
		local.all_apps = list(dict.fromkeys(["frappe", *apps]))
	return local.all_apps


def get_installed_apps() -> list[str]:
	"""The apps installed on this site, in their order."""
	if not local.db or local.flags.in_install_db:
		return ["frappe"]
	if local.site not in _installed:
		_installed[local.site] = json.loads(local.db.get_global("installed_apps") or '["frappe"]')
	return list(_installed[local.site])


def forget_apps() -> None:
	"""Read the installed apps and their hooks afresh."""
	_installed.pop(local.site, None)
	_hooks.clear()


def _load_app_hooks(apps: tuple[str, ...]) -> _dict:
	hooks = _dict()
	for app in apps:
		for key, value in vars(get_module(f"{app}.hooks")).items():
			if not key.startswith("_") and not isinstance(value, FunctionType | ModuleType | type):
				_append_hook(hooks, key, value)
	return hooks


def _append_hook(target: dict, key: Any, value: Any) -> None:
	"""Merge a hook's value: dicts by key, everything else as a list."""
	if isinstance(value, dict):
		inner = target.setdefault(key, {})
		for inner_key, inner_value in value.items():
			_append_hook(inner, inner_key, inner_value)
	else:
		target.setdefault(key, []).extend(value if isinstance(value, list | tuple) else [value])


def get_hooks(hook: str | None = None, default: Any = None, app_name: str | None = None) -> Any:
	"""All hooks of the installed apps, or one of them, or those of one app."""
	apps = (app_name,) if app_name else tuple(get_installed_apps())
	if apps not in _hooks:
		_hooks[apps] = _load_app_hooks(apps)
	if not hook:
		return _hooks[apps]
	return _hooks[apps].get(hook, [] if default is None else default)


def call(fn: str | Callable, *args: Any, **kwargs: Any) -> Any:
	"""Call a function with those of the keyword arguments that it takes."""
	fn = get_attr(fn) if isinstance(fn, str) else fn
	params = inspect.signature(fn).parameters
	anything = any(param.kind is param.VAR_KEYWORD for param in params.values())
	taken = kwargs.keys() - {"flags", "ignore_permissions"} if anything else params
	return fn(*args, **{key: value for key, value in kwargs.items() if key in taken})


def scrub(txt: str) -> str:
	"""sales order -> sales_order."""
	return str(txt).replace(" ", "_").replace("-", "_").lower()


def get_app_path(app_name: str, *joins: str) -> str:
	"""A path below an app's package."""
	return os.path.join(os.path.dirname(os.path.abspath(get_module(app_name).__file__)), *joins)


def get_site_path(*joins: str) -> str:
	"""A path below the site's folder."""
	return os.path.join(local.site_path, *joins)


def get_module_list(app_name: str) -> list[str]:
	"""The module titles of an app: the lines of its modules.txt."""
	return read_lines(get_app_path(app_name, "modules.txt"))


def read_lines(path: str) -> list[str]:
	"""The lines of a file that are neither empty nor comments; none without a file."""
	if not os.path.exists(path):
		return []
	with open(path, encoding="utf-8") as file:
		return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def get_module_app(module: str) -> str:
	"""The app a module belongs to."""
	for app in get_all_apps():
		if scrub(module) in map(scrub, get_module_list(app)):
			return app
	raise DoesNotExistError(f"Module {module} not found")


def get_module_path(module: str, *joins: str) -> str:
	"""A path below a module's package."""
	return get_app_path(get_module_app(module), scrub(module), *joins)
