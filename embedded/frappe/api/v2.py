"""/api/v2: documents, DocTypes and methods; results always under `data`."""

from typing import Any

from werkzeug.routing import Rule

import frappe
import frappe.client
from frappe import _
from frappe.api import v1
from frappe.handler import (
	get_attr,
	is_valid_http_method,
	is_whitelisted,
	logout,
	ping,
	run_doc_method,
	upload_file,
)

BUILT_IN = {"ping": ping, "logout": logout, "upload_file": upload_file, "run_doc_method": run_doc_method}


def handle_rpc_call(method: str, doctype: str | None = None) -> Any:
	"""Run a whitelisted function by dotted path, or one of a DocType's controller module."""
	if doctype:
		from frappe.modules.utils import load_doctype_module

		function = getattr(load_doctype_module(doctype), method, None)
		if not callable(function):
			frappe.throw(_("Method {0} not found").format(method), frappe.DoesNotExistError)
	else:
		for hook in reversed(frappe.get_hooks("override_whitelisted_methods", {}).get(method, [])):
			method = hook
			break
		function = BUILT_IN.get(method) or get_attr(method)
	is_whitelisted(function)
	is_valid_http_method(function)
	return frappe.call(function, **frappe.form_dict)


def count(doctype: str) -> int:
	"""How many documents of the DocType the user may see."""
	frappe.form_dict.doctype = doctype
	return frappe.call(frappe.client.get_count, **frappe.form_dict)


def meta(doctype: str) -> Any:
	"""What the DocType looks like."""
	frappe.only_for("All")
	return frappe.get_meta(doctype).as_dict()


def execute_doc_method(doctype: str, name: str, method: str | None = None) -> Any:
	"""Run a whitelisted method of a document."""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read" if frappe.local.request.method == "GET" else "write")
	return v1.run_whitelisted(doc, method or frappe.form_dict.run_method, v1.request_data())


url_rules = [
	Rule("/method/login", methods=["POST"], endpoint=v1.login),
	Rule("/method/<method>", endpoint=handle_rpc_call),
	Rule("/method/<doctype>/<method>", endpoint=handle_rpc_call),
	Rule("/document/<doctype>", methods=["GET"], endpoint=v1.document_list),
	Rule("/document/<doctype>", methods=["POST"], endpoint=v1.create_doc),
	Rule("/document/<doctype>/<path:name>/", methods=["GET"], endpoint=v1.read_doc),
	Rule("/document/<doctype>/<path:name>/", methods=["PATCH", "PUT"], endpoint=v1.update_doc),
	Rule("/document/<doctype>/<path:name>/", methods=["DELETE"], endpoint=v1.delete_doc),
	Rule(
		"/document/<doctype>/<path:name>/method/<method>/",
		methods=["GET", "POST"],
		endpoint=execute_doc_method,
	),
	Rule("/doctype/<doctype>/meta", methods=["GET"], endpoint=meta),
	Rule("/doctype/<doctype>/count", methods=["GET"], endpoint=count),
]
