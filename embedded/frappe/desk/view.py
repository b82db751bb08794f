"""One view for every DocType: what its list shows, finds, counts, exports and does with many rows at once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette_admin.actions import ActionSelection, action
from starlette_admin.exceptions import ActionFailed
from starlette_admin.export.base import BaseExporter
from starlette_admin.export.helpers import escape_formula
from starlette_admin.fields import BaseField, EnumField, StringField
from starlette_admin.filters.base import FilterApplyContext, FilterGroup, FilterRule
from starlette_admin.i18n import lazy_gettext
from starlette_admin.views import BaseModelView

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.utils import pretty_date

EXTRA = {"name": "ID", "owner": "Created By", "creation": "Created On", "modified": "Last Updated On"}
RESERVED = {"page", "page_size", "sort", "q", "filter", "cols"}
MAX_COLUMNS = 8


class CsvFile(BaseExporter):
	"""CSV that a spreadsheet opens as UTF-8; no cell is taken for a formula."""

	content_type = "text/csv"
	extension = "csv"

	async def generate(self, fields: list[BaseField], rows: list[dict[str, Any]]) -> bytes:
		"""The file's bytes."""
		return comma_separated(table(fields, rows))


class XlsxFile(BaseExporter):
	"""An Excel workbook; text stays text, whatever it begins with."""

	content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	extension = "xlsx"

	async def generate(self, fields: list[BaseField], rows: list[dict[str, Any]]) -> bytes:
		"""The file's bytes."""
		return workbook(table(fields, rows))


def table(fields: list[BaseField], rows: list[dict[str, Any]]) -> list[list[Any]]:
	"""The heading and the cells of an export."""
	return [[f.label for f in fields], *([row.get(f.name) for f in fields] for row in rows)]


def comma_separated(rows: Sequence[Sequence[Any]]) -> bytes:
	"""Rows as CSV."""
	stream = io.StringIO()
	csv.writer(stream).writerows([[harmless(cell) for cell in row] for row in rows])
	return stream.getvalue().encode("utf-8-sig")


def harmless(cell: Any) -> Any:
	"""A cell that no spreadsheet takes for a formula; numbers stay numbers."""
	return escape_formula(cell) if isinstance(cell, str) else cell


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
	"""Rows as one sheet, the first of them as its heading."""
	from openpyxl import Workbook

	book = Workbook(write_only=True)
	sheet = book.create_sheet()
	sheet.freeze_panes = "A2"
	for row in rows:
		sheet.append([harmless(cell) for cell in row])
	stream = io.BytesIO()
	book.save(stream)
	return stream.getvalue()


def permlevels(meta: Any, ptype: str = "read", user: str | None = None) -> set[int]:
	"""The permission levels whose fields the user may read or write."""
	if (user or frappe.session.user) == "Administrator":
		return set(range(10))
	roles = set(frappe.get_roles(user))
	return {int(rule.permlevel or 0) for rule in meta.permissions if rule.role in roles and rule.get(ptype)}


def standard_field(fieldname: str, doctype: str) -> Any:
	"""A DocField for a column that every document has."""
	kind = "Datetime" if fieldname in ("creation", "modified") else "Data"
	return frappe._dict(fieldname=fieldname, label=EXTRA[fieldname], fieldtype=kind, parent=doctype)


class DocView(BaseModelView):
	"""A DocType's list, made for one request: labels are in its language, fields those its user may read."""

	pk_attr = "name"
	page_size = 20
	page_size_options: Sequence[int] = (20, 50, 100, 500)
	row_actions: Sequence[str] = ()
	exporters = (CsvFile(), XlsxFile())
	importers: Sequence[Any] = ()

	def __init__(self, doctype: str):
		self.doctype = doctype
		self.meta = frappe.get_meta(doctype)
		self.key = F.slug(doctype)
		self.display_name = self.menu_label = _(doctype)
		levels = permlevels(self.meta)
		self.docfields = {
			df.fieldname: df
			for df in self.meta.fields
			if df.fieldtype not in F.NOT_LISTED
			and not df.get("is_virtual")
			and int(df.permlevel or 0) in levels
		}
		self.docfields |= {name: standard_field(name, doctype) for name in EXTRA}
		self.state = F.state_field(self.meta)
		self.fields = [self.list_field(df) for df in self.docfields.values()]
		self.columns_by_name = {f.name: f for f in self.fields}
		self.sortable_fields = self.searchable_fields = list(self.docfields)
		descending = (self.meta.sort_order or "DESC").upper() != "ASC"
		self.fields_default_sort = [(self.meta.sort_field or "modified", descending)]
		if self.fields_default_sort[0][0] not in self.docfields:
			self.fields_default_sort = [("modified", True)]
		super().__init__()

	def list_field(self, df: Any) -> BaseField:
		"""A DocField as a column of the library's list, filter builder and export."""
		options: dict[str, Any] = {"list_template": "cell.html", "null_template": "cell.html"}
		label = F.label_of(df)
		if df.fieldtype == "Select" and df.options:
			choices = [(value, _(value)) for value in df.options.split("\n") if value]
			return EnumField(df.fieldname, label, choices=choices, filters=F.CHOICE_FILTERS, **options)
		if df.fieldtype == "Check":
			filters = F.CHECK_FILTERS
		elif df.fieldtype in F.NUMBERS:
			filters = F.NUMBER_FILTERS
		else:
			filters = F.DATE_FILTERS.get(df.fieldtype, F.TEXT_FILTERS)
		return StringField(df.fieldname, label, filters=filters, **options)

	# permission ------------------------------------------------------------------------------------------

	def allowed(self, ptype: str) -> bool:
		"""Whether the user may do this with documents of this type in general."""
		return bool(frappe.has_permission(self.doctype, ptype))

	def is_accessible(self, request: Request) -> bool:
		"""Whether the user may open the list."""
		return self.allowed("read")

	def can_create(self, request: Request) -> bool:
		"""Whether the list offers a new document."""
		return not self.meta.get("in_create") and self.allowed("create")

	def can_import(self, request: Request) -> bool:
		"""Whether the list offers an import."""
		return bool(self.meta.allow_import) and self.allowed("import") and self.allowed("create")

	def can_export(self, request: Request) -> bool:
		"""Whether the list offers an export."""
		return self.allowed("export")

	def can_delete(self, request: Request) -> bool:
		"""Whether the list offers to delete."""
		return self.allowed("delete")

	# finding ---------------------------------------------------------------------------------------------

	def default_columns(self) -> list[str]:
		"""The columns of a list nobody has changed: title, state, `in_list_view`, ID, last change."""
		names = [self.meta.title_field or "name", self.state.fieldname if self.state else None]
		names += [df.fieldname for df in self.meta.fields if df.in_list_view]
		names = [name for name in dict.fromkeys(names) if name in self.docfields]
		return list(dict.fromkeys([*names[:MAX_COLUMNS], "name", "modified"]))

	def _parse_list_params(self, request: Request, query_params: Any = None) -> Any:
		params = super()._parse_list_params(request, query_params)
		params.visible_cols = params.visible_cols or self.default_columns()
		return params

	def quick_fields(self, request: Request) -> list[Any]:
		"""The filters that stand above the list: `in_standard_filter`, and those the address brought along."""
		asked = [name for name in request.query_params if name in self.docfields and name not in RESERVED]
		names = [
			df.fieldname
			for df in self.meta.fields
			if df.in_standard_filter and df.fieldname in self.docfields
		]
		return [self.docfields[name] for name in dict.fromkeys([*names, *asked])]

	def where(self, request: Request, group: FilterGroup | None, query: Any = None) -> tuple[list, list]:
		"""The filters of the address and of the filter builder, as Frappe's filters and or-filters."""
		query = request.query_params if query is None else query
		filters, either = [], []
		for name in {key for key in query if key in self.docfields and key not in RESERVED}:
			if query[name]:
				filters.append(self.quick_filter(name, query[name]))
		conditions = [self.condition(rule) for rule in (group.rules if group else [])]
		if group and group.logic == "or":
			either = conditions
		else:
			filters += conditions
		return filters, either

	def quick_filter(self, name: str, text: str) -> list:
		"""`field=value` or `field=["operator", value]` of the address as a filter."""
		if text.startswith("["):
			try:
				operator, value = json.loads(text)
			except ValueError:
				frappe.throw(_("The filter {0} cannot be read").format(name))
			return [self.doctype, name, str(operator), value]
		if self.docfields[name].fieldtype in ("Data", "Small Text") and name != "owner":
			return [self.doctype, name, "like", f"%{text}%"]
		return [self.doctype, name, "=", text]

	def condition(self, node: Any) -> list:
		"""One rule of the filter builder as a Frappe filter."""
		if not isinstance(node, FilterRule):
			frappe.throw(_("Groups of filters cannot be nested"))
		field = self.columns_by_name[node.field]
		found = self.get_filter_registry().get_filter(field, node.filter)
		context = FilterApplyContext(self.doctype, node.field, node.value, node.value2)
		return found().apply(context)

	def search(self, text: str | None) -> list:
		"""The or-filters of the search box: ID, title and `search_fields`."""
		if not text:
			return []
		names = ["name", self.meta.title_field, *(self.meta.search_fields or "").split(",")]
		names = dict.fromkeys(name.strip() for name in names if name and name.strip() in self.docfields)
		return [[self.doctype, name, "like", f"%{text}%"] for name in names]

	def criteria(
		self, request: Request, q: str | None, filters: FilterGroup | None, query: Any = None
	) -> dict:
		"""Filters and or-filters for `frappe.get_list`."""
		where, either = self.where(request, filters, query)
		text = self.search(q)
		if either and text:
			names = frappe.get_list(
				self.doctype, filters=where, or_filters=either, pluck="name", limit_page_length=0
			)
			where, either = [[self.doctype, "name", "in", names or [""]]], []
		return {"filters": where, "or_filters": either or text}

	async def find_all(
		self,
		request: Request,
		skip: int = 0,
		limit: int = 100,
		q: str | None = None,
		sorts: Sequence[tuple[str, str]] | None = None,
		filters: FilterGroup | None = None,
	) -> Sequence[Any]:
		"""The rows of one page, as far as the user may see them."""
		order = ", ".join(f"`tab{self.doctype}`.`{name}` {direction}" for name, direction in sorts or [])
		return frappe.get_list(
			self.doctype,
			fields=self.columns(request),
			order_by=order or "modified desc",
			limit_start=skip,
			limit_page_length=max(limit, 0),
			**self.criteria(request, q, filters, self.list_query(request)),
		)

	async def count(self, request: Request, q: str | None = None, filters: FilterGroup | None = None) -> int:
		"""How many documents the user may see under these filters."""
		criteria = self.criteria(request, q, filters, self.list_query(request))
		rows = frappe.get_list(
			self.doctype, fields=["count(*) as n"], order_by="", limit_page_length=0, **criteria
		)
		return int(rows[0].n) if rows else 0

	async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Any]:
		"""The chosen rows, as far as the user may see them."""
		return frappe.get_list(
			self.doctype, fields=self.columns(request), filters={"name": ["in", pks]}, limit_page_length=0
		)

	async def find_by_pk(self, request: Request, pk: Any) -> Any:
		"""One row, if the user may see it."""
		rows = await self.find_by_pks(request, [pk])
		return rows[0] if rows else None

	async def get_pk_value(self, request: Request, obj: Any) -> Any:
		"""The document's name."""
		return obj["name"]

	def list_query(self, request: Request) -> Any:
		"""The list's own query, also where an action brings it along."""
		from starlette.datastructures import QueryParams

		carried = request.query_params.get("_list_query")
		return QueryParams(carried.lstrip("?")) if carried is not None else request.query_params

	def columns(self, request: Request) -> list[str]:
		"""The columns to read: all for an export, the visible ones (and what they need) for the list."""
		if request.state.action != "LIST":
			return list(self.docfields)
		visible = self._parse_list_params(request).visible_cols
		needed = ["name", "docstatus", "modified", self.state.fieldname if self.state else None, *visible]
		needed += [
			self.docfields[name].options
			for name in visible
			if self.docfields[name].fieldtype == "Dynamic Link"
		]
		return [name for name in dict.fromkeys(needed) if name in self.docfields or name == "docstatus"]

	# showing ---------------------------------------------------------------------------------------------

	async def serialize(self, obj: Any, request: Request, *args: Any, **kwargs: Any) -> dict[str, Any]:
		"""A row as markup for the list, as plain values for an export."""
		if request.state.action != "LIST":
			return {name: self.exported(df, obj.get(name)) for name, df in self.docfields.items()}
		titles = request.state.titles
		row = {name: self.cell(df, obj, titles) for name, df in self.docfields.items() if name in obj}
		return row | {"name": obj.name, "_indicator": F.indicator(self.meta, obj)}

	def cell(self, df: Any, obj: Any, titles: dict) -> Markup:
		"""One cell of the list."""
		value = obj.get(df.fieldname)
		if df.fieldname == "modified":
			return Markup('<span class="muted" title="{}">{}</span>').format(
				str(value)[:19], pretty_date(value)
			)
		if df.fieldtype == "Small Text" and value and len(value) > 80:
			value = value[:80] + "…"
		return F.shown(df, value, obj, titles, self.meta)

	@staticmethod
	def exported(df: Any, value: Any) -> Any:
		"""A value for a spreadsheet: numbers stay numbers."""
		if df.fieldtype in F.NUMBERS or df.fieldtype == "Check" or value is None:
			return value
		return str(value)[:19] if isinstance(value, datetime) else str(value)

	@staticmethod
	def _filter_tree_url(request: Request, logic: str, rules: list[Any]) -> str:
		tree = BaseModelView._serialize_filter_string({"logic": logic, "rules": rules}) if rules else None
		return list_url(request, filter=tree, page=None)

	# doing -----------------------------------------------------------------------------------------------

	async def is_action_allowed(self, request: Request, name: str) -> bool:
		"""Whether the list offers this for the chosen rows."""
		if name in ("submit", "cancel"):
			from frappe.model.workflow import get_workflow_name

			return bool(
				self.meta.is_submittable and self.allowed(name) and not get_workflow_name(self.doctype)
			)
		return await super().is_action_allowed(request, name)

	@action(
		name="delete",
		text=lazy_gettext("Delete"),
		confirmation=lazy_gettext("Are you sure you want to delete selected items?"),
		submit_btn_text=lazy_gettext("Yes, delete all"),
		submit_btn_class="action.modal_confirm_button_delete",
	)
	async def delete_action(self, request: Request, selection: ActionSelection) -> None:
		"""Delete the chosen documents."""
		self.each(await selection.pks(), lambda name: frappe.get_doc(self.doctype, name).delete())

	@action(name="submit", text=lazy_gettext("Submit"), confirmation=lazy_gettext("Are you sure?"))
	async def submit_action(self, request: Request, selection: ActionSelection) -> None:
		"""Submit the chosen documents."""
		self.each(await selection.pks(), lambda name: frappe.get_doc(self.doctype, name).submit())

	@action(name="cancel", text=lazy_gettext("Cancel"), confirmation=lazy_gettext("Are you sure?"))
	async def cancel_action(self, request: Request, selection: ActionSelection) -> None:
		"""Cancel the chosen documents."""
		self.each(await selection.pks(), lambda name: frappe.get_doc(self.doctype, name).cancel())

	def each(self, names: list[str], do: Any) -> None:
		"""Do it to each, all or none; the first one that refuses is named."""
		for name in names:
			try:
				do(name)
			except frappe.ValidationError as e:
				raise ActionFailed(f"{name}: {frappe.utils.strip_html(str(e))}") from e
			except frappe.PermissionError as e:
				raise ActionFailed(_("{0}: you are not permitted to do this").format(name)) from e
		frappe.desk.flash(_("Done for {0} documents").format(len(names)), "success")

	async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
		"""Documents are saved by the form, not by the list."""
		raise NotImplementedError

	create = delete = edit


def list_url(request: Request, **changes: Any) -> str:
	"""The list's address with these parameters changed; None takes one away."""
	from urllib.parse import urlencode

	items = [(key, value) for key, value in request.query_params.multi_items() if key not in changes]
	for key, value in changes.items():
		values = value if isinstance(value, list) else [value]
		items += [(key, str(one)) for one in values if one is not None]
	return f"{request.url.path}?{urlencode(items)}"
