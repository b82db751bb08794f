"""Which functions may be called from outside, by whom and how."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

from frappe.context import local
from frappe.exceptions import FrappeTypeError, PermissionError
from frappe.messages import throw

whitelisted: set[Callable] = set()
guest_methods: set[Callable] = set()
allowed_http_methods_for_whitelisted_func: dict[Callable, list[str]] = {}


def whitelist(allow_guest: bool = False, methods: list[str] | None = None) -> Callable:
	"""Let a function be called from outside; its annotated arguments are then checked."""

	def register(fn: Callable) -> Callable:
		"""Enter the function in the registers."""
		checked = validate_argument_types(fn)
		whitelisted.add(checked)
		allowed_http_methods_for_whitelisted_func[checked] = methods or ["GET", "POST", "PUT", "DELETE"]
		if allow_guest:
			guest_methods.add(checked)
		return checked

	return register


def is_whitelisted(method: Callable) -> None:
	"""Refuse when the function may not be called by this user; a guest's texts are cleaned of HTML."""
	from frappe import _
	from frappe.utils import sanitize_html

	method, guest = getattr(method, "__func__", method), local.session.user == "Guest"
	if method not in whitelisted or (guest and method not in guest_methods):
		detail = _("Login to access")
		if method not in whitelisted:
			name = f"{getattr(method, '__module__', '')}.{getattr(method, '__qualname__', method)}"
			detail = _("Function {0} is not whitelisted.").format(name)
		detail = f"{_('You are not permitted to access this resource.')} {detail}"
		throw(detail, PermissionError, title=_("Method Not Allowed"))
	if guest:
		for key, value in local.form_dict.items():
			local.form_dict[key] = sanitize_html(value)


def validate_argument_types(fn: Callable) -> Callable:
	"""Check, and where it can be done cast, the annotated arguments of a call from outside or from a test."""
	signature = inspect.signature(fn)
	if all(param.annotation is param.empty for param in signature.parameters.values()):
		return fn

	@functools.wraps(fn)
	def checked(*args: Any, **kwargs: Any) -> Any:
		"""Call with the arguments checked."""
		if not (getattr(local, "request", None) or local.flags.in_test):
			return fn(*args, **kwargs)
		bound, adapters = signature.bind(*args, **kwargs), _adapters(fn)
		for name in bound.arguments.keys() & adapters.keys():
			bound.arguments[name] = _cast(fn, name, adapters[name], bound.arguments[name])
		return fn(*bound.args, **bound.kwargs)

	return checked


@functools.lru_cache(maxsize=1024)
def _adapters(fn: Callable) -> dict[str, Any]:
	from pydantic import ConfigDict, TypeAdapter

	adapters = {}
	try:
		hints = get_type_hints(fn)
	except NameError:  # a name that is imported for type checkers only
		return {}
	for name, param in inspect.signature(fn).parameters.items():
		hint = hints.get(name, Any)
		if hint is not Any and param.kind not in (param.VAR_POSITIONAL, param.VAR_KEYWORD):
			hint = hint | None if param.default is None else hint
			adapters[name] = TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
	return adapters


def _cast(fn: Callable, name: str, adapter: Any, value: Any) -> Any:
	from pydantic import ValidationError

	try:
		return adapter.validate_python(value)
	except ValidationError as error:
		hint = get_type_hints(fn)[name]
		raise FrappeTypeError(
			f"Argument '{name}' in '{fn.__module__}.{fn.__qualname__}' should be of type "
			f"'{getattr(hint, '__name__', hint)}' but got '{type(value).__name__}' instead."
		) from error
