"""A user's own page: who I am, where I can go, my language, sign out."""

import frappe
from frappe import _

no_cache = 1


def get_context(context: frappe._dict) -> None:
	"""Only for those who have signed in."""
	if frappe.session.user == "Guest":
		frappe.throw(_("You need to be logged in to access this page"), frappe.PermissionError)
	context.title = _("My Account")
	context.account = frappe.get_doc("User", frappe.session.user)
	context.languages = frappe.get_all(
		"Language", filters={"enabled": 1}, fields=["name", "language_name"], order_by="name"
	)


@frappe.whitelist(methods=["POST"])
def set_language(language: str) -> None:
	"""Store the language the user wants to work in."""
	if not frappe.db.exists("Language", {"name": language, "enabled": 1}):
		frappe.throw(_("Language {0} is not available").format(frappe.utils.escape_html(language)))
	frappe.db.set_value("User", frappe.session.user, "language", language)
