"""Script Reports: who may run them, and what they answer."""

import json
from typing import Any

import frappe
from frappe import _
from frappe.hooks_registry import scrub
from frappe.types.frappedict import _dict

PARTS = (
	"columns",
	"result",
	"message",
	"chart",
	"report_summary",
	"skip_total_row",
)  # what `execute` returns


def is_permitted(doc: Any) -> bool:
	"""Whether one of the user's roles stands on the report, or none stands there."""
	roles = {row.role for row in doc.roles}
	return not roles or bool(roles & set(frappe.get_roles()))


def is_open(report_name: str) -> bool:
	"""Whether the desk offers a report to this user."""
	doc = frappe.get_cached_doc("Report", report_name)
	return not doc.disabled and is_permitted(doc) and bool(frappe.has_permission(doc.ref_doctype, "report"))


def get_report_doc(report_name: str) -> Any:
	"""A report that this user may run: by its roles, and by the right to report on its DocType."""
	doc = frappe.get_doc("Report", report_name)
	if not is_permitted(doc):
		message = _("You don't have access to Report: {0}").format(_(doc.name))
		frappe.throw(message, frappe.PermissionError)
	if not frappe.has_permission(doc.ref_doctype, "report"):
		message = _("You don't have permission to get a report on: {0}").format(_(doc.ref_doctype))
		frappe.throw(message, frappe.PermissionError)
	if doc.disabled:
		frappe.throw(_("Report {0} is disabled").format(_(report_name)))
	return doc


@frappe.whitelist()
def run(report_name: str, filters: str | dict | None = None, **_options: Any) -> dict:
	"""The columns and rows of a report; rows given as lists become dicts by the columns' names."""
	report, given = (
		get_report_doc(report_name),
		json.loads(filters or "{}") if isinstance(filters, str) else filters,
	)
	check_filters(report, given or {})
	path = f"{frappe.get_module_app(report.module)}.{scrub(report.module)}.report.{scrub(report.name)}"
	found = frappe.get_attr(f"{path}.{scrub(report.name)}.execute")(_dict(given or {}))
	answer = dict(zip(PARTS, [*found, *[None] * len(PARTS)], strict=False))
	names = [column["fieldname"] for column in answer["columns"]]
	rows = answer["result"] or []
	answer["result"] = [row if isinstance(row, dict) else dict(zip(names, row, strict=True)) for row in rows]
	return {**answer, "add_total_row": report.add_total_row and not answer["skip_total_row"]}


def check_filters(report: Any, given: dict) -> None:
	"""Refuse a filter by a document that the user may not read."""
	for row in report.filters:
		name = given.get(row.fieldname)
		if name and row.fieldtype == "Link" and not frappe.has_permission(row.options, "read", doc=name):
			message = _("You do not have permission to access {0}: {1}.").format(row.options, name)
			frappe.throw(message, frappe.PermissionError)


@frappe.whitelist()
def get_script(report_name: str) -> dict:
	"""What a page needs before it runs a report: its filters."""
	return {"filters": [row.as_dict() for row in get_report_doc(report_name).filters]}
