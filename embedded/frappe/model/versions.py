"""Versions: what a save changed."""

import json
from typing import Any

import frappe
from frappe.model.base_document import insert_rows
from frappe.model.checks import changes, typed


def insert_version(before: Any, after: Any) -> None:
	"""Keep the difference between two states, if there is one."""
	if diff := _difference(before, after):
		data = json.dumps(diff, default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
		version = {"doctype": "Version", "ref_doctype": after.doctype, "docname": after.name, "data": data}
		insert_rows([frappe.get_doc(version)])


def _difference(old: Any, new: Any) -> dict | None:
	out: dict[str, Any] = {"added": [], "changed": _changed(old, new), "removed": [], "row_changed": []}
	if old.docstatus != new.docstatus:
		out["changed"].append(["docstatus", old.docstatus, new.docstatus])
	for field in new.meta.plan.tables:
		before = {row.name: row for row in old.get(field)}
		for i, row in enumerate(new.get(field) or ()):
			if row.name not in before:
				out["added"].append([field, row.as_dict()])
			elif changed := _changed(before.pop(row.name), row):
				out["row_changed"].append([field, i, row.name, changed])
		out["removed"].extend([field, row.as_dict()] for row in before.values())
	return out if any(out.values()) else None


def _changed(old: Any, new: Any) -> list[list]:
	found = changes(old, new)
	return [[df.fieldname, *(typed(new, df.fieldname, value) for value in pair)] for df, *pair in found]
