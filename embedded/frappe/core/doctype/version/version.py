"""Versions: what a save changed."""

import json
from typing import Any

import frappe
from frappe.model.base_document import insert_rows
from frappe.model.checks import changes, typed
from frappe.model.document import Document
from frappe.model.fieldplan import plan_of


class Version(Document):
	"""One save of a document."""


def get_diff(old: Any, new: Any) -> dict | None:
	"""What differs between two states; None when nothing does."""
	out: dict[str, Any] = {"added": [], "changed": _changed(old, new), "removed": [], "row_changed": []}
	if old.docstatus != new.docstatus:
		out["changed"].append(["docstatus", int(old.docstatus), int(new.docstatus)])
	for field in plan_of(new.meta).tables:
		before = {row.name: row for row in old.get(field)}
		for i, row in enumerate(new.get(field) or ()):
			if row.name not in before:
				out["added"].append([field, row.as_dict(convert_dates_to_str=True)])
			elif changed := _changed(before.pop(row.name), row):
				out["row_changed"].append([field, i, row.name, changed])
		out["removed"].extend([field, row.as_dict(convert_dates_to_str=True)] for row in before.values())
	return out if any(out.values()) else None


def _changed(old: Any, new: Any) -> list[list]:
	return [
		[df.fieldname, _plain(typed(new, df, a)), _plain(typed(new, df, b))] for df, a, b in changes(old, new)
	]


def _plain(value: Any) -> Any:
	return value if value is None or isinstance(value, int | float | str) else str(value)


def insert_version(before: Document, after: Document) -> None:
	"""Keep the difference, if there is one."""
	if diff := get_diff(before, after):
		data = json.dumps(diff, default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
		version = {"doctype": "Version", "ref_doctype": after.doctype, "docname": after.name, "data": data}
		insert_rows([frappe.get_doc(version)])


def on_doctype_update() -> None:
	"""Versions are looked up by document."""
	frappe.db.add_index("Version", ["ref_doctype", "docname"])
