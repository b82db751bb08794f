"""The desk's pages and their addresses, on starlette-admin's frame."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette_admin.base import BaseAdmin
from starlette_admin.helpers import maybe_async
from starlette_admin.i18n import gettext, ngettext, set_locale
from starlette_admin.types import RequestAction

import frappe
from frappe import _
from frappe.auth import set_cookie
from frappe.desk import (
	done,
	explain,
	importer,
	keep_messages,
	messages_to_show,
	query_report,
	record,
	workspace,
)
from frappe.desk import fields as F
from frappe.desk.doctype.notification_log import notification_log
from frappe.desk.form import Form, new_document
from frappe.desk.view import DocView, sheet
from frappe.sessions import get_csrf_token

TEMPLATES, STATIC = (os.path.join(os.path.dirname(__file__), name) for name in ("templates", "static"))
STATIC_FILES = StaticFiles(directory=STATIC, packages=[("starlette_admin", "static")])
ASSETS = max(int(os.path.getmtime(os.path.join(STATIC, name))) for name in ("desk.css", "desk.js"))
TEMPLATE_NAMES = {
	frappe: "get_all has_permission get_meta get_hooks session",
	frappe.utils: "get_fullname pretty_date sanitize_html",
	notification_log: "bell",
	F: "NUMBERS slug form_path label_of option_text plain state_field state_color link_target",
	frappe.desk.form: "conditions",
	frappe.desk.view: "figure",
}


def page(handler: Callable) -> Callable:
	"""A handler in the reader's language, whose refusals become pages (or messages for scripts)."""

	@wraps(handler)
	async def endpoint(self: Any, request: Request) -> Response:
		set_locale("zh" if frappe.local.lang.startswith("zh") else "en")
		request.state.action, request.state.admin_flash_pending = RequestAction.DETAIL, []
		try:
			if request.method == "POST" and not frappe.session.data.csrf_token:
				frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)
			response = await maybe_async(handler(self, request))
		except Exception as e:
			if getattr(e, "http_status_code", 500) >= 500:
				raise
			return self.refusal(request, e, e.http_status_code)
		for message in request.state.admin_flash_pending:
			frappe.msgprint(
				message["message"], indicator="green" if message["category"] == "success" else "red"
			)
		if response.status_code == 303 or request.url.path.startswith("/app/_api/"):
			keep_messages()
		return response

	return endpoint


class Desk(BaseAdmin):
	"""The admin site: one address for each DocType, document and workspace."""

	def __init__(self):
		folders = {"templates_dir": TEMPLATES, "static_dir": STATIC}
		super().__init__(base_url="", timezone_config=None, secret_key="unused", **folders)

	def _init_csrf(self) -> None:
		"""The session's own token is checked where the session is taken up; messages are kept by us."""

	_init_flash = _init_csrf

	def _init_routes(self) -> None:
		both = ["GET", "POST"]
		self.routes = [
			Mount("/static", STATIC_FILES, name="static"),
			Route("/", self.home, name="index"),
			Route("/_all", self.home),
			Route("/_lang", self.language, methods=["POST"]),
			Route("/_api/link/{key}", self.link),
			Route("/_api/{key}/action", self.act, name="action", methods=["POST"]),
			Route("/_api/{key}/row-action", self.act, name="row-action", methods=["POST"]),
			Route("/query-report/{name:path}", self.report),
			Route("/{key}", self.listing, name="list", methods=both),
			Route("/{key}/new", self.new, methods=both),
			Route("/{key}/import", self.importing, methods=both),
			Route("/{key}/{name:path}", self.document, methods=both),
		]

	def _setup_templates(self) -> None:
		super()._setup_templates()
		env = self.templates.env
		env.auto_reload = False
		env.install_gettext_callables(translate, ngettext, True)
		for place, names in TEMPLATE_NAMES.items():
			env.globals |= {name: getattr(place, name) for name in names.split()}
		env.globals |= {"static_url": static_url, "record": record}

	def _find_view_by_key(self, key: str | None) -> DocView:
		where = {"name": (key or "").replace("-", " "), "istable": 0}
		if not (name := frappe.db.get_value("DocType", where, "name")):
			raise HTTPException(404, _("There is no page {0}").format(key))
		view = DocView(name)
		view._admin = self
		return view

	def view_of(self, request: Request, ptype: str = "read") -> DocView:
		"""The view of the address, if the user may do this with its DocType."""
		view = self._find_view_by_key(request.path_params["key"])
		frappe.has_permission(view.doctype, ptype, throw=True)
		return view

	def render(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:
		"""A page in the desk's frame."""
		view = context.get("view")
		side = workspace.sidebar(context.get("workspace"), view and view.meta.module)
		frame = {"messages": messages_to_show(), "csrf_token": get_csrf_token(), "side": side}
		return self.templates.TemplateResponse(request, name, frame | context, status_code=status)

	def refusal(self, request: Request, error: Exception, status: int) -> Response:
		"""An error as a page, or as a message where a script asked."""
		frappe.db.rollback()
		text = explain(error)
		if request.url.path.startswith("/app/_api/"):
			return JSONResponse({"msg": text}, status_code=403 if status == 403 else 400)
		return self.render(request, "error.html", status, code=status, text=text)

	async def _render_error(self, request: Request, exc: Any = None) -> Response:
		return self.refusal(request, frappe.ValidationError(str(exc.detail)), exc.status_code)

	# lists and workspaces

	@page
	def home(self, request: Request) -> Response:
		"""The first workspace, or all lists."""
		spaces = workspace.visible_workspaces()
		if spaces and not request.url.path.endswith("/_all"):
			return RedirectResponse(f"/app/{F.slug(spaces[0].name)}", 303)
		return self.render(request, "workspace.html", title=_("All Lists"), blocks=workspace.all_lists())

	@page
	async def listing(self, request: Request) -> Response:
		"""A DocType's list, the form of a single, or a workspace."""
		key = request.path_params["key"]
		spaces = {F.slug(row.name): row for row in workspace.visible_workspaces()}
		if key in spaces and not frappe.db.exists("DocType", key.replace("-", " ")):
			context = {"blocks": workspace.page(spaces[key].name), "workspace": spaces[key].name}
			return self.render(request, "workspace.html", title=_(spaces[key].title), **context)
		view = self.view_of(request)
		if view.meta.issingle:
			return self.document_page(request, view, frappe.get_single(view.doctype))
		request.state.action = RequestAction.LIST
		params = view._parse_list_params(request)
		skip = (params.page - 1) * params.page_size
		items = await view.find_all(request, skip, params.page_size, params.q, params.sorts, params.filters)
		titles = F.link_titles([(list(map(view.docfields.get, params.visible_cols)), items)])
		logic, chips = view._active_filter_chips(request, params)
		return self.render(
			request, "list.html", view=view, title=view.menu_label, list_params=params, skip=skip,
			total=await view.count(request, params.q, params.filters), filter_logic=logic, filter_chips=chips,
			rows=items, titles=titles, all_fields=view.fields, _actions=await view.get_all_actions(request),
		)  # fmt: skip

	@page
	def report(self, request: Request) -> Response:
		"""A report: its filters, its table, or its file."""
		name, asked = request.path_params["name"], request.query_params
		if not frappe.db.exists("Report", name):
			raise HTTPException(404, _("There is no page {0}").format(name))
		doc = query_report.get_report_doc(name)
		filters = [frappe._dict(row.as_dict(), in_standard_filter=1) for row in doc.filters]
		given = {df.fieldname: F.parsed(df, asked.get(df.fieldname, "")) for df in filters}
		found = query_report.run(name, {key: value for key, value in given.items() if value is not None})
		columns, rows = [frappe._dict(column) for column in found["columns"]], found["result"]
		may_export = frappe.has_permission(doc.ref_doctype, "export")
		if (kind := asked.get("_export")) in ("csv", "xlsx"):
			if not may_export:
				frappe.throw(_("Not permitted"), frappe.PermissionError)
			cells = [[row.get(df.fieldname) for df in columns] for row in rows]
			return record.download(f"{_(name)}.{kind}", sheet(kind, [[df.label for df in columns], *cells]))
		chart = found["chart"] and frappe._dict(found["chart"])
		series = (
			[{"name": one["name"], "data": one["values"]} for one in chart.data["datasets"]] if chart else []
		)
		here = frappe.db.get_value("Workspace", {"module": doc.module, "is_hidden": 0})
		return self.render(
			request, "report.html", title=_(name), filters=filters, columns=columns, rows=rows, chart=chart,
			chart_series=series, message=found["message"], may_export=may_export,
			meta=frappe.get_meta(doc.ref_doctype), workspace=here,
		)  # fmt: skip

	# documents

	@page
	def new(self, request: Request) -> Response:
		"""A new document: its empty form, and its first save."""
		view = self.view_of(request, "create")
		return self.form_page(request, view, new_document(view.doctype, dict(request.query_params)), True)

	@page
	def document(self, request: Request) -> Response:
		"""A document: its form, its save, and everything else one can do with it."""
		view = self._find_view_by_key(request.path_params["key"])
		doc = frappe.get_doc(view.doctype, request.path_params["name"])
		doc.check_permission("read")
		if request.method == "GET":
			doc.run_method("onload")
		return self.document_page(request, view, doc)

	def document_page(self, request: Request, view: DocView, doc: Any) -> Response:
		"""What a button of the document asks for, or its form."""
		form = frappe.local.request.form
		if (verb := form.get("_do", "save")) == "save":
			return self.form_page(request, view, doc)
		if form.get("modified"):
			check_fresh(doc, form)
		return record.do(doc, verb, form.get("_value") or "") or RedirectResponse(request.url.path, 303)

	def form_page(self, request: Request, view: DocView, doc: Any, is_new: bool = False) -> Response:
		"""The form of a document; a submitted one is saved, or comes back with what is wrong."""
		form, alert, data = Form(doc, is_new), "", frappe.local.request.form
		modified = data.get("modified") or str(doc.modified or "")
		if request.method == "POST":
			if not form.may_write():
				frappe.throw(_("Not permitted"), frappe.PermissionError)
			try:
				if not is_new:
					check_fresh(doc, data)
				form.fill(data)
				form.check()
				if not form.errors:
					doc.insert() if is_new else doc.save()
					done(_("Saved"))
					here = request.url.path if view.meta.issingle else F.form_path(doc.doctype, doc.name)
					return RedirectResponse(here, 303)
				wrong = dict.fromkeys(F.label_of(df) for name, df, _doc in form.walk() if name in form.errors)
				alert = _("Some fields need your attention: {0}").format(", ".join(wrong))
			except frappe.ValidationError as e:
				alert = explain(e)
			# back to what the database has, with what was typed in and what is wrong with it
			frappe.db.rollback()
			errors, again = form.errors, dict(request.query_params)
			doc = new_document(view.doctype, again) if is_new else frappe.get_doc(view.doctype, doc.name)
			form = Form(doc, is_new)
			form.fill(data)
			form.errors |= errors
			if not form.errors:
				form.locate(alert)
		saved = not is_new and not view.meta.issingle
		title = F.title_of(doc) if saved else _(view.doctype)
		context = {"view": view, "form": form, "doc": doc, "title": title, "saved": saved, "alert": alert}
		context |= {"modified": modified, "can_save": any(map(form.editable, view.meta.fields))}
		return self.render(request, "form.html", 422 if alert else 200, **context)

	@page
	def importing(self, request: Request) -> Response:
		"""Import: the template, the preview with a verdict for every row, and the import itself."""
		view, form = self.view_of(request), frappe.local.request.form
		if not view.can_import(request):
			frappe.throw(_("Not permitted"), frappe.PermissionError)
		fields, title = importer.importable(view.doctype), _("Import {0}").format(view.menu_label)
		if kind := request.query_params.get("template"):
			headings = [[heading for heading, *_field in fields]]
			return record.download(f"{view.menu_label}.{kind}", sheet(kind, headings))
		if request.method == "GET":
			return self.render(request, "import.html", view=view, title=title, fields=fields)
		token = form.get("token") or frappe.generate_hash(length=20)
		key = f"desk_import:{frappe.session.user}:{view.doctype}:{token}"
		upload = frappe.local.request.files.get("file")
		if upload and upload.filename:
			frappe.cache.set_value(key, (upload.filename, upload.read()), expires_in_sec=3600)
		if not (kept := frappe.cache.get_value(key)):
			frappe.throw(_("Please choose a file"))
		work = importer.Import(view.doctype, *kept)
		verdicts, finished = work.run(), form.get("_do") == "import"
		frappe.cache.delete_value(key) if finished else frappe.db.rollback()
		context = {"verdicts": verdicts, "token": token, "done": finished, "filename": kept[0]}
		return self.render(request, "import.html", view=view, title=title, work=work, **context)

	# for scripts

	@page
	def link(self, request: Request) -> Response:
		"""What a Link input may point to."""
		return JSONResponse({"results": self.view_of(request).offered(request.query_params.get("q") or "")})

	act = page(BaseAdmin.handle_action)  # on chosen rows of a list

	@page
	def language(self, request: Request) -> Response:
		"""Switch the language, for this browser and for the user."""
		lang, back = frappe.local.request.form.get("lang"), frappe.local.request.form.get("back") or ""
		if lang in ("zh", "en"):
			set_cookie("preferred_language", lang, max_age=365 * 86400)
			frappe.db.set_value("User", frappe.session.user, "language", lang, update_modified=False)
		return RedirectResponse(back if back.startswith("/app/") else "/app/", 303)


def check_fresh(doc: Any, form: Any) -> None:
	"""Refuse to act on a document that has changed since the page was made."""
	if str(doc.modified or "") != form.get("modified", ""):
		message = _("{0} has been changed by somebody else in the meantime. Please reload the page.")
		frappe.throw(message.format(doc.name), frappe.TimestampMismatchError)


def static_url(request: Request, path: str, v: Any = None) -> str:
	"""The address of a static file, with its version."""
	return f"/app/static/{path}?v={v or ASSETS}"


def translate(message: str) -> str:
	"""The app's translation of a text of the desk, else the library's."""
	text = _(message, context="desk")
	return text if text != message else gettext(message)
