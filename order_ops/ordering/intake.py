"""The only way orders come in: many requests in, a verdict each, few statements, safe to repeat (E-4.10a, G1-07a).

REST, files, the portal and imports call place(). An order typed at the desk is drafted by the same prepare() and
started by the same open_orders(), through its controller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from order_ops import rows
from order_ops.customers import identification
from order_ops.ordering import channels
from order_ops.ordering.channels import Channel
from order_ops.ordering.drafts import Draft, order_rows, prepare
from order_ops.ordering.requests import Request, parse, request_hash
from order_ops.policy.rules import REVIEW
from order_ops.problems import Problem
from order_ops.problems import _ as mark
from order_ops.timekeeping import clock, clocks, events
from order_ops.wording import sentence, words

ORDER, ITEM = "Ops Sales Order", "Ops Sales Order Item"
CREATED, REPEAT, REFUSED = "created", "repeat", "refused"
RECEIVED_EVENT = "Order Received"

STAMPED_KINDS = ("File",)  # channels whose orders say themselves when they were received
STAMPING_ROLE = "Integration User"  # and who may say so through any channel
MOST_PROBLEMS_TOLD = 5
MOST_ATTEMPTS = 8


@dataclass
class Case:
	"""One request on its way to a verdict."""

	external_id: str
	request: Request | None
	problems: list[Problem]
	hash: str = ""
	status: str = ""
	orders: list[str] = field(default_factory=list)

	@property
	def key(self) -> str:
		"""Order numbers that differ in case only are one, as they are for the database."""
		return self.external_id.casefold()

	def answer(self, known: list[Mapping[str, Any]]) -> None:
		"""The number was used before: the same content is a repeat, other content a conflict."""
		self.orders = sorted(row["name"] for row in known)
		if all(row["request_hash"] == self.hash for row in known):
			self.status = REPEAT
		else:
			text = mark("Order number {0} was used for {1} with other content; take a new number")
			args = (self.external_id, ", ".join(self.orders))
			self.refuse([Problem("conflict", text, args, "external_id", rule="G1-07a")])

	def refuse(self, problems: list[Problem]) -> None:
		"""Nothing is written for this request."""
		self.problems, self.status = problems, REFUSED

	def verdict(self) -> dict[str, Any]:
		"""What the sender is told."""
		told = {"external_id": self.external_id, "status": self.status, "order": None, "orders": self.orders}
		if self.status != REFUSED:
			return {**told, "order": self.orders[0]}
		first = self.problems[0]
		return {
			**told,
			"code": first.code,
			"message": "; ".join(words(problem) for problem in self.problems[:MOST_PROBLEMS_TOLD]),
			"field": first.field,
			"row": first.row,
			"rule": first.rule,
			"problems": [
				{"code": p.code, "field": p.field, "row": p.row, "rule": p.rule, "message": sentence(p)}
				for p in self.problems[:MOST_PROBLEMS_TOLD]
			],
		}


def place(requests: Sequence[Mapping[str, Any]], channel: str) -> list[dict[str, Any]]:
	"""Take orders of one channel: created, repeat (with the first answer) or refused, in the order given (E-4.10a).

	A refused request leaves nothing behind and does not hinder the others. The caller commits.
	"""
	through = channels.get(channel)
	cases = [_read(raw, through) for raw in requests]
	leaders: dict[str, Case] = {}
	for case in cases:
		if not case.status:
			leaders.setdefault(case.key, case)
	_answer_known(leaders, through)
	fresh = [case for case in leaders.values() if not case.status]
	drafts = prepare([case.request for case in fresh], through)
	_write([(c, d) for c, d in zip(fresh, drafts, strict=True) if isinstance(d, Draft)])
	for case, problems in zip(fresh, drafts, strict=True):
		if not isinstance(problems, Draft):
			case.refuse(problems)
	for case in cases:
		if not case.status:
			_answer_copy(case, leaders[case.key])
	return [case.verdict() for case in cases]


def open_orders(orders: Sequence[Mapping[str, Any]], drafts: Sequence[Draft]) -> None:
	"""Start what an order starts: the first clock, the search for its customer, the timeline (E-4.11a, E-4.12d)."""
	both = list(zip(orders, drafts, strict=True))
	events.record(
		{
			"at": draft.received_at,
			"phase": "Received",
			"to_status": row["status"],
			"reference_doctype": ORDER,
			"reference_name": row["name"],
			"sales_order": row["name"],
			"rule": "E-4.10a",
			"is_public": 1,
		}
		for row, draft in both
	)
	identification.open_matches(
		{
			"sales_order": row["name"],
			"business_unit": row["business_unit"],
			"received_at": draft.received_at,
			"buyer": draft.buyer,
		}
		for row, draft in both
		if not draft.customer
	)
	clocks.start(
		{
			"policy": draft.policy.name,
			"step": step,
			"reference_doctype": ORDER,
			"reference_name": row["name"],
			"sales_order": row["name"],
			"business_unit": row["business_unit"],
			"started_at": draft.plan.clock_start,
			"business_date": draft.plan.wave_date,
			"received_at": draft.received_at,
		}
		for row, draft in both
		if draft.channel.runs_clocks
		for step in _first_steps(draft)
	)
	events.announce(RECEIVED_EVENT, [row["name"] for row in orders], clock.now())


def _first_steps(draft: Draft) -> Iterable[str]:
	"""The representative's step, and that of the review wave that the order belongs to (E-4.11a, E-4.12d, G4-4.3)."""
	yield "E-SO" if draft.customer else identification.STEP
	wave = draft.policy.wave(draft.plan.wave)
	if wave and wave.kind == REVIEW:
		yield wave.wave


def _read(raw: object, channel: Channel) -> Case:
	zone = _site_zone() if isinstance(raw, Mapping) and raw.get("received_at") else None
	request, problems = parse(raw, zone)
	told = str(raw.get("external_id") or "")[:80] if isinstance(raw, Mapping) else ""
	case = Case(request.external_id if request else told, request, problems)
	if request and not request.external_id:
		case.problems = [
			Problem("missing", mark("The order number is missing"), (), "external_id", rule="G1-07a")
		]
	elif request and request.received_at and not _may_stamp(channel):
		text = mark("Channel {0} takes the instant of arrival itself; leave received_at out")
		case.problems = [Problem("received_at", text, (channel.code,), "received_at", rule="D-01")]
	if case.problems:
		case.refuse(case.problems)
	else:
		case.hash = request_hash(request)
	return case


def _may_stamp(channel: Channel) -> bool:
	return channel.kind in STAMPED_KINDS or STAMPING_ROLE in frappe.get_roles()


def _site_zone() -> tzinfo:
	return ZoneInfo(frappe.get_system_settings("time_zone") or "Asia/Shanghai")


def _answer_known(leaders: Mapping[str, Case], channel: Channel) -> None:
	"""Find out in one query which numbers were used before."""
	if not leaders:
		return
	known: dict[str, list[Mapping[str, Any]]] = {}
	for row in frappe.get_all(
		ORDER,
		filters={
			"channel": channel.code,
			"external_id": ("in", [case.external_id for case in leaders.values()]),
		},
		fields=["name", "external_id", "request_hash"],
	):
		known.setdefault(row.external_id.casefold(), []).append(row)
	for key, found in known.items():
		leaders[key].answer(found)


def _write(work: list[tuple[Case, Draft]]) -> None:
	"""Insert the orders. The unique key decides: who lost it to somebody else gets that one's answer.

	A number that another order happens to have is drawn again.
	"""
	for _attempt in range(MOST_ATTEMPTS):
		planned = [(case, draft, order_rows(draft, case.hash)) for case, draft in work]
		headers = sorted(
			({k: v for k, v in row.items() if k != "items"} for _c, _d, found in planned for row in found),
			key=lambda row: row["external_key"],
		)
		rows.insert_many(ORDER, headers, ignore_duplicates=True)
		owners = _owners([row["external_key"] for row in headers])
		written, again = [], []
		for case, draft, found in planned:
			mine = [row for row in found if _owner(owners, row).get("name") == row["name"]]
			theirs = [o for row in found if (o := _owner(owners, row)) and o["name"] != row["name"]]
			if len(mine) == len(found):
				written.append((case, draft, found))
				continue
			rows.delete_many(ORDER, [row["name"] for row in mine])
			if theirs:
				case.answer(theirs)
			else:
				again.append((case, draft))
		_write_lines(written)
		if not again:
			return
		work = again
	raise frappe.DuplicateEntryError(ORDER, work[0][0].external_id)


def _owners(keys: list[str]) -> dict[str, Mapping[str, Any]]:
	"""Who has these keys now; the locking read sees what others committed since this transaction began."""
	found = frappe.db.get_values(
		ORDER,
		{"external_key": ("in", keys)},
		["name", "external_key", "request_hash"],
		as_dict=True,
		order_by="external_key",
		for_update=True,
	)
	return {row["external_key"].casefold(): row for row in found}


def _owner(owners: Mapping[str, Mapping[str, Any]], row: Mapping[str, Any]) -> Mapping[str, Any]:
	return owners.get(row["external_key"].casefold(), {})


def _write_lines(written: Iterable[tuple[Case, Draft, list[dict[str, Any]]]]) -> None:
	orders, drafts, lines = [], [], []
	for case, draft, found in written:
		case.status, case.orders = CREATED, [row["name"] for row in found]
		for row in found:
			orders.append(row)
			drafts.append(draft)
			lines += [
				{"parent": row["name"], "parenttype": ORDER, "parentfield": "items", "idx": idx, **item}
				for idx, item in enumerate(row["items"], 1)
			]
	if orders:
		rows.insert_many(ITEM, lines)
		open_orders(orders, drafts)


def _answer_copy(case: Case, leader: Case) -> None:
	"""The same number twice in one call: the second is a repeat of the first, or a conflict with it."""
	if leader.status == REFUSED:
		case.refuse(leader.problems)
	else:
		case.answer([{"name": name, "request_hash": leader.hash} for name in leader.orders])
