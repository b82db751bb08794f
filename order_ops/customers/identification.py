"""Who bought: recognised by key, else found by a representative, corrected or created (E-4.11a-h)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html
from order_ops import rows
from order_ops.customers import rules, service
from order_ops.customers.exceptions import (
	ContactRecordMissing,
	CorrectionIncomplete,
	MatchIsFinished,
	SearchFirst,
	StillNotRecognised,
)
from order_ops.customers.rules import Address, Buyer, Known
from order_ops.exchange.service import Answer
from order_ops.timekeeping import clock, clocks, events, guards
from order_ops.timekeeping.exceptions import Held
from order_ops.timekeeping.rules import Refusal

MATCH = "Ops Customer Match"
TO_CHECK, CANDIDATES, VERIFYING, CREATING = "To Check", "Candidates", "Verifying", "Creating"
MATCHED, CREATED = "Matched", "Created"
WITHDRAWN = "Withdrawn"  # the order was given up before its customer was known
FINISHED = (MATCHED, CREATED, WITHDRAWN)

EXISTING, NEW, CORRECTED = "Existing", "New", "Corrected"
OUR_RECORD, CUSTOMERS_INPUT = "Our Record", "Customer's Input"

IDENTIFIED_EVENT = "Customer Identified"
STEP = "E-MATCH"
CANDIDATES_LOOKED_AT = 200
MOVES = {CANDIDATES: "Search", VERIFYING: "Verify", CREATING: "Create"}  # how a match gets there


def recognise(buyers: Sequence[Buyer]) -> list[Known | None]:
	"""The customer on file for each buyer, by exact key; None where a person has to look (E-4.11b)."""
	register = service.register_for(buyers)
	return [register.find(buyer) for buyer in buyers]


def open_matches(unknown: Iterable[Mapping[str, Any]]) -> None:
	"""Give the representative one task per order whose buyer nobody recognised (E-4.11c).

	A row names sales_order, business_unit, received_at and buyer.
	"""
	rows.insert_many(
		MATCH,
		[
			{
				"sales_order": row["sales_order"],
				"business_unit": row["business_unit"],
				"received_at": row["received_at"],
				"status": TO_CHECK,
				**_buyer_fields(row["buyer"]),
			}
			for row in unknown
		],
		ignore_duplicates=True,
	)


# --- what the representative does ----------------------------------------------------------------------------------


@frappe.whitelist(methods=["POST"])
def search(doc: str | dict) -> dict[str, Any]:
	"""Look for the buyer by every key and keep what each of them found (E-4.11c)."""
	match = _open_match(doc, "Search")
	if known := recognise([buyer_of(match)])[0]:
		_check_settlement(match)
		_finish({match.name: (known.id, EXISTING)})
		return {"status": MATCHED, "customer": known.id, "candidates": []}
	buyer = buyer_of(match)
	hits = rules.score(buyer, _similar(buyer))
	match.set("candidates", [])
	for hit in hits:
		match.append("candidates", asdict(hit))
	match.search_result = _search_result(buyer, hits)
	match.status = CANDIDATES
	match.flags.by_service = True
	match.save()
	return {"status": match.status, "candidates": [asdict(hit) for hit in hits]}


@frappe.whitelist(methods=["POST"])
def correct(doc: str | dict) -> dict[str, Any]:
	"""After talking to the customer: mend our record or the order's data, then recognise again (E-4.11d-f)."""
	match = _open_match(doc, "Settle")
	_check_settlement(match)
	_check_correction(match)
	buyer, customer = buyer_of(match), _known_customer(match.customer)
	differing = rules.corrections(buyer, customer)
	if match.correct_side == OUR_RECORD:
		_correct_record(match, buyer, differing)
	else:
		match.update(_buyer_fields(_with_keys_of(buyer, customer)))
		match.flags.by_service = True
		match.save()
	recognised = recognise([buyer_of(match)])[0]
	if not recognised or recognised.id != match.customer:
		frappe.throw(
			_(
				"{0} is still not recognised as {1}: correct the other keys, or create the customer [E-4.11f]"
			).format(match.buyer_name or match.sales_order, match.customer),
			StillNotRecognised,
		)
	_finish({match.name: (recognised.id, CORRECTED)})
	return {"status": MATCHED, "customer": recognised.id}


@frappe.whitelist(methods=["POST"])
def create_customer(doc: str | dict) -> dict[str, Any]:
	"""Nobody was found: a new customer, whose SAP number the order waits for (E-4.11g)."""
	match = _open_match(doc, "Create")
	if match.status == CREATING:
		return {"status": CREATING, "customer": match.customer}
	if match.status == TO_CHECK:
		frappe.throw(
			_("Search for {0} first; a customer is created only when nobody is found [E-4.11g]").format(
				match.buyer_name or match.sales_order
			),
			SearchFirst,
		)
	frappe.has_permission("Ops Customer", "create", throw=True)
	buyer = buyer_of(match)
	if not buyer.name:
		frappe.throw(
			_("The buyer has no name: ask the customer and correct the order [E-4.10d]"), SearchFirst
		)
	customer = service.create([buyer], [{"invoice_title": buyer.name}])[0]
	match.update({"customer": customer, "status": CREATING})
	match.flags.by_service = True
	match.save()
	settle_created([customer])
	return {"status": frappe.db.get_value(MATCH, match.name, "status"), "customer": customer}


def on_sap_answer(answers: list[Answer]) -> None:
	"""Hook: SAP gave new customers their numbers; their orders go on (E-4.11g)."""
	numbers = {answer.reference_name: answer.answer["sap_customer_no"] for answer in answers}
	rows.update_many("Ops Customer", {name: {"sap_customer_no": number} for name, number in numbers.items()})
	settle_created(list(numbers))


def settle_created(customers: Collection[str]) -> None:
	"""Finish the matches that waited for these customers' SAP numbers; what is held waits on (E-4.11g)."""
	waiting = frappe.get_all(
		MATCH,
		filters={"status": CREATING, "customer": ("in", list(customers))},
		fields=["name", "customer", "sales_order"],
	)
	numbered = set(
		frappe.get_all(
			"Ops Customer",
			filters={
				"name": ("in", sorted({row.customer for row in waiting})),
				"sap_customer_no": ("is", "set"),
			},
			pluck="name",
		)
		if waiting
		else []
	)
	ready = {row.name: row for row in waiting if row.customer in numbered}
	refused = _settlement_refusals({name: row.sales_order for name, row in ready.items()})
	_finish({name: (row.customer, NEW) for name, row in ready.items() if name not in refused})


def holds_released(holds: list[str], at: datetime) -> None:
	"""Hook: holds ended; what SAP answered in the meantime is taken up now (E-4.11g)."""
	orders = frappe.get_all("Ops Hold", filters={"name": ("in", holds)}, pluck="sales_order")
	filters = {"sales_order": ("in", [order for order in orders if order] or [""]), "status": CREATING}
	if customers := frappe.get_all(MATCH, filters=filters, pluck="customer"):
		settle_created(customers)


def orders_withdrawn(orders: list[str], at: datetime) -> None:
	"""Hook: orders were withdrawn; nobody looks for their customers any more (G8-05.2)."""
	rows.update_many(MATCH, {name: {"status": WITHDRAWN} for name in _unsettled(orders)})


def guard_withdrawal(orders: list[str]) -> dict[str, Refusal]:
	"""Guard: an order is not withdrawn while the search that would end with it is held (G1-09)."""
	matches = _unsettled(orders)
	held = guards.check(f"{MATCH}:Withdraw", list(matches))
	return {matches[name]: refusal for name, refusal in held.items()}


def _unsettled(orders: list[str]) -> dict[str, str]:
	filters = {"sales_order": ("in", orders), "status": ("not in", FINISHED)}
	return dict(frappe.get_all(MATCH, filters=filters, fields=["name", "sales_order"], as_list=True))


def check_move(match: Any, before: Any) -> None:
	"""Throw what keeps a match from the state that a save gives it (G1-09, G8-03.2)."""
	if match.status != before.status and match.status in MOVES:
		guards.require(f"{MATCH}:{MOVES[match.status]}", match.name)


def update_clock(match: Any, before: Any | None) -> None:
	"""While the customer is asked the clock stands still; his answer starts it again (E-4.11a)."""
	waits, waited = _waits_for_customer(match), bool(before) and _waits_for_customer(before)
	if waits and not waited:
		clocks.pause(STEP, [match.sales_order], clock.now(), _("Waiting for the customer"))
	if waited and not waits:
		clocks.resume(STEP, [match.sales_order], clock.now())


def _waits_for_customer(match: Any) -> bool:
	return bool(match.contacted_at) and not match.contact_outcome and match.status not in FINISHED


# --- how it is done ------------------------------------------------------------------------------------------------


def buyer_of(match: Any) -> Buyer:
	"""The buyer as the order named him."""
	details = json.loads(match.buyer_details or "{}")
	return Buyer(
		kind=match.buyer_kind or "",
		name=match.buyer_name or "",
		code=match.buyer_code or "",
		mobile=match.buyer_mobile or "",
		tax_no=match.buyer_tax_no or "",
		external_id=match.buyer_external_id or "",
		responsible_person=details.get("responsible_person") or "",
		responsible_contact=details.get("responsible_contact") or "",
		address=Address(**details.get("address") or {}),
	)


def _buyer_fields(buyer: Buyer) -> dict[str, Any]:
	return {
		"buyer_kind": buyer.kind or None,
		"buyer_name": buyer.name,
		"buyer_code": buyer.code,
		"buyer_mobile": buyer.mobile,
		"buyer_tax_no": buyer.tax_no,
		"buyer_external_id": buyer.external_id,
		"buyer_details": json.dumps(
			{
				"responsible_person": buyer.responsible_person,
				"responsible_contact": buyer.responsible_contact,
				"address": asdict(buyer.address),
			},
			ensure_ascii=False,
		),
	}


def _settlement_refusals(order_of: Mapping[str, str]) -> dict[str, Refusal]:
	"""Why matches cannot be settled: they or their orders are held (E-4.12c, G1-09)."""
	if not order_of:
		return {}
	refused = guards.check(f"{MATCH}:Settle", list(order_of))
	held = guards.check("Ops Sales Order:Identify", sorted(set(order_of.values())))
	return {name: held[order] for name, order in order_of.items() if order in held} | refused


def _check_settlement(match: Any) -> None:
	if refusal := _settlement_refusals({match.name: match.sales_order}).get(match.name):
		frappe.throw(refusal.message, Held)


def _open_match(doc: str | dict, move: str) -> Any:
	"""The match a button was pressed on, as it is in the database, if the user may work on it (E-4.11h)."""
	match = frappe.get_doc(MATCH, frappe.parse_json(doc)["name"])
	match.check_permission("write")
	if match.status in FINISHED:
		frappe.throw(
			_("The customer of {0} is settled: {1} [E-4.11h]").format(match.sales_order, match.customer),
			MatchIsFinished,
		)
	guards.require(f"{MATCH}:{move}", match.name)
	return match


def _similar(buyer: Buyer) -> list[Known]:
	either: list[list[Any]] = [
		["match_name", "like", f"%{part}%"] for part in rules.search_parts(rules.match_name(buyer.name))
	]
	either += [["tax_no", "in", [code]] for code in {buyer.tax_no, buyer.code} if code]
	either += [["mobile", "=", buyer.mobile]] if buyer.mobile else []
	either += [["external_id", "=", buyer.external_id]] if buyer.external_id else []
	identity = rules.identity(buyer.kind, buyer.code) or rules.identity(rules.ORGANISATION, buyer.tax_no)
	either += [["identity_key", "=", identity]] if identity else []
	return service.known(either, CANDIDATES_LOOKED_AT) if either else []


def _search_result(buyer: Buyer, hits: list[rules.Hit]) -> str:
	asked = {
		rules.BY_NAME: buyer.name,
		rules.BY_CODE: buyer.code,
		rules.BY_MOBILE: buyer.mobile,
		rules.BY_TAX_NO: buyer.tax_no,
		rules.BY_NUMBER: buyer.external_id,
	}
	return "; ".join(
		f"{_(key)}: {sum(hit.key == key for hit in hits)}" if value else f"{_(key)}: {_('not given')}"
		for key, value in asked.items()
	)


def _check_correction(match: Any) -> None:
	if not (match.contacted_at and match.contact_channel and match.contact_outcome):
		frappe.throw(
			_(
				"Record when and how you spoke with the customer, and what came out, before correcting [E-4.11d]"
			),
			ContactRecordMissing,
		)
	if not (match.customer and match.correct_side and match.correction):
		frappe.throw(
			_("Say which customer it is, whose data is wrong, and why [E-4.11e]"),
			CorrectionIncomplete,
		)


def _known_customer(name: str) -> Known:
	found = service.known([["name", "=", name]])
	if not found:
		frappe.throw(_("{0} is no active customer [E-4.11e]").format(name), CorrectionIncomplete)
	return found[0]


def _correct_record(match: Any, buyer: Buyer, differing: Mapping[str, tuple[str, str]]) -> None:
	"""Write the verified keys into the customer's record; the version keeps old and new, the comment why (E-4.11e)."""
	service.update(match.customer, Buyer(kind=buyer.kind, **{key: getattr(buyer, key) for key in differing}))
	frappe.get_doc("Ops Customer", match.customer).add_comment(
		"Comment",
		_("Corrected for order {0}: {1}. {2} [E-4.11e]").format(
			match.sales_order, ", ".join(differing), escape_html(match.correction)
		),
	)


def _with_keys_of(buyer: Buyer, customer: Known) -> Buyer:
	return Buyer(
		kind=customer.kind,
		name=customer.name,
		code=customer.code or buyer.code,
		mobile=customer.mobile or buyer.mobile,
		tax_no=customer.tax_no or buyer.tax_no,
		external_id=customer.external_id or buyer.external_id,
		responsible_person=buyer.responsible_person,
		responsible_contact=buyer.responsible_contact,
		address=buyer.address,
	)


def _finish(results: Mapping[str, tuple[str, str]]) -> None:
	"""Close matches with their customers and tell who waits for it (E-4.11b, f, g)."""
	at = clock.now()
	rows.update_many(
		MATCH,
		{
			name: {
				"customer": customer,
				"result": result,
				"status": CREATED if result == NEW else MATCHED,
				"matched_by": frappe.session.user,
				"matched_at": at,
			}
			for name, (customer, result) in results.items()
		},
	)
	if results:
		orders = frappe.get_all(MATCH, filters={"name": ("in", list(results))}, pluck="sales_order")
		events.announce(IDENTIFIED_EVENT, orders, at)
