"""What the desk's bell shows to one user."""

import frappe
from frappe.model.document import Document

LOG = "Notification Log"
SHOWN = 12


class NotificationLog(Document):
	"""One notice to one user."""


def get_permission_query_conditions(user: str, doctype: str | None = None) -> str:
	"""Everybody lists their own."""
	return "" if user == "Administrator" else f"`tab{LOG}`.`for_user` = {frappe.db.escape(user)}"


def has_permission(doc: Document, ptype: str, user: str) -> bool:
	"""Everybody reads their own."""
	return user == "Administrator" or doc.for_user == user


@frappe.whitelist(methods=["POST"])
def mark_as_read(docname: str) -> None:
	"""This notice of the user's has been read."""
	own = {"name": docname, "for_user": frappe.session.user}
	frappe.db.set_value(LOG, own, "read", 1, update_modified=False)


@frappe.whitelist(methods=["POST"])
def mark_all_as_read() -> None:
	"""All notices of the user's have been read."""
	own = {"for_user": frappe.session.user, "read": 0}
	frappe.db.set_value(LOG, own, "read", 1, update_modified=False)


def bell() -> dict:
	"""The user's unread notices: how many, and the latest."""
	own = {"for_user": frappe.session.user, "read": 0}
	fields = ["name", "subject", "document_type", "document_name", "link", "creation"]
	rows = frappe.get_all(LOG, own, fields, order_by="creation desc, name", limit=SHOWN)
	return {"count": frappe.db.count(LOG, own) if len(rows) == SHOWN else len(rows), "rows": rows}
