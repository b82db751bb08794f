# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a buyer and the house write to each other about an order, and how soon the buyer is answered (G7-7.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_url
from order_ops import rows
from order_ops.exchange import service as outbox
from order_ops.exchange.people import site_language
from order_ops.exchange.rules import said
from order_ops.ordering.exceptions import MessageRefused
from order_ops.ordering.intake import ORDER
from order_ops.policy import service as policies
from order_ops.problems import Problem
from order_ops.problems import _ as mark
from order_ops.reading import LONGEST_NOTE, Reader
from order_ops.timekeeping import calendars, clock, events
from order_ops.timekeeping.rules import measured
from order_ops.wording import refuse

DOCTYPE, RULE = "Ops Order Message", "G7-7.2"
FROM_BUYER, TO_BUYER = "From Buyer", "To Buyer"
EVENTS = {FROM_BUYER: mark("Buyer Message"), TO_BUYER: mark("Buyer Answered")}
HEADINGS = {FROM_BUYER: mark("Message from the buyer"), TO_BUYER: mark("Answer to the buyer")}
MOST_AN_HOUR = 10  # messages of one user
ORDER_FIELDS = ("name", "business_unit", "policy_profile", "customer")


def say(order: str, text: str) -> dict[str, Any]:
	"""Take a message of the buyer; the caller has checked that the order is the buyer's. The same again is a repeat."""
	return _write(order, text, FROM_BUYER)


@frappe.whitelist(methods=["POST"])
def answer_buyer(order: str, text: str) -> dict[str, Any]:
	"""Answer the buyer of an order: who may see the order and write messages (G7-7.2). The same again is a repeat."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	frappe.has_permission(ORDER, "read", doc=order, throw=True)
	return _write(order, text, TO_BUYER)


def thread(order: str) -> list[frappe._dict]:
	"""What was written about an order, the oldest first; the buyer does not learn who in the house wrote it."""
	return frappe.get_all(
		DOCTYPE,
		filters={"sales_order": order},
		fields=["at", "direction", "text"],
		order_by="at, creation, name",
	)


def fill(doc: Any) -> None:
	"""Give a new message what nobody types. What no buyer wrote is an answer, by who may see the order."""
	doc.direction = FROM_BUYER if doc.flags.from_buyer else TO_BUYER
	if not doc.flags.from_buyer:
		frappe.has_permission(ORDER, "read", doc=doc.sales_order, throw=True)
	doc.text = _cleaned(doc.text)
	order = rows.lock_many(ORDER, [doc.sales_order], ORDER_FIELDS)[doc.sales_order]
	waiting = doc.flags.waiting = _waiting(order.name)
	doc.update(
		{
			"business_unit": order.business_unit,
			"at": clock.now(),
			"by_user": frappe.session.user,
			"starts_clock": int(doc.direction == FROM_BUYER and not waiting),
			"answered_at": None,
			"response_seconds": 0,
		}
	)
	doc.flags.order = order


def follow(doc: Any) -> None:
	"""What follows a message: the first answer ends the waiting; timeline, clock, and who is told (G7-7.2, D-15)."""
	order = doc.flags.order
	if doc.direction == TO_BUYER:
		_end_waiting(doc, order)
	events.record(
		[
			{
				"at": doc.at,
				"phase": EVENTS[doc.direction],
				"reference_doctype": ORDER,
				"reference_name": order.name,
				"sales_order": order.name,
				"note": doc.text,
				"rule": RULE,
			}
		]
	)
	heading = _(HEADINGS[doc.direction], site_language())
	words = escape_html(doc.text).replace("\n", "<br>")
	frappe.get_doc(ORDER, order.name).add_comment("Comment", f"<b>{escape_html(heading)}</b><br>{words}")
	outbox.queue(_notices(doc, order))
	events.announce(EVENTS[doc.direction], [order.name], doc.at)


def _write(order: str, text: str, direction: str) -> dict[str, Any]:
	"""One message, locked behind its order; written twice in a row it is written once."""
	text = _cleaned(text)
	rows.lock_many(ORDER, [order])
	last = frappe.get_all(
		DOCTYPE,
		filters={"sales_order": order},
		fields=["name", "direction", "text"],
		order_by="at desc, creation desc",
		limit=1,
	)
	if last and (last[0].direction, last[0].text) == (direction, text):
		return {"order": order, "status": "repeat", "message": last[0].name}
	if direction == FROM_BUYER:
		_check_rate()
	doc = frappe.get_doc({"doctype": DOCTYPE, "sales_order": order, "text": text})
	doc.flags.from_buyer = direction == FROM_BUYER
	doc.insert(ignore_permissions=doc.flags.from_buyer)
	return {"order": order, "status": "written", "message": doc.name}


def _cleaned(text: Any) -> str:
	"""Plain text of at most 1,000 characters; MessageRefused says what is wrong with any other."""
	reader = Reader()
	cleaned = reader.text(text, "text", LONGEST_NOTE)
	if not cleaned and not reader.problems:
		reader.problems.append(Problem("missing", mark("Write something first"), (), "text", rule=RULE))
	refuse(reader.problems, MessageRefused)
	return cleaned


def _check_rate() -> None:
	since = clock.now() - timedelta(hours=1)
	written = {"by_user": frappe.session.user, "direction": FROM_BUYER, "at": (">", since)}
	if frappe.db.count(DOCTYPE, written) >= MOST_AN_HOUR:
		text = _("You wrote {0} messages within an hour: wait a little, we answer them first [G7-7.2]")
		frappe.throw(text.format(MOST_AN_HOUR), MessageRefused)


def _waiting(order: str) -> list[frappe._dict]:
	"""The buyer's messages of an order that nobody has answered."""
	return frappe.get_all(
		DOCTYPE,
		filters={"sales_order": order, "direction": FROM_BUYER, "answered_at": ("is", "not set")},
		fields=["name", "at"],
		order_by="at, creation, name",
	)


def _end_waiting(doc: Any, order: frappe._dict) -> None:
	"""The first answer answers all that waits; how long each waited counts in working time (D-06)."""
	calendar = calendars.get(policies.get(order.policy_profile).calendar) if order.policy_profile else None
	rows.update_many(
		DOCTYPE,
		{
			message.name: {
				"answered_at": doc.at,
				"response_seconds": measured(message.at, doc.at, calendar, 0),
			}
			for message in doc.flags.waiting
		},
	)


def _notices(doc: Any, order: frappe._dict) -> list[dict]:
	"""Who is told: the role that answers buyers, or the buyer by mail."""
	about = {
		"message_key": f"buyer:{doc.name}",
		"event": EVENTS[doc.direction],
		"rule": RULE,
		"business_unit": order.business_unit,
		"reference_doctype": ORDER,
		"reference_name": order.name,
	}
	if doc.direction == FROM_BUYER:
		role = _who_answers(order)
		subject = said(mark("{0}: the buyer has written"), order.name)
		told = {"channel": outbox.DESK, "recipient_role": role, "subject": subject, "body": doc.text}
		return [{**about, **told}] if role else []
	user = frappe.db.get_value("Ops Customer", order.customer, "portal_user") if order.customer else None
	address = frappe.db.get_value("User", {"name": user, "enabled": 1}, "email") if user else None
	subject = said(mark("Order {0}: your message is answered"), order.name)
	body = [doc.text, get_url(f"/orders/{order.name}")]
	told = {"channel": "Mail", "recipient": address, "subject": subject, "body": body}
	return [{**about, **told}] if address else []


def _who_answers(order: frappe._dict) -> str:
	"""The owner of the step that a message starts; without one who gives feedback in this policy."""
	if not order.policy_profile:
		return ""
	policy = policies.get(order.policy_profile)
	steps = (step.owner_role for step in policy.steps if step.starts_with == EVENTS[FROM_BUYER])
	duties = (duty.owner_role for duty in policy.duties if duty.link == "Feedback")
	return next(filter(None, (*steps, *duties)), "")
