"""Deleting documents, and what stands in the way of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.base_document import forget
from frappe.model.naming import revert_series_if_last
from frappe.utils import cstr

if TYPE_CHECKING:
	from frappe.model.document import Document

TRACES = {
	"Comment": ("reference_doctype", "reference_name"),
	"Version": ("ref_doctype", "docname"),
	"File": ("attached_to_doctype", "attached_to_name"),
}
NO_OBSTACLE = frozenset({*TRACES, "Activity Log", "Error Log", "Scheduled Job Log"})


def delete_doc(
	doctype: str, name: Any, force: bool = False, ignore_permissions: bool = False, ignore_on_trash: bool = False,
	ignore_missing: bool = True,
) -> bool | None:  # fmt: skip
	"""Delete a document; False when there is none."""
	if not frappe.db.exists(doctype, name):
		if not ignore_missing:
			raise frappe.DoesNotExistError(_("{0} {1} not found").format(_(doctype), name))
		return False
	doc = frappe.get_doc(doctype, name)
	doc.flags.ignore_permissions = ignore_permissions
	_check_may_delete(doc)
	if not ignore_on_trash:
		doc.run_method("on_trash")
		doc.run_method("on_change")
	if not force:
		check_if_doc_is_linked(doc)
	if "#" in (doc.meta.autoname or "") and ":" not in doc.meta.autoname:
		revert_series_if_last(doc.meta.autoname, doc.name, doc)
	frappe.db.sql(f"DELETE FROM `tab{doc.doctype}` WHERE `name` = %s", doc.name)
	for child in set(doc.meta.plan.tables.values()):
		query = f"DELETE FROM `tab{child}` WHERE `parent` = %s AND `parenttype` = %s"
		frappe.db.sql(query, (doc.name, doc.doctype))
	if doc.meta.plan.passwords:
		frappe.db.sql("DELETE FROM `__Auth` WHERE `doctype` = %s AND `name` = %s", (doc.doctype, doc.name))
	doc.run_method("after_delete")
	_delete_traces(doc)
	forget(doc)
	return None


def _check_may_delete(doc: "Document") -> None:
	if not doc.has_permission("delete"):
		text = _("User not allowed to delete {0}: {1}").format(_(doc.doctype), doc.name)
		frappe.throw(text, frappe.PermissionError)
	if doc.docstatus == 1:
		text = _("{0} {1}: Submitted Record cannot be deleted. You must Cancel it first.")
		frappe.throw(text.format(_(doc.doctype), doc.name))


def _delete_traces(doc: "Document") -> None:
	for doctype, (by_type, by_name) in TRACES.items() if doc.doctype not in TRACES else ():
		filters = {by_type: doc.doctype, by_name: doc.name}
		if doctype == "File":
			for name in frappe.get_all("File", filters, pluck="name"):
				delete_doc("File", name, ignore_permissions=True, force=True)
		else:
			frappe.db.delete(doctype, filters)


def links_to(doctype: str) -> Iterator[tuple[str, str, str | None]]:
	"""(DocType, field, None) of every Link to a DocType; of every Dynamic Link with the field that names the type."""
	for name in frappe.get_all("DocType", {"issingle": 0}, pluck="name"):
		plan = frappe.get_meta(name).plan
		yield from ((name, df.fieldname, None) for df in plan.links if df.options == doctype)
		yield from ((name, df.fieldname, df.options) for df in plan.dynamic_links)


def check_if_doc_is_linked(doc: "Document", method: str = "Delete") -> None:
	"""Raise when another document points at this one; when cancelling, only submitted ones count."""
	for doctype, fieldname, type_field in links_to(doc.doctype):
		meta = frappe.get_meta(doctype)
		if doctype in NO_OBSTACLE or (method == "Cancel" and not (meta.is_submittable or meta.istable)):
			continue
		columns = "`name`, `docstatus`, `idx`" + (", `parent`, `parenttype`" if meta.istable else "")
		query, values = f"SELECT {columns} FROM `tab{doctype}` WHERE `{fieldname}` = %s", [doc.name]
		if type_field:
			query, values = f"{query} AND `{type_field}` = %s", [doc.name, doc.doctype]
		for row in frappe.db.sql(query, values, as_dict=True):
			where = (row.parenttype or doctype, row.parent or row.name)
			itself = where[0] == doc.doctype and cstr(where[1]) == cstr(doc.name)
			if not itself and where[0] not in NO_OBSTACLE and (method == "Delete" or row.docstatus == 1):
				_refuse(doc, *where, f"{_('at Row:')} #{row.idx}" if meta.istable else "")


def _refuse(doc: "Document", doctype: str, name: str, place: str) -> None:
	named = ((doc.doctype, doc.name), (doctype, name))
	this, other = (f'<a href="/app/Form/{dt}/{dn}">{dn}</a>' for dt, dn in named)
	text = _("Cannot delete or cancel because {0} {1} is linked with {2} {3} {4}")
	frappe.throw(text.format(_(doc.doctype), this, _(doctype), other, place), frappe.LinkExistsError)
