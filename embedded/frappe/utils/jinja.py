"""Templates: sandboxed Jinja with the apps' own functions."""

from types import SimpleNamespace

from jinja2 import ChoiceLoader, DebugUndefined, FileSystemLoader, PrefixLoader, Template
from jinja2.sandbox import SandboxedEnvironment

import frappe
from frappe.context import local
from frappe.hooks_registry import get_app_path, get_attr, get_hooks, get_installed_apps

HELPERS = (
	"cint", "cstr", "flt", "fmt_money", "format_date", "format_datetime", "format_time", "formatdate", "get_datetime",
	"get_url", "getdate", "now", "now_datetime", "nowdate", "escape_html", "sanitize_html",
)  # fmt: skip
_environments: dict[tuple[str, ...], SandboxedEnvironment] = {}


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
		utils = SimpleNamespace(**{name: getattr(frappe.utils, name) for name in HELPERS})
		own = map(get_attr, get_hooks("jinja", {}).get("methods", []))
		environment.globals.update({function.__name__: function for function in own})
		environment.globals.update(
			frappe=SimpleNamespace(utils=utils, form_dict=frappe.form_dict), _=frappe._
		)
		_environments[apps] = environment
	return _environments[apps]


def get_template(path: str) -> Template:
	"""A template of one of the apps."""
	return get_jenv().get_template(path)
