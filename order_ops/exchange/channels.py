# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The channels that need nothing but the site itself (D-15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import frappe
from frappe import _
from frappe.utils import escape_html
from order_ops.exchange import letters, rules
from order_ops.exchange.people import Person, recipients, site_language
from order_ops.exchange.rules import Outcome
from order_ops.problems import _ as mark

LISTED = 100  # lines of a notice


@rules.takes_sets
def desk(messages: Sequence[dict]) -> dict[str, Outcome]:
	"""Leave a notice on the desk of everybody a message is for, each in their own language (D-15)."""
	people = recipients(messages)
	by_person = defaultdict(list)
	for message in messages:
		for person in people[message["name"]]:
			by_person[person].append(message)
	for person, told in by_person.items():
		for share in rules.share(told):
			_leave_notice(person, share)
	return {
		message["name"]: rules.sent() if people[message["name"]] else rules.failed(_nobody(message))
		for message in messages
	}


def mail(message: dict) -> Outcome:
	"""Hand a message to the site's outgoing mail account, once for each language its readers have; without an
	account it waits and says so."""
	if not _has_outgoing_account():
		return rules.waiting(_("This site has no outgoing mail account yet"))
	addresses = _addresses(message)
	if not addresses:
		return rules.failed(_nobody(message))
	for language, readers in addresses.items():
		subject, body = letters.written(letters.words_of(message), language)
		frappe.sendmail(
			recipients=readers,
			subject=subject,
			message=_html((body or subject).split("\n")),
			reference_doctype=message["reference_doctype"],
			reference_name=message["reference_name"],
		)
	return rules.sent()


def _leave_notice(person: Person, messages: Sequence[dict]) -> None:
	"""One notice; of several messages their number, with the list in it."""
	told = [letters.written(letters.words_of(message), person.language) for message in messages]
	first, (subject, body) = messages[0], told[0]
	reference = {"document_type": first["reference_doctype"], "document_name": first["reference_name"]}
	if len(messages) > 1:
		words = rules.said(mark("{0}: {1} notices"), rules.said(first["event"]), len(messages))
		subject, _no_body = letters.written({"subject": words}, person.language)
		body, reference = "\n".join(line for line, _body in told), {}
	notice = frappe.get_doc(
		{
			"doctype": "Notification Log",
			"type": "Alert",
			"for_user": person.user,
			"from_user": frappe.session.user,
			"subject": escape_html(subject),
			"email_content": _html(body.split("\n")),
			**(reference if first["reference_name"] else {}),
		}
	)
	notice.insert(ignore_permissions=True)


def _html(lines: list[str]) -> str:
	listed = lines if len(lines) <= LISTED else [*lines[:LISTED], f"… {len(lines) - LISTED}"]
	return "<br>".join(escape_html(line) for line in listed)


def _nobody(message: dict) -> str:
	return _("Nobody at work is {0}, or may see this business unit: give somebody the role").format(
		message["recipient_user"] or _(message["recipient_role"])
	)


def _has_outgoing_account() -> bool:
	return frappe.db.table_exists("Email Account") and bool(
		frappe.db.exists("Email Account", {"enable_outgoing": 1, "default_outgoing": 1})
	)


def _addresses(message: dict) -> dict[str, list[str]]:
	"""The addresses by the language in which they are written to."""
	if message["recipient"]:
		return {site_language(): [message["recipient"]]}
	addresses = defaultdict(list)
	for person in recipients([message])[message["name"]]:
		if person.email:
			addresses[person.language].append(person.email)
	return addresses
