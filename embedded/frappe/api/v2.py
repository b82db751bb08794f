"""/api/v2: documents, DocTypes and methods; results always under `data`."""

from typing import Any

from werkzeug.routing import Rule

import frappe
import frappe.client
from frappe import _
from frappe.api import v1
from frappe.handler import check_call, get_attr


def handle_rpc_call(method: str, doctype: str | None = None) -> Any:
	"""Run a whitelisted function by dotted path, or one of a DocType's controller module."""
	if doctype:
		from frappe.modules.utils import load_doctype_module

		function = getattr(load_doctype_module(doctype), method, None)
		if not callable(function):
			frappe.throw(_("Method {0} not found").format(method), frappe.DoesNotExistError)
	else:
		function = get_attr(method)
	check_call(function)
	return frappe.call(function, **frappe.form_dict)


def count(doctype: str) -> int:
	"""How many documents of the DocType the user may see."""
	frappe.form_dict.doctype = doctype
	return frappe.call(frappe.client.get_count, **frappe.form_dict)


def meta(doctype: str) -> Any:
	"""What the DocType looks like."""
	frappe.only_for("All")
	return frappe.get_meta(doctype).as_dict()


url_rules = [
	Rule("/method/login", methods=["POST"], endpoint=v1.login),
	Rule("/method/<method>", endpoint=handle_rpc_call),
	Rule("/method/<doctype>/<method>", endpoint=handle_rpc_call),
	*v1.documents("/document", "PATCH", "PUT"),
	Rule(
		"/document/<doctype>/<path:name>/method/<method>",
		methods=["GET", "POST"],
		endpoint=v1.execute_doc_method,
	),
	Rule("/doctype/<doctype>/meta", methods=["GET"], endpoint=meta),
	Rule("/doctype/<doctype>/count", methods=["GET"], endpoint=count),
]
