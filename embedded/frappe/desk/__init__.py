"""The desk: lists, forms and workspaces made from DocType JSON with starlette-admin."""

import json
from urllib.parse import unquote

import frappe

FLASH = "desk_flash"
COLORS = {"green": "success", "blue": "info", "orange": "warning", "yellow": "warning", "red": "error"}


def flash(message: str, kind: str = "info") -> None:
	"""Say something to the user on the next page shown."""
	frappe.local.flags.setdefault(FLASH, []).append([str(message), kind])


def said() -> list[list[str]]:
	"""What this request has to tell: its own messages and those of `frappe.msgprint`."""
	messages = frappe.local.flags.pop(FLASH, None) or []
	for entry in frappe.get_message_log():
		if not entry.get("raise_exception"):
			messages.append([entry.message, COLORS.get(entry.get("indicator") or "", "info")])
	frappe.clear_messages()
	return [[plain_message(text), kind] for text, kind in messages]


def plain_message(message: object) -> str:
	"""A message without markup; a list or a link in it stays readable."""
	lines = message if isinstance(message, list | tuple) else [message]
	return "\n".join(frappe.utils.strip_html(str(line).replace("<br>", "\n")) for line in lines)


def keep() -> None:
	"""Put this request's messages into a cookie for the page that follows a redirect."""
	if messages := said():
		text = json.dumps(messages)[:3000]
		frappe.local.cookie_manager.set_cookie(FLASH, text if text.endswith("]]") else "[]", httponly=True)


def heard() -> list[list[str]]:
	"""The messages to show now; each is shown once."""
	cookie = frappe.local.request.cookies.get(FLASH)
	messages = said()
	if cookie:
		frappe.local.cookie_manager.delete_cookie(FLASH)
		try:
			kept = json.loads(unquote(cookie))
		except ValueError:
			kept = []
		messages = [[str(text), str(kind)] for text, kind in kept] + messages
	return messages
