# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""When a message is tried again, and what an adapter may answer (D-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

# Minutes after the first, second, … attempt; after the last the message has failed and a person decides.
RETRY_MINUTES = (1, 5, 15, 60, 240, 1440)
# A message without a way out yet, such as mail on a site without an outgoing account, waits without attempts.
WAIT_MINUTES = 60
# So long a worker may take for its messages; if it is gone after that, they are sent by another one.
LEASE_MINUTES = 10


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
