"""The desk's ASGI application: one request is one thread, one site context and one transaction."""

from __future__ import annotations

import contextvars
import io
import os
import re
from collections.abc import Coroutine
from typing import Any

from a2wsgi.wsgi import build_environ
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from werkzeug.wrappers import Request as SiteRequest

import frappe
from frappe.desk.admin import Desk

STATIC_AGE = "public, max-age=86400"
DEPLOYED = ("router", "app", "app_root_path", "path_params", "endpoint", "extensions")


def build(site: str | None = None) -> Any:
	"""The desk as an ASGI application; the site is the one each request is for."""
	desk = Desk()
	shell = Starlette()
	desk.mount_to(shell)
	return SiteHop(shell)


class SiteHop:
	"""Opens the site as the session's user, runs the whole desk in one thread, commits, and only then answers."""

	def __init__(self, app: Starlette):
		self.app = app

	async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
		if scope["type"] != "http":
			return
		scope = {key: value for key, value in scope.items() if key not in DEPLOYED}
		path = scope["path"].removeprefix(scope.get("root_path", ""))
		if path.startswith("/static/"):
			return await self.app(scope, receive, long_lived(send))
		body = await read_body(receive)
		for message in await run_in_threadpool(contextvars.Context().run, self.serve, scope, body):
			await send(message)

	def serve(self, scope: dict, body: bytes) -> list[dict]:
		"""Answer one request; what the desk sends is kept until the transaction has ended."""
		request = SiteRequest(build_environ({**scope, "root_path": ""}, io.BytesIO(body)))
		try:
			frappe.app.init_request(request)
			frappe.local.path = request.path.strip("/")
			if frappe.session.data.user_type != "System User":
				return answer(scope, to_login(scope))
			messages = answer(scope, self.app, body)
			status = messages[0]["status"]
			if request.method in frappe.app.UNSAFE_HTTP_METHODS and status < 400:
				frappe.db.commit()
			else:
				frappe.db.rollback()
			frappe.local.session_obj.update()
			return with_headers(messages)
		except Exception as e:
			failure = frappe.app.handle_exception(e)
			headers = dict(failure.headers)
			return answer(scope, Response(failure.get_data(), failure.status_code, headers))
		finally:
			frappe.destroy()


def to_login(scope: dict) -> Response:
	"""Guests are sent to the login page and back; portal users to their own pages."""
	if frappe.session.user != "Guest":
		return RedirectResponse("/", 303)
	from urllib.parse import quote

	query = scope.get("query_string", b"").decode("latin-1")
	return RedirectResponse(
		"/login?redirect-to=" + quote(scope["path"] + (f"?{query}" if query else "")), 303
	)


async def read_body(receive: Any) -> bytes:
	"""The whole request body, up to what the site allows a client to send."""
	limit = int(os.environ.get("DESK_MAX_BODY", 64 * 1024 * 1024))
	parts, size, more = [], 0, True
	while more:
		message = await receive()
		part = message.get("body", b"")
		size += len(part)
		if size <= limit:
			parts.append(part)
		more = message.get("more_body", False)
	return b"".join(parts) if size <= limit else b""


def answer(scope: dict, app: Any, body: bytes = b"") -> list[dict]:
	"""Run an ASGI application that never waits, and give what it sent."""
	sent: list[dict] = []

	async def receive() -> dict:
		return {"type": "http.request", "body": body, "more_body": False}

	async def send(message: dict) -> None:
		sent.append(message)

	run(app(dict(scope), receive, send))
	return sent


def run(coroutine: Coroutine) -> Any:
	"""Run a coroutine whose awaits are all answered at once: no event loop, no second thread."""
	try:
		coroutine.send(None)
	except StopIteration as done:
		return done.value
	coroutine.close()
	raise RuntimeError("The desk waited for something inside a transaction")


def with_headers(messages: list[dict]) -> list[dict]:
	"""Security headers and the session's cookies, as on every other page."""
	from werkzeug.wrappers import Response as SiteResponse

	carrier = SiteResponse()
	frappe.app._finish_headers(carrier)
	present = {name.lower() for name, value in messages[0]["headers"]}
	messages[0]["headers"] = list(messages[0]["headers"]) + [
		(name.lower().encode("latin-1"), value.encode("latin-1"))
		for name, value in carrier.headers
		if name.lower() not in ("content-length", "content-type")
		and name.lower().encode("latin-1") not in present
	]
	return messages


def long_lived(send: Any) -> Any:
	"""Static files may be kept by the browser: their addresses carry a version."""

	async def sender(message: dict) -> None:
		if message["type"] == "http.response.start" and message["status"] == 200:
			kept = [
				(name, value)
				for name, value in message["headers"]
				if not re.match(b"cache-control", name, re.I)
			]
			message = {**message, "headers": [*kept, (b"cache-control", STATIC_AGE.encode())]}
		await send(message)

	return sender
