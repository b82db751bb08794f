"""Web pages: template, context, and the pages that say why there is none."""

import traceback
from functools import lru_cache
from types import CodeType
from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response

import frappe
from frappe import _
from frappe.sessions import get_csrf_token
from frappe.utils import sanitize_html
from frappe.utils.jinja import get_jenv
from frappe.website.router import get_page, resolve_route
from frappe.website.utils import get_home_page, get_portal_menu

HEADINGS = {401: "Not Permitted", 403: "Not Permitted", 404: "Not Found", 503: "Updating"}
TEXTS = {
	401: "You are not permitted to access this page.",
	403: "You are not permitted to access this page.",
	404: "The page you are looking for has gone missing.",
}


def get_response(path: str) -> Response:
	"""The page of a path, or the page that says what is wrong."""
	frappe.local.path = path = path.strip("/ ")
	try:
		if path == "app" or path.startswith("app/"):
			from frappe.desk.asgi import respond

			return respond()
		route = resolve_route(path if path not in ("", "index") else get_home_page())
		if not (page := get_page(route)):
			raise frappe.PageDoesNotExistError(_(TEXTS[404]))
		return _html(render_page(*page), 200)
	except frappe.Redirect:
		return Response(status=302, headers={"Location": frappe.flags.redirect_location or "/"})
	except (frappe.PermissionError, frappe.DoesNotExistError, frappe.PageDoesNotExistError) as e:
		frappe.db.rollback()
		return get_error_response(e, e.http_status_code)


def _html(html: str, status: int) -> Response:
	return Response(html, status, content_type="text/html; charset=utf-8")


def render_page(template: str, module: str | None) -> str:
	"""Run the page's `get_context` and render its template."""
	context = get_base_context()
	if module:
		returned = frappe.call(f"{module}.get_context", context)
		context.update(returned if isinstance(returned, dict) else {})
	return frappe.get_template(template).render(context)


def render_source(source: str, context: dict) -> str:
	"""Render a print format; never text that a user wrote."""
	environment = get_jenv()
	code = _compiled(source, tuple(frappe.get_installed_apps()))
	return environment.template_class.from_code(environment, code, environment.globals).render(context)


@lru_cache(maxsize=256)
def _compiled(source: str, apps: tuple[str, ...]) -> CodeType:
	return get_jenv().compile(source)


def get_base_context() -> frappe._dict:
	"""What every page knows."""
	session, guest = frappe.session, frappe.session.user in (None, "Guest")
	return frappe._dict(
		path=getattr(frappe.local, "path", ""), lang=frappe.local.lang, user=session.user, is_guest=guest,
		is_desk_user=session.data.user_type == "System User", full_name=session.data.full_name or _("Guest"),
		csrf_token="" if guest else get_csrf_token(), portal_menu=[] if guest else get_portal_menu(),
		app_name=frappe.get_hooks("app_title")[-1], home_page="/" + get_home_page(),
	)  # fmt: skip


def get_error_response(e: Exception, status: int) -> Response:
	"""The page for an exception; what is unforeseen is only told to developers."""
	messages = [m.get("message") for m in frappe.local.message_log]
	text = (messages[-1] if messages else str(e)) if status != 500 else ""
	message: dict[str, Any] = {
		"title": _(HEADINGS.get(status, "Error")), "indicator_color": "red", "primary_action": "/", "primary_label": _("Home"),
		"message": sanitize_html(text) if text else _(TEXTS.get(status, "Something went wrong on our side.")),
	}  # fmt: skip
	if status in (401, 403) and frappe.session.user in (None, "Guest"):
		here = quote(frappe.local.request.full_path.rstrip("?"), safe="")
		message.update(primary_action=f"/login?redirect-to={here}", primary_label=_("Login"))
	if frappe.conf.developer_mode and status == 500:
		message["trace"] = "".join(traceback.format_exception(e))
	page = frappe.get_template("templates/message.html").render(get_base_context() | message)
	return _html(page, status)
