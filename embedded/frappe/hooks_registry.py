"""Which apps there are, where their modules lie, and what their hooks.py say."""

import importlib
import json
import os
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from frappe.context import local
from frappe.exceptions import AppNotInstalledError, DoesNotExistError
from frappe.messages import throw
from frappe.types.frappedict import _dict

_KEEP_DEFAULT = object()
_installed: dict[str, list[str]] = {}
_hooks: dict[tuple[str, ...], _dict] = {}


def get_module(modulename: str) -> ModuleType:
	"""The imported module of this dotted name."""
	return importlib.import_module(modulename)


def get_attr(method_string: str) -> Any:
	"""The function or class of this dotted path."""
	app = method_string.split(".", 1)[0]
	if app != "frappe" and getattr(local, "db", None) and not local.flags.in_install:
		if app in get_all_apps() and app not in get_installed_apps():
			throw(f"App {app} is not installed", AppNotInstalledError)
	if "." not in method_string:
		raise ImportError(f"{method_string} is not a dotted path")
	module, _, name = method_string.rpartition(".")
	return getattr(get_module(module), name)


def get_all_apps(with_internal_apps: bool = True, sites_path: str | None = None) -> list[str]:
	"""The apps of the bench: the lines of sites/apps.txt, frappe first."""
	if getattr(local, "all_apps", None):
		return local.all_apps
	path = os.path.join(sites_path or local.sites_path, "apps.txt")
	apps = []
	if os.path.exists(path):
		with open(path, encoding="utf-8") as file:
			apps = [line.strip() for line in file if line.strip() and not line.startswith("#")]
	local.all_apps = ["frappe", *(app for app in apps if app != "frappe")]
	return local.all_apps


def get_installed_apps(*, _ensure_on_bench: bool = False) -> list[str]:
	"""The apps installed on this site, in their order."""
	if getattr(local.flags, "in_install_db", None) or not local.db:
		return ["frappe"] if local.db is not None else get_all_apps()
	if local.site not in _installed:
		stored = local.db.get_global("installed_apps") if local.db.table_exists("DefaultValue") else None
		if not stored:
			return ["frappe"]
		_installed[local.site] = json.loads(stored)
	return list(_installed[local.site])


def forget_apps() -> None:
	"""Read the installed apps and their hooks afresh."""
	_installed.pop(local.site, None)
	_hooks.clear()


def _load_app_hooks(apps: tuple[str, ...]) -> _dict:
	hooks = _dict()
	for app in apps:
		try:
			module = get_module(f"{app}.hooks")
		except ModuleNotFoundError as error:
			if app == "frappe" and error.name == "frappe.hooks":
				continue
			raise
		for key, value in vars(module).items():
			if not key.startswith("_") and not isinstance(value, FunctionType | ModuleType | type):
				append_hook(hooks, key, value)
	return hooks


def append_hook(target: dict, key: Any, value: Any) -> None:
	"""Merge a hook's value: dicts by key, everything else as a list."""
	if isinstance(value, dict):
		inner = target.setdefault(key, {})
		for inner_key, inner_value in value.items():
			append_hook(inner, inner_key, inner_value)
	else:
		target.setdefault(key, []).extend(value if isinstance(value, list | tuple) else [value])


def get_hooks(hook: str | None = None, default: Any = _KEEP_DEFAULT, app_name: str | None = None) -> Any:
	"""All hooks of the installed apps, or one of them, or those of one app."""
	apps = (app_name,) if app_name else tuple(get_installed_apps())
	if apps not in _hooks:
		_hooks[apps] = _load_app_hooks(apps)
	hooks = _hooks[apps]
	if not hook:
		return hooks
	return hooks.get(hook, [] if default is _KEEP_DEFAULT or default is None else default)


def get_newargs(fn: Callable, kwargs: dict) -> dict:
	"""Those of the arguments that the function takes."""
	import inspect

	params = inspect.signature(fn).parameters
	if any(param.kind is param.VAR_KEYWORD for param in params.values()):
		return {key: value for key, value in kwargs.items() if key not in ("flags", "ignore_permissions")}
	return {key: value for key, value in kwargs.items() if key in params}


def call(fn: str | Callable, *args: Any, **kwargs: Any) -> Any:
	"""Call a function with those of the keyword arguments that it takes."""
	if isinstance(fn, str):
		fn = get_attr(fn)
	return fn(*args, **get_newargs(fn, kwargs))


def scrub(txt: str) -> str:
	"""sales order -> sales_order."""
	return str(txt).replace(" ", "_").replace("-", "_").lower()


def unscrub(txt: str) -> str:
	"""sales_order -> Sales Order."""
	return str(txt).replace("_", " ").replace("-", " ").title()


def get_pymodule_path(modulename: str, *joins: str) -> str:
	"""A path below the package of this name."""
	return os.path.abspath(os.path.join(os.path.dirname(get_module(modulename).__file__ or ""), *joins))


def get_app_path(app_name: str, *joins: str) -> str:
	"""A path below an app's package."""
	return get_pymodule_path(app_name, *joins)


def get_app_source_path(app_name: str, *joins: str) -> str:
	"""A path below the folder that holds an app's package."""
	return os.path.abspath(os.path.join(get_app_path(app_name), "..", *joins))


def get_site_path(*joins: str) -> str:
	"""A path below the site's folder."""
	return os.path.join(local.site_path, *joins)


def get_module_list(app_name: str) -> list[str]:
	"""The module titles of an app: the lines of its modules.txt."""
	path = get_app_path(app_name, "modules.txt")
	return read_lines(path) if os.path.exists(path) else []


def read_lines(path: str) -> list[str]:
	"""The lines of a file that are neither empty nor comments."""
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
	return get_pymodule_path(f"{get_module_app(module)}.{scrub(module)}", *joins)


def get_doc_hooks() -> dict:
	"""doc_events of all apps: DocType -> event -> functions."""
	hooks = get_hooks("doc_events", {})
	if isinstance(hooks, list):
		return {}
	split: dict = {}
	for key, value in hooks.items():
		for doctype in key if isinstance(key, tuple) else (key,):
			for event, methods in value.items():
				split.setdefault(doctype, {}).setdefault(event, []).extend(methods)
	return split
