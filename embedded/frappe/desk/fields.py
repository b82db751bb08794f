"""DocFields as people see them: how a value is shown, read from a form, and filtered in a list."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup, escape
from starlette_admin.filters import boolean, enum, generic, numeric, string
from starlette_admin.filters import date as dates
from starlette_admin.filters.base import BaseFilter, FilterApplyContext

import frappe
from frappe import _

LAYOUT = {"Section Break", "Column Break", "Tab Break", "Fold", "Heading", "HTML", "Button", "Image"}
TABLES = {"Table", "Table MultiSelect"}
NUMBERS = {"Int", "Float", "Currency", "Percent", "Long Int", "Rating", "Duration"}
LONG = {"Small Text", "Text", "Long Text", "Text Editor", "Code", "JSON", "HTML Editor", "Markdown Editor"}
NOT_LISTED = (
	LAYOUT
	| TABLES
	| {"Password", "Signature", "Geolocation", "Attach", "Attach Image"}
	| (LONG - {"Small Text"})
)
COLORS = {"Blue", "Cyan", "Gray", "Green", "Light Blue", "Orange", "Pink", "Purple", "Red", "Yellow"}
STYLES = {"Primary": "Blue", "Info": "Light Blue", "Success": "Green", "Warning": "Orange", "Danger": "Red"}

DocField = Any


def slug(doctype: str) -> str:
	"""The part of an address that stands for a DocType or workspace."""
	return doctype.lower().replace(" ", "-")


def form_path(doctype: str, name: str) -> str:
	"""The address of a document's form."""
	from urllib.parse import quote

	return f"/app/{slug(doctype)}/{quote(str(name), safe='')}"


def label_of(df: DocField) -> str:
	"""The field's label in the reader's language."""
	return _(df.label or "", context=df.parent) if df.label else _(df.fieldname.replace("_", " ").title())


# showing -----------------------------------------------------------------------------------------------


def number_text(value: Any, decimals: int | None = None) -> str:
	"""A number with thousands separators; without `decimals`, only as many places as it has."""
	value = float(value or 0)
	if decimals is not None:
		return f"{value:,.{decimals}f}"
	text = f"{value:,.9f}".rstrip("0").rstrip(".")
	return text or "0"


def precision_of(df: DocField, default: int) -> int:
	"""Decimal places the DocField asks for."""
	return int(df.precision) if str(df.precision or "").isdigit() else default


def plain(df: DocField, value: Any) -> Any:
	"""A value as text a person reads, without markup."""
	kind = df.fieldtype
	if kind == "Check":
		return _("Yes") if value else _("No")
	if value is None or value == "":
		return ""
	if kind == "Currency":
		return number_text(value, precision_of(df, 2))
	if kind in ("Float", "Percent"):
		return number_text(value) + ("%" if kind == "Percent" else "")
	if kind in ("Int", "Long Int"):
		return number_text(value, 0)
	if kind == "Duration":
		return str(timedelta(seconds=int(value)))
	if isinstance(value, timedelta):
		return str(value).rjust(8, "0")[:8]
	if isinstance(value, datetime) or kind == "Datetime":
		return str(value)[:16]
	if kind in ("Select", "Link") and isinstance(value, str) and (kind == "Select" or translated(df)):
		return _(value)
	return str(value)


def translated(df: DocField) -> bool:
	"""Whether names of the linked DocType are words of the product (states, roles), not data."""
	return df.options in ("Workflow State", "Workflow Action Master", "Role", "DocType", "Module Def")


def pill(text: str, color: str) -> Markup:
	"""A coloured state indicator."""
	return Markup('<span class="pill pill-{}">{}</span>').format(slug(color or "Gray"), text)


def state_color(meta: Any, df: DocField, value: str) -> str | None:
	"""The colour DocType states or the Workflow State give to a value; None where they give none."""
	for state in meta.get("states") or []:
		if state.title == value:
			return state.color
	if df.fieldtype == "Link" and df.options == "Workflow State":
		style = frappe.get_cached_value("Workflow State", value, "style")
		return STYLES.get(style or "", "Gray")
	return "Gray" if df.fieldname == "status" else None


def state_field(meta: Any) -> DocField | None:
	"""The field that tells a document's state: the workflow's, else `status`."""
	from frappe.model.workflow import get_workflow_name

	name = get_workflow_name(meta.name)
	fieldname = frappe.get_cached_value("Workflow", name, "workflow_state_field") if name else "status"
	return meta.get_field(fieldname) or meta.get_field("status")


def indicator(meta: Any, doc: Any) -> Markup:
	"""The document's state as a coloured indicator; empty where it has none."""
	df = state_field(meta)
	value = doc.get(df.fieldname) if df else None
	if value:
		return pill(_(value), state_color(meta, df, value) or "Gray")
	if meta.is_submittable:
		title, color = [("Draft", "Orange"), ("Submitted", "Blue"), ("Cancelled", "Red")][
			int(doc.docstatus or 0)
		]
		return pill(_(title), color)
	return Markup("")


def shown(df: DocField, value: Any, doc: Any = None, titles: dict | None = None, meta: Any = None) -> Markup:
	"""A value as markup: links lead somewhere, states are coloured, everything typed in is escaped."""
	kind = df.fieldtype
	if kind == "Check":
		return (
			Markup('<i class="fa-solid fa-check text-ok" title="{}"></i>').format(_("Yes"))
			if value
			else Markup("")
		)
	if value is None or value == "":
		return Markup("")
	text = plain(df, value)
	if kind in ("Link", "Select") and meta is not None and (color := state_color(meta, df, value)):
		return pill(text, color)
	if kind in ("Link", "Dynamic Link"):
		target = df.options if kind == "Link" else (doc or {}).get(df.options)
		text = (titles or {}).get((target, value)) or text
		if target and frappe.has_permission(target, "read"):
			return Markup('<a class="ref" href="{}">{}</a>').format(form_path(target, value), text)
	if kind in ("Attach", "Attach Image"):
		return Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(
			safe_file(value), value.rsplit("/", 1)[-1]
		)
	if kind in ("Text Editor", "HTML Editor"):
		return Markup(frappe.utils.sanitize_html(value))
	if kind == "Color":
		return Markup('<span class="swatch" style="background:{}"></span> {}').format(value, text)
	if kind in NUMBERS:
		return Markup('<span class="num{}">{}</span>').format(" neg" if float(value or 0) < 0 else "", text)
	return escape(text)


def safe_file(url: str) -> str:
	"""A file's address, only when it is a path of this site or plain http(s)."""
	return url if str(url).startswith(("/files/", "/private/files/", "http://", "https://")) else "#"


def link_titles(pairs: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
	"""Titles of linked documents whose DocType shows its title in links: one query per DocType."""
	titles: dict[tuple[str, str], str] = {}
	for doctype in {target for target, value in pairs if target and value}:
		meta = frappe.get_meta(doctype)
		if not (meta.title_field and meta.show_title_field_in_link):
			continue
		names = [value for target, value in pairs if target == doctype and value]
		rows = frappe.get_all(doctype, filters={"name": ["in", names]}, fields=["name", meta.title_field])
		titles.update({(doctype, row.name): row[meta.title_field] for row in rows})
	return titles


def linked_pairs(fields: list[DocField], rows: list[Any]) -> set[tuple[str, str]]:
	"""(DocType, name) of every link in these rows."""
	links = [df for df in fields if df.fieldtype in ("Link", "Dynamic Link")]
	return {
		(df.options if df.fieldtype == "Link" else row.get(df.options), row.get(df.fieldname))
		for row in rows
		for df in links
		if row.get(df.fieldname)
	}


def input_text(df: DocField, value: Any) -> str:
	"""A value as it stands in an input."""
	if value is None:
		return ""
	if df.fieldtype in ("Float", "Currency", "Percent"):
		text = f"{float(value):.9f}".rstrip("0").rstrip(".")
		places = precision_of(df, 2) if df.fieldtype == "Currency" else 0
		return f"{float(value):.{places}f}" if len(text.partition(".")[2]) < places else text
	if isinstance(value, timedelta):
		return str(value).rjust(8, "0")[:8]
	if isinstance(value, datetime):
		return value.strftime("%Y-%m-%d %H:%M:%S")
	if isinstance(value, dict | list):
		return json.dumps(value, ensure_ascii=False, indent=1)
	return str(value)


# reading -----------------------------------------------------------------------------------------------


def parsed(df: DocField, raw: str) -> Any:
	"""A typed-in or imported text as the field's value; ValueError says in people's words what is wrong."""
	raw = str(raw).strip() if df.fieldtype not in LONG else str(raw).replace("\r\n", "\n")
	kind = df.fieldtype
	if kind == "Check":
		return int(raw.lower() in ("1", "yes", "true", "on", "是", _("Yes").lower()))
	if not raw:
		return None
	if kind in ("Int", "Long Int", "Rating", "Duration", "Float", "Currency", "Percent"):
		try:
			number = float(raw.replace(",", "").rstrip("%"))
		except ValueError:
			raise ValueError(_("{0} is not a number").format(raw)) from None
		return number if kind in ("Float", "Currency", "Percent", "Rating") else int(number)
	if kind in ("Date", "Datetime", "Time"):
		return parsed_time(kind, raw)
	if kind == "JSON":
		try:
			json.loads(raw)
		except ValueError:
			raise ValueError(_("This is not valid JSON")) from None
	return raw


def parsed_time(kind: str, raw: str) -> str:
	"""A date, time or both, in the form the database keeps."""
	text = raw.replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "").replace("T", " ")
	try:
		if kind == "Date":
			return date(*(int(part) for part in text.split(" ")[0].split("-"))).isoformat()
		if kind == "Time":
			return datetime.strptime(text.split(".")[0] + ":00" * (2 - text.count(":")), "%H:%M:%S").strftime(
				"%H:%M:%S"
			)
		return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S")
	except (ValueError, TypeError):
		example = {"Date": "2026-01-31", "Time": "09:30", "Datetime": "2026-01-31 09:30"}[kind]
		raise ValueError(_("{0} is not a date or time; write it like {1}").format(raw, example)) from None


# filtering ---------------------------------------------------------------------------------------------


def condition(base: type[BaseFilter], operator: str, pattern: str = "") -> type[BaseFilter]:
	"""One choice of the filter builder: the library's wording and parsing, Frappe's operator."""

	def apply(self: BaseFilter, ctx: FilterApplyContext) -> list:
		value = pattern.format(ctx.value) if pattern else ctx.value
		if ctx.value2 is not None:
			value = [ctx.value, ctx.value2]
		return [ctx.query, ctx.field_name, operator, str(value) if isinstance(value, date) else value]

	return type(base.__name__, (base,), {"apply": apply})


UNSET = [condition(generic.IsNullFilter, "is", "not set"), condition(generic.IsNotNullFilter, "is", "set")]
TEXT_FILTERS = [
	condition(string.ContainsFilter, "like", "%{}%"),
	condition(string.NotContainsFilter, "not like", "%{}%"),
	condition(generic.EqualFilter, "="),
	condition(generic.NotEqualFilter, "!="),
	condition(string.StartsWithFilter, "like", "{}%"),
	*UNSET,
]
CHOICE_FILTERS = [condition(enum.InFilter, "in"), condition(enum.NotInFilter, "not in"), *UNSET]
NUMBER_FILTERS = [
	condition(numeric.EqualFilter, "="),
	condition(numeric.NotEqualFilter, "!="),
	condition(numeric.GreaterThanFilter, ">"),
	condition(numeric.LessThanFilter, "<"),
	condition(numeric.GreaterThanOrEqualFilter, ">="),
	condition(numeric.LessThanOrEqualFilter, "<="),
	condition(numeric.BetweenFilter, "between"),
]
CHECK_FILTERS = [condition(boolean.IsTrueFilter, "=", "1"), condition(boolean.IsFalseFilter, "=", "0")]
DATE_FILTERS = {
	"Date": [condition(dates.DateEqualFilter, "="), condition(dates.DateBetweenFilter, "between"), *UNSET],
	"Datetime": [condition(dates.DateTimeBetweenFilter, "between"), *UNSET],
	"Time": [condition(dates.TimeBetweenFilter, "between"), *UNSET],
}
