"""What surrounds a document's form: its buttons, history, connections and files."""

import json
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape
from starlette.responses import RedirectResponse, Response

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.desk import flash
from frappe.desk.view import count
from frappe.model.workflow import apply_workflow, get_transitions, get_workflow_name, has_approval_access

HISTORY = 100


def steps(doc: Any) -> list[Any] | None:
	"""The workflow's transitions open to this user now; None where there is no workflow."""
	name = get_workflow_name(doc.doctype)
	if not name:
		return None
	if not doc.get(frappe.get_cached_value("Workflow", name, "workflow_state_field")):
		return []
	rows = [row for row in get_transitions(doc) if has_approval_access(frappe.session.user, doc, row)]
	return list({row["action"]: row for row in rows}.values())


def do(doc: Any, verb: str, value: str) -> Response | None:
	"""Carry out what a button asks for; None leads back to the document."""
	if verb == "action":
		return call_action(doc, value)
	if verb == "delete":
		frappe.delete_doc(doc.doctype, doc.name)
		flash(_("{0} was deleted").format(doc.name), "success")
		return RedirectResponse(f"/app/{F.slug(doc.doctype)}", 303)
	if verb == "workflow":
		apply_workflow(frappe.as_json(doc), value)
		flash(_("{0}: done").format(_(value)), "success")
	elif verb in ("submit", "cancel"):
		getattr(doc, verb)()
		flash(_("Submitted") if verb == "submit" else _("Cancelled"), "success")
	elif verb == "comment":
		if value.strip():
			doc.add_comment("Comment", str(escape(value.strip())).replace("\n", "<br>"))
	elif verb in ("uncomment", "detach"):
		remove(doc, "Comment" if verb == "uncomment" else "File", value)
	else:
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	return None


def remove(doc: Any, doctype: str, name: str) -> None:
	"""Take away one's own comment, or a file of a document one may write."""
	row = frappe.get_doc(doctype, name)
	names = ("reference_doctype", "reference_name") if doctype == "Comment" else ("attached_to_doctype", "attached_to_name")  # fmt: skip
	mine = doctype == "File" or (row.comment_type == "Comment" and row.owner == frappe.session.user)
	if not mine or (row.get(names[0]), row.get(names[1])) != (doc.doctype, doc.name):
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	if doctype == "File":
		doc.check_permission("write")
	frappe.delete_doc(doctype, name, ignore_permissions=doctype == "Comment")


def call_action(doc: Any, label: str) -> Response | None:
	"""Call the whitelisted method of one of the DocType's actions."""
	row = next((row for row in doc.meta.get("actions") or [] if row.label == label and not row.hidden), None)
	if not row or row.action_type != "Server Action":
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	method = frappe.get_attr(row.action)
	frappe.is_whitelisted(method)
	result = frappe.call(method, doc=frappe.as_json(doc))
	sent = frappe.local.response
	if sent.get("filecontent") is not None:
		return download(sent.get("filename") or "download", sent.filecontent)
	if isinstance(result, str) and 0 < len(result) < 300:
		flash(result, "success")
	elif not frappe.get_message_log():
		flash(_("{0}: done").format(_(label)), "success")
	data = result.as_dict() if hasattr(result, "as_dict") else result
	if isinstance(data, dict) and data.get("doctype") and data.get("name") not in (None, doc.name):
		return RedirectResponse(F.form_path(data["doctype"], data["name"]), 303)
	return None


def download(filename: str, content: bytes | str) -> Response:
	"""A file for the browser to save."""
	headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}"}
	body = content.encode() if isinstance(content, str) else content
	return Response(body, media_type="application/octet-stream", headers=headers)


def connections(doc: Any) -> dict[str, list[dict]]:
	"""The documents that point here, by group, with counts and the address of the filtered list."""
	groups: dict[str, list[dict]] = {}
	for link in doc.meta.get("links") or []:
		target = link.parent_doctype if link.is_child_table else link.link_doctype
		if link.hidden or not target or not frappe.has_permission(target, "read"):
			continue
		where = [[link.link_doctype, link.link_fieldname, "=", doc.name]]
		path, query, new = f"/app/{F.slug(target)}", f"{link.link_fieldname}={quote(doc.name, safe='')}", ""
		if link.is_child_table:
			names = frappe.get_list(target, filters=where, pluck="name", limit_page_length=200)
			query = "name=" + quote(json.dumps(["in", names]))
		elif not frappe.get_meta(target).get("in_create") and frappe.has_permission(target, "create"):
			new = f"{path}/new?{query}"
		entry = {"label": _(target), "count": count(target, where), "href": f"{path}?{query}", "new": new}
		groups.setdefault(_(link.group or ""), []).append(entry)
	return groups


def indicator(doc: Any) -> Markup:
	"""The document's state as a coloured indicator."""
	return F.indicator(doc.meta, doc)


def attachments(doc: Any) -> list[Any]:
	"""The files attached to the document."""
	where = {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
	fields = ["name", "file_name", "file_url", "is_private"]
	return frappe.get_all("File", filters=where, fields=fields, order_by="creation")


def timeline(doc: Any) -> list[dict]:
	"""Everything that happened to the document, newest first; the template has the words."""
	entries = [{"owner": doc.owner, "creation": doc.creation, "kind": "created"}]
	page = {"order_by": "creation desc", "limit": HISTORY}
	fields = ["name", "owner", "creation", "comment_type", "content"]
	where = {"reference_doctype": doc.doctype, "reference_name": doc.name}
	for row in frappe.get_all("Comment", filters=where, fields=fields, **page):
		entries.append(
			{
				**row,
				"kind": row.comment_type,
				"content": Markup(frappe.utils.sanitize_html(row.content or "")),
			}
		)
	where = {"ref_doctype": doc.doctype, "docname": doc.name}
	for row in frappe.get_all("Version", filters=where, fields=["owner", "creation", "data"], **page):
		if changes := version_changes(doc.meta, json.loads(row.data or "{}")):
			entries.append({**row, "kind": "Version", "changes": changes})
	people = names_of({row["owner"] for row in entries})
	for row in entries:
		row |= {"who": people.get(row["owner"], row["owner"]), "mine": row["owner"] == frappe.session.user}
	return sorted(entries, key=lambda row: str(row["creation"]), reverse=True)


def version_changes(meta: Any, data: dict) -> list[dict]:
	"""What one saved version changed, as far as the user may read the fields."""
	levels = F.permlevels(meta)
	found = []

	def change(fields: Any, where: str, fieldname: str, old: Any, new: Any) -> None:
		df = fields.get_field(fieldname)
		if fieldname == "docstatus" and not where:
			found.append({"kind": "docstatus", "new": str(new)})
		elif df and not df.hidden and int(df.permlevel or 0) in levels:
			texts = {"old": short(df, old), "new": short(df, new)}
			found.append({"kind": "changed", "label": F.label_of(df), "where": where, **texts})

	for row in data.get("changed") or []:
		change(meta, "", *row)
	for kind in ("added", "removed"):
		for table in dict.fromkeys(row[0] for row in data.get(kind) or []):
			if (df := meta.get_field(table)) and int(df.permlevel or 0) in levels:
				found.append({"kind": kind, "label": F.label_of(df)})
	for table, index, _name, changes in data.get("row_changed") or []:
		if (df := meta.get_field(table)) and int(df.permlevel or 0) in levels:
			where = _("{0}, row {1}: ").format(F.label_of(df), int(index) + 1)
			for row in changes:
				change(frappe.get_meta(df.options), where, *row)
	return found


def short(df: Any, value: Any) -> str:
	"""A value in the history."""
	try:
		text = F.plain(df, value)
	except (TypeError, ValueError):
		text = str(value)
	return text[:80] or _("(empty)")


def names_of(users: set[str]) -> dict[str, str]:
	"""Full names by user."""
	rows = frappe.get_all("User", filters={"name": ["in", list(users)]}, fields=["name", "full_name"])
	return {row.name: row.full_name or row.name for row in rows}
