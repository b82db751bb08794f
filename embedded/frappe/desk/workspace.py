"""Workspaces: the desk's sidebar, its home pages, and the figures and charts on them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.utils import add_days, add_months, get_first_day, getdate, nowdate

ICONS = {
	"sell": "cart-shopping", "stock": "boxes-stacked", "accounting": "coins", "money-coins-1": "coins", "users": "users",
	"customer": "users", "crm": "address-book", "setting": "gear", "setting-gear": "gear", "settings": "gear",
	"tool": "screwdriver-wrench", "website": "globe", "truck": "truck", "delivery": "truck", "support": "headset",
	"quality": "clipboard-check", "list": "list", "calendar": "calendar", "clock": "clock", "file": "file-lines",
	"integration": "plug", "folder-normal": "folder", "projects": "diagram-project", "assets": "warehouse",
	"retail": "store", "income": "money-bill-trend-up", "expenses": "receipt", "hr": "id-card", "chart": "chart-line",
	"reports": "chart-column", "organization": "building", "home": "house", "tag": "tag", "review": "list-check",
}  # fmt: skip
FUNCTIONS = {"Count": "count", "Sum": "sum", "Average": "avg", "Minimum": "min", "Maximum": "max"}
STEPS = {"Daily": 1, "Weekly": 7, "Monthly": 31, "Quarterly": 92, "Yearly": 366}
SPANS = {"Last Year": 12, "Last Quarter": 3, "Last Month": 1}
TODAY = {"frappe.datetime.get_today()": nowdate, "frappe.datetime.nowdate()": nowdate, "frappe.session.user": lambda: frappe.session.user}  # fmt: skip


def icon_class(name: str | None) -> str:
	"""The icon that stands for one of Frappe's icon names."""
	return "fa-solid fa-" + ICONS.get(name or "", "folder")


# which -------------------------------------------------------------------------------------------------


def visible_workspaces() -> list[Any]:
	"""The workspaces this user may open, in order."""
	rows = frappe.get_all(
		"Workspace",
		fields=[
			"name",
			"title",
			"icon",
			"module",
			"public",
			"for_user",
			"parent_page",
			"is_hidden",
			"sequence_id",
		],
		order_by="sequence_id, name",
		limit=0,
	)
	user, roles = frappe.session.user, set(frappe.get_roles())
	wanted: dict[str, set[str]] = {}
	for row in frappe.get_all(
		"Has Role", filters={"parenttype": "Workspace"}, fields=["parent", "role"], limit=0
	):
		wanted.setdefault(row.parent, set()).add(row.role)
	found = []
	for row in rows:
		asked = wanted.get(row.name)
		open_to_role = user == "Administrator" or (
			bool(asked & roles) if asked else module_is_open(row.module)
		)
		if not row.is_hidden and ((row.public and open_to_role) or row.for_user == user):
			found.append(row)
	return found


def module_is_open(module: str | None) -> bool:
	"""Whether the user may read anything of a module."""
	if not module:
		return True
	names = frappe.get_all("DocType", filters={"module": module, "istable": 0}, pluck="name", limit=0)
	return not names or any(frappe.has_permission(name, "read") for name in names)


def sidebar(here: str | None = None, module: str | None = None) -> list[dict]:
	"""The workspaces for the side of every page; the one the page belongs to is unfolded."""
	rows = visible_workspaces()
	active = next((row.name for row in rows if row.name == here), None)
	active = active or next((row.name for row in rows if module and row.module == module), None)
	entries = []
	for row in rows:
		entries.append({
			"label": _(row.title or row.name),
			"icon": icon_class(row.icon),
			"href": f"/app/{F.slug(row.name)}",
			"active": row.name == active,
			"child": bool(row.parent_page),
			"links": sidebar_links(row.name) if row.name == active else [],
		})  # fmt: skip
	return entries


def sidebar_links(workspace: str) -> list[dict]:
	"""The lists and reports of an unfolded workspace."""
	links = []
	for row in frappe.get_cached_doc("Workspace", workspace).links:
		if row.type == "Link" and not row.hidden and (target := link_target(row.link_type, row.link_to)):
			links.append({"label": _(row.label or row.link_to), "href": target})
	return links


def link_target(kind: str, name: str) -> str | None:
	"""The address of a DocType's list, a report or a page, if the user may open it."""
	if kind == "DocType":
		known = frappe.db.exists("DocType", name) and frappe.has_permission(name, "read")
		return f"/app/{F.slug(name)}" if known else None
	if kind == "Report":
		from frappe.desk.report import may_open

		return f"/app/query-report/{name}" if may_open(name) else None
	return f"/{name.lstrip('/')}" if kind == "Page" else None


# one page ----------------------------------------------------------------------------------------------


def page(name: str) -> list[dict]:
	"""The blocks of a workspace, with their figures; what the user may not see is left out."""
	doc = frappe.get_cached_doc("Workspace", name)
	blocks = []
	for block in json.loads(doc.content or "[]"):
		make = BLOCKS.get(block.get("type"))
		made = make(doc, block.get("data") or {}) if make else None
		if made:
			width = int((block.get("data") or {}).get("col") or 12)
			blocks.append({"type": block["type"], "col": width, **made})
	return blocks


def text_block(doc: Any, data: dict) -> dict:
	"""A heading or a paragraph."""
	return {"text": _(frappe.utils.strip_html(data.get("text") or "").strip())}


def shortcut_block(doc: Any, data: dict) -> dict | None:
	"""A shortcut with, where it has a filter, a count."""
	row = next((row for row in doc.shortcuts if row.label == data.get("shortcut_name")), None)
	if not row:
		return None
	href = row.url if row.type == "URL" else link_target(row.type, row.link_to)
	if not href:
		return None
	count = None
	if row.type == "DocType":
		filters = filter_rows(row.link_to, row.stats_filter)
		if row.doc_view == "New":
			href += "/new"
		elif filters:
			count = aggregate(row.link_to, "count", None, filters)
			href += filter_query(filters)
	badge = _(row.format or "{}").replace("{}", F.number_text(count, 0)).strip() if count is not None else ""
	return {"label": _(row.label), "href": href, "badge": badge, "count": count, "color": row.color or ""}


def card_block(doc: Any, data: dict) -> dict | None:
	"""A card of links."""
	links, inside = [], False
	for row in doc.links:
		if row.type == "Card Break":
			inside = row.label == data.get("card_name")
		elif inside and not row.hidden and (href := link_target(row.link_type, row.link_to)):
			links.append(
				{"label": _(row.label or row.link_to), "href": href, "report": row.link_type == "Report"}
			)
	return {"label": _(data.get("card_name") or ""), "links": links} if links else None


def number_block(doc: Any, data: dict) -> dict | None:
	"""A number card."""
	row = next(
		(
			row
			for row in doc.number_cards
			if data.get("number_card_name") in (row.label, row.number_card_name)
		),
		None,
	)
	name = row.number_card_name if row else data.get("number_card_name")
	if not name or not frappe.db.exists("Number Card", name):
		return None
	return number_card(frappe.get_cached_doc("Number Card", name))


def number_card(card: Any) -> dict | None:
	"""The figure of a number card, over what the user may see."""
	label = _(card.label or card.name)
	if card.type == "Custom":
		method = frappe.get_attr(card.method)
		frappe.is_whitelisted(method)
		result = frappe.call(method, filters=frappe.parse_json(card.filters_json or "[]"))
		value, href = (
			(result.get("value"), result.get("route")) if isinstance(result, dict) else (result, None)
		)
		target = "/app/" + "/".join(href) if isinstance(href, list) else None
		return {"label": label, "value": F.number_text(value or 0), "href": target, "color": card.color or ""}
	if (
		card.type == "Report"
		or not card.document_type
		or not frappe.has_permission(card.document_type, "read")
	):
		return None
	filters = filter_rows(card.document_type, card.filters_json, card.dynamic_filters_json)
	column = card.aggregate_function_based_on
	value = aggregate(card.document_type, FUNCTIONS[card.function or "Count"], column, filters)
	df = frappe.get_meta(card.document_type).get_field(column) if column else None
	money = df is not None and df.fieldtype == "Currency"
	text = F.number_text(value, 2 if money else 0 if card.function in (None, "", "Count") else None)
	href = f"/app/{F.slug(card.document_type)}{filter_query(filters)}"
	return {"label": label, "value": text, "href": href, "color": card.color or ""}


def aggregate(doctype: str, function: str, column: str | None, filters: list) -> float:
	"""A count, sum, average … over the documents the user may see."""
	what = "count(*)" if function == "count" else f"{function}(`{checked_column(doctype, column)}`)"
	rows = frappe.get_list(
		doctype, filters=filters, fields=[f"{what} as n"], order_by="", limit_page_length=0
	)
	return float(rows[0].n or 0) if rows else 0.0


def checked_column(doctype: str, column: str | None) -> str:
	"""The column, if the DocType has it and the user may read it."""
	from frappe.desk.view import DocView

	if column not in DocView(doctype).docfields:
		frappe.throw(_("{0} has no field {1}").format(_(doctype), column))
	return str(column)


def filter_rows(doctype: str, *texts: str | None) -> list[list]:
	"""Filters as workspaces keep them: JSON rows or a JSON object; values of the day are filled in."""
	rows: list[list] = []
	for text in texts:
		found = frappe.parse_json(text) if text and text.strip() not in ("null", "{}", "[]") else []
		if isinstance(found, dict):
			found = [
				[doctype, key, *(value if isinstance(value, list) else ["=", value])]
				for key, value in found.items()
			]
		for row in found or []:
			value = TODAY[row[3]]() if isinstance(row[3], str) and row[3] in TODAY else row[3]
			rows.append([row[0], row[1], row[2], value])
	return rows


def filter_query(filters: list[list]) -> str:
	"""The list's address for these filters."""
	from urllib.parse import urlencode

	query = {
		row[1]: row[3] if row[2] == "=" else json.dumps([row[2], row[3]], ensure_ascii=False)
		for row in filters
	}
	return "?" + urlencode(query) if query else ""


def quick_list_block(doc: Any, data: dict) -> dict | None:
	"""The newest documents of a kind."""
	row = next((row for row in doc.quick_lists if row.label == data.get("quick_list_name")), None)
	if not row or not frappe.has_permission(row.document_type, "read"):
		return None
	meta = frappe.get_meta(row.document_type)
	filters = filter_rows(row.document_type, row.quick_list_filter)
	state = F.state_field(meta)
	names = dict.fromkeys(
		["name", "docstatus", "modified", meta.title_field, state.fieldname if state else None]
	)
	found = frappe.get_list(
		row.document_type,
		filters=filters,
		fields=[name for name in names if name],
		order_by="modified desc",
		limit_page_length=5,
	)
	items = [
		{
			"title": item.get(meta.title_field or "name") or item.name,
			"name": item.name,
			"href": F.form_path(row.document_type, item.name),
			"state": F.indicator(meta, item),
		}
		for item in found
	]
	href = f"/app/{F.slug(row.document_type)}{filter_query(filters)}"
	return {"label": _(row.label or row.document_type), "items": items, "href": href}


# charts ------------------------------------------------------------------------------------------------


def chart_block(doc: Any, data: dict) -> dict | None:
	"""A chart."""
	row = next((row for row in doc.charts if data.get("chart_name") in (row.label, row.chart_name)), None)
	name = row.chart_name if row else data.get("chart_name")
	if not name or not frappe.db.exists("Dashboard Chart", name):
		return None
	chart = frappe.get_cached_doc("Dashboard Chart", name)
	made = chart_data(chart)
	if made is None:
		return None
	kind = (chart.type or "Bar").lower()
	return {
		"label": _(chart.chart_name or chart.name),
		"kind": kind,
		"color": chart.color or "",
		"chart": made,
	}


def chart_data(chart: Any) -> dict | None:
	"""Labels and values of a chart, over what the user may see; None for kinds the desk does not draw."""
	if chart.chart_type in ("Custom", "Report") or not frappe.has_permission(chart.document_type, "read"):
		return None
	filters = filter_rows(chart.document_type, chart.filters_json, chart.dynamic_filters_json)
	if chart.chart_type == "Group By":
		return grouped(chart, filters)
	return over_time(chart, filters)


def grouped(chart: Any, filters: list) -> dict:
	"""Count or sum by the values of a field."""
	doctype = chart.document_type
	column = checked_column(doctype, chart.group_by_based_on)
	what = "count(*)"
	if chart.group_by_type in ("Sum", "Average"):
		what = f"{FUNCTIONS[chart.group_by_type]}(`{checked_column(doctype, chart.aggregate_function_based_on)}`)"
	rows = frappe.get_list(
		doctype, filters=filters, fields=[f"`{column}` as label", f"{what} as value"], group_by=f"`{column}`",
		order_by="value desc", limit_page_length=int(chart.number_of_groups or 0) or 12,
	)  # fmt: skip
	df = frappe.get_meta(doctype).get_field(column)
	titles = F.link_titles({(df.options, row.label) for row in rows}) if df and df.fieldtype == "Link" else {}
	labels = [
		titles.get((df.options, row.label))
		or (str(F.plain(df, row.label)) if df else str(row.label))
		or _("(empty)")
		for row in rows
	]
	return {"labels": labels, "values": [round(float(row.value or 0), 2) for row in rows]}


def over_time(chart: Any, filters: list) -> dict:
	"""Count or sum by day, week, month, quarter or year."""
	doctype = chart.document_type
	based_on = checked_column(doctype, chart.based_on or "creation")
	today = getdate(nowdate())
	start, end = today - timedelta(days=6), today
	if chart.timespan in SPANS:
		start = getdate(add_months(today, -SPANS[chart.timespan]))
	elif chart.timespan == "Select Date Range":
		start, end = getdate(chart.from_date or start), getdate(chart.to_date or end)
	step = chart.time_interval or "Daily"
	value = None
	if chart.chart_type in ("Sum", "Average"):
		value = checked_column(doctype, chart.value_based_on)
	kind = frappe.get_meta(doctype).get_field(based_on)
	until = end if kind and kind.fieldtype == "Date" else add_days(end, 1)
	rows = frappe.get_list(
		doctype,
		filters=[*filters, [doctype, based_on, ">=", str(start)], [doctype, based_on, "<=", str(until)]],
		fields=[
			f"date(`{based_on}`) as day",
			"count(*) as n",
			*([f"sum(`{value}`) as total"] if value else []),
		],
		group_by=f"date(`{based_on}`)",
		order_by="",
		limit_page_length=0,
	)
	buckets: dict[date, list[float]] = {}
	at = bucket(start, step)
	while at <= end:
		buckets[at] = [0.0, 0.0]
		at = bucket(at + timedelta(days=STEPS[step]), step)
	for row in rows:
		found = buckets.get(bucket(getdate(row.day), step))
		if found:
			found[0] += float(row.n or 0)
			found[1] += float(row.get("total") or 0)
	pick = {"Sum": lambda n, total: total, "Average": lambda n, total: total / n if n else 0}
	of = pick.get(chart.chart_type, lambda n, total: n)
	labels = [
		day.strftime("%Y" if step == "Yearly" else "%Y-%m" if STEPS[step] > 7 else "%m-%d") for day in buckets
	]
	return {"labels": labels, "values": [round(of(*pair), 2) for pair in buckets.values()]}


def bucket(day: date, step: str) -> date:
	"""The first day of the period a day lies in."""
	if step == "Weekly":
		return day - timedelta(days=day.weekday())
	if step == "Monthly":
		return getdate(get_first_day(day))
	if step == "Quarterly":
		return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
	return date(day.year, 1, 1) if step == "Yearly" else day


BLOCKS = {
	"header": text_block,
	"paragraph": text_block,
	"shortcut": shortcut_block,
	"card": card_block,
	"number_card": number_block,
	"chart": chart_block,
	"quick_list": quick_list_block,
}
