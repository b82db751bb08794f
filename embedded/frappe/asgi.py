"""The outer application: the desk under /app, the WSGI application for everything else."""

from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.routing import Mount

from frappe.app import application
from frappe.desk.asgi import build

app = Starlette(routes=[Mount("/app", build()), Mount("/", WSGIMiddleware(application, workers=16))])
