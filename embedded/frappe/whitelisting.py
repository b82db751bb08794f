"""Which functions may be called from outside, by whom and how."""

import functools
import inspect
from collections.abc import Callable
from types import NoneType
from typing import Any, ForwardRef, get_type_hints

from frappe.context import local
from frappe.exceptions import FrappeTypeError, PermissionError
from frappe.messages import throw

whitelisted: set[Callable] = set()
guest_methods: set[Callable] = set()
xss_safe_methods: set[Callable] = set()
allowed_http_methods_for_whitelisted_func: dict[Callable, list[str]] = {}


def whitelist(
	allow_guest: bool = False, xss_safe: bool = False, methods: list[str] | None = None
) -> Callable:
	"""Let a function be called from outside; its annotated arguments are then checked."""

	def register(fn: Callable) -> Callable:
		"""Enter the function in the registers."""
		plain = fn.__func__ if isinstance(fn, staticmethod | classmethod) else fn
		checked = validate_argument_types(plain)
		whitelisted.add(checked)
		allowed_http_methods_for_whitelisted_func[checked] = methods or ["GET", "POST", "PUT", "DELETE"]
		if allow_guest:
			guest_methods.add(checked)
			if xss_safe:
				xss_safe_methods.add(checked)
		return type(fn)(checked) if isinstance(fn, staticmethod | classmethod) else checked

	return register


def is_whitelisted(method: Callable) -> None:
	"""Refuse when the function may not be called by this user."""
	from frappe import _
	from frappe.utils import sanitize_html

	method = getattr(method, "__func__", method)
	guest = local.session.user == "Guest"
	if method not in whitelisted or (guest and method not in guest_methods):
		name = f"{getattr(method, '__module__', '')}.{getattr(method, '__qualname__', method)}"
		detail = (
			_("You are not permitted to access this resource.")
			+ " "
			+ _("Function {0} is not whitelisted.").format(name)
		)
		if guest and method in whitelisted:
			detail = _("You are not permitted to access this resource.") + " " + _("Login to access")
		throw(detail, PermissionError, title=_("Method Not Allowed"))
	if guest and method not in xss_safe_methods:
		for key, value in local.form_dict.items():
			if isinstance(value, str):
				local.form_dict[key] = sanitize_html(value)


def validate_argument_types(fn: Callable) -> Callable:
	"""Check, and where it can be done cast, the annotated arguments of a call from outside or from a test."""
	signature = inspect.signature(fn)
	if all(param.annotation is param.empty for param in signature.parameters.values()):
		return fn

	@functools.wraps(fn)
	def checked(*args: Any, **kwargs: Any) -> Any:
		"""Call with the arguments checked."""
		if getattr(local, "request", None) or local.flags.in_test:
			args, kwargs = _cast(fn, signature, args, kwargs)
		return fn(*args, **kwargs)

	return checked


@functools.lru_cache(maxsize=1024)
def _adapters(fn: Callable) -> dict[str, Any]:
	from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter

	adapters = {}
	try:
		hints = get_type_hints(fn)
	except NameError:
		return {}
	for name, hint in hints.items():
		if name == "return" or hint is Any or isinstance(hint, str | ForwardRef):
			continue
		default = inspect.signature(fn).parameters[name].default
		if default is not inspect.Parameter.empty and default is not None:
			hint = hint | type(default) if isinstance(hint, type) and not isinstance(default, hint) else hint
		elif default is None:
			hint = hint | NoneType
		try:
			adapters[name] = TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
		except (PydanticSchemaGenerationError, TypeError):
			adapters[name] = TypeAdapter(hint)
	return adapters


def _cast(fn: Callable, signature: inspect.Signature, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
	from pydantic import ValidationError

	adapters, names = _adapters(fn), list(signature.parameters)
	new_args, new_kwargs = list(args), dict(kwargs)
	for key, value in [*enumerate(args), *kwargs.items()]:
		name = key if isinstance(key, str) else names[key] if key < len(names) else None
		if name not in adapters:
			continue
		try:
			cast = adapters[name].validate_python(value)
		except ValidationError as error:
			hint = get_type_hints(fn)[name]
			raise FrappeTypeError(
				f"Argument '{name}' in '{fn.__module__}.{fn.__qualname__}' should be of type "
				f"'{getattr(hint, '__name__', hint)}' but got '{type(value).__name__}' instead."
			) from error
		if isinstance(key, str):
			new_kwargs[key] = cast
		else:
			new_args[key] = cast
	return tuple(new_args), new_kwargs
