"""The desk's ASGI application: one request is one thread, one site context and one transaction."""

import contextvars
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from a2wsgi.wsgi import build_environ
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request as SiteRequest
from werkzeug.wrappers import Response as SiteResponse

import frappe
from frappe.desk.admin import Desk

OUTER = ("router", "app", "app_root_path", "path_params", "endpoint", "extensions")


def build(site: str | None = None) -> Any:
	"""The desk as an ASGI application; the site is the one each request is for."""
	shell = Starlette()
	Desk().mount_to(shell)
	return SiteHop(shell)


class SiteHop:
	"""Opens the site as the session's user, runs the desk in one thread, commits, and only then answers."""

	def __init__(self, app: Starlette):
		self.app = app

	async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
		if scope["type"] != "http":
			return
		scope = {key: value for key, value in scope.items() if key not in OUTER}
		if scope["path"].removeprefix(scope.get("root_path", "")).startswith("/static/"):
			return await self.app(scope, receive, send)
		body = await Request(scope, receive).body()
		for message in await run_in_threadpool(contextvars.Context().run, self.serve, scope, body):
			await send(message)

	def serve(self, scope: dict, body: bytes) -> list[dict]:
		"""Answer one request; what the desk sends is kept until the transaction has ended."""
		request = SiteRequest(build_environ({**scope, "root_path": ""}, io.BytesIO(body)))
		try:
			frappe.app.init_request(request)
			frappe.local.path = request.path.strip("/")
			if frappe.session.data.user_type != "System User":  # portal users have pages of their own
				login = "/login?redirect-to=" + quote(request.full_path.rstrip("?"))
				return answer(scope, RedirectResponse(login if frappe.session.user == "Guest" else "/", 303))
			messages = answer(scope, self.app, body)
			if messages[0]["status"] >= 400:
				frappe.db.rollback()
			frappe.app.end_transaction(request)
			return with_headers(messages)
		except Exception as e:
			no_site = isinstance(e, HTTPException)
			failure = e.get_response(request.environ) if no_site else frappe.app.handle_exception(e)
			return answer(scope, Response(failure.get_data(), failure.status_code, dict(failure.headers)))
		finally:
			frappe.destroy()


def answer(scope: dict, app: Any, body: bytes = b"") -> list[dict]:
	"""What an ASGI application sends that never waits: no event loop, no second thread."""
	sent: list[dict] = []

	async def receive() -> dict:
		return {"type": "http.request", "body": body, "more_body": False}

	async def send(message: dict) -> None:
		sent.append(message)

	coroutine = app(dict(scope), receive, send)
	try:
		coroutine.send(None)
	except StopIteration:
		return sent
	coroutine.close()
	raise RuntimeError("The desk waited for something inside a transaction")


def with_headers(messages: list[dict]) -> list[dict]:
	"""Security headers and the session's cookies, as on every other page."""
	carrier = SiteResponse()
	frappe.app.finish_headers(carrier)
	own = [(name.lower(), value) for name, value in carrier.headers if name.lower() != "content-type"]
	own = [
		(name.encode("latin-1"), value.encode("latin-1")) for name, value in own if name != "content-length"
	]
	messages[0]["headers"] = [*messages[0]["headers"], *own]
	return messages
