"""The WSGI application: one request is one site context, one transaction and one thread."""

import contextvars
import json
import os
import re
import traceback

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Request, Response

import frappe
import frappe.api
import frappe.handler
from frappe import _
from frappe.auth import UNSAFE_HTTP_METHODS, flush_cookies, take_up
from frappe.utils import response as responses
from frappe.website import serve as website

UPLOAD_LIMIT = 25 * 1024 * 1024
QUIET_ERRORS = (frappe.DoesNotExistError, frappe.CSRFTokenError)
SECURITY_HEADERS = {
	"X-Content-Type-Options": "nosniff",
	"X-Frame-Options": "SAMEORIGIN",
	"Referrer-Policy": "same-origin",
	"Cache-Control": "no-store,no-cache,must-revalidate,max-age=0",
	"Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; "
	"style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; object-src 'none'; "
	"base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
}
_sites_path, _site = os.environ.get("SITES_PATH", "."), None


def application(environ: dict, start_response):
	"""Answer one WSGI request in a context of its own; the caller's `frappe.local` is not touched."""
	return contextvars.Context().run(_answer, Request(environ))(environ, start_response)


def _answer(request: Request) -> Response:
	# handler and commit in one go, so that a waiting writer never holds up the owner of the lock
	response = None
	try:
		if request.path.startswith("/assets/"):
			response = responses.serve_asset(request, frappe.get_all_apps(sites_path=_sites_path))
		else:
			init_request(request)
			response = _dispatch(request)
			end_transaction(request)
	except HTTPException as e:
		_rollback()
		response = e.get_response(request.environ)
	except Exception as e:
		response = handle_exception(e)
	finally:
		if response is not None:
			finish_headers(response)
		frappe.destroy()
	return response


def init_request(request: Request) -> None:
	"""Bring up the site, the form and the session of a request."""
	frappe.init(get_site(request), sites_path=_sites_path, force=True)
	frappe.local.request = request
	frappe.local.read_only = request.method not in UNSAFE_HTTP_METHODS
	frappe.connect(set_admin_as_user=False)
	if frappe.conf.maintenance_mode:
		raise frappe.SessionStopped(_("The site is being updated. Please try again in a moment."))
	request.max_content_length = int(frappe.conf.max_file_size or UPLOAD_LIMIT)
	frappe.local.response = frappe._dict()
	frappe.local.form_dict = _read_form(request)
	take_up(request)


def get_site(request: Request) -> str:
	"""The site a request is for: named by header or host, else the bench's default."""
	host = re.sub(r":\d+$", "", request.host)
	common = frappe.get_site_config(_sites_path, site_path="")
	default = common.default_site if common.get("serve_default_site", True) else None
	for site in (_site, request.headers.get("X-Frappe-Site-Name"), host, default):
		if site and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", site):
			if os.path.isfile(os.path.join(_sites_path, site, "site_config.json")):
				return site
	raise NotFound(f"There is no site {host} here.")


def _read_form(request: Request) -> frappe._dict:
	if request.mimetype == "application/json" and (body := request.get_data(as_text=True)):
		args = json.loads(body)
	else:
		args = {**request.args.to_dict(), **request.form.to_dict()}
	args = {"data": args} if isinstance(args, list) else args
	if not isinstance(args, dict):
		frappe.throw(_("Invalid request arguments"))
	return frappe._dict(args)


def _dispatch(request: Request) -> Response:
	if request.method == "OPTIONS":
		return Response()
	if frappe.form_dict.cmd:
		frappe.handler.handle()
		return responses.build_response()
	if request.path.startswith("/api/"):
		return frappe.api.handle(request)
	if request.path.startswith(("/files/", "/private/files/")):
		return responses.serve_file(request)
	if request.method in ("GET", "HEAD", "POST"):
		return website.get_response(request.path)
	raise NotFound


def end_transaction(request: Request) -> None:
	"""Keep what a writing request wrote; what a reading one wrote by accident is dropped, its session is kept."""
	if request.method in UNSAFE_HTTP_METHODS or frappe.flags.commit:
		frappe.db.commit()
	else:
		frappe.db.rollback()
	frappe.local.session_obj.update()


def _rollback() -> None:
	if getattr(frappe.local, "db", None):
		frappe.db.rollback()


def handle_exception(e: Exception) -> Response:
	"""Turn an exception into JSON for programs or into a page for people."""
	_rollback()
	if not getattr(frappe.local, "db", None):
		raise e
	status = getattr(e, "http_status_code", 500)
	if status == 500:
		_log(e)
	request = frappe.local.request
	wants_json = request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")
	if wants_json or frappe.form_dict.cmd:
		return _error_as_json(e, status)
	try:
		return website.get_error_response(e, status)
	except Exception as broken_page:
		_log(broken_page)
		return Response("Something went wrong.", 500, mimetype="text/plain")


def _error_as_json(e: Exception, status: int) -> Response:
	body, quiet = frappe.local.response, isinstance(e, QUIET_ERRORS)
	for key in ("docs", "type", "http_status_code", "data"):
		body.pop(key, None)
	trace = "".join(traceback.format_exception(e)) if frappe.conf.developer_mode and not quiet else None
	if frappe.api.is_v2(frappe.local.request):
		said = dict(frappe.local.message_log[-1]) if frappe.local.message_log else {}
		if not said and status < 500 and str(e):
			said = {"message": str(e)}
		trace = {"exception": trace} if trace else {}
		return responses.json_response({"errors": [{"type": type(e).__name__, **trace, **said}]}, status)
	if not quiet:  # what an unforeseen error says stays in the log
		name = f"{type(e).__module__}.{type(e).__name__}"
		text = str(e) if status < 500 or frappe.conf.developer_mode else ""
		body.exception = f"{name}: {text}" if text else name
	body.exc_type = type(e).__name__
	if trace:
		body.exc = json.dumps([trace])
	return responses.json_response(body, status, with_messages=True)


def _log(e: Exception) -> None:
	# into the Error Log, in a transaction of its own
	trace = "".join(traceback.format_exception(e))
	frappe.local.read_only = False
	frappe.log_error(title=f"{type(e).__name__}: {e}"[:140], message=trace)
	frappe.db.commit()


def finish_headers(response: Response) -> None:
	"""Security headers and the session's cookies."""
	for name, value in SECURITY_HEADERS.items():
		response.headers.setdefault(name, value)
	flush_cookies(response)


def serve(port: int = 8000, site: str | None = None, sites_path: str = ".", host: str = "127.0.0.1") -> None:
	"""Serve the desk and everything else on one port until stopped."""
	import uvicorn

	global _site, _sites_path
	_site, _sites_path = site, sites_path
	uvicorn.run("frappe.asgi:app", host=host, port=int(port), log_level="warning")
