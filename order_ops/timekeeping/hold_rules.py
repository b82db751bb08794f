# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Holds: what one blocks, what its placing lacks, when its promise is broken. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from order_ops.problems import Problem, _

BY_PERSON, BY_TIME, BY_PROMISE = "By a person", "At a time", "By a promise"
RELEASE_RULES = (BY_PERSON, BY_TIME, BY_PROMISE)
ORDER = "Ops Sales Order"


@dataclass(frozen=True)
class Hold:
	"""One open hold, as far as a transition asks it."""

	name: str
	kind: str
	rule: str
	doctype: str
	document: str
	owner_role: str = ""
	order: str = ""
	blocks: tuple[str, ...] = ()  # transitions; none named: all of them
	covers_documents: bool = True
	reason: str = ""


def blocks(hold: Hold, transition: str, document: str, order: str = "") -> bool:
	"""Whether a hold keeps a document from a transition; one on an order holds what belongs to it, too (G5-2.3)."""
	own = (hold.doctype, hold.document) == (transition.partition(":")[0], document)
	above = hold.covers_documents and hold.doctype == ORDER and bool(order) and hold.document == order
	return (own or above) and (not hold.blocks or transition in hold.blocks)


def lines(text: str | None) -> tuple[str, ...]:
	"""The transitions named in a field, one a line."""
	return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def problems(
	reason: str,
	release_rule: str,
	release_at: datetime | None,
	promised_by: date | None,
	named: Collection[str],
	transitions: Collection[str],
	now: datetime,
) -> list[Problem]:
	"""What keeps a hold from being placed: no reason, no time or promise, or one that has passed (G5-2.3)."""
	found = []
	if not reason.strip():
		found.append(Problem("reason", _("Give the reason of the hold"), (), "reason", rule="G5-2.3"))
	if release_rule not in RELEASE_RULES:
		text = _("{0} is no way to release a hold")
		found.append(Problem("release_rule", text, (release_rule,), "release_rule", rule="G5-2.3"))
	if release_rule == BY_TIME and (release_at is None or release_at <= now):
		text = _("Say when the hold ends, at a time that has not passed")
		found.append(Problem("release_at", text, (), "release_at", rule="G5-2.3"))
	if release_rule == BY_PROMISE and (promised_by is None or promised_by < now.date()):
		text = _("Say by which day it is promised, one that has not passed")
		found.append(Problem("promised_by", text, (), "promised_by", rule="D-05"))
	for name in named:
		if name not in transitions:
			text = _("There is no transition {0}")
			found.append(Problem("blocks", text, (name,), "blocks", rule="G5-2.3"))
	return found


def promise_ends(day: date) -> datetime:
	"""The first instant at which a promise for a day is broken: it may be kept until 23:59:59 (D-05)."""
	return datetime.combine(day + timedelta(days=1), time())
