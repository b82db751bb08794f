"""The desk's pages and their addresses, on starlette-admin's frame."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette_admin.base import BaseAdmin
from starlette_admin.helpers import maybe_async
from starlette_admin.i18n import gettext, ngettext, set_locale
from starlette_admin.types import RequestAction

import frappe
from frappe import _
from frappe.desk import explain, flash, heard, importer, keep, record, report, search, workspace
from frappe.desk import fields as F
from frappe.desk.form import Form, conditions, new_document
from frappe.desk.view import DocView, exported, list_url, sheet
from frappe.sessions import get_csrf_token

TEMPLATES, STATIC = (os.path.join(os.path.dirname(__file__), name) for name in ("templates", "static"))
LANGUAGES = {"zh": "中文", "en": "English"}
CHANGING = ("submit", "cancel", "delete", "workflow", "action")
ASSETS = max(int(os.path.getmtime(os.path.join(STATIC, name))) for name in ("desk.css", "desk.js"))


def refuse(message: str = "", error: type[Exception] = frappe.PermissionError) -> None:
	"""Say no."""
	frappe.throw(message or _("Not permitted"), error)


def page(handler: Callable) -> Callable:
	"""A handler in the reader's language, whose refusals become pages (or messages for scripts)."""

	@wraps(handler)
	async def endpoint(self: Any, request: Request) -> Response:
		set_locale("zh" if frappe.local.lang.startswith("zh") else "en")
		request.state.action, request.state.admin_flash_pending = RequestAction.DETAIL, []
		try:
			if request.method == "POST" and not frappe.session.data.csrf_token:
				refuse(_("Invalid Request"), frappe.CSRFTokenError)
			response = await maybe_async(handler(self, request))
		except HTTPException:
			raise
		except Exception as e:
			if getattr(e, "http_status_code", 500) >= 500:
				raise
			return self.refusal(request, e, e.http_status_code)
		for message in request.state.admin_flash_pending:
			flash(message["message"], message["category"])
		if response.status_code == 303 or request.url.path.startswith("/app/_api/"):
			keep()
		return response

	return endpoint


class Assets(StaticFiles):
	"""Static files; their addresses carry a version, so the browser may keep them."""

	def file_response(self, *args: Any, **kwargs: Any) -> Response:
		"""The file, to be kept for a week."""
		response = super().file_response(*args, **kwargs)
		if isinstance(response, FileResponse):
			response.headers["cache-control"] = "public, max-age=604800"
		return response


class Desk(BaseAdmin):
	"""The admin site: one address for each DocType, document, workspace and report."""

	def __init__(self):
		folders = {"templates_dir": TEMPLATES, "static_dir": STATIC}
		super().__init__(base_url="", timezone_config=None, secret_key="unused", **folders)

	def _init_csrf(self) -> None:
		"""The session's own token is checked where the session is taken up; messages are kept by us."""

	_init_flash = _init_csrf

	def _init_routes(self) -> None:
		both = {"methods": ["GET", "POST"]}
		self.routes = [
			Mount(
				"/static", Assets(directory=STATIC, packages=[("starlette_admin", "static")]), name="static"
			),
			Route("/", self.home, name="index"),
			Route("/_api/link", self.link),
			Route("/_api/fetch", self.fetch),
			Route("/_api/jump", self.jump),
			Route("/_api/{key}/action", self.act, name="action", methods=["POST"]),
			Route("/_api/{key}/row-action", self.act, name="row-action", methods=["POST"]),
			Route("/_lang", self.language, methods=["POST"]),
			Route("/_all", self.everything),
			Route("/query-report/{name}", self.report),
			Route("/{key}", self.listing, name="list", **both),
			Route("/{key}/new", self.new, **both),
			Route("/{key}/import", self.importing, **both),
			Route("/{key}/{name:path}/print", self.printing),
			Route("/{key}/{name:path}", self.document, **both),
		]

	def _setup_templates(self) -> None:
		super()._setup_templates()
		env = self.templates.env
		env.auto_reload = False
		env.install_gettext_callables(translate, ngettext, True)
		env.globals |= {
			name: getattr(F, name)
			for name in ("slug", "form_path", "shown", "label_of", "option_text", "NUMBERS")
		}
		env.globals |= {"list_url": list_url, "static_url": static_url, "conditions": conditions}
		env.globals |= {"record": record, "column": report.column, "pretty_date": frappe.utils.pretty_date}

	def _find_view_by_key(self, key: str | None) -> DocView:
		views = frappe.local.flags.setdefault("desk_views", {})
		if key not in views:
			where = {"name": (key or "").replace("-", " "), "istable": 0}
			if not (name := frappe.db.get_value("DocType", where, "name")):
				raise HTTPException(404, _("There is no page {0}").format(key))
			views[key] = DocView(name)
			views[key]._admin = self
		return views[key]

	def view_of(self, request: Request, ptype: str = "read") -> DocView:
		"""The view of the address, if the user may do this with its DocType."""
		view = self._find_view_by_key(request.path_params["key"])
		frappe.has_permission(view.doctype, ptype, throw=True)
		return view

	def render(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:
		"""A page in the desk's frame."""
		view, user = context.get("view"), frappe.session.user
		frame = {
			"flashed": heard(), "user": user, "full_name": frappe.session.data.full_name or user, "languages": LANGUAGES,
			"brand": (frappe.get_hooks("app_title") or ["Desk"])[-1], "csrf_token": get_csrf_token(),
			"lang": "zh" if frappe.local.lang.startswith("zh") else "en",
			"side": workspace.sidebar(context.get("workspace"), view.meta.module if view else context.get("module")),
		}  # fmt: skip
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
		"""The first workspace, or the list of all lists."""
		rows = workspace.visible_workspaces()
		return RedirectResponse(f"/app/{F.slug(rows[0].name)}" if rows else "/app/_all", 303)

	@page
	def everything(self, request: Request) -> Response:
		"""Every DocType the user may read, by module."""
		modules: dict[str, list] = {}
		where = {"filters": {"istable": 0}, "fields": ["name", "module"]}
		for row in frappe.get_all("DocType", order_by="name", limit=0, **where):
			if frappe.has_permission(row.name, "read"):
				modules.setdefault(_(row.module or ""), []).append((_(row.name), f"/app/{F.slug(row.name)}"))
		return self.render(request, "everything.html", title=_("All Lists"), modules=modules)

	@page
	async def listing(self, request: Request) -> Response:
		"""A DocType's list, the form of a single, or a workspace."""
		key = request.path_params["key"]
		spaces = {F.slug(row.name): row for row in workspace.visible_workspaces()}
		if key in spaces and not frappe.db.exists("DocType", key.replace("-", " ")):
			name, title = spaces[key].name, _(spaces[key].title or spaces[key].name)
			blocks = workspace.page(name)
			return self.render(request, "workspace.html", title=title, blocks=blocks, workspace=name)
		view = self.view_of(request)
		if view.meta.issingle:
			return self.document_page(request, view, frappe.get_single(view.doctype))
		request.state.action = RequestAction.LIST
		params = view._parse_list_params(request)
		skip = (params.page - 1) * params.page_size
		items = await view.find_all(request, skip, params.page_size, params.q, params.sorts, params.filters)
		columns = [view.docfields[name] for name in params.visible_cols]
		request.state.titles = F.link_titles(F.linked(columns, items))
		total = await view.count(request, params.q, params.filters)
		logic, chips = view._active_filter_chips(request, params)
		return self.render(
			request, "list.html", view=view, title=view.menu_label, list_params=params, total=total,
			rows=[await view.serialize(item, request) for item in items], all_fields=view.fields,
			fields=[view.columns_by_name[name] for name in params.visible_cols], skip=skip,
			filter_logic=logic, filter_chips=chips, _actions=await view.get_all_actions(request),
		)  # fmt: skip

	# documents

	@page
	def new(self, request: Request) -> Response:
		"""A new document: its empty form, and its first save."""
		view = self.view_of(request, "create")
		doc = new_document(view.doctype, dict(request.query_params))
		return self.form_page(request, view, doc, is_new=True)

	@page
	def document(self, request: Request) -> Response:
		"""A document: its form, its save, and everything else one can do with it."""
		view = self._find_view_by_key(request.path_params["key"])
		doc = frappe.get_doc(view.doctype, request.path_params["name"])
		doc.check_permission("read")
		return self.document_page(request, view, doc)

	def document_page(self, request: Request, view: DocView, doc: Any) -> Response:
		"""What a button of the document asks for, or its form."""
		form = frappe.local.request.form
		if (verb := form.get("_do", "save")) == "save":
			return self.form_page(request, view, doc)
		if verb in CHANGING and form.get("modified"):
			check_fresh(doc, form["modified"])
		return record.do(doc, verb, form.get("_value") or "") or RedirectResponse(request.url.path, 303)

	def form_page(self, request: Request, view: DocView, doc: Any, is_new: bool = False) -> Response:
		"""The form of a document; a submitted one is saved, or comes back with what is wrong."""
		form, alert, modified = Form(doc, is_new), "", str(doc.modified or "")
		if request.method == "POST":
			data = frappe.local.request.form
			if not form.may_write():
				refuse()
			try:
				if not is_new:
					check_fresh(doc, data.get("modified") or "")
				form.fill(data)
				form.check()
				if not form.errors:
					doc.insert() if is_new else doc.save()
					flash(_("Saved"), "success")
					here = request.url.path if view.meta.issingle else F.form_path(doc.doctype, doc.name)
					return RedirectResponse(here, 303)
				wrong = dict.fromkeys(F.label_of(df) for name, df, _doc in form.walk() if name in form.errors)
				alert = _("Some fields need your attention: {0}").format(", ".join(wrong))
			except frappe.ValidationError as e:
				alert = explain(e)
			# back to what the database has, with what was typed in and what is wrong with it
			frappe.db.rollback()
			modified, errors = data.get("modified") or "", form.errors
			again = (view.doctype, dict(request.query_params) if is_new else doc.name)
			doc = new_document(*again) if is_new else frappe.get_doc(*again)
			form = Form(doc, is_new)
			form.fill(data)
			form.errors |= errors
			if not form.errors:
				form.locate(alert)
		saved = not is_new and not view.meta.issingle
		title = doc.get(view.meta.title_field or "name") or doc.name if saved else _(view.doctype)
		context = {
			"view": view,
			"form": form,
			"doc": doc,
			"title": title,
			"saved": saved,
			"modified": modified,
		}
		return self.render(
			request, "form.html", 422 if alert else 200, tabs=form.tabs(), alert=alert, **context
		)

	@page
	def printing(self, request: Request) -> Response:
		"""The print view, with a choice of formats, and the PDF."""
		view = self._find_view_by_key(request.path_params["key"])
		doc = frappe.get_doc(view.doctype, request.path_params["name"])
		doc.check_permission("print")
		where = {"doc_type": view.doctype, "disabled": 0}
		formats = [*frappe.get_all("Print Format", filters=where, pluck="name", order_by="name"), "Standard"]
		chosen = request.query_params.get("format") or formats[0]
		context = {"view": view, "doc": doc, "title": doc.name, "formats": formats, "chosen": chosen}
		return self.render(request, "print.html", **context)

	# import and reports

	@page
	def importing(self, request: Request) -> Response:
		"""Import: the template, the preview with a verdict for every row, and the import itself."""
		view, form = self.view_of(request), frappe.local.request.form
		if not view.can_import(request):
			refuse()
		fields = importer.importable(view.doctype)
		if kind := request.query_params.get("template"):
			headings = [[heading for heading, *_field in fields]]
			return record.download(f"{view.menu_label}.{kind}", sheet(kind, headings))
		context: dict[str, Any] = {
			"view": view,
			"title": _("Import {0}").format(view.menu_label),
			"fields": fields,
		}
		if request.method == "POST":
			token = form.get("token") or frappe.generate_hash(length=20)
			key = f"desk_import:{frappe.session.user}:{view.doctype}:{token}"
			upload = frappe.local.request.files.get("file")
			if upload and upload.filename:
				frappe.cache.set_value(key, (upload.filename, upload.read()), expires_in_sec=3600)
			if not (kept := frappe.cache.get_value(key)):
				refuse(_("Please choose a file"), frappe.ValidationError)
			work = importer.Import(view.doctype, *kept)
			verdicts, done = work.run(), form.get("_do") == "import"
			if done:
				frappe.cache.delete_value(key)
			else:
				frappe.db.rollback()
			good = [verdict for verdict in verdicts if not verdict["problems"]]
			bad = [verdict for verdict in verdicts if verdict["problems"]]
			context |= {
				"work": work,
				"good": good,
				"bad": bad,
				"token": token,
				"done": done,
				"filename": kept[0],
			}
		return self.render(request, "import.html", **context)

	@page
	def report(self, request: Request) -> Response:
		"""A report with its filters, and its table as a file."""
		name, query = request.path_params["name"], request.query_params
		if not report.may_open(name):
			refuse(_("You may not open this report"))
		doc = frappe.get_cached_doc("Report", name)
		filters = report.filters_of(doc)
		asked = any(df.fieldname in query for df in filters)
		for df in filters:
			df.value = query.get(df.fieldname, "" if asked else df.default)
		missing = [F.label_of(df) for df in filters if df.reqd and not df.value]
		result = None
		if not missing:
			result = report.run(doc, {df.fieldname: F.read(df, df.value) for df in filters if df.value})
		if result and (kind := query.get("_export")):
			if doc.ref_doctype:
				frappe.has_permission(doc.ref_doctype, "export", throw=True)
			rows = [[exported(c, row.get(c.fieldname)) for c in result["columns"]] for row in result["rows"]]
			return record.download(
				f"{name}.{kind}", sheet(kind, [[F.label_of(c) for c in result["columns"]], *rows])
			)
		context = {
			"title": _(name),
			"filters": filters,
			"missing": missing,
			"result": result,
			"module": doc.module,
		}
		return self.render(request, "report.html", **context)

	# for scripts

	@page
	def link(self, request: Request) -> Response:
		"""What a Link input may point to."""
		query = request.query_params
		return JSONResponse({"results": search.search_link(query.get("doctype") or "", query.get("q") or "")})

	@page
	def fetch(self, request: Request) -> Response:
		"""What choosing a link fills in."""
		query = request.query_params
		if not (doctype := query.get("doctype")):
			refuse()
		frappe.has_permission(doctype, "read", throw=True)
		if query.get("table"):
			doctype = frappe.get_meta(doctype).get_field(query["table"]).options
		return JSONResponse(
			search.fetched_values(doctype, query.get("fieldname") or "", query.get("name") or "")
		)

	@page
	def jump(self, request: Request) -> Response:
		"""Where the search box leads."""
		return JSONResponse({"results": search.jump(request.query_params.get("q") or "")})

	@page
	async def act(self, request: Request) -> Response:
		"""An action on chosen rows of a list."""
		return await self.handle_action(request)

	@page
	def language(self, request: Request) -> Response:
		"""Switch the language, for this browser and for the user."""
		lang, back = frappe.local.request.form.get("lang"), frappe.local.request.form.get("back") or ""
		if lang in LANGUAGES:
			frappe.local.cookie_manager.set_cookie("preferred_language", lang, max_age=365 * 86400)
			frappe.db.set_value("User", frappe.session.user, "language", lang, update_modified=False)
			frappe.clear_document_cache("User", frappe.session.user)
		return RedirectResponse(back if back.startswith("/app/") else "/app/", 303)


def check_fresh(doc: Any, modified: str) -> None:
	"""Refuse to act on a document that has changed since the page was made."""
	if str(doc.modified) != modified:
		message = _("{0} has been changed by somebody else in the meantime. Please reload the page.")
		refuse(message.format(doc.name), frappe.TimestampMismatchError)


def static_url(request: Request, path: str, v: Any = None) -> str:
	"""The address of a static file, with its version."""
	return f"/app/static/{path}?v={v or ASSETS}"


def translate(message: str) -> str:
	"""The app's translation of a text of the desk, else the library's."""
	text = _(message, context="desk")
	return text if text != message else gettext(message)
