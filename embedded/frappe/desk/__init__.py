"""The desk: lists, forms and workspaces made from DocType JSON with starlette-admin."""

import json
from urllib.parse import unquote

import frappe
from frappe.auth import set_cookie

COOKIE = "desk_messages"
KINDS = {"green": "success", "orange": "warning", "yellow": "warning", "red": "error"}


def plain_message(message: object) -> str:
	"""A message without markup; the lines of a list stay lines."""
	lines = message if isinstance(message, list | tuple) else [message]
	return "\n".join(frappe.utils.strip_html(str(line).replace("<br>", "\n")) for line in lines)


def done(message: str) -> None:
	"""Tell the user what was done."""
	frappe.msgprint(message, indicator="green")


def messages() -> list[list[str]]:
	"""The messages of this request and their kinds, taken out of the log."""
	log = [entry for entry in frappe.get_message_log() if not entry.get("raise_exception")]
	frappe.clear_messages()
	return [[plain_message(entry.message), KINDS.get(entry.get("indicator"), "info")] for entry in log]


def keep_messages() -> None:
	"""Put this request's messages into a cookie for the page that follows a redirect."""
	if kept := [[text[:300], kind] for text, kind in messages()[:8]]:
		set_cookie(COOKIE, json.dumps(kept), httponly=True)


def messages_to_show() -> list[list[str]]:
	"""The messages to show now, kept ones first; each is shown once."""
	if not (kept := frappe.local.request.cookies.get(COOKIE)):
		return messages()
	frappe.local.cookies[COOKIE] = None
	return json.loads(unquote(kept)) + messages()


def explain(error: Exception) -> str:
	"""What a refusal says, in people's words."""
	lines = dict.fromkeys(plain_message(entry.message) for entry in frappe.get_message_log())
	frappe.clear_messages()
	return "\n".join(lines) or plain_message(error) or frappe._("Not permitted")
