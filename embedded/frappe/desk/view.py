"""One view for every DocType: what its list shows, finds, counts, exports and does with many rows at once."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.datastructures import QueryParams
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
from frappe.desk import explain, flash
from frappe.desk import fields as F
from frappe.utils import pretty_date

EXTRA = {"name": "ID", "owner": "Created By", "creation": "Created On", "modified": "Last Updated On"}
RESERVED = {"page", "page_size", "sort", "q", "filter", "cols"}
MAX_COLUMNS = 8


def sheet(kind: str, rows: Sequence[Sequence[Any]]) -> bytes:
	"""Rows as CSV that opens as UTF-8, or as XLSX; numbers stay numbers, and no text becomes a formula."""
	cells = [[escape_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
	if kind == "csv":
		text = io.StringIO()
		csv.writer(text).writerows(cells)
		return text.getvalue().encode("utf-8-sig")
	from openpyxl import Workbook

	book, stream = Workbook(write_only=True), io.BytesIO()
	page = book.create_sheet()
	page.freeze_panes = "A2"
	for row in cells:
		page.append(row)
	book.save(stream)
	return stream.getvalue()


class File(BaseExporter):
	"""A list as a file."""

	def __init__(self, extension: str, content_type: str):
		self.extension, self.content_type = extension, content_type

	async def generate(self, fields: list[BaseField], rows: list[dict[str, Any]]) -> bytes:
		"""The file's bytes."""
		cells = [[row.get(f.name) for f in fields] for row in rows]
		return sheet(self.extension, [[f.label for f in fields], *cells])


FILES = {
	"csv": File("csv", "text/csv; charset=utf-8"),
	"xlsx": File("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def may(*ptypes: str) -> Callable:
	"""Whether the user may do all this with documents of the view's type in general."""
	return lambda self, request: all(frappe.has_permission(self.doctype, ptype) for ptype in ptypes)


class DocView(BaseModelView):
	"""A DocType's list, made for one request: labels are in its language, fields those its user may read."""

	pk_attr = "name"
	page_size = 20
	page_size_options: Sequence[int] = (20, 50, 100, 500)
	row_actions: Sequence[str] = ()
	exporters = tuple(FILES.values())
	importers: Sequence[Any] = ()
	is_accessible, can_export, can_delete = may("read"), may("export"), may("delete")

	def __init__(self, doctype: str):
		self.doctype = doctype
		self.meta = frappe.get_meta(doctype)
		self.key = F.slug(doctype)
		self.display_name = self.menu_label = _(doctype)
		self.docfields = F.readable(self.meta) | {name: extra_field(name, doctype) for name in EXTRA}
		self.state = F.state_field(self.meta)
		self.fields = [list_field(df) for df in self.docfields.values()]
		self.columns_by_name = {f.name: f for f in self.fields}
		self.sortable_fields = self.searchable_fields = list(self.docfields)
		sort_field = self.meta.sort_field if self.meta.sort_field in self.docfields else "modified"
		self.fields_default_sort = [(sort_field, (self.meta.sort_order or "DESC").upper() != "ASC")]
		super().__init__()

	def can_create(self, request: Request) -> bool:
		"""Whether the list offers a new document."""
		return not self.meta.get("in_create") and bool(frappe.has_permission(self.doctype, "create"))

	def can_import(self, request: Request) -> bool:
		"""Whether the list offers an import."""
		return bool(self.meta.allow_import) and may("import", "create")(self, request)

	# finding

	def default_columns(self) -> list[str]:
		"""The columns of a list nobody has changed: title, state, `in_list_view`, ID, last change."""
		names = [self.meta.title_field or "name", self.state.fieldname if self.state else None]
		names += [df.fieldname for df in self.meta.fields if df.in_list_view]
		names = [name for name in dict.fromkeys(names) if name in self.docfields][:MAX_COLUMNS]
		return list(dict.fromkeys([*names, "name", "modified"]))

	def _parse_list_params(self, request: Request, query_params: Any = None) -> Any:
		params = super()._parse_list_params(request, query_params)
		params.visible_cols = params.visible_cols or self.default_columns()
		return params

	def asked(self, request: Request) -> dict[str, str]:
		"""The `field=value` filters of the list's address, also where an action brings the address along."""
		carried = request.query_params.get("_list_query")
		query = request.query_params if carried is None else QueryParams(carried.lstrip("?"))
		names = [key for key in query if key in self.docfields and key not in RESERVED]
		return {name: query[name] for name in names if query[name]}

	def quick_fields(self, request: Request) -> list[Any]:
		"""The filters that stand above the list: `in_standard_filter`, and those the address brought along."""
		asked = self.asked(request)
		return [df for name, df in self.docfields.items() if df.get("in_standard_filter") or name in asked]

	def quick_filter(self, name: str, text: str) -> list:
		"""`field=value` or `field=["operator", value]` of the address as a filter."""
		if text.startswith("["):
			try:
				operator, value = json.loads(text)
			except ValueError:
				operator, value = "", {}
			if isinstance(value, dict):
				frappe.throw(_("The filter {0} cannot be read").format(name))
			return [self.doctype, name, str(operator), value]
		df = self.docfields[name]
		if df.fieldtype in ("Data", "Small Text") and name != "owner":
			return [self.doctype, name, "like", f"%{text}%"]
		return [self.doctype, name, "=", F.read(df, text)]

	def built_filter(self, node: Any) -> list:
		"""One rule of the filter builder as a Frappe filter."""
		if not isinstance(node, FilterRule):
			frappe.throw(_("Groups of filters cannot be nested"))
		found = self.get_filter_registry().get_filter(self.columns_by_name[node.field], node.filter)
		return found().apply(FilterApplyContext(self.doctype, node.field, node.value, node.value2))

	def criteria(self, request: Request, q: str | None, group: FilterGroup | None) -> dict[str, list]:
		"""Filters and or-filters: the address's, the filter builder's, and the search box's (ID, title, …)."""
		where = [self.quick_filter(name, text) for name, text in self.asked(request).items()]
		built = [self.built_filter(node) for node in (group.rules if group else [])]
		names = ["name", self.meta.title_field, *(self.meta.search_fields or "").replace(" ", "").split(",")]
		names = [name for name in dict.fromkeys(names) if name in self.docfields]
		search = [[self.doctype, name, "like", f"%{q}%"] for name in names if q]
		if not (group and group.logic == "or"):
			return {"filters": where + built, "or_filters": search}
		if search:
			both = {"filters": where, "or_filters": built}
			found = frappe.get_list(self.doctype, pluck="name", limit_page_length=0, **both)
			return {"filters": [[self.doctype, "name", "in", found or [""]]], "or_filters": search}
		return {"filters": where, "or_filters": built}

	async def find_all(
		self, request: Request, skip: int = 0, limit: int = 100, q: str | None = None,
		sorts: Sequence[tuple[str, str]] | None = None, filters: FilterGroup | None = None,
	) -> Sequence[Any]:  # fmt: skip
		"""The rows of one page, as far as the user may see them."""
		order = ", ".join(f"`tab{self.doctype}`.`{name}` {direction}" for name, direction in sorts or [])
		page = {"order_by": order or "modified desc", "limit_start": skip, "limit_page_length": max(limit, 0)}
		criteria = self.criteria(request, q, filters)
		return frappe.get_list(self.doctype, fields=self.columns(request), **page, **criteria)

	async def count(self, request: Request, q: str | None = None, filters: FilterGroup | None = None) -> int:
		"""How many documents the user may see under these filters."""
		return count(self.doctype, **self.criteria(request, q, filters))

	async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Any]:
		"""The chosen rows, as far as the user may see them."""
		where = {"name": ["in", pks]}
		return frappe.get_list(self.doctype, fields=self.columns(request), filters=where, limit_page_length=0)

	async def find_by_pk(self, request: Request, pk: Any) -> Any:
		"""One row, if the user may see it."""
		return next(iter(await self.find_by_pks(request, [pk])), None)

	async def get_pk_value(self, request: Request, obj: Any) -> Any:
		"""The document's name."""
		return obj["name"]

	def columns(self, request: Request) -> list[str]:
		"""The columns to read: all for an export, the visible ones (and what they need) for the list."""
		if request.state.action != "LIST":
			return list(self.docfields)
		visible = self._parse_list_params(request).visible_cols
		needed = ["name", "docstatus", "modified", self.state.fieldname if self.state else "name", *visible]
		needed += [df.options for df in map(self.docfields.get, visible) if df.fieldtype == "Dynamic Link"]
		return [name for name in dict.fromkeys(needed) if name in self.docfields or name == "docstatus"]

	# showing and doing

	async def serialize(self, obj: Any, request: Request, *args: Any, **kwargs: Any) -> dict[str, Any]:
		"""A row as markup for the list, as plain values for an export."""
		if request.state.action != "LIST":
			return {name: exported(df, obj.get(name)) for name, df in self.docfields.items()}
		row = {"name": obj.name, "_indicator": F.indicator(self.meta, obj)}
		for name, df in self.docfields.items():
			if name == "modified":
				when = Markup('<span class="muted" title="{}">{}</span>')
				row[name] = when.format(str(obj.modified)[:19], pretty_date(obj.modified))
			elif name in obj:
				row.setdefault(name, F.shown(df, obj[name], obj, request.state.titles, self.meta))
		return row

	@staticmethod
	def _filter_tree_url(request: Request, logic: str, rules: list[Any]) -> str:
		tree = BaseModelView._serialize_filter_string({"logic": logic, "rules": rules}) if rules else None
		return list_url(request, filter=tree, page=None)

	@action(
		name="delete", text=lazy_gettext("Delete"), submit_btn_text=lazy_gettext("Yes, delete all"),
		confirmation=lazy_gettext("Are you sure you want to delete selected items?"),
		submit_btn_class="action.modal_confirm_button_delete",
	)  # fmt: skip
	async def delete_action(self, request: Request, selection: ActionSelection) -> None:
		"""Delete the chosen documents, all or none; the first one that refuses is named."""
		names = await selection.pks()
		for name in names:
			try:
				frappe.get_doc(self.doctype, name).delete()
			except (frappe.ValidationError, frappe.PermissionError) as e:
				raise ActionFailed(f"{name}: {explain(e)}") from e
		flash(_("Done for {0} documents").format(len(names)), "success")

	async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
		"""Documents are saved by the form, not by the list."""
		raise NotImplementedError

	create = delete = edit


def extra_field(fieldname: str, doctype: str) -> Any:
	"""A DocField for a column that every document has."""
	kind = "Datetime" if fieldname in ("creation", "modified") else "Data"
	return frappe._dict(fieldname=fieldname, label=EXTRA[fieldname], fieldtype=kind, parent=doctype)


def list_field(df: Any) -> BaseField:
	"""A DocField as a column of the library's list, filter builder and export."""
	label, filters = F.label_of(df), F.FILTERS.get(df.fieldtype, F.TEXT)
	if df.fieldtype == "Select" and df.options:
		choices = [(value, F.option_text(df, value)) for value in df.options.split("\n") if value]
		return EnumField(df.fieldname, label, choices=choices, filters=F.CHOICE)
	return StringField(df.fieldname, label, filters=filters)


def exported(df: Any, value: Any) -> Any:
	"""A value for a spreadsheet: numbers stay numbers."""
	return value if df.fieldtype in F.NUMBERS | {"Check"} else F.input_text(df, value)[:32000]


def count(doctype: str, filters: Any = None, or_filters: Any = None) -> int:
	"""How many documents the user may see under these filters."""
	where = {"filters": filters, "or_filters": or_filters, "order_by": "", "limit_page_length": 0}
	rows = frappe.get_list(doctype, fields=["count(*) as n"], **where)
	return int(rows[0].n) if rows else 0


def list_url(request: Request, **changes: Any) -> str:
	"""The list's address with these parameters changed; None takes one away."""
	items = [(key, value) for key, value in request.query_params.multi_items() if key not in changes]
	for key, value in changes.items():
		values = value if isinstance(value, list) else [value]
		items += [(key, str(one)) for one in values if one is not None]
	return f"{request.url.path}?{urlencode(items)}"
