"""The desk: lists, forms and workspaces made from DocType JSON with starlette-admin."""

import json
from urllib.parse import unquote

import frappe

FLASH = "desk_flash"
KINDS = {"green": "success", "orange": "warning", "yellow": "warning", "red": "error"}


def plain_message(message: object) -> str:
	"""A message without markup; the lines of a list stay lines."""
	lines = message if isinstance(message, list | tuple) else [message]
	return "\n".join(frappe.utils.strip_html(str(line).replace("<br>", "\n")) for line in lines)


def flash(message: str, kind: str = "info") -> None:
	"""Say something to the user on the next page shown."""
	frappe.local.flags.setdefault(FLASH, []).append([plain_message(message), kind])


def said() -> list[list[str]]:
	"""What this request has to tell: its own messages and those of `frappe.msgprint`."""
	for entry in frappe.get_message_log():
		if not entry.get("raise_exception"):
			flash(entry.message, KINDS.get(entry.get("indicator"), "info"))
	frappe.clear_messages()
	return frappe.local.flags.pop(FLASH, None) or []


def keep() -> None:
	"""Put this request's messages into a cookie for the page that follows a redirect."""
	if messages := [[text[:300], kind] for text, kind in said()][:8]:
		frappe.local.cookie_manager.set_cookie(FLASH, json.dumps(messages), httponly=True)


def heard() -> list[list[str]]:
	"""The messages to show now; each is shown once."""
	kept = frappe.local.request.cookies.get(FLASH)
	if not kept:
		return said()
	frappe.local.cookie_manager.delete_cookie(FLASH)
	try:
		return json.loads(unquote(kept)) + said()
	except ValueError:
		return said()


def explain(error: Exception) -> str:
	"""What a refusal says, in people's words."""
	lines = dict.fromkeys(plain_message(entry.message) for entry in frappe.get_message_log())
	frappe.clear_messages()
	return "\n".join(lines) or plain_message(error) or frappe._("Not permitted")
