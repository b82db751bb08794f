"""The outer application: the desk's static files, and the WSGI application for everything else."""

from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from frappe.app import application
from frappe.desk.admin import STATIC_FILES

app = Starlette(
	routes=[
		Route("/app", lambda request: RedirectResponse("/app/")),
		Mount("/app/static", STATIC_FILES),
		Mount("/", WSGIMiddleware(application, workers=16)),
	]
)
