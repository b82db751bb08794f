"""Calls from outside: finds a whitelisted function by its dotted path and runs it; uploads; sign-out."""

import mimetypes
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

ALLOWED_UPLOADS_OF_PORTAL_USERS = frozenset(
	("image/png", "image/jpeg", "application/pdf", "application/msword", "text/plain", "text/csv",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.ms-excel",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet")
)  # fmt: skip


def handle() -> None:
	"""Run `form_dict.cmd` and put what it returns under `message`."""
	cmd = frappe.local.form_dict.cmd
	data = None if cmd == "login" else execute_cmd(cmd)
	if data is not None:
		frappe.local.response["message"] = data


def execute_cmd(cmd: str, from_async: bool = False) -> Any:
	"""Run the whitelisted function of this name with the form as its arguments."""
	for hook in reversed(frappe.get_hooks("override_whitelisted_methods", {}).get(cmd, [])):
		cmd = hook
		break
	method = get_attr(cmd)
	if from_async:
		method = method.queue
	is_whitelisted(method)
	is_valid_http_method(method)
	return frappe.call(method, **{k: v for k, v in frappe.form_dict.items() if k != "cmd"})


def get_attr(cmd: str) -> Any:
	"""The function of a dotted path, or the one of this module for a bare name."""
	if not isinstance(cmd, str):
		frappe.throw(_("Invalid request arguments"))
	if "." not in cmd:
		method = globals().get(cmd)
	else:
		try:
			method = frappe.get_attr(cmd)
		except (ImportError, AttributeError, ValueError, frappe.AppNotInstalledError) as e:
			frappe.clear_messages()
			raise frappe.ValidationError(
				_("Failed to get method for command {0} with {1}").format(cmd, e)
			) from e
	if not callable(method):
		raise frappe.ValidationError(_("Failed to get method for command {0} with {1}").format(cmd, method))
	return method


def is_whitelisted(method: Any) -> None:
	"""May the world, or at least this user, call it?"""
	frappe.is_whitelisted(method)


def is_valid_http_method(method: Any) -> None:
	"""Was the function opened for the HTTP method of this request?"""
	request = frappe.local.request
	if request and request.method not in frappe.allowed_http_methods_for_whitelisted_func[method]:
		frappe.throw(_("Not permitted"), frappe.PermissionError)


@frappe.whitelist()
def run_doc_method(
	method: str, docs: dict | str | None = None, dt: str | None = None, dn: str | None = None,
	arg: Any = None, args: dict | str | None = None,
) -> None:  # fmt: skip
	"""Run a whitelisted method of a stored document, or of one that the form sends."""
	from frappe.api.v1 import run_whitelisted

	if docs is None:
		doc = frappe.get_doc(dt, dn)
	else:
		doc = frappe.get_doc(frappe.parse_json(docs))
		doc._original_modified = doc.modified
		doc.check_if_latest()
	given = args if args is not None else arg
	given = frappe.parse_json(given) if isinstance(given, str) else given
	result = run_whitelisted(doc, method, given if isinstance(given, dict) else {})
	frappe.local.response.docs = [doc]
	if result is not None:
		frappe.local.response["message"] = result


@frappe.whitelist(allow_guest=True)
def ping() -> str:
	"""Is anybody there?"""
	return "pong"


@frappe.whitelist(allow_guest=True, methods=["POST"])
def logout() -> None:
	"""End this session."""
	frappe.local.login_manager.logout()


@frappe.whitelist(allow_guest=True, methods=["POST"])
def web_logout() -> None:
	"""End this session and say so on a page."""
	frappe.local.login_manager.logout()
	frappe.respond_as_web_page(
		_("Logged Out"), _("You have been successfully logged out"), indicator_color="green"
	)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def upload_file() -> Any:
	"""Store the file of a multipart form, attached to a document that the user may write."""
	form = frappe.form_dict
	user = frappe.session.user
	guest = user == "Guest"
	if guest and not cint(frappe.db.get_single_value("System Settings", "allow_guests_to_upload_files")):
		raise frappe.PermissionError
	is_desk_user = not guest and frappe.db.get_value("User", user, "user_type") == "System User"
	if form.doctype and form.docname:
		check_write_permission(form.doctype, form.docname)
	uploaded = frappe.local.request.files.get("file")
	content, filename, file_url = None, form.file_name, form.file_url
	if uploaded:
		content, filename, file_url = uploaded.stream.read(), uploaded.filename, None
	if not (content or file_url):
		frappe.throw(_("There is no file in the request"))
	if not is_desk_user and content is not None:
		if mimetypes.guess_type(filename or "")[0] not in ALLOWED_UPLOADS_OF_PORTAL_USERS:
			frappe.throw(_("You can only upload JPG, PNG, PDF, TXT, CSV or Microsoft documents."))
	frappe.local.uploaded_file, frappe.local.uploaded_filename = content, filename
	if form.method:
		method = get_attr(form.method)
		is_whitelisted(method)
		is_valid_http_method(method)
		return method()
	return frappe.get_doc(
		{
			"doctype": "File",
			"attached_to_doctype": form.doctype,
			"attached_to_name": form.docname,
			"attached_to_field": form.fieldname,
			"folder": form.folder or "Home",
			"file_name": filename,
			"file_url": file_url,
			"is_private": cint(form.is_private),
			"content": content,
		}
	).insert(ignore_permissions=True)


def check_write_permission(doctype: str, name: str) -> None:
	"""A file may be attached only by somebody who may write the document."""
	if frappe.db.exists(doctype, name):
		frappe.get_doc(doctype, name).check_permission("write")
	else:
		frappe.has_permission(doctype, "write", throw=True)
