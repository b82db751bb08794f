"""Messages to the person at the other end, and the errors that carry them."""

import re
from typing import Any

from frappe.context import local
from frappe.exceptions import ValidationError
from frappe.types.frappedict import _dict


def msgprint(
	msg: Any,
	title: str | None = None,
	raise_exception: type[Exception] | Exception | bool = False,
	as_table: bool = False,
	as_list: bool = False,
	indicator: str | None = None,
	alert: bool = False,
	primary_action: dict | None = None,
	is_minimizable: bool = False,
	wide: bool = False,
) -> None:
	"""Log a message for the user, and raise it when asked to."""
	out = _dict(message=msg)
	if as_table and isinstance(msg, list | tuple):
		out.as_table = 1
	if as_list and isinstance(msg, list | tuple):
		out.as_list = 1
	if title:
		out.title = title
	if raise_exception and not indicator:
		indicator = "red"
	if indicator:
		out.indicator = indicator
	if alert:
		out.alert = 1
	if raise_exception:
		out.raise_exception = 1
	if primary_action:
		out.primary_action = primary_action
	if wide:
		out.wide = wide
	if not local.flags.mute_messages:
		if local.flags.print_messages:
			print("Message: " + re.sub(r"<[^>]+>", "", str(msg)))
		local.message_log.append(out)
	if raise_exception:
		if isinstance(raise_exception, Exception):
			raise raise_exception
		if isinstance(raise_exception, type):
			raise raise_exception(str(msg) if not isinstance(msg, list | tuple) else "\n".join(map(str, msg)))
		raise ValidationError(str(msg))


def throw(
	msg: Any,
	exc: type[Exception] | Exception = ValidationError,
	title: str | None = None,
	is_minimizable: bool = False,
	wide: bool = False,
	as_list: bool = False,
) -> None:
	"""Refuse: log the message and raise it as the exception given."""
	msgprint(msg, raise_exception=exc, title=title, indicator="red", as_list=as_list, wide=wide)


def get_message_log() -> list[_dict]:
	"""The messages of this request so far."""
	return local.message_log


def clear_messages() -> None:
	"""Forget the messages of this request."""
	local.message_log = []


def clear_last_message() -> None:
	"""Forget the last message of this request."""
	if local.message_log:
		local.message_log = local.message_log[:-1]


def bold(text: Any) -> str:
	"""The text in bold type."""
	return f"<strong>{text}</strong>"
