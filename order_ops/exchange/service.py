# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The outbox: messages to people and to other systems leave once, and are retried until they do (D-11, D-15).

Another app adds a channel by the hook order_ops_message_channels: `{"Name": "path.of.function"}`, a function of the
message (a dict of its fields, payload parsed) that returns an Outcome of exchange.rules. It gets message_key, by
which the other system can recognise a message that was sent twice. The last registered function of a channel wins.
A function marked with exchange.rules.takes_sets gets all messages that are due at once.

Who waits for the other system's answer registers under the message's event in the hook order_ops_on_answer:
`fn(answers: list[Answer])`, called in the transaction that marks the messages as sent.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _
from order_ops.exchange import letters, rules
from order_ops.exchange.exceptions import MessageNotOpen
from order_ops.exchange.people import site_language
from order_ops.exchange.rules import Fate, Outcome
from order_ops.rows import insert_many, lock_many, update_many
from order_ops.timekeeping import clock

DOCTYPE = "Ops Message"
QUEUED, SENT, FAILED, STOPPED = "Queued", "Sent", "Failed", "Stopped"
DESK = "Desk"
BATCH = 50
SUBJECT_LENGTH = 140
ERROR_LENGTH = 500

FIELDS = [
	"name",
	"message_key",
	"event",
	"rule",
	"channel",
	"status",
	"recipient_role",
	"recipient_user",
	"recipient",
	"business_unit",
	"reference_doctype",
	"reference_name",
	"subject",
	"body",
	"words",
	"payload",
	"attempts",
]


@dataclass(frozen=True)
class Answer:
	"""What another system replied to a message."""

	message: str
	reference_doctype: str | None
	reference_name: str | None
	payload: dict
	answer: dict


def queue(messages: Iterable[dict]) -> None:
	"""Put messages into the outbox, each key once; a repeat changes nothing (D-15).

	A message names message_key, event, channel and subject; what it may add: rule, recipient_role, recipient_user,
	recipient, business_unit, reference_doctype, reference_name, body, payload (a dict). The subject is plain text or
	made by exchange.rules.said, the body plain text or a list of such lines: people read them in their own language,
	the row shows them in the site's.
	"""
	at, language = clock.now(), site_language()
	insert_many(DOCTYPE, [_row(message, at, language) for message in messages], ignore_duplicates=True)


def flush(limit: int = 1000) -> dict[str, int]:
	"""Send what is due, in batches with a commit each; returns how many met which fate (D-11).

	A batch is claimed by moving its next attempt behind a lease, so two workers never send the same message and
	the messages of a killed worker are sent when its lease is over.
	"""
	counts = dict.fromkeys((SENT, FAILED, QUEUED), 0)
	for to_desks, batch in ((True, limit), (False, BATCH)):  # what comes to one desk at a time is one set
		done = 0
		while done < limit and (messages := _claim(min(batch, limit - done), to_desks)):
			done += len(messages)
			_settle(messages, _send(messages), counts)
			frappe.db.commit()
	return counts


@frappe.whitelist(methods=["POST"])
def retry_message(doc: str | dict) -> None:
	"""Try a message again now (D-11)."""
	_reopen(doc, (QUEUED, FAILED, STOPPED), {"status": QUEUED, "attempts": 0, "next_try_at": clock.now()})


@frappe.whitelist(methods=["POST"])
def stop_message(doc: str | dict) -> None:
	"""Send a message no more (D-11)."""
	_reopen(doc, (QUEUED, FAILED), {"status": STOPPED, "next_try_at": None})


def _row(message: dict, at: datetime, language: str) -> dict:
	words = {"subject": message["subject"], "body": message.get("body")}
	subject, body = letters.written(words, language)
	return {
		**message,
		"subject": subject[:SUBJECT_LENGTH],
		"body": body or None,
		"words": _json(words),
		"payload": _json(message["payload"]) if message.get("payload") else None,
		"status": QUEUED,
		"next_try_at": at,
	}


def _json(values: dict) -> str:
	return json.dumps(values, ensure_ascii=False, default=str)


def _claim(limit: int, to_desks: bool) -> list[frappe._dict]:
	"""Found without a lock, then locked by name: a scan that locks would stand in the way of whoever queues."""
	at = clock.now()
	due = frappe.get_all(
		DOCTYPE,
		filters={
			"status": QUEUED,
			"next_try_at": ("<=", at),
			"channel": ("=" if to_desks else "!=", DESK),
		},
		fields=FIELDS,
		order_by="next_try_at, creation, name",
		limit=limit,
	)
	locked = lock_many(DOCTYPE, [message.name for message in due], ["status", "next_try_at"])
	free = {name for name, row in locked.items() if row.status == QUEUED and row.next_try_at <= at}
	lease = {"next_try_at": at + timedelta(minutes=rules.LEASE_MINUTES)}
	update_many(DOCTYPE, dict.fromkeys(free, lease))
	frappe.db.commit()
	return [message for message in due if message.name in free]


def _send(messages: list[frappe._dict]) -> dict[str, Outcome]:
	by_channel = defaultdict(list)
	for message in messages:
		message.payload = json.loads(message.payload) if message.payload else {}
		by_channel[message.channel].append(message)
	outcomes = {}
	for channel, part in by_channel.items():
		paths = (frappe.get_hooks("order_ops_message_channels") or {}).get(channel)
		if paths:
			outcomes |= _through(frappe.get_attr(paths[-1]), part)
		else:
			reason = _("No app registers the message channel {0}").format(channel)
			outcomes |= dict.fromkeys((message.name for message in part), rules.waiting(reason))
	return outcomes


def _through(channel: Callable, messages: list[frappe._dict]) -> dict[str, Outcome]:
	if not getattr(channel, "takes_sets", False):
		return {message.name: _apart(channel, message) for message in messages}
	outcomes = _apart(channel, messages)
	if isinstance(outcomes, dict):
		return outcomes
	if len(messages) == 1:
		return {messages[0].name: outcomes}
	return {name: found for one in messages for name, found in _through(channel, [one]).items()}


def _settle(messages: list[frappe._dict], outcomes: dict[str, Outcome], counts: dict[str, int]) -> None:
	at = clock.now()
	answers = defaultdict(list)
	for message in messages:
		answer = outcomes[message.name].answer
		if answer is not None:
			answers[message.event].append(
				Answer(
					message.name, message.reference_doctype, message.reference_name, message.payload, answer
				)
			)
	for event, received in answers.items():
		for path in (frappe.get_hooks("order_ops_on_answer") or {}).get(event, ()):
			failure = _apart(frappe.get_attr(path), received)
			if isinstance(failure, Outcome):
				outcomes.update(dict.fromkeys((answer.message for answer in received), failure))
	changes = {message.name: _change(message, outcomes[message.name], at) for message in messages}
	for change in changes.values():
		counts[change["status"]] += 1
	update_many(DOCTYPE, changes, where={"status": (QUEUED,)})


def _apart(function: Callable, argument: Any) -> Any:
	"""Call foreign code so that its failure is a failed outcome and leaves nothing half-written."""
	frappe.db.savepoint("order_ops_message")
	try:
		return function(argument)
	except Exception as error:
		frappe.db.rollback(save_point="order_ops_message")
		return rules.failed(f"{type(error).__name__}: {error}")


def _change(message: frappe._dict, outcome: Outcome, at: datetime) -> dict:
	if outcome.fate is Fate.WAITING:
		later = at + timedelta(minutes=rules.WAIT_MINUTES)
		return {"status": QUEUED, "next_try_at": later, "error": outcome.reason[:ERROR_LENGTH]}
	attempts = message.attempts + 1
	if outcome.fate is Fate.SENT:
		answer = None if outcome.answer is None else _json(outcome.answer)
		return {
			"status": SENT,
			"attempts": attempts,
			"sent_at": at,
			"next_try_at": None,
			"error": None,
			"answer": answer,
		}
	later = rules.next_try(attempts, at)
	return {
		"status": QUEUED if later else FAILED,
		"attempts": attempts,
		"next_try_at": later,
		"error": outcome.reason[:ERROR_LENGTH],
	}


def _reopen(doc: str | dict, allowed: tuple[str, ...], change: dict) -> None:
	name = frappe.parse_json(doc)["name"]
	frappe.has_permission(DOCTYPE, "write", doc=name, throw=True)
	status = frappe.db.get_value(DOCTYPE, name, "status", for_update=True)
	if status not in allowed:
		frappe.throw(_("Message {0} is {1} already [D-11]").format(name, _(status)), MessageNotOpen)
	update_many(DOCTYPE, {name: change})
