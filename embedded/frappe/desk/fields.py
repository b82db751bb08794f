"""DocFields as people see them: how a value is shown, read from a form, and filtered in a list."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from starlette_admin.filters import boolean, enum, generic, numeric, string
from starlette_admin.filters import date as dates
from starlette_admin.filters.base import BaseFilter

import frappe
from frappe import _
from frappe.model.workflow import get_workflow_name
from frappe.permissions import get_permlevel_access

LAYOUT = {"Section Break", "Column Break", "Tab Break", "Fold", "Heading", "HTML", "Button", "Image"}
TABLES = {"Table", "Table MultiSelect"}
NUMBERS = {"Int", "Long Int", "Float", "Currency", "Percent", "Rating", "Duration"}
LONG = {"Text", "Long Text", "Text Editor", "Code", "JSON", "HTML Editor", "Markdown Editor"}
FILES = {"Attach", "Attach Image"}
NOT_LISTED = LAYOUT | TABLES | LONG | FILES | {"Password", "Signature", "Geolocation"}
STYLES = {"Primary": "Blue", "Info": "Light Blue", "Success": "Green", "Warning": "Orange", "Danger": "Red"}
WORDS = {"Workflow State", "Workflow Action Master", "Role", "DocType", "Module Def"}  # translated names
EXAMPLES = {"Date": "2026-01-31", "Time": "09:30", "Datetime": "2026-01-31 09:30"}


def slug(name: str) -> str:
	"""The part of an address that stands for a DocType or workspace."""
	return name.lower().replace(" ", "-")


def form_path(doctype: str, name: str) -> str:
	"""The address of a document's form."""
	return f"/app/{slug(doctype)}/{quote(str(name), safe='')}"


def label_of(df: Any) -> str:
	"""The field's label in the reader's language."""
	return _(df.label, context=df.parent) if df.label else _(df.fieldname.replace("_", " ").title())


def option_text(df: Any, value: str) -> str:
	"""A choice of a field in the reader's language."""
	return _(value, context=df.parent)


def readable(meta: Any) -> dict[str, Any]:
	"""The DocFields that a list, a search or an export may show this user."""
	levels = get_permlevel_access(meta, "read")
	fields = (df for df in meta.fields if df.fieldtype not in NOT_LISTED)
	return {df.fieldname: df for df in fields if df.permlevel in levels}


# showing


def number_text(value: Any, places: int | None = None) -> str:
	"""A number with thousands separators; without `places`, only as many decimals as it has."""
	number = frappe.utils.flt(value)
	return f"{number:,.9f}".rstrip("0").rstrip(".") if places is None else f"{number:,.{places}f}"


def plain(df: Any, value: Any) -> str:
	"""A value as text a person reads, without markup."""
	if df.fieldtype == "Check":
		return _("Yes") if value else _("No")
	if value is None or value == "":
		return ""
	if df.fieldtype in NUMBERS:
		money = int(df.precision) if str(df.precision or "").isdigit() else 2
		places = {"Currency": money, "Int": 0}.get(df.fieldtype)
		return number_text(value, places) + ("%" if df.fieldtype == "Percent" else "")
	if isinstance(value, timedelta):
		return str(value).rjust(8, "0")[:8]
	if df.fieldtype == "Datetime":
		return str(value)[:16]
	in_words = df.fieldtype in ("Select", "Autocomplete") or (
		df.fieldtype == "Link" and has_words(df.options)
	)
	return option_text(df, value) if in_words else str(value)


def title_of(doc: Any) -> str:
	"""What a document is called at the head of its form."""
	df = doc.meta.get_field(doc.meta.title_field or "")
	title = plain(df, doc.get(df.fieldname)) if df else ""
	return title or (_(doc.name) if has_words(doc.doctype) else doc.name)


def has_words(doctype: str) -> bool:
	"""Whether the names of a DocType's documents are shown in the reader's language."""
	return doctype in WORDS or bool(frappe.get_meta(doctype).get("translated_doctype"))


def state_color(meta: Any, df: Any, value: str) -> str | None:
	"""The colour that DocType states or the Workflow State give to a value; None where they give none."""
	for state in meta.get("states") or []:
		if state.title == value:
			return state.color
	if df.options == "Workflow State":
		return STYLES.get(frappe.get_cached_value("Workflow State", value, "style") or "", "Gray")
	return "Gray" if df.fieldname == "status" else None


def state_field(meta: Any) -> Any:
	"""The field that tells a document's state: the workflow's, else `status`."""
	name = get_workflow_name(meta.name)
	fieldname = frappe.get_cached_value("Workflow", name, "workflow_state_field") if name else "status"
	return meta.get_field(fieldname) or meta.get_field("status")


def link_target(df: Any, doc: Any) -> str | None:
	"""The DocType that a Link or Dynamic Link points to; None for other fields."""
	if df.fieldtype == "Dynamic Link":
		return doc.get(df.options)
	return df.options if df.fieldtype == "Link" else None


def link_titles(places: list[tuple[list[Any], list[Any]]]) -> dict[tuple[str, str], str]:
	"""Titles of the documents linked in rows with these fields, where links show titles; one query per DocType."""
	linked: dict[str, set[str]] = {}
	for fields, rows in places:
		for df in fields:
			for row in rows:
				if (target := link_target(df, row)) and row.get(df.fieldname):
					linked.setdefault(target, set()).add(row.get(df.fieldname))
	titles: dict[tuple[str, str], str] = {}
	for doctype, names in linked.items():
		meta = frappe.get_meta(doctype)
		if meta.title_field and meta.show_title_field_in_link:
			asked = {"filters": {"name": ["in", list(names)]}, "fields": ["name", meta.title_field]}
			rows = frappe.get_all(doctype, limit=0, **asked)
			titles |= {(doctype, row.name): row[meta.title_field] for row in rows}
	return titles


def input_text(df: Any, value: Any) -> str:
	"""A value as it stands in an input."""
	if value is None:
		return ""
	if df.fieldtype in (
		"Float",
		"Currency",
		"Percent",
	):  # with all its decimals, an amount with its usual ones
		texts = (number_text(value), plain(df, value).rstrip("%"))
		return max(texts, key=len).replace(",", "")
	if isinstance(value, timedelta):
		return plain(df, value)
	if isinstance(value, datetime):
		return value.strftime("%Y-%m-%d %H:%M:%S")
	return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(value, dict | list) else str(value)


# reading


def parsed(df: Any, raw: Any) -> Any:
	"""A typed-in or imported text as the field's value; an error says in people's words what is wrong."""
	kind, raw = df.fieldtype, str(raw).replace("\r\n", "\n")
	if kind not in LONG:
		raw = raw.strip()
	if kind == "Check":
		return int(raw.lower() in ("1", "yes", "true", "on", "是"))
	if not raw:
		return None
	try:
		if kind in NUMBERS:
			number = float(raw.replace(",", "").rstrip("%"))
			return int(number) if kind in ("Int", "Long Int", "Duration") else number
		if kind in EXAMPLES:
			return parsed_time(kind, raw.translate(str.maketrans("/年月T", "--- ", "日")).split(".")[0])
		if kind == "JSON":
			json.loads(raw)
	except (ValueError, TypeError):
		message = (
			_("{0} is not a date or time; write it like {1}")
			if kind in EXAMPLES
			else _("{0} is not a number")
		)
		message = _("This is not valid JSON") if kind == "JSON" else message
		raise frappe.ValidationError(message.format(raw, EXAMPLES.get(kind))) from None
	if kind == "Select":  # the translated name of an option counts as the option
		return next(
			(one for one in (df.options or "").split("\n") if raw in (one, option_text(df, one))), raw
		)
	return raw


def parsed_time(kind: str, text: str) -> str:
	"""A date, a time or both, as the database keeps it."""
	if kind == "Date":
		return date(*map(int, text.split(" ")[0].split("-"))).isoformat()
	if kind == "Time":
		return datetime.strptime(text + ":00" * (2 - text.count(":")), "%H:%M:%S").strftime("%H:%M:%S")
	return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S")


# filtering

OPERATORS = {
	"eq": ("=", "{}"), "neq": ("!=", "{}"), "gt": (">", "{}"), "lt": ("<", "{}"), "gte": (">=", "{}"),
	"lte": ("<=", "{}"), "contains": ("like", "%{}%"), "not_contains": ("not like", "%{}%"),
	"startswith": ("like", "{}%"), "is_true": ("=", "1"), "is_false": ("=", "0"),
	"is_null": ("is", "not set"), "is_not_null": ("is", "set"),
	"in": ("in", None), "not_in": ("not in", None), "between": ("between", None),
}  # fmt: skip


def usable(kind: str, *modules: Any) -> list[type[BaseFilter]]:
	"""The library's filters for values of a kind, those with an operator of Frappe's."""
	found = [one for module in modules for one in vars(module).values() if hasattr(one, "has_value2")]
	found = [
		one for one in found if getattr(one, "name", "") in OPERATORS and one.data_type in (kind, "none")
	]
	return [type(one.__name__, (one,), {"apply": None}) for one in found]


TEXT = usable("string", string, generic)
FILTERS = dict.fromkeys(NUMBERS, usable("number", numeric)) | {
	"Select": usable("enum", enum, generic),
	"Check": usable("boolean", boolean),
	"Date": usable("date", dates, generic),
	"Datetime": usable("datetime", dates, generic),
	"Time": usable("time", dates, generic),
}
