"""Web pages: template, context, and the pages that say why there is none."""

import re
from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response

import frappe
from frappe import _
from frappe.sessions import get_csrf_token
from frappe.utils import sanitize_html
from frappe.utils.jinja import get_jenv
from frappe.website.router import Page, get_page, resolve_redirect, resolve_route
from frappe.website.utils import get_home_page, get_portal_menu

MODULE_SETTINGS = (
	"no_cache", "title", "base_template_path", "no_breadcrumbs", "no_header", "no_sidebar", "show_sidebar",
	"skip_frappe_bundle", "full_width", "parents", "sitemap", "no_sitemap",
)  # fmt: skip
EXTENDS = re.compile(r"{%-?\s*extends\b")
BLOCK = re.compile(r"{%-?\s*block\b")
HEADINGS = {401: "Not Permitted", 403: "Not Permitted", 404: "Not Found", 503: "Updating"}


def get_response(path: str | None = None, http_status_code: int | None = None) -> Response:
	"""The page of a path, or the page that says what is wrong."""
	path = (frappe.local.request.path if path is None else path).strip("/ ")
	frappe.local.path = path
	try:
		if target := resolve_redirect(path):
			return _redirect(*target)
		if path == "app" or path.startswith("app/"):
			return _desk_is_elsewhere(path)
		route = resolve_route(path if path not in ("", "index") else get_home_page())
		page = get_page(route)
		if not page:
			raise frappe.PageDoesNotExistError(_("The page you are looking for has gone missing."))
		return html_response(render_page(page, route), http_status_code or 200)
	except frappe.Redirect:
		return _redirect(frappe.flags.redirect_location or "/", 302)
	except (frappe.PermissionError, frappe.DoesNotExistError, frappe.PageDoesNotExistError) as e:
		frappe.db.rollback()
		return get_error_response(e, e.http_status_code)


def get_response_content(path: str | None = None) -> str:
	"""The page of a path as text."""
	return get_response(path).get_data(as_text=True)


def html_response(html: str, status: int = 200) -> Response:
	"""A page as response."""
	return Response(html, status, content_type="text/html; charset=utf-8")


def _redirect(location: str, status: int) -> Response:
	return Response(status=status, headers={"Location": location})


def _desk_is_elsewhere(path: str) -> Response:
	"""The desk is another application in front of this one; who gets here is not let in."""
	if frappe.session.user == "Guest":
		return _redirect(f"/login?redirect-to=/{path}", 302)
	if frappe.db.get_value("User", frappe.session.user, "user_type") != "System User":
		raise frappe.PermissionError(_("You are not permitted to access this page."))
	raise frappe.PageDoesNotExistError(_("The desk is not served here."))


def render_page(page: Page, route: str) -> str:
	"""Run the page's `get_context` and render its template inside the site's frame."""
	context = get_base_context(route)
	if page.module:
		module = frappe.get_module(page.module)
		context.update({k: getattr(module, k) for k in MODULE_SETTINGS if hasattr(module, k)})
		if hasattr(module, "get_context"):
			returned = frappe.call(module.get_context, context)
			context.update(returned if isinstance(returned, dict) else {})
	context.colocated_css = page.beside(".css")
	context.colocated_js = page.beside(".js")
	return render_source(_framed(page, context), context)


def _framed(page: Page, context: frappe._dict) -> str:
	source = page.source
	if page.path.endswith(".md"):
		source = frappe.utils.md_to_html(source)
	if EXTENDS.search(source) or "<html" in source[:500].lower():
		return source
	frame = context.base_template_path or context.base_template or "templates/web.html"
	if not BLOCK.search(source):
		source = "{% block page_content %}" + source + "{% endblock %}"
	return '{% extends "' + frame + '" %}\n' + source


def render_source(source: str, context: dict) -> str:
	"""Render a template of ours or of an app; never text that a user wrote."""
	return get_jenv().from_string(source).render(context)


def get_base_context(route: str) -> frappe._dict:
	"""What every page knows."""
	settings = frappe.get_cached_doc("Website Settings")
	guest = frappe.session.user == "Guest"
	return frappe._dict(
		route=route, pathname=route, path=frappe.local.path, doc=None, lang=frappe.local.lang,
		user=frappe.session.user, is_guest=guest,
		full_name=_("Guest") if guest else frappe.session.data.full_name or frappe.session.user,
		is_desk_user=frappe.session.data.user_type == "System User",
		csrf_token="" if guest else get_csrf_token(),
		app_name=settings.app_name or _app_title(), app_logo=settings.app_logo, favicon=settings.favicon,
		copyright=settings.copyright, title_prefix=settings.title_prefix,
		portal_menu=[] if guest else get_portal_menu(), home_page="/" + get_home_page(),
		web_include_css=frappe.get_hooks("web_include_css"), web_include_js=frappe.get_hooks("web_include_js"),
		parents=[], developer_mode=frappe.conf.developer_mode, site_name=frappe.local.site,
	)  # fmt: skip


def _app_title() -> str:
	titles = [t for t in frappe.get_hooks("app_title") if t != "Frappe Framework"]
	return titles[-1] if titles else "Frappe"


def get_error_response(e: Exception, status: int) -> Response:
	"""The page for an exception; what is unforeseen is only told to developers."""
	import traceback

	messages = [m.get("message") for m in frappe.local.message_log if isinstance(m, dict)]
	text = (messages[-1] if messages else str(e)) if status < 500 or status == 503 else ""
	guest = frappe.session.user in (None, "Guest")
	context = frappe._dict(
		title=_(HEADINGS.get(status, "Error")), indicator_color="red",
		message=sanitize_html(text) if text else _(_default_text(status)), http_status=status,
		primary_action="/", primary_label=_("Home"),
	)  # fmt: skip
	if status in (401, 403) and guest:
		context.primary_action = "/login?redirect-to=" + quote(frappe.local.request.full_path.rstrip("?"))
		context.primary_label = _("Login")
	if frappe.conf.developer_mode and status >= 500:
		context.trace = "".join(traceback.format_exception(e))
	return html_response(render_message(context), status)


def _default_text(status: int) -> str:
	if status in (401, 403):
		return "You are not permitted to access this page."
	return (
		"The page you are looking for has gone missing."
		if status == 404
		else "Something went wrong on our side."
	)


def render_message(message: dict[str, Any]) -> str:
	"""The message page with this content."""
	frappe.local.message_page = message
	page = get_page("message")
	try:
		return render_page(page, "message")
	except Exception:
		if not frappe.conf.developer_mode:
			frappe.log_error("The message page could not be rendered")
		return (
			f"<!doctype html><title>{frappe.utils.escape_html(message['title'])}</title>{message['message']}"
		)
