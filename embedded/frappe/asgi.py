"""The outer application: the desk under /app, the WSGI application for everything else."""

import asyncio

from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request

from frappe.app import application, get_site

WORKERS = 16


class Desks:
	"""One desk for each site of the bench, built when it is first asked for."""

	def __init__(self):
		self.desks = {}
		self.building = asyncio.Lock()

	async def __call__(self, scope, receive, send):
		try:
			site = get_site(_as_wsgi_request(scope))
		except NotFound as e:
			return await PlainTextResponse(e.description, 404)(scope, receive, send)
		async with self.building:
			if site not in self.desks:
				self.desks[site] = await run_in_threadpool(_build, site)
		await self.desks[site](scope, receive, send)


def _build(site: str):
	from frappe.desk.asgi import build

	return build(site)


def _as_wsgi_request(scope) -> Request:
	environ = {"REQUEST_METHOD": scope.get("method", "GET"), "wsgi.url_scheme": scope.get("scheme", "http")}
	for name, value in scope["headers"]:
		environ["HTTP_" + name.decode("latin-1").upper().replace("-", "_")] = value.decode("latin-1")
	environ.setdefault("HTTP_HOST", "localhost")
	return Request(environ)


app = Starlette(routes=[Mount("/app", Desks()), Mount("/", WSGIMiddleware(application, workers=WORKERS))])
