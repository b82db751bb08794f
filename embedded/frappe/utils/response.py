"""What goes back over the wire: JSON, downloads, redirects, pages and files."""

import datetime
import importlib.util
import json
import mimetypes
import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.utils import safe_join, send_file
from werkzeug.wrappers import Request, Response

import frappe
from frappe import _

SHOWN_IN_BROWSER = frozenset(
	("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "application/pdf", "text/plain",
	"audio/mpeg", "audio/wav", "video/mp4", "video/webm")
)  # fmt: skip
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
PRIVATE_CACHE = "private, no-cache"


def build_response(response_type: str | None = None) -> Response:
	"""The response for what the handler left in `frappe.response`."""
	kind = response_type or frappe.local.response.get("type") or "json"
	if kind == "json" and frappe.local.response.get("docs"):
		frappe.local.response["docs"] = [_as_dict(doc) for doc in frappe.local.response.docs]
	return BUILDERS[kind]()


def report_error(status_code: int) -> Response:
	"""The JSON error for what is being handled."""
	return json_response(frappe.local.response, status_code, with_messages=True)


def as_json() -> Response:
	"""`frappe.response` as JSON, with the messages for the user."""
	response = frappe.local.response
	status = response.pop("http_status_code", None) or 200
	if not response.get("docs"):
		response.pop("docs", None)
	return json_response(response, status, with_messages=True)


def json_response(body: Mapping, status: int = 200, with_messages: bool = False) -> Response:
	"""A JSON response; v1 carries the messages as JSON inside JSON."""
	if with_messages and frappe.local.message_log:
		log = [
			m if isinstance(m, str) else json.dumps(m, default=json_handler) for m in frappe.local.message_log
		]
		body = {**body, "_server_messages": json.dumps(log)}
	text = json.dumps(body, default=json_handler, separators=(",", ":"), ensure_ascii=False)
	return Response(text, status, mimetype="application/json")


def json_handler(obj: Any) -> Any:
	"""Dates as Frappe writes them, documents as dicts, sets and generators as lists."""
	if isinstance(obj, datetime.date | datetime.datetime | datetime.time):
		return str(obj)
	if isinstance(obj, datetime.timedelta):
		from frappe.utils import format_timedelta

		return format_timedelta(obj)
	if isinstance(obj, Decimal):
		return float(obj)
	if hasattr(obj, "as_dict"):
		return _as_dict(obj)
	if isinstance(obj, Mapping):
		return dict(obj)
	if isinstance(obj, bytes):
		return obj.decode("utf-8", "replace")
	if isinstance(obj, Iterable):
		return list(obj)
	if isinstance(obj, type) or callable(obj):
		return repr(obj)
	raise TypeError(f"{type(obj).__name__} cannot be sent as JSON")


def _as_dict(doc: Any) -> Any:
	return doc.as_dict(no_nulls=True) if hasattr(doc, "docstatus") else doc


def as_raw() -> Response:
	"""`type = download`: `filecontent` under `filename`, shown in the page only if it is harmless."""
	response = frappe.local.response
	name = response.filename or "download"
	mimetype = response.get("content_type") or mimetypes.guess_type(name)[0] or "application/octet-stream"
	inline = response.get("display_content_as") == "inline" and mimetype.split(";")[0] in SHOWN_IN_BROWSER
	return _content(response.filecontent, name, mimetype, inline)


def as_binary() -> Response:
	"""`type = binary`: always an attachment."""
	response = frappe.local.response
	return _content(response.filecontent, response.filename or "download", "application/octet-stream", False)


def as_pdf() -> Response:
	"""`type = pdf`."""
	response = frappe.local.response
	return _content(response.filecontent, response.filename or "document.pdf", "application/pdf", True)


def as_csv() -> Response:
	"""`type = csv`: `result` named after `doctype`."""
	response = frappe.local.response
	return _content(response.result, f"{response.doctype}.csv", "text/csv; charset=utf-8", False)


def as_txt() -> Response:
	"""`type = txt`: `result` named after `doctype`."""
	response = frappe.local.response
	return _content(response.result, f"{response.doctype}.txt", "text/plain; charset=utf-8", False)


def _content(content: str | bytes, filename: str, mimetype: str, inline: bool) -> Response:
	response = Response(content, content_type=mimetype)
	safe = "".join(c for c in filename if c.isprintable() and c not in '"\\/;')
	plain = safe.encode("ascii", "replace").decode().replace("?", "_")
	kind = "inline" if inline else "attachment"
	response.headers["Content-Disposition"] = f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe)}"
	return response


def as_page() -> Response:
	"""`type = page`: the web page of `route`."""
	from frappe.website.serve import get_response

	return get_response(
		frappe.local.response.route, http_status_code=frappe.local.response.get("http_status_code")
	)


def redirect() -> Response:
	"""`type = redirect`: on to `location`."""
	return Response(status=302, headers={"Location": frappe.local.response.location})


BUILDERS = {
	"json": as_json, "csv": as_csv, "txt": as_txt, "download": as_raw, "binary": as_binary, "pdf": as_pdf,
	"page": as_page, "redirect": redirect,
}  # fmt: skip


def serve_asset(request: Request) -> Response | None:
	"""/assets/<app>/… from the app's public folder."""
	if not request.path.startswith("/assets/"):
		return None
	app, _separator, path = request.path.removeprefix("/assets/").partition("/")
	folder = public_folder(app)
	full = folder and safe_join(folder, path)
	if not full or not os.path.isfile(full) or request.method not in ("GET", "HEAD"):
		raise NotFound
	return send_file(full, request.environ, max_age=3600, conditional=True)


@lru_cache(maxsize=64)
def public_folder(app: str) -> str | None:
	"""The folder behind /assets/<app>."""
	from frappe.app import get_apps

	if app not in get_apps():
		return None
	spec = importlib.util.find_spec(app)
	return os.path.join(os.path.dirname(spec.origin), "public") if spec and spec.origin else None


def serve_public_file(request: Request) -> Response:
	"""/files/<name>: anybody may have it."""
	return send_stored_file(frappe.get_site_path("public"), request.path, public=True)


def serve_private_file(request: Request) -> Response:
	"""/private/files/<name>: those who may read the File; others do not learn whether it exists."""
	if not may_read_private_file(request.path):
		raise Forbidden(_("You don't have permission to access this file"))
	return send_stored_file(frappe.local.site_path, request.path, public=False)


def may_read_private_file(file_url: str) -> bool:
	"""Is there a File of this address that the user may read?"""
	names = frappe.get_all("File", filters={"file_url": file_url, "is_private": 1}, pluck="name")
	return any(frappe.get_doc("File", name).has_permission("read") for name in names)


def send_stored_file(folder: str, path: str, public: bool) -> Response:
	"""A file below the site's folder; what a browser could run as a page becomes a download."""
	full = safe_join(os.path.abspath(folder), path.lstrip("/"))
	if not full or not os.path.isfile(full):
		raise NotFound
	mimetype = mimetypes.guess_type(full)[0] or "application/octet-stream"
	inline = mimetype in SHOWN_IN_BROWSER
	response = send_file(
		full, frappe.local.request.environ, mimetype=mimetype, as_attachment=not inline, conditional=True,
		download_name=os.path.basename(full), max_age=300 if public else None,
	)  # fmt: skip
	if not public:
		response.headers["Cache-Control"] = PRIVATE_CACHE
	if mimetype != "application/pdf":
		response.headers["Content-Security-Policy"] = SANDBOX
	return response
