"""Deleting documents, and what stands in the way of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.fieldplan import plan_of
from frappe.model.naming import revert_series_if_last
from frappe.utils import cint, cstr

if TYPE_CHECKING:
	from frappe.model.document import Document

TRACES = {
	"Comment": ("reference_doctype", "reference_name"),
	"Version": ("ref_doctype", "docname"),
	"File": ("attached_to_doctype", "attached_to_name"),
}
NO_OBSTACLE = frozenset({*TRACES, "Activity Log", "Error Log", "Scheduled Job Log", "Has Role"})
_link_maps: dict[tuple[str, str], list[tuple[str, str, str | None]]] = {}


def delete_doc(
	doctype: str | None = None, name: Any = None, force: bool | int = 0, ignore_doctypes: list[str] | None = None,
	for_reload: bool = False, ignore_permissions: bool = False, flags: Any = None, ignore_on_trash: bool = False,
	ignore_missing: bool = True, delete_permanently: bool = False,
) -> bool | None:
	"""Delete one document, or each of a list of names; False when there is none."""
	doctype = doctype or frappe.form_dict.get("dt")
	names = name or frappe.form_dict.get("dn")
	for one in names if isinstance(names, list | tuple) else [names]:
		if not frappe.db.exists(doctype, one):
			if not ignore_missing:
				raise frappe.DoesNotExistError(_("{0} {1} not found").format(_(doctype), one))
			return False
		doc = frappe.get_doc(doctype, one)
		if flags:
			doc.flags.update(flags)
		if ignore_permissions:
			doc.flags.ignore_permissions = True
		_check_may_delete(doc)
		if not ignore_on_trash:
			doc.run_method("on_trash")
			doc.flags.in_delete = True
			doc.run_method("on_change")
		if not (force or doc.flags.ignore_links):
			check_if_doc_is_linked(doc)
		_step_series_back(doc)
		delete_from_table(doc)
		doc.run_method("after_delete")
		_delete_traces(doc)
		frappe.clear_document_cache(doctype, doc.name)
	return None


def delete_doc_if_exists(doctype: str, name: str, force: bool | int = 0) -> None:
	"""Delete the document if there is one."""
	if frappe.db.exists(doctype, name):
		delete_doc(doctype, name, force=force)


def _check_may_delete(doc: "Document") -> None:
	if not doc.flags.ignore_permissions and not doc.has_permission("delete"):
		frappe.throw(_("User not allowed to delete {0}: {1}").format(_(doc.doctype), doc.name), frappe.PermissionError)
	if doc.docstatus.is_submitted():
		frappe.throw(
			_("{0} {1}: Submitted Record cannot be deleted. You must Cancel it first.").format(_(doc.doctype), doc.name)
		)


def _step_series_back(doc: "Document") -> None:
	series = doc.get("naming_series") or doc.meta.autoname or ""
	if doc.meta.autoname and ("#" in series or doc.get("naming_series")) and ":" not in series:
		revert_series_if_last(series, doc.name, doc)


def delete_from_table(doc: "Document") -> None:
	"""Delete the row and its child rows."""
	if doc.meta.issingle:
		frappe.db.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s", (doc.doctype,))
	else:
		frappe.db.sql(f"DELETE FROM `tab{doc.doctype}` WHERE `name` = %s", (doc.name,))
	for child in set(plan_of(doc.meta).tables.values()):
		frappe.db.sql(f"DELETE FROM `tab{child}` WHERE `parent` = %s AND `parenttype` = %s", (doc.name, doc.doctype))
	if plan_of(doc.meta).passwords:
		frappe.db.sql("DELETE FROM `__Auth` WHERE `doctype` = %s AND `name` = %s", (doc.doctype, doc.name))
	frappe.db.value_cache.clear()


def _delete_traces(doc: "Document") -> None:
	if doc.doctype in TRACES or doc.meta.istable:
		return
	for doctype, (by_type, by_name) in TRACES.items():
		filters = {by_type: doc.doctype, by_name: doc.name}
		if doctype != "File":
			frappe.db.delete(doctype, filters)
			continue
		for name in frappe.get_all("File", filters, pluck="name"):
			delete_doc("File", name, ignore_permissions=True, force=True)


# links


def forget_links() -> None:
	"""Work out afresh which DocTypes point at which."""
	for key in [key for key in _link_maps if key[0] == frappe.local.site]:
		del _link_maps[key]


def links_to(doctype: str) -> list[tuple[str, str, str | None]]:
	"""(DocType, Link field, None) of every field that points at a DocType; for Dynamic Links the third is the field that names it."""
	key = (frappe.local.site, doctype)
	if key not in _link_maps:
		_link_maps[key] = found = []
		for name in frappe.db.sql("SELECT `name` FROM `tabDocType` WHERE `is_virtual` = 0", pluck=True):
			plan = plan_of(frappe.get_meta(name))
			found.extend((name, df.fieldname, None) for df in plan.links if df.options == doctype)
			found.extend((name, df.fieldname, df.options) for df in plan.dynamic_links)
	return _link_maps[key]


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
			parent_type, parent = row.get("parenttype") or doctype, row.get("parent") or row["name"]
			if (parent_type == doc.doctype and cstr(parent) == cstr(doc.name)) or parent_type in ignored:
				continue
			if method == "Cancel" and cint(row["docstatus"]) != 1:
				continue
			place = f"{_('at Row:')} #{row['idx']}" if meta.istable else ""
			_refuse(doc, parent_type, parent, place)


def _pointing_rows(doc: "Document", meta: Any, fieldname: str, type_field: str | None) -> Iterator[dict]:
	if meta.issingle:
		values = frappe.db.get_singles_dict(meta.name)
		if cstr(values.get(fieldname)) == cstr(doc.name) and type_field in (None, *(k for k, v in values.items() if v == doc.doctype)):
			yield {"name": meta.name, "docstatus": 0}
		return
	columns = "`name`, `docstatus`, `idx`" + (", `parent`, `parenttype`" if meta.istable else "")
	condition, values = f"`{fieldname}` = %s", [doc.name]
	if type_field:
		condition, values = f"{condition} AND `{type_field}` = %s", [doc.name, doc.doctype]
	yield from frappe.db.sql(f"SELECT {columns} FROM `tab{meta.name}` WHERE {condition}", values, as_dict=True)


def _refuse(doc: "Document", doctype: str, name: str, place: str) -> None:
	links = [f'<a href="/app/Form/{dt}/{dn}">{dn}</a>' for dt, dn in ((doc.doctype, doc.name), (doctype, name))]
	frappe.throw(
		_("Cannot delete or cancel because {0} {1} is linked with {2} {3} {4}").format(
			_(doc.doctype), links[0], _(doctype), links[1], place
		),
		frappe.LinkExistsError,
	)
