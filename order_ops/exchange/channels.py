# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The channels that need nothing but the site itself (D-15)."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import escape_html
from order_ops.exchange import rules
from order_ops.exchange.rules import Outcome


def desk(message: dict) -> Outcome:
	"""A desk message is delivered by being there: its role reads it in the list of messages."""
	return rules.sent()


def mail(message: dict) -> Outcome:
	"""Hand a message to the site's outgoing mail account; without one it waits and says so."""
	if not _has_outgoing_account():
		return rules.waiting(_("This site has no outgoing mail account yet"))
	recipients = _mail_addresses(message)
	if not recipients:
		return rules.failed(
			_("Nobody with a mail address has the role {0}").format(message["recipient_role"])
		)
	frappe.sendmail(
		recipients=recipients,
		subject=message["subject"],
		message=escape_html(message["body"] or message["subject"]).replace("\n", "<br>"),
		reference_doctype=message["reference_doctype"],
		reference_name=message["reference_name"],
	)
	return rules.sent()


def _has_outgoing_account() -> bool:
	return frappe.db.table_exists("Email Account") and bool(
		frappe.db.exists("Email Account", {"enable_outgoing": 1, "default_outgoing": 1})
	)


def _mail_addresses(message: dict) -> list[str]:
	if message["recipient"]:
		return [message["recipient"]]
	if message["recipient_user"]:
		return [frappe.db.get_value("User", message["recipient_user"], "email")]
	holders = frappe.get_all(
		"Has Role", filters={"role": message["recipient_role"], "parenttype": "User"}, pluck="parent"
	)
	return frappe.get_all(
		"User",
		filters={"name": ("in", holders or [""]), "enabled": 1, "user_type": "System User"},
		pluck="email",
	)
