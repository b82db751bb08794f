"""What goes back over the wire: JSON, downloads, redirects, pages and files."""

import importlib.util
import json
import mimetypes
import os
from collections.abc import Mapping
from urllib.parse import quote

from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.utils import safe_join, send_file
from werkzeug.wrappers import Request, Response

import frappe
from frappe import _

SHOWN_IN_BROWSER = frozenset(
	("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "application/pdf", "text/plain")
)
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def build_response() -> Response:
	"""The response for what the handler left in `frappe.response`: JSON, a PDF or a download."""
	out = frappe.local.response
	kind, status = out.pop("type", "json"), out.pop("http_status_code", 200)
	if kind == "json":
		if not out.get("docs"):
			out.pop("docs", None)
		return json_response(out, status, with_messages=True)
	name = out.filename or "download"
	mimetype = "application/pdf"
	if kind == "download":
		mimetype = out.get("content_type") or mimetypes.guess_type(name)[0] or "application/octet-stream"
	shown = kind == "pdf" or (out.get("display_content_as") == "inline" and mimetype in SHOWN_IN_BROWSER)
	safe = "".join(c for c in name if c.isprintable() and c not in '"\\/;')
	plain = safe.encode("ascii", "replace").decode().replace("?", "_")
	how = "inline" if shown else "attachment"
	disposition = f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe)}"
	return Response(out.filecontent, content_type=mimetype, headers={"Content-Disposition": disposition})


def json_response(body: Mapping, status: int = 200, with_messages: bool = False) -> Response:
	"""A JSON response; v1 carries the messages to the user as JSON inside JSON."""
	if with_messages and frappe.local.message_log:
		messages = [frappe.as_json(m, indent=None) for m in frappe.local.message_log]
		body = {**body, "_server_messages": json.dumps(messages)}
	text = frappe.as_json(body, indent=None, separators=(",", ":"), ensure_ascii=False)
	return Response(text, status, mimetype="application/json")


def serve_asset(request: Request, apps: list[str]) -> Response:
	"""/assets/<app>/… from the app's public folder."""
	full = find_asset(request.path, apps)
	if not full or request.method not in ("GET", "HEAD"):
		raise NotFound
	return send_file(full, request.environ, max_age=3600, conditional=True)


def find_asset(path: str, apps: list[str]) -> str | None:
	"""The file behind /assets/<app>/…"""
	app, _separator, rest = path.removeprefix("/assets/").partition("/")
	spec = importlib.util.find_spec(app) if app in apps and app.isidentifier() else None
	return spec and spec.origin and _below(os.path.join(os.path.dirname(spec.origin), "public"), rest)


def find_file(path: str) -> str | None:
	"""The file behind /files/… or, for those who may read it, /private/files/…"""
	if path.startswith("/files/"):
		return _below(frappe.get_site_path("public"), path[1:])
	return _below(frappe.local.site_path, path[1:]) if may_read_private_file(path) else None


def _below(folder: str, path: str) -> str | None:
	full = safe_join(os.path.abspath(folder), path)
	return full if full and os.path.isfile(full) else None


def may_read_private_file(file_url: str) -> bool:
	"""Is there a File of this address that the user may read?"""
	names = frappe.get_all("File", filters={"file_url": file_url, "is_private": 1}, pluck="name")
	return frappe.session.user == "Administrator" or any(
		frappe.get_doc("File", name).has_permission("read") for name in names
	)


def serve_file(request: Request) -> Response:
	"""A file of the site; what a browser could run as a page becomes a download."""
	full, private = find_file(request.path), request.path.startswith("/private/")
	if not full:  # of private files nobody learns whether they exist
		raise Forbidden(_("You don't have permission to access this file")) if private else NotFound
	mimetype = mimetypes.guess_type(full)[0] or "application/octet-stream"
	response = send_file(
		full, request.environ, mimetype=mimetype, as_attachment=mimetype not in SHOWN_IN_BROWSER, conditional=True,
		download_name=os.path.basename(full), max_age=None if private else 300,
	)  # fmt: skip
	if private:
		response.headers["Cache-Control"] = "private, no-cache"
	if mimetype != "application/pdf":
		response.headers["Content-Security-Policy"] = SANDBOX
	return response
