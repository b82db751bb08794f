"""One view for every DocType: what its list shows, finds, counts, exports and does with many rows at once."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette_admin.exceptions import ActionFailed
from starlette_admin.export.base import BaseExporter
from starlette_admin.export.helpers import escape_formula
from starlette_admin.fields import BaseField, EnumField, StringField
from starlette_admin.filters.base import FilterGroup, FilterRule
from starlette_admin.views import BaseModelView

import frappe
from frappe import _
from frappe.desk import explain
from frappe.desk import fields as F

EXTRA = {
	"name": ("ID", "Data"), "owner": ("Created By", "Data"), "creation": ("Created On", "Datetime"),
	"modified": ("Last Updated On", "Datetime"),
}  # fmt: skip
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


class SheetExporter(BaseExporter):
	"""A list as a file."""

	def __init__(self, extension: str):
		self.extension = extension

	async def generate(self, fields: list[BaseField], rows: list[dict[str, Any]]) -> bytes:
		"""The file's bytes."""
		cells = [[row.get(f.name) for f in fields] for row in rows]
		return sheet(self.extension, [[f.label for f in fields], *cells])


def may(*ptypes: str) -> Callable:
	"""Whether the user may do all this with documents of the view's type in general."""
	return lambda self, request: all(frappe.has_permission(self.doctype, ptype) for ptype in ptypes)


class DocView(BaseModelView):
	"""A DocType's list, made for one request: labels are in its language, fields those its user may read."""

	pk_attr = "name"
	page_size = 20
	page_size_options: Sequence[int] = (20, 50, 100, 500)
	row_actions: Sequence[str] = ()
	exporters: Sequence[Any] = (SheetExporter("csv"), SheetExporter("xlsx"))
	importers: Sequence[Any] = ()
	is_accessible, can_export, can_delete = may("read"), may("export"), may("delete")
	create = edit = None  # documents are saved by the form, not by the list

	def __init__(self, doctype: str):
		self.doctype, self.key, self.meta = doctype, F.slug(doctype), frappe.get_meta(doctype)
		self.display_name = self.menu_label = _(doctype)
		self.docfields = F.readable(self.meta)
		for name, (label, kind) in EXTRA.items():
			self.docfields[name] = frappe._dict(fieldname=name, label=label, fieldtype=kind, parent=doctype)
		self.columns = [*self.docfields, "docstatus"]
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

	def known(self, names: Sequence[str | None]) -> list[str]:
		"""Those names that are fields the user may read, each once."""
		return [name for name in dict.fromkeys(names) if name in self.docfields]

	def search_names(self) -> list[str]:
		"""The fields a search looks into."""
		fields = (self.meta.search_fields or "").replace(" ", "").split(",")
		return self.known(["name", self.meta.title_field, *fields])

	def _parse_list_params(self, request: Request, query_params: Any = None) -> Any:
		# columns of a list nobody has changed: title, state, `in_list_view`, ID, last change
		params = super()._parse_list_params(request, query_params)
		names = [self.meta.title_field or "name", self.state.fieldname if self.state else None]
		names += [df.fieldname for df in self.meta.fields if df.in_list_view]
		names = [*self.known(names)[:MAX_COLUMNS], "name", "modified"]
		params.visible_cols = params.visible_cols or self.known(names)
		return params

	def asked(self, request: Request) -> dict[str, str]:
		"""The `field=value` filters of the list's address, also where an action brings the address along."""
		carried = request.query_params.get("_list_query")
		query = request.query_params if carried is None else QueryParams(carried.lstrip("?"))
		return {name: query[name] for name in self.known(list(query)) if query[name]}

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
		return [self.doctype, name, "=", F.parsed(df, text)]

	def built_filter(self, node: Any) -> list:
		"""One rule of the filter builder as a Frappe filter."""
		if not isinstance(node, FilterRule):
			frappe.throw(_("Groups of filters cannot be nested"))
		operator, pattern = F.OPERATORS[node.filter]
		value = node.value if node.value2 is None else [node.value, node.value2]
		return [self.doctype, node.field, operator, pattern.format(value) if pattern else value]

	def criteria(self, request: Request, q: str | None, group: FilterGroup | None) -> dict[str, list]:
		"""Filters and or-filters: the address's, the filter builder's, and the search box's (ID, title, …)."""
		where = [self.quick_filter(name, text) for name, text in self.asked(request).items()]
		built = [self.built_filter(node) for node in (group.rules if group else [])]
		search = [[self.doctype, name, "like", f"%{q}%"] for name in self.search_names() if q]
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
		return frappe.get_list(
			self.doctype, fields=self.columns, **page, **self.criteria(request, q, filters)
		)

	async def count(self, request: Request, q: str | None = None, filters: FilterGroup | None = None) -> int:
		"""How many documents the user may see under these filters."""
		return int(figure(self.doctype, **self.criteria(request, q, filters)))

	async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Any]:
		"""The chosen rows, as far as the user may see them."""
		return frappe.get_list(self.doctype, {"name": ["in", pks]}, self.columns, limit_page_length=0)

	async def find_by_pk(self, request: Request, pk: Any) -> Any:
		"""One row, if the user may see it."""
		return next(iter(await self.find_by_pks(request, [pk])), None)

	def offered(self, text: str) -> list[dict[str, str]]:
		"""What a Link can point to, found by ID, title and search fields."""
		flags = [("disabled", 0), ("enabled", 1)]
		where = [[self.doctype, flag, "=", value] for flag, value in flags if self.meta.has_field(flag)]
		names, found = self.search_names(), []
		search = [[self.doctype, name, "like", f"%{text}%"] for name in names if text]
		page = {"order_by": "modified desc", "limit_page_length": 20}
		for row in frappe.get_list(self.doctype, fields=names, filters=where, or_filters=search, **page):
			title = row.get(self.meta.title_field) if self.meta.show_title_field_in_link else None
			title = title or (_(row.name) if F.has_words(self.doctype) else row.name)
			hints = dict.fromkeys(str(row[name]) for name in names if row[name] and row[name] != title)
			found.append({"id": row.name, "text": title, "hint": ", ".join(hints)[:120]})
		return found

	# showing and doing

	async def serialize(self, obj: Any, request: Request, *args: Any, **kwargs: Any) -> dict[str, Any]:
		"""A row of an export: numbers stay numbers."""
		raw = F.NUMBERS | {"Check"}
		values = ((df, obj.get(name)) for name, df in self.docfields.items())
		return {df.fieldname: v if df.fieldtype in raw else F.input_text(df, v)[:32000] for df, v in values}

	async def delete(self, request: Request, pks: list[Any]) -> int:
		"""Delete the chosen documents, all or none; the first one that refuses is named."""
		for name in pks:
			try:
				frappe.get_doc(self.doctype, name).delete()
			except (frappe.ValidationError, frappe.PermissionError) as e:
				raise ActionFailed(f"{name}: {explain(e)}") from e
		return len(pks)


def list_field(df: Any) -> BaseField:
	"""A DocField as a column of the library's list, filter builder and export."""
	label, filters = F.label_of(df), F.FILTERS.get(df.fieldtype, F.TEXT)
	if df.fieldtype == "Select":
		choices = [(value, F.option_text(df, value)) for value in (df.options or "").split("\n") if value]
		return EnumField(df.fieldname, label, choices=choices, filters=filters)
	return StringField(df.fieldname, label, filters=filters)


def figure(doctype: str, filters: Any = None, or_filters: Any = None, what: str = "count(*)") -> float:
	"""How many documents the user may see under these filters, or another figure over them."""
	where = {"filters": filters, "or_filters": or_filters, "order_by": "", "limit_page_length": 0}
	rows = frappe.get_list(doctype, fields=[f"{what} as n"], **where)
	return float(rows[0].n or 0) if rows else 0.0
