"""Versions: what a save changed."""

import json
from typing import Any

import frappe
from frappe.model.checks import _same, _typed
from frappe.model.document import Document
from frappe.model.fieldplan import plan_of

SKIP = {"modified", "modified_by", "creation", "owner", "docstatus", "idx", "name"}


class Version(Document):
	"""One save of a document."""

	def get_data(self) -> dict:
		"""What was added, changed and removed."""
		return json.loads(self.data)


def get_diff(old: Any, new: Any) -> dict | None:
	"""What differs between two states; None when nothing does."""
	out: dict[str, Any] = {"added": [], "changed": _changes(old, new), "data_import": None, "removed": [], "row_changed": [], "updater_reference": None}
	if old.docstatus != new.docstatus:
		out["changed"].append(["docstatus", int(old.docstatus), int(new.docstatus)])
	for field in plan_of(new.meta).tables:
		before = {row.name: row for row in old.get(field) or ()}
		for i, row in enumerate(new.get(field) or ()):
			if row.name not in before:
				out["added"].append([field, row.as_dict(convert_dates_to_str=True)])
			elif changes := _changes(before.pop(row.name), row):
				out["row_changed"].append([field, i, row.name, changes])
		out["removed"].extend([field, row.as_dict(convert_dates_to_str=True)] for row in before.values())
	return out if any(out.values()) else None


def _changes(old: Any, new: Any) -> list[list]:
	out = []
	for fieldname, df in plan_of(new.meta).stored.items():
		if fieldname in SKIP:
			continue
		before, after = _typed(new, df, old.get(fieldname)), _typed(new, df, new.get(fieldname))
		if not _same(before, after, df.fieldtype):
			out.append([fieldname, _plain(before), _plain(after)])
	return out


def _plain(value: Any) -> Any:
	return value if value is None or isinstance(value, int | float | str) else str(value)


def insert_version(before: Document, after: Document) -> None:
	"""Keep the difference, if there is one."""
	diff = get_diff(before, after)
	if diff:
		frappe.get_doc(
			doctype="Version", ref_doctype=after.doctype, docname=after.name,
			data=json.dumps(diff, default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
		).db_insert()  # fmt: skip


def on_doctype_update() -> None:
	"""Versions are looked up by document."""
	frappe.db.add_index("Version", ["ref_doctype", "docname"])
