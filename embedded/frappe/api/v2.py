"""/api/v2: documents, DocTypes and methods; results always under `data`."""

from typing import Any

from werkzeug.routing import Rule

import frappe
import frappe.client
from frappe.api import v1
from frappe.handler import execute_cmd


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
	Rule("/method/<cmd>", endpoint=execute_cmd),
	*v1.documents("/document", "PATCH", "PUT"),
	Rule(
		"/document/<doctype>/<path:name>/method/<method>",
		methods=["GET", "POST"],
		endpoint=v1.execute_doc_method,
	),
	Rule("/doctype/<doctype>/meta", methods=["GET"], endpoint=meta),
	Rule("/doctype/<doctype>/count", methods=["GET"], endpoint=count),
]
