"""/api/resource and /api/method."""

import json
from typing import Any

from werkzeug.routing import Rule

import frappe
import frappe.client
import frappe.handler
from frappe import _

NEVER_SET = ("flags", "doctype", "cmd", "owner", "creation", "modified_by")


def document_list(doctype: str) -> list:
	"""The documents that the user may see, by fields, filters, order and page."""
	form = frappe.form_dict
	form.setdefault("limit_page_length", form.limit or 20)
	form.doctype = doctype
	return frappe.call(frappe.client.get_list, **form)


def create_doc(doctype: str) -> Any:
	"""A new document from the body."""
	return frappe.new_doc(doctype, **_fields()).insert()


def read_doc(doctype: str, name: str) -> Any:
	"""One document with its child rows, without what the user may not read."""
	if frappe.form_dict.run_method:
		return execute_doc_method(doctype, name)
	return frappe.client.get(doctype, name)


def update_doc(doctype: str, name: str) -> Any:
	"""Change the fields that the body names."""
	doc = frappe.get_doc(doctype, name, for_update=True)
	doc.update(_fields("name"))
	doc.save()
	doc.apply_fieldlevel_read_permissions()
	return doc.as_dict()


def delete_doc(doctype: str, name: str) -> str:
	"""Remove a document."""
	frappe.delete_doc(doctype, name, ignore_missing=False)
	frappe.local.response["http_status_code"] = 202
	return "ok"


def execute_doc_method(doctype: str, name: str, method: str | None = None) -> Any:
	"""Run a whitelisted method of a document, named by the path or by `run_method`."""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read" if frappe.local.request.method == "GET" else "write")
	name = method or str(frappe.form_dict.run_method)
	if not (function := getattr(doc, name, None)):
		raise frappe.DoesNotExistError(f"Method {name} not found")
	frappe.handler.check_call(function)
	return frappe.call(function, **_fields("run_method"))


def handle_rpc_call(method: str) -> None:
	"""Run the whitelisted function of this dotted path."""
	frappe.form_dict.setdefault("cmd", method.strip("/"))
	frappe.handler.handle()


def login() -> None:
	"""The sign-in itself has happened before any endpoint is looked for."""


def _fields(*but: str) -> dict:
	# who and when are not the caller's to say, internals are not fields
	data = frappe.form_dict.get("data") or frappe.form_dict
	data = json.loads(data) if isinstance(data, str) else data
	if not isinstance(data, dict):
		frappe.throw(_("Invalid request arguments"))
	return {k: v for k, v in data.items() if k not in NEVER_SET and k not in but and not k.startswith("_")}


def documents(path: str, *updates: str) -> list[Rule]:
	"""The rules for documents below a path."""
	one = f"{path}/<doctype>/<path:name>"
	return [
		Rule(f"{path}/<doctype>", methods=["GET"], endpoint=document_list),
		Rule(f"{path}/<doctype>", methods=["POST"], endpoint=create_doc),
		Rule(one, methods=["GET"], endpoint=read_doc),
		Rule(one, methods=updates, endpoint=update_doc),
		Rule(one, methods=["DELETE"], endpoint=delete_doc),
	]


url_rules = [
	Rule("/method/login", methods=["POST"], endpoint=login),
	Rule("/method/<path:method>", endpoint=handle_rpc_call),
	*documents("/resource", "PUT"),
	Rule("/resource/<doctype>/<path:name>", methods=["POST"], endpoint=execute_doc_method),
]
