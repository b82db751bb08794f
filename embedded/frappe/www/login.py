"""The sign-in page of desk and portal."""

import frappe
from frappe import _
from frappe.website.utils import get_home_page, local_path

no_cache = 1


def get_context(context: frappe._dict) -> None:
	"""Who is signed in already goes on; everybody else sees the form."""
	target = frappe.form_dict.get("redirect-to")
	if frappe.session.user != "Guest":
		desk = frappe.session.data.user_type == "System User"
		frappe.redirect(local_path(target, "/app" if desk else "/" + get_home_page()))
	context.title = _("Login")
	context.redirect_to = local_path(target, "")
	context.languages = frappe.get_all(
		"Language", filters={"enabled": 1}, fields=["name", "language_name"], order_by="name"
	)
