"""An order typed at the desk, or sent to Frappe's own resource interface: the same rules as any other (G1-06c)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from order_ops.customers import service as customers
from order_ops.customers.rules import Address, Known
from order_ops.listing import service as listing
from order_ops.ordering import channels, rules
from order_ops.ordering.channels import Channel
from order_ops.ordering.drafts import Draft, item_values, order_values, prepare
from order_ops.ordering.exceptions import OrderInvalid
from order_ops.ordering.requests import Line, parse, request_hash
from order_ops.policy.rules import NORMAL
from order_ops.problems import Problem
from order_ops.problems import _ as mark
from order_ops.wording import refuse

ADDRESS_FIELDS = tuple(Address.__dataclass_fields__)
COUNTED = ("reserved_qty", "delivered_qty", "cancelled_qty")


def draft_of(doc: Any) -> tuple[Draft, str]:
	"""The draft of a new order and its hash; OrderInvalid names every field that keeps it from being one."""
	channel = channels.get(doc.channel)
	if not channel.business_unit:
		channel = replace(channel, business_unit=doc.business_unit or "")
	request, problems = parse(_raw(doc))
	refuse(problems, OrderInvalid)
	chosen = [_chosen(doc.customer)] if doc.customer else []
	draft = prepare([request], channel, chosen)[0]
	if not isinstance(draft, Draft):
		refuse(draft, OrderInvalid)
	if len(draft.parts) > 1:
		text = mark("The products belong to {0}: make one order for each business unit")
		refuse([Problem("units", text, (", ".join(draft.parts),), "items", rule="E-4.15k")], OrderInvalid)
	return draft, request_hash(request)


def fill(doc: Any, draft: Draft, content: str) -> None:
	"""Give a new order everything that follows from its request: dates, policy, prices, totals, key (E-3.4a/b, D-12)."""
	(unit, lines), *_others = draft.parts.items()
	doc.update(_floats(order_values(draft, unit, lines, draft.request.freight_amount)))
	for row, line in zip(doc.items, lines, strict=True):
		row.update(_floats(item_values(line)) | dict.fromkeys(COUNTED, 0))
	doc.external_id = doc.external_id or None
	doc.external_key = rules.external_key(doc.channel, doc.external_id or frappe.generate_hash(length=16))
	doc.request_hash = content
	# the workflow begins here; whom the order recognised shows as soon as it is written
	doc.status = rules.RECEIVED


def reprice(doc: Any, before: Any) -> None:
	"""After a change the sum of the lines is the total again; lines nobody touched keep their price (D-12)."""
	channel = channels.get(doc.channel)
	known = {row.name: row for row in before.items}
	products = listing.find(row.product for row in doc.items)
	problems: list[Problem] = []
	for number, row in enumerate(doc.items, 1):
		problems += _reprice_line(row, number, known.get(row.name), products, channel)
	refuse(problems, OrderInvalid)
	amounts = (rules.money(row.amount) for row in doc.items)
	goods, freight, total = rules.totals(amounts, doc.freight_amount or 0)
	doc.update(_floats({"goods_amount": goods, "freight_amount": freight, "grand_total": total}))


def content_of(doc: Any) -> str:
	"""What was ordered, in one value; empty when it is no order. Its place in the queue is none of it (G6-03)."""
	request, _problems = parse(_raw(doc))
	return request_hash(replace(request, urgency=NORMAL)) if request else ""


def _reprice_line(row: Any, number: int, old: Any | None, products: dict, channel: Channel) -> list[Problem]:
	same = old is not None and old.product == row.product and (not row.rate or old.rate == row.rate)
	request, problems = parse({"external_id": "1", "items": [_raw_line(row, old.rate if same else row.rate)]})
	if problems:
		return [problem.at(row=number) for problem in problems]
	terms = rules.Terms(channel.code, channel.kind, prices_given=same or channel.prices_given)
	line: Line = request.items[0]
	priced, problems = rules.price_lines([line], products, terms)
	if problems and not (same and priced):
		return [problem.at(row=number) for problem in problems]
	row.update(_floats(item_values(priced[0])) | {field: old.get(field) if old else 0 for field in COUNTED})
	if old:
		row.requested_qty = old.requested_qty  # what was asked for stays known (T-3.1)
	return []


def _chosen(customer: str) -> Known:
	found = customers.known([["name", "=", customer]])
	if not found:
		frappe.throw(_("{0} is no active customer").format(customer), OrderInvalid)
	return found[0]


def _raw(doc: Any) -> dict[str, Any]:
	return {
		"external_id": doc.external_id,
		"buyer": {
			"kind": doc.buyer_kind,
			"name": doc.buyer_name,
			"code": doc.buyer_code,
			"mobile": doc.buyer_mobile,
			"tax_no": doc.buyer_tax_no,
			"external_id": doc.buyer_external_id,
		},
		"ship_to": {field: doc.get(field) for field in ADDRESS_FIELDS},
		"items": [_raw_line(row, row.rate) for row in doc.items],
		"freight_amount": doc.freight_amount,
		"special_requirements": doc.special_requirements,
		"urgency": doc.urgency,
		"invoice": {"kind": doc.invoice_kind, "title": doc.invoice_title, "tax_no": doc.buyer_tax_no},
		"payment": {"status": doc.payment_status, "reference": doc.payment_reference},
		"dms_order_type": doc.dms_order_type,
	}


def _raw_line(row: Any, rate: Any) -> dict[str, Any]:
	return {"article_no": row.product, "qty": row.qty, "rate": rate or None}


def _floats(values: dict[str, Any]) -> dict[str, Any]:
	"""Documents carry numbers as Frappe reads them."""
	return {field: float(value) if isinstance(value, Decimal) else value for field, value in values.items()}
