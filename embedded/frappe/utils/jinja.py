"""Templates: sandboxed Jinja with the apps' own functions."""

from collections.abc import Callable
from types import SimpleNamespace

from jinja2 import ChoiceLoader, DebugUndefined, FileSystemLoader, PrefixLoader, Template
from jinja2.sandbox import SandboxedEnvironment

import frappe
from frappe.context import local
from frappe.hooks_registry import get_app_path, get_attr, get_hooks, get_installed_apps
from frappe.types.frappedict import _dict

HELPERS = (
	"cint", "cstr", "flt", "fmt_money", "format_date", "format_datetime", "format_time", "formatdate", "get_datetime",
	"get_url", "getdate", "now", "now_datetime", "nowdate", "escape_html", "sanitize_html",
)  # fmt: skip
_environments: dict[tuple[str, ...], SandboxedEnvironment] = {}


class Face:
	"""What templates know as `frappe`: it answers from the context that asks."""

	def __init__(self) -> None:
		self.utils = SimpleNamespace(**{name: getattr(frappe.utils, name) for name in HELPERS})

	@property
	def session(self) -> _dict:
		"""The user, and the token of his forms."""
		return _dict(user=local.session.user, csrf_token=(local.session.data or {}).get("csrf_token") or "")

	@property
	def form_dict(self) -> _dict:
		"""The form of the request."""
		return local.form_dict

	@property
	def lang(self) -> str:
		"""The reader's language."""
		return local.lang


def get_jenv() -> SandboxedEnvironment:
	"""The environment for the site's apps; one for all contexts, so that templates are compiled once."""
	apps = tuple(get_installed_apps())
	if apps not in _environments:
		# by the path below an app's package, the last app first, or with the app's name before it
		folders = {app: FileSystemLoader(get_app_path(app)) for app in reversed(apps)}
		environment = SandboxedEnvironment(
			loader=ChoiceLoader([*folders.values(), PrefixLoader(folders)]),
			undefined=DebugUndefined,
			auto_reload=bool(local.conf.developer_mode),
		)
		environment.filters["json"] = frappe.as_json
		environment.globals.update(frappe=Face(), _=frappe._, **_methods())
		_environments[apps] = environment
	return _environments[apps]


def _methods() -> dict[str, Callable]:
	"""The functions that the apps' hook `jinja` names."""
	found = map(get_attr, get_hooks("jinja", {}).get("methods", []))
	return {function.__name__: function for function in found}


def get_template(path: str) -> Template:
	"""A template of one of the apps."""
	return get_jenv().get_template(path)
