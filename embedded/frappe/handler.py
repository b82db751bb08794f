"""Calls from outside: finds a whitelisted function by its dotted path and runs it; uploads; sign-out."""

import mimetypes
from typing import Any

import frappe
import frappe.auth
from frappe import _
from frappe.utils import cint

UPLOADS_OF_PORTAL_USERS = frozenset(
	mimetypes.types_map[f".{extension}"] for extension in "png jpeg pdf txt csv doc xls".split()
) | {
	f"application/vnd.openxmlformats-officedocument.{kind}" for kind in ("wordprocessingml.document", "spreadsheetml.sheet")
}  # fmt: skip


def handle() -> None:
	"""Run `form_dict.cmd` and put what it returns under `message`."""
	cmd = frappe.local.form_dict.cmd
	data = None if cmd == "login" else execute_cmd(cmd)
	if data is not None:
		frappe.local.response["message"] = data


def execute_cmd(cmd: str) -> Any:
	"""Run the whitelisted function of this name with the form as its arguments."""
	method = get_attr(cmd)
	check_call(method)
	return frappe.call(method, **{k: v for k, v in frappe.form_dict.items() if k != "cmd"})


def get_attr(cmd: str) -> Any:
	"""The function of a dotted path, or the one of this module for a bare name."""
	try:
		method = frappe.get_attr(cmd) if "." in cmd else globals()[cmd]
		if not callable(method):
			raise AttributeError(cmd)
	except (ImportError, AttributeError, ValueError, KeyError, TypeError, frappe.AppNotInstalledError) as e:
		frappe.clear_messages()
		raise frappe.ValidationError(_("Failed to get method for command {0} with {1}").format(cmd, e)) from e
	return method


def check_call(method: Any) -> None:
	"""May this user call it, and with the HTTP method of this request?"""
	frappe.is_whitelisted(method)
	request = frappe.local.request
	method = getattr(method, "__func__", method)
	if request and request.method not in frappe.allowed_http_methods_for_whitelisted_func[method]:
		frappe.throw(_("Not permitted"), frappe.PermissionError)


@frappe.whitelist(allow_guest=True)
def ping() -> str:
	"""Is anybody there?"""
	return "pong"


@frappe.whitelist(allow_guest=True, methods=["POST"])
def logout() -> None:
	"""End this session."""
	frappe.auth.logout()


@frappe.whitelist(allow_guest=True, methods=["POST"])
def upload_file() -> Any:
	"""Store the file of a multipart form, attached to a document that the user may write."""
	form, user = frappe.form_dict, frappe.session.user
	if user == "Guest" and not cint(frappe.get_system_settings("allow_guests_to_upload_files")):
		raise frappe.PermissionError
	if form.doctype and form.docname:
		frappe.has_permission(form.doctype, "write", doc=form.docname, throw=True)
	uploaded = frappe.local.request.files.get("file")
	content = uploaded.stream.read() if uploaded else None
	name = uploaded.filename if uploaded else form.file_name
	if content is None and not form.file_url:
		frappe.throw(_("There is no file in the request"))
	if frappe.session.data.user_type != "System User" and content is not None:
		if mimetypes.guess_type(name or "")[0] not in UPLOADS_OF_PORTAL_USERS:
			frappe.throw(_("You can only upload JPG, PNG, PDF, TXT, CSV or Microsoft documents."))
	return frappe.get_doc(
		doctype="File", attached_to_doctype=form.doctype, attached_to_name=form.docname, attached_to_field=form.fieldname,
		file_name=name, file_url=None if uploaded else form.file_url, is_private=cint(form.is_private), content=content,
	).insert(ignore_permissions=True)  # fmt: skip
