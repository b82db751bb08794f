"""Script and query reports: their filters, their table, and the table as a file."""

import os
import re
from typing import Any

import frappe
from frappe import _
from frappe.desk import fields as F

LITERAL = r"""\b%s\s*:\s*(?:__\(\s*)?["'`]((?:[^"'`\\]|\\.)*)["'`]"""
DAYS = {"get_today": str, "nowdate": str, "month_start": frappe.utils.get_first_day, "month_end": frappe.utils.get_last_day}  # fmt: skip
BLANK = {"label": "", "fieldtype": "Data", "options": "", "default": "", "parent": None, "precision": ""}


def may_open(name: str) -> bool:
	"""Whether the user has a role of the report and may read what it is about."""
	if not frappe.db.exists("Report", name):
		return False
	doc = frappe.get_cached_doc("Report", name)
	roles = {row.role for row in doc.roles}
	if doc.disabled or (roles and not roles & set(frappe.get_roles())):
		return False
	return not doc.ref_doctype or bool(frappe.has_permission(doc.ref_doctype, "report"))


def place(doc: Any) -> list[str]:
	"""App, module, `report`, report: the parts of the report's path."""
	app = frappe.db.get_value("Module Def", doc.module, "app_name")
	return [app, frappe.scrub(doc.module), "report", frappe.scrub(doc.name)]


def filters_of(doc: Any) -> list[Any]:
	"""The filters its script file declares, as far as they are plain literals."""
	app, *parts = place(doc) if doc.is_standard == "Yes" else ["frappe", ""]
	path = frappe.get_app_path(app, *parts, parts[-1] + ".js")
	if not os.path.exists(path):
		return []
	with open(path, encoding="utf-8") as file:
		text = file.read()
	found = []
	for block in re.findall(r"\{[^{}]*?fieldname[^{}]*?\}", text):
		df = frappe._dict(BLANK, reqd=bool(re.search(r"\breqd\s*:\s*(1|true)", block)))
		for key in ("fieldname", "label", "fieldtype", "options", "default"):
			if match := re.search(LITERAL % key, block):
				df[key] = match[1].replace("\\n", "\n")
		if (match := re.search(r"default\s*:\s*frappe\.datetime\.(\w+)\(", block)) and match[1] in DAYS:
			df.default = str(DAYS[match[1]](frappe.utils.nowdate()))
		found.append(df)
	return found


def run(doc: Any, values: dict[str, Any]) -> dict[str, Any]:
	"""The report's columns as DocFields and its rows as dicts, with what else `execute` gave."""
	if doc.report_type == "Query Report":
		found = frappe.db.sql(doc.query, values, as_dict=True)
		result: list = [list(found[0]) if found else [], [list(row.values()) for row in found]]
	else:
		parts = place(doc)
		result = list(frappe.get_attr(".".join([*parts, parts[-1], "execute"]))(frappe._dict(values)))
	columns = [column(given) for given in result[0]]
	names = [df.fieldname for df in columns]
	rows = [row if isinstance(row, dict) else dict(zip(names, row, strict=False)) for row in result[1] or []]
	message, chart, summary = [*result[2:], None, None, None][:3]
	summed = [df.fieldname for df in columns if df.fieldtype in F.NUMBERS - {"Percent"}]
	total = {name: sum(float(row.get(name) or 0) for row in rows) for name in summed}
	return {
		"columns": columns, "rows": rows, "message": message, "summary": summary, "chart": drawn(chart),
		"total": total if doc.add_total_row and rows else None,
	}  # fmt: skip


def column(given: Any) -> Any:
	"""A column as a DocField, from a dict or from "Label:Type/Options:Width"."""
	if isinstance(given, dict):
		return frappe._dict(BLANK, **{key: value for key, value in given.items() if value is not None})
	label, kind = [*str(given).split(":"), "Data"][:2]
	kind, _slash, options = kind.partition("/")
	return frappe._dict(
		BLANK, label=label, fieldname=frappe.scrub(label), fieldtype=kind or "Data", options=options
	)


def drawn(given: Any) -> dict | None:
	"""A report's chart for the desk's chart drawing."""
	if not isinstance(given, dict) or not given.get("data"):
		return None
	series = [
		{"name": _(s.get("name") or ""), "data": s["values"]} for s in given["data"].get("datasets") or []
	]
	return {"kind": given.get("type") or "bar", "labels": given["data"].get("labels") or [], "series": series}
