"""The outer application: the desk under /app, the WSGI application for everything else."""

from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from frappe.app import application
from frappe.desk.asgi import build

app = Starlette(
	routes=[
		Route("/app", lambda request: RedirectResponse("/app/")),
		Mount("/app", build()),
		Mount("/", WSGIMiddleware(application, workers=16)),
	]
)
