"""/api/resource and /api/method."""

import json
from typing import Any

from werkzeug.routing import Rule

import frappe
import frappe.client
import frappe.handler
from frappe import _

DEFAULT_PAGE_LENGTH = 20
NEVER_SET = ("flags", "doctype", "cmd", "owner", "creation", "modified_by")


def document_list(doctype: str) -> list:
	"""The documents that the user may see, by fields, filters, order and page."""
	frappe.form_dict.setdefault(
		"limit_page_length",
		frappe.form_dict.limit or frappe.form_dict.limit_page_length or DEFAULT_PAGE_LENGTH,
	)
	frappe.form_dict.doctype = doctype
	return frappe.call(frappe.client.get_list, **frappe.form_dict)


def create_doc(doctype: str) -> Any:
	"""A new document from the body."""
	return frappe.new_doc(doctype, **request_data()).insert()


def read_doc(doctype: str, name: str) -> Any:
	"""One document with its child rows, without what the user may not read."""
	if frappe.form_dict.run_method:
		return execute_doc_method(doctype, name)
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	return frappe.client.visible_dict(doc)


def update_doc(doctype: str, name: str) -> Any:
	"""Change the fields that the body names."""
	doc = frappe.get_doc(doctype, name, for_update=True)
	doc.update(_without(request_data(), "name"))
	doc.save()
	if doc.get("parenttype"):
		frappe.get_doc(doc.parenttype, doc.parent).save()
	return frappe.client.visible_dict(doc)


def delete_doc(doctype: str, name: str) -> str:
	"""Remove a document."""
	frappe.delete_doc(doctype, name, ignore_missing=False)
	frappe.local.response["http_status_code"] = 202
	return "ok"


def execute_doc_method(doctype: str, name: str) -> Any:
	"""Run the whitelisted method `run_method` of a document."""
	arguments = _without(request_data(), "run_method")
	method = frappe.form_dict.run_method
	if not isinstance(method, str):
		frappe.throw(_("Invalid request arguments"))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read" if frappe.local.request.method == "GET" else "write")
	return run_whitelisted(doc, method, arguments)


def run_whitelisted(doc: Any, method: str, arguments: dict) -> Any:
	"""Call a method of a document that was opened for this HTTP method."""
	doc.is_whitelisted(method)
	function = getattr(doc, method)
	frappe.handler.is_valid_http_method(getattr(function, "__func__", function))
	return frappe.call(function, **arguments)


def handle_rpc_call(method: str) -> None:
	"""Run the whitelisted function of this dotted path."""
	frappe.form_dict.setdefault("cmd", method.strip("/"))
	frappe.handler.handle()


def login() -> None:
	"""The sign-in itself has happened before any endpoint is looked for."""


def request_data() -> dict:
	"""The fields of a document: the body, or the JSON in its `data`."""
	data = frappe.form_dict.get("data")
	if isinstance(data, str):
		data = json.loads(data)
	data = frappe.form_dict if data is None else data
	if not isinstance(data, dict):
		frappe.throw(_("Invalid request arguments"))
	return _without(data)


def _without(data: dict, *keys: str) -> dict:
	"""The fields that a caller may set: who and when are not his to say, internals are not fields."""
	return {k: v for k, v in data.items() if k not in NEVER_SET and k not in keys and not k.startswith("_")}


url_rules = [
	Rule("/method/login", methods=["POST"], endpoint=login),
	Rule("/method/<path:method>", endpoint=handle_rpc_call),
	Rule("/resource/<doctype>", methods=["GET"], endpoint=document_list),
	Rule("/resource/<doctype>", methods=["POST"], endpoint=create_doc),
	Rule("/resource/<doctype>/<path:name>", methods=["GET"], endpoint=read_doc),
	Rule("/resource/<doctype>/<path:name>", methods=["PUT"], endpoint=update_doc),
	Rule("/resource/<doctype>/<path:name>", methods=["DELETE"], endpoint=delete_doc),
	Rule("/resource/<doctype>/<path:name>", methods=["POST"], endpoint=execute_doc_method),
]
