"""The page behind `frappe.respond_as_web_page` and behind every error."""

import frappe

no_cache = 1


def get_context(context: frappe._dict) -> None:
	"""Take over what is to be said."""
	message = getattr(frappe.local, "message_page", None)
	if not message:
		raise frappe.PageDoesNotExistError
	context.update(message)
