"""What surrounds a document's form: its buttons, history, connections and files."""

import json
from typing import Any
from urllib.parse import quote

from markupsafe import escape
from starlette.responses import RedirectResponse, Response

import frappe
from frappe import _
from frappe.desk import done
from frappe.desk import fields as F
from frappe.model.workflow import apply_workflow, get_transitions, get_workflow_name, has_approval_access


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
		done(_("{0} was deleted").format(doc.name))
		return RedirectResponse(f"/app/{F.slug(doc.doctype)}", 303)
	if verb == "workflow":
		apply_workflow(frappe.as_json(doc), value)
		done(_("{0}: done").format(_(value)))
	elif verb in ("submit", "cancel"):
		getattr(doc, verb)()
		done(_("Submitted") if verb == "submit" else _("Cancelled"))
	elif verb == "comment" and value.strip():
		doc.add_comment("Comment", str(escape(value.strip())).replace("\n", "<br>"))
	elif verb == "detach" and value in [file.name for file in attachments(doc)]:
		doc.check_permission("write")
		frappe.delete_doc("File", value)
	else:
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	return None


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
		done(result)
	elif not frappe.get_message_log():
		done(_("{0}: done").format(_(label)))
	data = result.as_dict() if callable(getattr(result, "as_dict", None)) else result  # a _dict has any name
	if isinstance(data, dict) and data.get("doctype") and data.get("name") not in (None, doc.name):
		return RedirectResponse(F.form_path(data["doctype"], data["name"]), 303)
	return None


def download(filename: str, content: bytes | str) -> Response:
	"""A file for the browser to save."""
	headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}"}
	return Response(content, media_type="application/octet-stream", headers=headers)


def connections(doc: Any) -> list[Any]:
	"""The links of the DocType to documents that point here, as far as the user may read those."""
	links = [row for row in doc.meta.get("links") or [] if not row.hidden and not row.is_child_table]
	return [row for row in links if frappe.has_permission(row.link_doctype, "read")]


def attachments(doc: Any) -> list[Any]:
	"""The files attached to the document."""
	where = {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
	fields = ["name", "file_name", "file_url", "is_private"]
	return frappe.get_all("File", filters=where, fields=fields, order_by="creation")


def timeline(doc: Any) -> list[dict]:
	"""Everything that happened to the document, newest first; the template has the words."""
	entries = [{"owner": doc.owner, "creation": doc.creation, "kind": "created"}]
	page = {"order_by": "creation desc", "limit": 100}
	fields, where = ["owner", "creation"], {"reference_doctype": doc.doctype, "reference_name": doc.name}
	entries += frappe.get_all("Comment", where, [*fields, "comment_type as kind", "content"], **page)
	where = {"ref_doctype": doc.doctype, "docname": doc.name}
	for row in frappe.get_all("Version", where, [*fields, "data"], **page):
		entries.append({**row, "kind": "Version", "data": json.loads(row.data or "{}")})
	return sorted(entries, key=lambda row: str(row["creation"]), reverse=True)
