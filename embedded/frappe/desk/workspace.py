"""Workspaces: the desk's sidebar, its home pages, and the figures and charts on them."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.desk import query_report
from frappe.desk.view import DocView, figure
from frappe.utils import add_months, getdate, nowdate

FUNCTIONS = {"Count": "count", "Sum": "sum", "Average": "avg", "Minimum": "min", "Maximum": "max"}
PERIODS = {"Weekly": "%G-W%V", "Monthly": "%Y-%m", "Quarterly": "%Y-%m", "Yearly": "%Y"}
SPANS = {"Last Year": 12, "Last Quarter": 3, "Last Month": 1}


def visible_workspaces() -> list[Any]:
	"""The workspaces this user may open, in order."""
	fields = ["name", "title", "icon", "module", "parent_page"]
	page = {"order_by": "sequence_id, name", "limit": 0}
	rows = frappe.get_all("Workspace", {"is_hidden": 0, "public": 1}, fields, **page)
	return [row for row in rows if is_open(row)]


def is_open(row: Any) -> bool:
	"""Whether this user may open a workspace: by its roles, or by what there is to read in its module."""
	if roles := {one.role for one in frappe.get_cached_doc("Workspace", row.name).roles}:
		return frappe.session.user == "Administrator" or bool(roles & set(frappe.get_roles()))
	names = frappe.get_all("DocType", {"module": row.module or "", "istable": 0}, pluck="name", limit=0)
	return not names or any(frappe.has_permission(name, "read") for name in names)


def sidebar(here: str | None, module: str | None) -> list[dict]:
	"""The workspaces for the side of every page; the one the page belongs to is unfolded."""
	rows = visible_workspaces()
	own = here or next((row.name for row in rows if row.module == module), None)
	for row in rows:
		row.href, row.active = f"/app/{F.slug(row.name)}", row.name == own
		row.links = card_links(frappe.get_cached_doc("Workspace", row.name)) if row.active else []
	return rows


def all_lists() -> list[dict]:
	"""Cards with every list the user may open, by module."""
	cards: dict[str, list] = {}
	for row in frappe.get_all("DocType", {"istable": 0}, ["name", "module"], order_by="name", limit=0):
		if href := link_target("DocType", row.name):
			cards.setdefault(row.module or "", []).append({"label": _(row.name), "href": href})
	return [{"type": "card", "col": 4, "label": _(name), "links": links} for name, links in cards.items()]


def card_links(doc: Any, card: str | None = None) -> list[dict]:
	"""The lists of a workspace, or of one of its cards."""
	links, inside = [], card is None
	for row in doc.links:
		if row.type == "Card Break":
			inside = card in (None, row.label)
		elif inside and not row.hidden and (href := link_target(row.link_type, row.link_to)):
			links.append({"label": _(row.label or row.link_to), "href": href})
	return links


def link_target(kind: str, name: str) -> str | None:
	"""The address of a DocType's list, of a report or of a page, if the user may open it."""
	if kind == "DocType" and frappe.db.exists("DocType", name) and frappe.has_permission(name, "read"):
		return f"/app/{F.slug(name)}"
	if kind == "Report" and frappe.db.exists("Report", name) and query_report.is_open(name):
		return f"/app/query-report/{quote(name)}"
	return "/" + name.lstrip("/") if kind == "Page" else None


# the blocks of a page: each gets the workspace and the block's data, and gives None for what may not be seen


def page(name: str) -> list[dict]:
	"""The blocks of a workspace, with their figures."""
	doc, blocks = frappe.get_cached_doc("Workspace", name), []
	for block in json.loads(doc.content or "[]"):
		data = block.get("data") or {}
		if block.get("type") in BLOCKS and (made := BLOCKS[block["type"]](doc, data)):
			blocks.append({"type": block["type"], "col": int(data.get("col") or 12), **made})
	return blocks


def text_block(doc: Any, data: dict) -> dict:
	"""A heading or a paragraph."""
	return {"text": _(frappe.utils.strip_html(data.get("text") or "").strip())}


def shortcut_block(doc: Any, data: dict) -> dict | None:
	"""A shortcut with, where it has a filter, a count."""
	row = next((row for row in doc.shortcuts if row.label == data.get("shortcut_name")), None)
	href = row and (row.url if row.type == "URL" else link_target(row.type, row.link_to))
	if not href:
		return None
	block = {"label": _(row.label), "href": href, "badge": "", "count": None, "color": row.color}
	if filters := filter_rows(row.link_to, row.stats_filter):
		block["count"] = figure(row.link_to, filters)
		block["badge"] = _(row.format or "{}").replace("{}", F.number_text(block["count"], 0))
		block["href"] += filter_query(filters)
	return block


def card_block(doc: Any, data: dict) -> dict | None:
	"""A card of links."""
	links = card_links(doc, data.get("card_name"))
	return {"label": _(data["card_name"]), "links": links} if links else None


def named(rows: list[Any], field: str, doctype: str, name: str | None) -> Any:
	"""The readable record that a block names, by its own name or by the label of the workspace's row."""
	name = next((row.get(field) for row in rows if name in (row.label, row.get(field))), name)
	doc = frappe.get_cached_doc(doctype, name) if name and frappe.db.exists(doctype, name) else None
	return doc if doc and doc.document_type and frappe.has_permission(doc.document_type, "read") else None


def number_block(doc: Any, data: dict) -> dict | None:
	"""The figure of a number card, over what the user may see."""
	card = named(doc.number_cards, "number_card_name", "Number Card", data.get("number_card_name"))
	if not card:
		return None
	filters = filter_rows(card.document_type, card.filters_json)
	column = card.aggregate_function_based_on if card.function not in (None, "", "Count") else None
	value = figure(card.document_type, filters, what=aggregate(card.document_type, card.function, column))
	href = f"/app/{F.slug(card.document_type)}{filter_query(filters)}"
	df = frappe.get_meta(card.document_type).get_field(column) if column else None
	text = F.plain(df, round(value, 2)) if df else F.number_text(value)
	return {"label": _(card.label), "value": text, "href": href}


def aggregate(doctype: str, function: str | None, column: str | None) -> str:
	"""What to select: a count, or a sum, average … of a column."""
	return f"{FUNCTIONS[function or 'Count']}(`{checked(doctype, column)}`)" if column else "count(*)"


def checked(doctype: str, column: str | None) -> str:
	"""The column, if the DocType has it and the user may read it."""
	if column not in DocView(doctype).docfields:
		frappe.throw(_("{0} has no field {1}").format(_(doctype), column))
	return str(column)


def filter_rows(doctype: str, text: str | None) -> list[list]:
	"""Filters as workspaces keep them: JSON rows, or a JSON object."""
	found = frappe.parse_json(text or "[]") or []
	if isinstance(found, dict):
		return [[doctype, k, *(v if isinstance(v, list) else ["=", v])] for k, v in found.items()]
	return [row[:4] for row in found]


def filter_query(filters: list[list]) -> str:
	"""The list's address for these filters."""
	query = {row[1]: row[3] if row[2] == "=" else json.dumps(row[2:4], ensure_ascii=False) for row in filters}
	return "?" + urlencode(query) if query else ""


def chart_block(doc: Any, data: dict) -> dict | None:
	"""A chart over what the user may see; kinds the desk does not draw are left out."""
	chart = named(doc.charts, "chart_name", "Dashboard Chart", data.get("chart_name"))
	if not chart or chart.chart_type not in ("Count", "Sum", "Average", "Group By"):
		return None
	filters = filter_rows(chart.document_type, chart.filters_json)
	made = grouped(chart, filters) if chart.chart_type == "Group By" else over_time(chart, filters)
	kind = (chart.type or "Bar").lower()
	return {"label": _(chart.chart_name), "kind": kind, "color": chart.color or "", "chart": made}


def grouped(chart: Any, filters: list) -> dict:
	"""Count, sum or average by the values of a field."""
	doctype, column = chart.document_type, checked(chart.document_type, chart.group_by_based_on)
	based_on = chart.aggregate_function_based_on if chart.group_by_type != "Count" else None
	what = aggregate(doctype, chart.group_by_type, based_on)
	rows = frappe.get_list(
		doctype, filters=filters, fields=[f"`{column}`", f"{what} as value"], group_by=f"`{column}`",
		order_by="value desc", limit_page_length=int(chart.number_of_groups or 0) or 12,
	)  # fmt: skip
	df = DocView(doctype).docfields[column]
	titles = F.link_titles([([df], rows)])
	labels = [titles.get((df.options, row[column]), row[column]) for row in rows]
	labels = [F.plain(df, label) or _("(empty)") for label in labels]
	return {"labels": labels, "values": [round(float(row.value or 0), 2) for row in rows]}


def over_time(chart: Any, filters: list) -> dict:
	"""Count, sum or average by day, week, month or year."""
	doctype, end = chart.document_type, getdate(nowdate())
	pattern = PERIODS.get(chart.time_interval, "%Y-%m-%d")
	start = getdate(add_months(end, -SPANS.get(chart.timespan, 12)))
	column = checked(doctype, chart.based_on or "creation")
	what = aggregate(doctype, "Sum", chart.value_based_on if chart.chart_type != "Count" else None)
	rows = frappe.get_list(
		doctype, filters=[*filters, [doctype, column, ">=", str(start)]], order_by="", limit_page_length=0,
		fields=[f"date(`{column}`) as day", f"{what} as value", "count(*) as number"], group_by=f"date(`{column}`)",
	)  # fmt: skip
	days = (start + timedelta(days=number) for number in range((end - start).days + 1))
	found = {day.strftime(pattern): [0.0, 0] for day in days}
	for row in rows:
		if of_period := found.get(getdate(row.day).strftime(pattern)):
			of_period[0] += float(row.value or 0)
			of_period[1] += row.number
	if chart.chart_type == "Average":  # of a period without records there is none
		found = {label: [total / number, 0] for label, (total, number) in found.items() if number}
	values = [round(total, 2) for total, _number in found.values()]
	labels = [label[-5:] if label.count("-") == 2 else label for label in found]
	return {"labels": labels, "values": values}


BLOCKS = {
	"header": text_block, "paragraph": text_block, "shortcut": shortcut_block, "card": card_block,
	"number_card": number_block, "chart": chart_block,
}  # fmt: skip
