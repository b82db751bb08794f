"""The brake on functions that the world may call."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint


def rate_limit(
	key: str | None = None,
	limit: int | Callable = 5,
	seconds: int = 24 * 60 * 60,
	methods: str | list[str] = "ALL",
	ip_based: bool = True,
) -> Callable:
	"""Let a caller (by address, or by the form's field `key`) use the function `limit` times in `seconds`."""

	def decorate(function: Callable) -> Callable:
		@wraps(function)
		def wrapper(*args: Any, **kwargs: Any) -> Any:
			request = getattr(frappe.local, "request", None)
			if not request or (methods != "ALL" and request.method not in _upper(methods)):
				return function(*args, **kwargs)
			identity = [frappe.local.request_ip] if ip_based else []
			if key:
				value = frappe.form_dict.get(key)
				if not isinstance(value, str) or not value:
					frappe.throw(_("Either key or IP flag is required."))
				identity.append(value)
			name = f"rl:{frappe.form_dict.cmd or request.path}:{':'.join(identity)}"
			allowed = limit() if callable(limit) else limit
			if hit(name, cint(seconds)) > cint(allowed):
				frappe.throw(
					_("You hit the rate limit because of too many requests. Please try after sometime."),
					frappe.RateLimitExceededError,
				)
			return function(*args, **kwargs)

		return wrapper

	return decorate


def _upper(methods: str | list[str]) -> list[str]:
	return [m.upper() for m in ([methods] if isinstance(methods, str) else methods)]


def hit(name: str, seconds: int) -> int:
	"""Count one more use of the name; the count starts anew `seconds` after the first."""
	name = frappe.cache.make_key(name)
	if not frappe.cache.get(name):
		frappe.cache.setex(name, seconds, 0)
	return frappe.cache.incrby(name, 1)
