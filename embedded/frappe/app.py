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
from frappe.auth import HTTPRequest, validate_auth
from frappe.utils.response import (
	build_response,
	json_response,
	serve_asset,
	serve_private_file,
	serve_public_file,
)
from frappe.website import serve as website

SAFE_HTTP_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
UNSAFE_HTTP_METHODS = frozenset(("POST", "PUT", "DELETE", "PATCH"))
DEFAULT_UPLOAD_LIMIT = 25 * 1024 * 1024
QUIET_ERRORS = (frappe.DoesNotExistError, frappe.CSRFTokenError)
SECURITY_HEADERS = {
	"X-Content-Type-Options": "nosniff",
	"X-Frame-Options": "SAMEORIGIN",
	"Referrer-Policy": "same-origin",
	"Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; "
	"style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; object-src 'none'; "
	"base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
}

_sites_path = os.environ.get("SITES_PATH", ".")
_site: str | None = None


def application(environ: dict, start_response):
	"""Answer one WSGI request in a context of its own; the caller's `frappe.local` is not touched."""
	response = contextvars.Context().run(_answer, Request(environ))
	return response(environ, start_response)


def _answer(request: Request) -> Response:
	"""Handler, commit and clean-up in one go, so that a waiting writer never holds up the lock's owner."""
	response = None
	try:
		if response := serve_asset(request):
			return response
		init_request(request)
		response = _dispatch(request)
		_end_transaction(request)
	except HTTPException as e:
		_rollback()
		response = e.get_response(request.environ)
	except Exception as e:
		response = handle_exception(e)
	finally:
		if response is not None:
			_finish_headers(response)
		frappe.destroy()
	return response


def init_request(request: Request) -> None:
	"""Bring up the site, the form and the session of a request."""
	frappe.init(get_site(request), sites_path=_sites_path, force=True)
	frappe.local.request = request
	frappe.local.read_only = request.method in SAFE_HTTP_METHODS
	frappe.connect(set_admin_as_user=False)
	if frappe.conf.maintenance_mode:
		raise frappe.SessionStopped(_("The site is being updated. Please try again in a moment."))
	request.max_content_length = int(frappe.conf.max_file_size or DEFAULT_UPLOAD_LIMIT)
	frappe.local.is_ajax = request.headers.get("X-Requested-With") == "XMLHttpRequest"
	frappe.local.response = frappe._dict()
	make_form_dict(request)
	frappe.local.http_request = HTTPRequest()
	validate_auth()


def get_site(request: Request) -> str:
	"""The site a request is for: named by header or host, else the bench's default."""
	host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
	for site in (_site, request.headers.get("X-Frappe-Site-Name"), host):
		if site and _is_site(site):
			return site
	common = _common_config()
	default = common.get("default_site")
	if common.get("serve_default_site", True) and default and _is_site(default):
		return default
	raise NotFound(f"There is no site {host} here.")


def _is_site(name: str) -> bool:
	if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
		return False
	return os.path.isfile(os.path.join(_sites_path, name, "site_config.json"))


def _common_config() -> dict:
	path = os.path.join(_sites_path, "common_site_config.json")
	if not os.path.isfile(path):
		return {}
	with open(path, encoding="utf-8") as f:
		return json.load(f)


def get_apps() -> list[str]:
	"""The apps of the bench whose assets are served."""
	path = os.path.join(_sites_path, "apps.txt")
	if not os.path.isfile(path):
		return ["frappe"]
	with open(path, encoding="utf-8") as f:
		return ["frappe", *(line.strip() for line in f if line.strip())]


def make_form_dict(request: Request) -> None:
	"""Fill `frappe.form_dict` from the JSON body, or from query and form."""
	if request.mimetype == "application/json" and (body := request.get_data(as_text=True)):
		args = json.loads(body)
	else:
		args = {**request.args.to_dict(), **request.form.to_dict()}
	if isinstance(args, list):
		args = {"data": args}
	if not isinstance(args, dict):
		frappe.throw(_("Invalid request arguments"))
	args.pop("_", None)  # cache buster
	frappe.local.form_dict = frappe._dict(args)


def _dispatch(request: Request) -> Response:
	path = request.path
	if request.method == "OPTIONS":
		return Response()
	if frappe.form_dict.cmd:
		frappe.handler.handle()
		return build_response()
	if path.startswith("/api/"):
		return frappe.api.handle(request)
	if path.startswith("/private/files/"):
		return serve_private_file(request)
	if request.method in ("GET", "HEAD", "POST"):
		if path.startswith("/files/"):
			return serve_public_file(request)
		return website.get_response(path.strip("/"))
	raise NotFound


def _end_transaction(request: Request) -> None:
	"""What a reading request wrote by accident is dropped; its session is kept."""
	if request.method in UNSAFE_HTTP_METHODS or frappe.local.flags.commit:
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
	status = getattr(e, "http_status_code", 500)
	if not getattr(frappe.local, "site", None):
		raise e
	if status >= 500 and status != 503:
		_log(e)
	request = frappe.local.request
	for_program = (
		request.path.startswith("/api/")
		or getattr(frappe.local, "is_ajax", False)
		or "application/json" in request.headers.get("Accept", "")
		or frappe.local.form_dict.cmd
	)
	if not for_program:
		return website.get_error_response(e, status)
	if isinstance(e, frappe.AuthenticationError | frappe.SessionExpired) and _has_login_manager():
		frappe.local.login_manager.clear_cookies()
	return error_response(e, status)


def error_response(e: Exception, status: int) -> Response:
	"""The error as Frappe's REST clients expect it, in the shape of v1 or v2."""
	body = frappe.local.response
	for key in ("docs", "type", "http_status_code", "data"):
		body.pop(key, None)
	quiet = isinstance(e, QUIET_ERRORS)
	trace = "".join(traceback.format_exception(e)) if frappe.conf.developer_mode and not quiet else None
	if frappe.api.is_v2(frappe.local.request):
		message = frappe.api.messages()[-1] if frappe.api.messages() else {}
		error = {"type": type(e).__name__, **({"exception": trace} if trace else {}), **message}
		if not message and str(e) and status < 500 and not quiet:
			error["message"] = str(e)
		return json_response({"errors": [error]}, status)
	if not quiet:
		body.exception = _describe(e, status)
	body.exc_type = type(e).__name__
	if trace:
		body.exc = json.dumps([trace])
	return json_response(body, status, with_messages=True)


def _describe(e: Exception, status: int) -> str:
	"""The exception in one line; what an unforeseen one says stays in the log."""
	name = f"{type(e).__module__}.{type(e).__name__}"
	text = (
		str(e) if status < 500 or frappe.conf.developer_mode or isinstance(e, frappe.ValidationError) else ""
	)
	return f"{name}: {text}" if text else name


def _has_login_manager() -> bool:
	return bool(getattr(frappe.local, "login_manager", None))


def _log(e: Exception) -> None:
	"""An unforeseen error goes to the Error Log in a transaction of its own."""
	frappe.local.read_only = False
	if frappe.conf.developer_mode:
		traceback.print_exception(e)
	if getattr(frappe.local, "db", None):
		frappe.log_error(
			title=f"{type(e).__name__}: {e}"[:140], message="".join(traceback.format_exception(e))
		)
		frappe.db.commit()


def _finish_headers(response: Response) -> None:
	for name, value in SECURITY_HEADERS.items():
		response.headers.setdefault(name, value)
	if not response.headers.get("Cache-Control"):
		response.headers["Cache-Control"] = "no-store,no-cache,must-revalidate,max-age=0"
	if cookies := getattr(frappe.local, "cookie_manager", None):
		cookies.flush_cookies(response)


def serve(
	port: int = 8000, site: str | None = None, sites_path: str = ".", host: str = "127.0.0.1", **options
) -> None:
	"""Serve the desk and everything else on one port until stopped."""
	import uvicorn

	global _site, _sites_path
	_site, _sites_path = site, sites_path
	uvicorn.run("frappe.asgi:app", host=host, port=int(port), log_level="warning", **options)
