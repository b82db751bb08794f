"""What surrounds a document's form: its buttons, history, connections and files."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup, escape
from starlette.responses import RedirectResponse, Response

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.desk import flash
from frappe.desk.form import Form
from frappe.desk.view import permlevels
from frappe.model.workflow import (
	WorkflowStateError,
	apply_workflow,
	get_transitions,
	get_workflow_name,
	has_approval_access,
)
from frappe.utils import pretty_date

DOWNLOADS = ("download", "binary", "pdf")
HISTORY = 100


# what can be done --------------------------------------------------------------------------------------


def buttons(form: Form) -> dict[str, list[dict]]:
	"""The buttons this user has for this document now: the next step, more, and the menu behind them."""
	doc, meta = form.doc, form.meta
	found: dict[str, list[dict]] = {"step": [], "action": [], "menu": []}
	if form.is_new:
		return found
	draft = int(doc.docstatus or 0) == 0
	workflow = get_workflow_name(doc.doctype)
	for row in transitions(doc) if workflow else []:
		found["step"].append(
			button(row.action, "workflow", row.action, _("{0} this document?").format(_(row.action)))
		)
	if meta.is_submittable and not workflow:
		if draft and doc.has_permission("submit"):
			found["step"].append(
				button("Submit", "submit", "", _("Permanently submit {0}?").format(doc.name))
			)
		if int(doc.docstatus or 0) == 1 and doc.has_permission("cancel"):
			found["menu"].append(
				button("Cancel", "cancel", "", _("Permanently cancel {0}?").format(doc.name))
			)
	if int(doc.docstatus or 0) == 2 and doc.has_permission("amend"):
		if not frappe.db.exists(doc.doctype, {"amended_from": doc.name}):
			found["step"].append(
				{"label": _("Amend"), "href": f"/app/{F.slug(doc.doctype)}/new?amended_from={doc.name}"}
			)
	for row in meta.get("actions") or []:
		if row.hidden:
			continue
		if row.action_type == "Route":
			found["action"].append(
				{"label": _(row.label), "href": "/app/" + row.action.lstrip("/").removeprefix("app/")}
			)
		else:
			found["action"].append(
				button(row.label, "action", row.label, _("{0}: go ahead?").format(_(row.label)))
			)
	if not meta.issingle:
		if frappe.has_permission(doc.doctype, "create") and not meta.get("in_create"):
			href = f"{F.form_path(doc.doctype, 'new')}?copy={doc.name}"
			found["menu"].append({"label": _("Duplicate"), "href": href})
		if int(doc.docstatus or 0) != 1 and doc.has_permission("delete"):
			question = _("Permanently delete {0}?").format(doc.name)
			found["menu"].append(button("Delete", "delete", "", question) | {"danger": True})
	return found


def button(label: str, verb: str, value: str = "", confirm: str = "") -> dict:
	"""A button that posts a verb."""
	return {"label": _(label), "verb": verb, "value": value, "confirm": confirm}


def transitions(doc: Any) -> list[Any]:
	"""The workflow's transitions open to this user now; none while the document has no state."""
	try:
		return [row for row in get_transitions(doc) if has_approval_access(frappe.session.user, doc, row)]
	except WorkflowStateError:
		return []


def do(doc: Any, verb: str, value: str) -> Response | None:
	"""Carry out a verb; None leads back to the document."""
	if verb not in VERBS:
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	return VERBS[verb](doc, value)


def do_submit(doc: Any, value: str) -> None:
	"""Submit."""
	doc.submit()
	flash(_("Submitted"), "success")


def do_cancel(doc: Any, value: str) -> None:
	"""Cancel."""
	doc.cancel()
	flash(_("Cancelled"), "success")


def do_delete(doc: Any, value: str) -> Response:
	"""Delete, and go back to the list."""
	frappe.delete_doc(doc.doctype, doc.name)
	flash(_("{0} was deleted").format(doc.name), "success")
	return RedirectResponse(f"/app/{F.slug(doc.doctype)}", 303)


def do_workflow(doc: Any, value: str) -> None:
	"""Take a workflow transition."""
	apply_workflow(frappe.as_json(doc), value)
	flash(_("{0}: done").format(_(value)), "success")


def do_action(doc: Any, value: str) -> Response | None:
	"""Call the whitelisted method of one of the DocType's actions."""
	row = next((row for row in doc.meta.get("actions") or [] if row.label == value and not row.hidden), None)
	if not row or row.action_type != "Server Action":
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	method = frappe.get_attr(row.action)
	frappe.is_whitelisted(method)
	result = frappe.call(method, doc=frappe.as_json(doc))
	sent = frappe.local.response
	if sent.get("type") in DOWNLOADS and sent.get("filecontent") is not None:
		return download(sent.get("filename") or "download", sent.filecontent)
	if (
		sent.get("type") == "redirect"
		and str(sent.location).startswith("/")
		and not sent.location.startswith("//")
	):
		return RedirectResponse(sent.location, 303)
	if isinstance(result, str) and result and len(result) < 300:
		flash(result, "success")
	elif not frappe.get_message_log():
		flash(_("{0}: done").format(_(value)), "success")
	data = result.as_dict() if hasattr(result, "as_dict") else result
	if isinstance(data, dict) and data.get("doctype") and data.get("name") and data["name"] != doc.name:
		return RedirectResponse(F.form_path(data["doctype"], data["name"]), 303)
	return None


def do_comment(doc: Any, value: str) -> None:
	"""Add a comment."""
	text = (frappe.local.request.form.get("content") or "").strip()
	if text:
		doc.add_comment("Comment", str(escape(text)).replace("\n", "<br>"))


def do_uncomment(doc: Any, value: str) -> None:
	"""Take back one's own comment."""
	comment = frappe.get_doc("Comment", value)
	if (comment.reference_doctype, comment.reference_name, comment.comment_type) != (
		doc.doctype,
		doc.name,
		"Comment",
	):
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	if comment.owner != frappe.session.user:
		comment.check_permission("delete")
	frappe.delete_doc("Comment", comment.name, ignore_permissions=True)


def do_detach(doc: Any, value: str) -> None:
	"""Remove an attached file."""
	file = frappe.get_doc("File", value)
	if (file.attached_to_doctype, file.attached_to_name) != (doc.doctype, doc.name):
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	doc.check_permission("write")
	frappe.delete_doc("File", file.name)


VERBS = {
	"submit": do_submit,
	"cancel": do_cancel,
	"delete": do_delete,
	"workflow": do_workflow,
	"action": do_action,
	"comment": do_comment,
	"uncomment": do_uncomment,
	"detach": do_detach,
}


def download(filename: str, content: bytes | str, kind: str = "application/octet-stream") -> Response:
	"""A file for the browser to save."""
	from urllib.parse import quote

	body = content.encode() if isinstance(content, str) else content
	return Response(
		body,
		media_type=kind,
		headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}"},
	)


# what belongs to it ------------------------------------------------------------------------------------


def connections(doc: Any) -> list[dict]:
	"""The documents that point here, by group, with counts and the address of the filtered list."""
	groups: dict[str, list[dict]] = {}
	for link in doc.meta.get("links") or []:
		target = link.parent_doctype if link.is_child_table else link.link_doctype
		if link.hidden or not target or not frappe.has_permission(target, "read"):
			continue
		where = [link.link_doctype, link.link_fieldname, "=", doc.name]
		rows = frappe.get_list(
			target, filters=[where], fields=["count(*) as n"], order_by="", limit_page_length=0
		)
		entry = {"label": _(target), "count": int(rows[0].n) if rows else 0, "href": "", "new": ""}
		if link.is_child_table:
			names = frappe.get_list(target, filters=[where], pluck="name", limit_page_length=200)
			entry["href"] = f"/app/{F.slug(target)}?name={query(json.dumps(['in', names]))}"
		else:
			entry["href"] = f"/app/{F.slug(target)}?{link.link_fieldname}={query(doc.name)}"
			meta = frappe.get_meta(target)
			if not meta.get("in_create") and frappe.has_permission(target, "create"):
				entry["new"] = f"/app/{F.slug(target)}/new?{link.link_fieldname}={query(doc.name)}"
		groups.setdefault(_(link.group or ""), []).append(entry)
	return [{"label": label, "items": items} for label, items in groups.items()]


def query(text: str) -> str:
	"""A value as part of an address."""
	from urllib.parse import quote

	return quote(str(text), safe="")


def attachments(doc: Any) -> list[Any]:
	"""The files attached to the document."""
	return frappe.get_all(
		"File",
		filters={"attached_to_doctype": doc.doctype, "attached_to_name": doc.name},
		fields=["name", "file_name", "file_url", "file_size", "is_private"],
		order_by="creation",
	)


def timeline(doc: Any) -> list[dict]:
	"""Everything that happened to the document, newest first, in people's words."""
	about = {"reference_doctype": doc.doctype, "reference_name": doc.name}
	comments = frappe.get_all(
		"Comment",
		filters=about,
		fields=["name", "owner", "creation", "comment_type", "content"],
		order_by="creation desc",
		limit=HISTORY,
	)
	versions = frappe.get_all(
		"Version",
		filters={"ref_doctype": doc.doctype, "docname": doc.name},
		fields=["owner", "creation", "data"],
		order_by="creation desc",
		limit=HISTORY,
	)
	entries = [comment_entry(row) for row in comments]
	for row in versions:
		if lines := version_lines(doc, json.loads(row.data or "{}")):
			entries.append(entry(row, "pen", Markup("<br>").join(lines)))
	entries.append(entry(doc, "plus", escape(_("created this"))))
	people = names_of({item["who"] for item in entries})
	for item in entries:
		item["who"] = people.get(item["who"], item["who"])
	return sorted(entries, key=lambda item: str(item["at"]), reverse=True)


def entry(row: Any, icon: str, text: Markup, **more: Any) -> dict:
	"""One line of the history."""
	return {
		"who": row.owner,
		"at": row.creation,
		"ago": pretty_date(row.creation),
		"icon": icon,
		"text": text,
		**more,
	}


def comment_entry(row: Any) -> dict:
	"""A comment; what the system noted (workflow, files, …) has the same form."""
	content = Markup(frappe.utils.sanitize_html(row.content or ""))
	if row.comment_type != "Comment":
		icon = {"Workflow": "code-branch", "Attachment": "paperclip", "Attachment Removed": "paperclip"}
		return entry(row, icon.get(row.comment_type, "circle-info"), Markup(_(content)))
	mine = row.owner == frappe.session.user
	return entry(row, "comment", content, is_comment=True, name=row.name, mine=mine)


def version_lines(doc: Any, data: dict) -> list[Markup]:
	"""What one saved version changed, field by field, as far as the user may read the fields."""
	lines = []
	levels = permlevels(doc.meta)
	for fieldname, old, new in data.get("changed") or []:
		df = doc.meta.get_field(fieldname)
		if fieldname == "docstatus":
			word = {"1": _("submitted this"), "2": _("cancelled this")}.get(str(new))
			lines += [escape(word)] if word else []
		elif df and not df.hidden and int(df.permlevel or 0) in levels:
			lines.append(change(df, old, new))
	for kind, words in (("added", _("added a row to {0}")), ("removed", _("removed a row from {0}"))):
		tables = [doc.meta.get_field(row[0]) for row in data.get(kind) or []]
		for df in dict.fromkeys(df.fieldname for df in tables if df and int(df.permlevel or 0) in levels):
			lines.append(escape(words.format(F.label_of(doc.meta.get_field(df)))))
	for table, index, _name, changes in data.get("row_changed") or []:
		tdf = doc.meta.get_field(table)
		if not tdf or int(tdf.permlevel or 0) not in levels:
			continue
		child = frappe.get_meta(tdf.options)
		where = _("{0}, row {1}: ").format(F.label_of(tdf), int(index) + 1)
		for fieldname, old, new in changes:
			df = child.get_field(fieldname)
			if df and not df.hidden and int(df.permlevel or 0) in levels:
				lines.append(escape(where) + change(df, old, new))
	return lines


def change(df: Any, old: Any, new: Any) -> Markup:
	"""One field's change in words."""
	words = escape(_("changed {0} from {1} to {2}"))
	return words.format(
		*(Markup("<b>{}</b>").format(text) for text in (F.label_of(df), text_of(df, old), text_of(df, new)))
	)


def text_of(df: Any, value: Any) -> str:
	"""A value in the history, short."""
	try:
		text = str(F.plain(df, value))
	except (TypeError, ValueError):
		text = str(value)
	return (text[:80] + "…" if len(text) > 80 else text) or _("(empty)")


def names_of(users: set[str]) -> dict[str, str]:
	"""Full names by user."""
	rows = frappe.get_all("User", filters={"name": ["in", list(users)]}, fields=["name", "full_name"])
	return {row.name: row.full_name or row.name for row in rows}
