"""The way from the WSGI application, with its site, session and transaction, to the desk and back."""

from urllib.parse import quote, urlencode

from a2wsgi.asgi import build_scope
from starlette.applications import Starlette
from werkzeug.wrappers import Response

import frappe
from frappe.desk.admin import Desk

shell = Starlette()
Desk().mount_to(shell)


def respond() -> Response:
	"""The desk's answer to this request, for people who may open the desk."""
	request = frappe.local.request
	if frappe.session.data.user_type != "System User":  # portal users have pages of their own
		login = "/login?redirect-to=" + quote(request.full_path.rstrip("?"))
		frappe.redirect(login if frappe.session.user == "Guest" else "/")
	body = urlencode(list(request.form.items(multi=True))).encode()
	kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded"} if request.form else {}
	scope = {**build_scope({**request.environ, **kind}), "root_path": "/app"}
	start, *parts = answer(scope, body)
	if start["status"] >= 400:
		frappe.db.rollback()
	sent = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
	return Response([part.get("body", b"") for part in parts], start["status"], sent)


def answer(scope: dict, body: bytes) -> list[dict]:
	"""What the desk sends; it never waits, so there is no event loop and no second thread."""
	sent: list[dict] = []

	async def receive() -> dict:
		return {"type": "http.request", "body": body, "more_body": False}

	async def send(message: dict) -> None:
		sent.append(message)

	coroutine = shell(scope, receive, send)
	try:
		coroutine.send(None)
	except StopIteration:
		return sent
	coroutine.close()
	raise RuntimeError("The desk waited for something inside a transaction")
