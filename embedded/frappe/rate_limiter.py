"""The brake on functions that the world may call."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import frappe
from frappe import _


def rate_limit(
	key: str | None = None, limit: int | Callable = 5, seconds: int = 86400, methods: Any = "ALL", ip_based: bool = True
) -> Callable:  # fmt: skip
	"""Let a caller (by address, or by the form's field `key`) use the function `limit` times in `seconds`."""

	def decorate(function: Callable) -> Callable:
		@wraps(function)
		def wrapper(*args: Any, **kwargs: Any) -> Any:
			request = getattr(frappe.local, "request", None)
			if not request or (methods != "ALL" and request.method not in str(methods).upper()):
				return function(*args, **kwargs)
			value = frappe.form_dict.get(key) if key else ""
			if not isinstance(value, str) or not (value or ip_based):
				frappe.throw(_("Either key or IP flag is required."))
			identity = f"{frappe.local.request_ip if ip_based else ''}:{value}"
			name = frappe.cache.make_key(f"rl:{frappe.form_dict.cmd or request.path}:{identity}")
			if not frappe.cache.get(name):
				frappe.cache.setex(name, seconds, 0)
			if frappe.cache.incrby(name, 1) > (limit() if callable(limit) else limit):
				message = _("You hit the rate limit because of too many requests. Please try after sometime.")
				frappe.throw(message, frappe.RateLimitExceededError)
			return function(*args, **kwargs)

		return wrapper

	return decorate
