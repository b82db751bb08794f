"""Script and query reports: their filters, their table, and the table as a file."""

from __future__ import annotations

import os
import re
from typing import Any

import frappe
from frappe import _
from frappe.desk import fields as F

LITERAL = r"""["'`](?P<{0}>(?:[^"'`\\]|\\.)*)["'`]"""


def may_open(name: str) -> bool:
	"""Whether the user has a role of the report and may read what it is about."""
	if not frappe.db.exists("Report", name):
		return False
	doc = frappe.get_cached_doc("Report", name)
	roles = {row.role for row in doc.roles}
	if doc.disabled or (roles and not roles & set(frappe.get_roles())):
		return False
	return not doc.ref_doctype or bool(frappe.has_permission(doc.ref_doctype, "report"))


def folder(doc: Any) -> tuple[str, str]:
	"""The report's module path and its folder."""
	app = frappe.db.get_value("Module Def", doc.module, "app_name")
	name = frappe.scrub(doc.name)
	module = f"{app}.{frappe.scrub(doc.module)}.report.{name}.{name}"
	return module, frappe.get_app_path(app, frappe.scrub(doc.module), "report", name)


def filters_of(doc: Any) -> list[Any]:
	"""The filters its script file declares, as far as they are plain literals."""
	path = os.path.join(folder(doc)[1], frappe.scrub(doc.name) + ".js")
	if not os.path.exists(path):
		return []
	with open(path, encoding="utf-8") as file:
		text = file.read()
	found = []
	for block in re.findall(r"\{[^{}]*?fieldname[^{}]*?\}", text):
		df = frappe._dict(
			reqd=0, options="", label="", fieldtype="Data", default="", parent=None, precision=""
		)
		for key in ("fieldname", "label", "fieldtype", "options", "default"):
			pattern = rf"\b{key}\s*:\s*(?:__\(\s*)?" + LITERAL.format(key)
			if match := re.search(pattern, block):
				df[key] = match[key].replace("\\n", "\n")
		if re.search(r"default\s*:\s*frappe\.datetime\.(get_today|nowdate)\(", block):
			df.default = frappe.utils.nowdate()
		elif match := re.search(r"default\s*:\s*frappe\.datetime\.(month_start|month_end)\(", block):
			edge = frappe.utils.get_first_day if match[1] == "month_start" else frappe.utils.get_last_day
			df.default = str(edge(frappe.utils.nowdate()))
		df.reqd = int(bool(re.search(r"\breqd\s*:\s*(1|true)", block)))
		found.append(df)
	return found


def run(doc: Any, values: dict[str, Any]) -> dict[str, Any]:
	"""The report's columns and rows as DocFields and dicts, with what else `execute` gave."""
	if doc.report_type == "Query Report":
		rows = frappe.db.sql(doc.query, values, as_dict=True)
		result: tuple = (list(rows[0]) if rows else [], rows)
	else:
		result = tuple(frappe.get_attr(folder(doc)[0] + ".execute")(frappe._dict(values)))
	columns = [column(c, i) for i, c in enumerate(result[0])]
	names = [c.fieldname for c in columns]
	rows = [row if isinstance(row, dict) else dict(zip(names, row, strict=False)) for row in result[1] or []]
	more = [*result[2:], None, None, None, None][:4]
	total = total_row(columns, rows) if doc.add_total_row and rows else None
	return {
		"columns": columns,
		"rows": rows,
		"message": more[0],
		"chart": chart(more[1]),
		"summary": more[2],
		"total": total,
	}


def column(given: Any, index: int) -> Any:
	"""A column as a DocField, from a dict or from "Label:Type/Options:Width"."""
	df = frappe._dict(fieldtype="Data", options="", parent=None, precision="", fieldname=f"c{index}")
	if isinstance(given, dict):
		df.update({key: value for key, value in given.items() if value is not None})
		return df
	label, _sep, kind = str(given).partition(":")
	kind, _sep, options = kind.partition(":")[0].partition("/")
	df.update(label=label, fieldname=frappe.scrub(label), fieldtype=kind or "Data", options=options)
	return df


def total_row(columns: list[Any], rows: list[dict]) -> dict[str, Any]:
	"""The sums of the number columns."""
	sums = {c.fieldname: sum(float(row.get(c.fieldname) or 0) for row in rows) for c in columns if c.fieldtype in F.NUMBERS and c.fieldtype != "Percent"}  # fmt: skip
	return {columns[0].fieldname: _("Total"), **sums}


def chart(given: Any) -> dict | None:
	"""A report's chart for the desk's chart drawing."""
	if not isinstance(given, dict) or not given.get("data"):
		return None
	data = given["data"]
	sets = data.get("datasets") or []
	series = [{"name": _(s.get("name") or ""), "data": s.get("values") or []} for s in sets]
	return {"kind": given.get("type") or "bar", "labels": data.get("labels") or [], "series": series}
