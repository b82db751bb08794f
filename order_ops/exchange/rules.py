# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""When a message is tried again, and what an adapter may answer (D-11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

# Minutes after the first, second, … attempt; after the last the message has failed and a person decides.
RETRY_MINUTES = (1, 5, 15, 60, 240, 1440)
# A message without a way out yet, such as mail on a site without an outgoing account, waits without attempts.
WAIT_MINUTES = 60
# So long a worker may take for its messages; if it is gone after that, they are sent by another one.
LEASE_MINUTES = 10
# So many notices of one kind to one person at a time are one notice with a list.
DIGEST_FROM = 4


class Fate(Enum):
	"""What became of one attempt."""

	SENT = "Sent"
	FAILED = "Failed"
	WAITING = "Waiting"


@dataclass(frozen=True)
class Outcome:
	"""What an adapter says of one message: sent, with the other system's answer; or not, and why."""

	fate: Fate
	reason: str = ""
	answer: dict | None = None


def sent(answer: dict | None = None) -> Outcome:
	"""The message is out; answer is what the other system replied."""
	return Outcome(Fate.SENT, answer=answer)


def failed(reason: str) -> Outcome:
	"""The message is not out and is tried again by and by."""
	return Outcome(Fate.FAILED, reason)


def waiting(reason: str) -> Outcome:
	"""The message cannot leave as long as something is missing on this site; no attempt is counted."""
	return Outcome(Fate.WAITING, reason)


def next_try(attempts: int, at: datetime) -> datetime | None:
	"""When to try again after so many attempts; None when it is enough (D-11)."""
	if attempts > len(RETRY_MINUTES):
		return None
	return at + timedelta(minutes=RETRY_MINUTES[attempts - 1])


def said(text: str, *args: Any) -> dict[str, Any]:
	"""An English text marked for translation, with its values, to be told in the reader's language.

	A value may be such a text itself; every other value is shown as it is.
	"""
	return {"_": text, "args": list(args)}


def line(words: Any, translate: Callable[[str], str]) -> str:
	"""One line of a message: a text made by `said`, plain text, or several of them side by side."""
	if isinstance(words, Mapping):
		text = translate(words["_"])
		return text.format(*(line(arg, translate) for arg in words["args"])) if words["args"] else text
	if isinstance(words, Sequence) and not isinstance(words, str):
		return "  ".join(filter(None, (line(part, translate) for part in words)))
	return "" if words is None else str(words)


def takes_sets(function: Callable) -> Callable:
	"""Mark a channel's function that takes a list of messages and returns {name: Outcome}."""
	function.takes_sets = True
	return function


def share(messages: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
	"""What one person gets at a time, notice by notice: many of one event together, the others one by one."""
	by_event: dict[str, list] = {}
	for message in messages:
		by_event.setdefault(message["event"], []).append(message)
	shares = []
	for of_event in by_event.values():
		shares += [of_event] if len(of_event) >= DIGEST_FROM else [[message] for message in of_event]
	return shares
