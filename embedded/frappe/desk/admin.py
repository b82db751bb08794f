"""The desk's pages and their addresses, on starlette-admin's frame."""

from __future__ import annotations

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
from frappe.desk import fields as F
from frappe.desk import flash, heard, importer, keep, plain_message, record, report, search, workspace
from frappe.desk.form import Form, conditions, new_document
from frappe.desk.view import DocView, list_url, workbook
from frappe.sessions import get_csrf_token

HERE = os.path.dirname(__file__)
LANGUAGES = {"zh": "中文", "en": "English"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ASSETS = max(int(os.path.getmtime(os.path.join(HERE, "static", name))) for name in ("desk.css", "desk.js"))


def page(handler: Callable) -> Callable:
	"""A handler in the reader's language, whose refusals become pages (or messages for scripts)."""

	@wraps(handler)
	async def endpoint(self: Desk, request: Request) -> Response:
		set_locale("zh" if (frappe.local.lang or "").startswith("zh") else "en")
		request.state.action = RequestAction.DETAIL
		request.state.admin_flash_pending = []
		try:
			if request.method not in ("GET", "HEAD") and not frappe.session.data.csrf_token:
				frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)
			response = await maybe_async(handler(self, request))
		except HTTPException:
			raise
		except Exception as e:
			status = getattr(e, "http_status_code", 500)
			if status >= 500:
				raise
			return self.refusal(request, e, status)
		for said in request.state.admin_flash_pending:
			flash(said["message"], said["category"])
		if response.status_code in (302, 303) or request.url.path.startswith("/app/_api/"):
			keep()
		return response

	return endpoint


class Desk(BaseAdmin):
	"""The admin site: one address for each DocType, document, workspace and report."""

	def __init__(self):
		super().__init__(
			base_url="",
			templates_dir=os.path.join(HERE, "templates"),
			static_dir=os.path.join(HERE, "static"),
			timezone_config=None,
			secret_key="the session's own token is used",
		)

	def _init_csrf(self) -> None:
		"""The session's token is checked where the session is taken up."""

	_init_flash = _init_csrf

	def _init_routes(self) -> None:
		static = StaticFiles(directory=self.static_dir, packages=[("starlette_admin", "static")])
		both = ["GET", "POST"]
		self.routes = [
			Mount("/static", app=static, name="static"),
			Route("/", self.home, name="index"),
			Route("/_api/link", self.link),
			Route("/_api/fetch", self.fetch),
			Route("/_api/jump", self.jump),
			Route("/_api/{key}/action", self.act, methods=["POST"], name="action"),
			Route("/_api/{key}/row-action", self.act, methods=["POST"], name="row-action"),
			Route("/_lang", self.language, methods=["POST"]),
			Route("/_all", self.everything),
			Route("/query-report/{name}", self.report),
			Route("/{key}", self.listing, name="list", methods=both),
			Route("/{key}/new", self.new, name="create", methods=both),
			Route("/{key}/import", self.importing, methods=both),
			Route("/{key}/{name:path}/print", self.printing),
			Route("/{key}/{name:path}", self.document, name="detail", methods=both),
		]

	def _setup_templates(self) -> None:
		super()._setup_templates()
		env = self.templates.env
		env.auto_reload = False
		env.install_gettext_callables(translate, translate_plural, True)
		env.globals.update(
			static_url=lambda request, path, v=None: f"/app/static/{path}?v={v or ASSETS}",
			list_url=list_url,
			slug=F.slug,
			form_path=F.form_path,
			shown=F.shown,
			label_of=F.label_of,
			conditions=conditions,
			column=report.column,
		)

	def _find_view_by_key(self, key: str | None) -> DocView:
		views = frappe.local.flags.setdefault("desk_views", {})
		if key not in views:
			name = frappe.db.get_value(
				"DocType", {"name": (key or "").replace("-", " "), "istable": 0}, "name"
			)
			if not name:
				raise HTTPException(404, _("There is no page {0}").format(key))
			views[key] = DocView(name)
			views[key]._admin = self
		return views[key]

	def _template_response(
		self, request: Request, name: str, context: dict | None = None, status_code: int = 200
	) -> Response:
		view = (context or {}).get("view")
		user = frappe.session.user
		frame = {
			"flashed": heard(),
			"brand": (frappe.get_hooks("app_title") or ["Desk"])[-1],
			"user": user,
			"full_name": frappe.session.data.full_name or user,
			"lang": "zh" if (frappe.local.lang or "").startswith("zh") else "en",
			"languages": LANGUAGES,
			"csrf_token": get_csrf_token(),
			"assets": ASSETS,
			"side": [],
		}
		if status_code != 401:
			here = (context or {}).get("workspace")
			frame["side"] = workspace.sidebar(
				here, view.meta.module if view else (context or {}).get("module")
			)
		return self.templates.TemplateResponse(
			request, name, frame | (context or {}), status_code=status_code
		)

	def refusal(self, request: Request, error: Exception, status: int) -> Response:
		"""An error as a page, or as a message where a script asked."""
		frappe.db.rollback()
		said = [plain_message(entry.message) for entry in frappe.get_message_log()]
		frappe.clear_messages()
		text = "\n".join(dict.fromkeys(said)) or plain_message(str(error)) or _("Not permitted")
		if request.url.path.startswith("/app/_api/"):
			return JSONResponse({"msg": text}, status_code=400 if status != 403 else 403)
		return self._template_response(request, "error.html", {"status": status, "text": text}, status)

	async def _render_error(self, request: Request, exc: Exception | None = None) -> Response:
		return self.refusal(request, frappe.ValidationError(str(exc.detail)), exc.status_code)

	# pages -----------------------------------------------------------------------------------------------

	@page
	def home(self, request: Request) -> Response:
		"""The first workspace, or the list of all lists."""
		rows = workspace.visible_workspaces()
		return RedirectResponse(f"/app/{F.slug(rows[0].name)}" if rows else "/app/_all", 303)

	@page
	def everything(self, request: Request) -> Response:
		"""Every DocType the user may read, by module."""
		rows = frappe.get_all(
			"DocType", filters={"istable": 0}, fields=["name", "module"], order_by="name", limit=0
		)
		modules: dict[str, list] = {}
		for row in rows:
			if frappe.has_permission(row.name, "read"):
				modules.setdefault(_(row.module or ""), []).append((_(row.name), f"/app/{F.slug(row.name)}"))
		return self._template_response(
			request, "everything.html", {"title": _("All Lists"), "modules": modules}
		)

	@page
	async def listing(self, request: Request) -> Response:
		"""A DocType's list, the form of a single, or a workspace."""
		key = request.path_params["key"]
		try:
			view = self._find_view_by_key(key)
		except HTTPException:
			return self.workspace_page(request, key)
		frappe.has_permission(view.doctype, "read", throw=True)
		if view.meta.issingle:
			return self.form_page(request, view, frappe.get_single(view.doctype))
		request.state.action = RequestAction.LIST
		params = view._parse_list_params(request)
		items = await view.find_all(
			request,
			(params.page - 1) * params.page_size,
			params.page_size,
			params.q,
			params.sorts,
			params.filters,
		)
		columns = [view.docfields[name] for name in params.visible_cols]
		request.state.titles = F.link_titles(F.linked_pairs(columns, list(items)))
		rows = [await view.serialize(item, request) for item in items]
		total = await view.count(request, params.q, params.filters)
		logic, chips = view._active_filter_chips(request, params)
		return self._template_response(
			request,
			"list.html",
			{
				"view": view,
				"title": view.menu_label,
				"_actions": await view.get_all_actions(request),
				"row_actions": {},
				"fields": [view.columns_by_name[name] for name in params.visible_cols],
				"all_fields": view.fields,
				"list_params": params,
				"filter_logic": logic,
				"filter_chips": chips,
				"filter_builder_fields": view._filter_builder_fields(request),
				"raw_filter": request.query_params.get("filter"),
				"quick_fields": view.quick_fields(request),
				"rows": rows,
				"total": total,
				"total_pages": max(-(-total // params.page_size), 1),
				"range_start": (params.page - 1) * params.page_size + 1 if total else 0,
				"range_end": min(params.page * params.page_size, total),
			},
		)

	def workspace_page(self, request: Request, key: str) -> Response:
		"""A workspace."""
		row = next((row for row in workspace.visible_workspaces() if F.slug(row.name) == key), None)
		if not row:
			raise HTTPException(404, _("There is no page {0}").format(key))
		context = {
			"title": _(row.title or row.name),
			"blocks": workspace.page(row.name),
			"workspace": row.name,
		}
		return self._template_response(request, "workspace.html", context)

	@page
	def new(self, request: Request) -> Response:
		"""A new document: its empty form, and its first save."""
		view = self._find_view_by_key(request.path_params["key"])
		frappe.has_permission(view.doctype, "create", throw=True)
		doc = new_document(view.doctype, dict(request.query_params))
		return self.form_page(request, view, doc, is_new=True)

	@page
	def document(self, request: Request) -> Response:
		"""A document: its form, its save, and everything else one can do with it."""
		view = self._find_view_by_key(request.path_params["key"])
		doc = frappe.get_doc(view.doctype, request.path_params["name"])
		doc.check_permission("read")
		form = frappe.local.request.form
		if request.method == "POST" and (verb := form.get("_do")) and verb != "save":
			if form.get("modified") and verb in ("submit", "cancel", "workflow", "action", "delete"):
				self.check_fresh(doc, form["modified"])
			return record.do(doc, verb, form.get("_value") or "") or RedirectResponse(request.url.path, 303)
		return self.form_page(request, view, doc)

	@staticmethod
	def check_fresh(doc: Any, modified: str) -> None:
		"""Refuse to act on a document that has changed since the page was made."""
		if str(doc.modified) != modified:
			frappe.throw(
				_("{0} has been changed by somebody else in the meantime. Please reload the page.").format(
					doc.name
				),
				frappe.TimestampMismatchError,
			)

	def form_page(self, request: Request, view: DocView, doc: Any, is_new: bool = False) -> Response:
		"""The form of a document; a submitted one is saved, or comes back with what is wrong."""
		form = Form(doc, is_new)
		modified, alert, status = str(doc.modified or ""), "", 200
		if request.method == "POST":
			data = frappe.local.request.form
			try:
				if not form.may_write():
					frappe.throw(_("Not permitted"), frappe.PermissionError)
				if not is_new:
					self.check_fresh(doc, data.get("modified") or "")
				form.fill(data)
				form.check()
				if not form.errors:
					doc.insert() if is_new else doc.save()
					flash(_("Saved"), "success")
					single = doc.meta.issingle
					return RedirectResponse(
						request.url.path if single else F.form_path(doc.doctype, doc.name), 303
					)
				alert = _("Some fields need your attention")
			except frappe.PermissionError:
				raise
			except frappe.ValidationError as e:
				alert = self.explain(e)
			status = 422
			modified = data.get("modified") or ""
			errors = form.errors
			form = self.refilled(request, view, doc, is_new, data)
			form.errors |= errors
			if status == 422 and not form.errors:
				form.locate(alert)
		doc = form.doc
		has_name = not is_new and not view.meta.issingle
		context = {
			"view": view,
			"form": form,
			"doc": doc,
			"title": (doc.get(view.meta.title_field or "name") or doc.name) if has_name else _(view.doctype),
			"tabs": form.tabs(),
			"modified": modified,
			"alert": alert,
			"indicator": F.indicator(view.meta, doc) if not is_new else "",
			"buttons": record.buttons(form),
			"timeline": record.timeline(doc) if has_name else [],
			"connections": record.connections(doc) if has_name else [],
			"attachments": record.attachments(doc) if has_name else [],
			"can_print": has_name and doc.has_permission("print"),
			"people": record.names_of({doc.owner, doc.modified_by}) if has_name else {},
		}
		return self._template_response(request, "form.html", context, status)

	@staticmethod
	def refilled(request: Request, view: DocView, doc: Any, is_new: bool, data: Any) -> Form:
		"""The form as it was typed in, on the document as it was before the save that failed."""
		frappe.db.rollback()
		if is_new:
			doc = new_document(view.doctype, dict(request.query_params))
		else:
			doc = frappe.get_doc(view.doctype, doc.name)
		form = Form(doc, is_new)
		form.fill(data)
		return form

	@staticmethod
	def explain(error: Exception) -> str:
		"""What a refused save says, in people's words."""
		said = [plain_message(entry.message) for entry in frappe.get_message_log()]
		frappe.clear_messages()
		return "\n".join(dict.fromkeys(said)) or plain_message(str(error)) or type(error).__name__

	@page
	def printing(self, request: Request) -> Response:
		"""The print view, with a choice of formats, and the PDF."""
		view = self._find_view_by_key(request.path_params["key"])
		doc = frappe.get_doc(view.doctype, request.path_params["name"])
		doc.check_permission("print")
		formats = frappe.get_all(
			"Print Format", filters={"doc_type": view.doctype, "disabled": 0}, pluck="name", order_by="name"
		)
		chosen = request.query_params.get("format") or (formats[0] if formats else "Standard")
		context = {
			"view": view,
			"doc": doc,
			"formats": [*formats, "Standard"],
			"chosen": chosen,
			"title": doc.name,
		}
		return self._template_response(request, "print.html", context)

	@page
	def importing(self, request: Request) -> Response:
		"""Import: the template, the preview with a verdict for every row, and the import itself."""
		view = self._find_view_by_key(request.path_params["key"])
		if not view.can_import(request):
			frappe.throw(_("Not permitted"), frappe.PermissionError)
		fields = importer.importable(view.doctype)
		if kind := request.query_params.get("template"):
			return self.sheet(kind, view.menu_label, [[heading for heading, _df, _table in fields]])
		context: dict[str, Any] = {
			"view": view,
			"title": _("Import {0}").format(view.menu_label),
			"fields": fields,
		}
		if request.method == "POST":
			form, token = frappe.local.request.form, frappe.local.request.form.get("token")
			if token:
				filename, content = self.kept_upload(view, token)
			else:
				upload = frappe.local.request.files.get("file")
				if not upload or not upload.filename:
					frappe.throw(_("Please choose a file"))
				filename, content, token = upload.filename, upload.read(), frappe.generate_hash(length=20)
				frappe.cache.set_value(self.upload_key(view, token), (filename, content), expires_in_sec=3600)
			work = importer.Import(view.doctype, filename, content)
			verdicts = work.run()
			done = form.get("_do") == "import"
			if not done:
				frappe.db.rollback()
			else:
				frappe.cache.delete_value(self.upload_key(view, token))
			good = [v for v in verdicts if not v["problems"]]
			context |= {"work": work, "verdicts": verdicts, "good": good, "token": token, "done": done}
			context |= {"bad": [v for v in verdicts if v["problems"]], "filename": filename}
		return self._template_response(request, "import.html", context)

	@staticmethod
	def upload_key(view: DocView, token: str) -> str:
		"""Where an uploaded file waits between preview and import: for this user and DocType only."""
		return f"desk_import:{frappe.session.user}:{view.doctype}:{token}"

	def kept_upload(self, view: DocView, token: str) -> tuple[str, bytes]:
		"""The file the preview was made of."""
		kept = frappe.cache.get_value(self.upload_key(view, token))
		if not kept:
			frappe.throw(_("The preview is too old; please choose the file again"))
		return kept

	@page
	def report(self, request: Request) -> Response:
		"""A report with its filters, and its table as a file."""
		name = request.path_params["name"]
		if not report.may_open(name):
			frappe.throw(_("You may not open this report"), frappe.PermissionError)
		doc = frappe.get_cached_doc("Report", name)
		filters = report.filters_of(doc)
		query = request.query_params
		for df in filters:
			df.value = query.get(df.fieldname, df.default if not query else "")
		values = {df.fieldname: F.parsed(df, df.value) for df in filters if df.value}
		context: dict[str, Any] = {
			"title": _(doc.name),
			"doc": doc,
			"filters": filters,
			"module": doc.module,
			"result": None,
		}
		context["missing"] = [F.label_of(df) for df in filters if df.reqd and not df.value]
		if not context["missing"]:
			context["result"] = result = report.run(doc, values)
			if kind := query.get("_export"):
				if doc.ref_doctype:
					frappe.has_permission(doc.ref_doctype, "export", throw=True)
				rows = [
					[DocView.exported(c, row.get(c.fieldname)) for c in result["columns"]]
					for row in result["rows"]
				]
				return self.sheet(kind, doc.name, [[F.label_of(c) for c in result["columns"]], *rows])
		return self._template_response(request, "report.html", context)

	@staticmethod
	def sheet(kind: str, name: str, rows: list[list]) -> Response:
		"""Rows as a CSV or XLSX file."""
		if kind == "xlsx":
			return record.download(f"{name}.xlsx", workbook(rows), XLSX)
		from frappe.desk.view import comma_separated

		return record.download(f"{name}.csv", comma_separated(rows), "text/csv; charset=utf-8")

	# for scripts -----------------------------------------------------------------------------------------

	@page
	def link(self, request: Request) -> Response:
		"""What a Link input may point to."""
		query = request.query_params
		found = search.search_link(query.get("doctype") or "", query.get("q") or "", query.get("filters"))
		return JSONResponse({"results": found})

	@page
	def fetch(self, request: Request) -> Response:
		"""What choosing a link fills in."""
		query = request.query_params
		doctype = query.get("doctype") or ""
		frappe.has_permission(doctype, "read", throw=True)
		if query.get("table"):
			table = frappe.get_meta(doctype).get_field(query["table"])
			doctype = table.options if table and table.fieldtype == "Table" else ""
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
		form = frappe.local.request.form
		lang = form.get("lang")
		if lang in LANGUAGES:
			frappe.local.cookie_manager.set_cookie("preferred_language", lang, max_age=365 * 86400)
			frappe.db.set_value("User", frappe.session.user, "language", lang, update_modified=False)
			frappe.clear_document_cache("User", frappe.session.user)
		back = form.get("back") or "/app/"
		return RedirectResponse(back if back.startswith("/app/") else "/app/", 303)


def translate(message: str) -> str:
	"""The app's translation of a text, else the library's."""
	text = _(message, context="desk")
	return text if text != message else gettext(message)


def translate_plural(one: str, many: str, count: int) -> str:
	"""The library's texts that count something."""
	return ngettext(one, many, count)
