"""Deleting documents, and what stands in the way of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.fieldplan import plan_of
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
_links: dict[tuple[str, str], list[tuple[str, str, str | None]]] = {}


def delete_doc(
	doctype: str | None = None, name: Any = None, force: bool | int = 0, ignore_doctypes: list[str] | None = None,
	for_reload: bool = False, ignore_permissions: bool = False, flags: Any = None, ignore_on_trash: bool = False,
	ignore_missing: bool = True, delete_permanently: bool = False,
) -> bool | None:  # fmt: skip
	"""Delete one document, or each of a list of names; False when there is none."""
	doctype, names = doctype or frappe.form_dict.dt, name or frappe.form_dict.dn
	for one in names if isinstance(names, list | tuple) else [names]:
		if not frappe.db.exists(doctype, one):
			if not ignore_missing:
				raise frappe.DoesNotExistError(_("{0} {1} not found").format(_(doctype), one))
			return False
		doc = frappe.get_doc(doctype, one)
		doc.flags.update(flags or {})
		if ignore_permissions:
			doc.flags.ignore_permissions = True
		_check_may_delete(doc)
		if not ignore_on_trash:
			doc.run_method("on_trash")
			doc.run_method("on_change")
		if not (force or doc.flags.ignore_links):
			check_if_doc_is_linked(doc)
		series = doc.get("naming_series") or doc.meta.autoname or ""
		if doc.get("naming_series") or ("#" in series and ":" not in series):
			revert_series_if_last(series, doc.name, doc)
		_delete_rows(doc)
		doc.run_method("after_delete")
		_delete_traces(doc)
		frappe.clear_document_cache(doctype, doc.name)
	return None


def _check_may_delete(doc: "Document") -> None:
	if not doc.has_permission("delete"):
		text = _("User not allowed to delete {0}: {1}").format(_(doc.doctype), doc.name)
		frappe.throw(text, frappe.PermissionError)
	if doc.docstatus.is_submitted():
		text = _("{0} {1}: Submitted Record cannot be deleted. You must Cancel it first.")
		frappe.throw(text.format(_(doc.doctype), doc.name))


def _delete_rows(doc: "Document") -> None:
	if doc.meta.issingle:
		frappe.db.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s", doc.doctype)
	else:
		frappe.db.sql(f"DELETE FROM `tab{doc.doctype}` WHERE `name` = %s", doc.name)
	for child in set(plan_of(doc.meta).tables.values()):
		query = f"DELETE FROM `tab{child}` WHERE `parent` = %s AND `parenttype` = %s"
		frappe.db.sql(query, (doc.name, doc.doctype))
	if plan_of(doc.meta).passwords:
		frappe.db.sql("DELETE FROM `__Auth` WHERE `doctype` = %s AND `name` = %s", (doc.doctype, doc.name))


def _delete_traces(doc: "Document") -> None:
	for doctype, (by_type, by_name) in TRACES.items() if doc.doctype not in TRACES else ():
		filters = {by_type: doc.doctype, by_name: doc.name}
		if doctype == "File":
			for name in frappe.get_all("File", filters, pluck="name"):
				delete_doc("File", name, ignore_permissions=True, force=True)
		else:
			frappe.db.delete(doctype, filters)


# links


def forget_links() -> None:
	"""Work out afresh which DocTypes point at which."""
	for key in [key for key in _links if key[0] == frappe.local.site]:
		del _links[key]


def links_to(doctype: str) -> list[tuple[str, str, str | None]]:
	"""(DocType, field, None) of every Link to a DocType; of every Dynamic Link with the field that names the type."""
	key = (frappe.local.site, doctype)
	if key not in _links:
		_links[key] = found = []
		for name in frappe.get_all("DocType", {"is_virtual": 0}, pluck="name"):
			plan = plan_of(frappe.get_meta(name))
			found.extend((name, df.fieldname, None) for df in plan.links if df.options == doctype)
			found.extend((name, df.fieldname, df.options) for df in plan.dynamic_links)
	return _links[key]


def check_if_doc_is_linked(doc: "Document", method: str = "Delete") -> None:
	"""Raise when another document points at this one; when cancelling, only submitted ones count."""
	ignored = {*NO_OBSTACLE, *(doc.get("ignore_linked_doctypes") or ())}
	if method == "Delete":
		ignored.update(frappe.get_hooks("ignore_links_on_delete"))
	for doctype, fieldname, type_field in links_to(doc.doctype):
		meta = frappe.get_meta(doctype)
		if doctype in ignored or (method == "Cancel" and not (meta.is_submittable or meta.istable)):
			continue
		for row in _pointing_rows(doc, meta, fieldname, type_field):
			where = (row.parenttype or doctype, row.parent or row.name)
			itself = where[0] == doc.doctype and cstr(where[1]) == cstr(doc.name)
			if not itself and where[0] not in ignored and (method == "Delete" or row.docstatus == 1):
				_refuse(doc, *where, f"{_('at Row:')} #{row.idx}" if meta.istable else "")


def _pointing_rows(doc: "Document", meta: Any, fieldname: str, type_field: str | None) -> Iterator[Any]:
	if meta.issingle:
		values = frappe.db.get_singles_dict(meta.name)
		if values.get(fieldname) == doc.name and values.get(type_field, doc.doctype) == doc.doctype:
			yield frappe._dict(name=meta.name, docstatus=0)
		return
	columns = "`name`, `docstatus`, `idx`" + (", `parent`, `parenttype`" if meta.istable else "")
	query, values = f"SELECT {columns} FROM `tab{meta.name}` WHERE `{fieldname}` = %s", [doc.name]
	if type_field:
		query, values = f"{query} AND `{type_field}` = %s", [doc.name, doc.doctype]
	yield from frappe.db.sql(query, values, as_dict=True)


def _refuse(doc: "Document", doctype: str, name: str, place: str) -> None:
	this, other = (
		f'<a href="/app/Form/{dt}/{dn}">{dn}</a>' for dt, dn in ((doc.doctype, doc.name), (doctype, name))
	)
	text = _("Cannot delete or cancel because {0} {1} is linked with {2} {3} {4}")
	frappe.throw(text.format(_(doc.doctype), this, _(doctype), other, place), frappe.LinkExistsError)
