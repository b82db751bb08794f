"""Messages to the person at the other end, and the errors that carry them."""

from typing import Any

from frappe.context import local
from frappe.exceptions import ValidationError
from frappe.types.frappedict import _dict


def msgprint(
	msg: Any,
	title: str | None = None,
	raise_exception: type[Exception] | None = None,
	as_list: bool = False,
	indicator: str | None = None,
) -> None:
	"""Log a message for the user, and raise it when asked to."""
	said = {"title": title, "indicator": indicator, "as_list": int(as_list)}
	said["raise_exception"] = int(raise_exception is not None)
	local.message_log.append(_dict(message=msg, **{key: part for key, part in said.items() if part}))
	if raise_exception:
		raise raise_exception(str(msg))


def throw(msg: Any, exc: type[Exception] = ValidationError, title: str | None = None) -> None:
	"""Refuse: log the message and raise it as the exception given."""
	msgprint(msg, title, exc, indicator="red")


def get_message_log() -> list[_dict]:
	"""The messages of this request so far."""
	return local.message_log


def clear_messages() -> None:
	"""Forget the messages of this request."""
	local.message_log = []


def bold(text: Any) -> str:
	"""The text in bold type."""
	return f"<strong>{text}</strong>"
