"""From requests to orders that could be written: products, customers, policies and dates, looked up in sets."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from order_ops.customers import identification
from order_ops.customers import service as customers
from order_ops.customers.rules import Address, Buyer, Known
from order_ops.listing import service as listing
from order_ops.listing.rules import Product
from order_ops.ordering import channels, rules
from order_ops.ordering.channels import Channel
from order_ops.ordering.requests import Request
from order_ops.ordering.rules import PricedLine, Terms
from order_ops.policy import service as policies
from order_ops.policy.exceptions import PolicyMissing
from order_ops.policy.rules import URGENT, Policy, Region
from order_ops.problems import Problem, _
from order_ops.timekeeping import calendars, clock
from order_ops.timekeeping.wave_rules import OrderPlan, plan_order


@dataclass(frozen=True)
class Draft:
	"""A request that can be an order: all it needs is looked up and calculated."""

	request: Request
	channel: Channel
	received_at: datetime
	policy: Policy
	plan: OrderPlan
	buyer: Buyer
	ship_to: Address
	customer: Known | None
	parts: dict[str, list[PricedLine]]  # by business unit (E-4.15k)


def prepare(
	requests: Sequence[Request], channel: Channel, chosen: Sequence[Known | None] = ()
) -> list[Draft | list[Problem]]:
	"""A draft for each request, or what is wrong with it; a fixed number of queries for any number of requests.

	Chosen are customers that a representative named himself (E-4.11h); the others are recognised (E-4.11b).
	"""
	if not requests:
		return []
	now = clock.now()
	products = listing.find(line.article_no for request in requests for line in request.items)
	buyers = [_buyer(request, channel) for request in requests]
	found = identification.recognise(buyers) if not any(chosen) else list(chosen)
	homes = customers.default_addresses(
		customer.id
		for request, customer in zip(requests, found, strict=True)
		if customer and _homeless(request)
	)
	goals = [
		homes.get(customer.id, request.ship_to) if customer and _homeless(request) else request.ship_to
		for request, customer in zip(requests, found, strict=True)
	]
	regions = policies.regions_of({goal.province for goal in goals})
	return [
		_draft(replace(request, ship_to=goal), channel, now, products, regions, buyer, customer)
		for request, goal, buyer, customer in zip(requests, goals, buyers, found, strict=True)
	]


def _draft(
	request: Request,
	channel: Channel,
	now: datetime,
	products: Mapping[str, Product],
	regions: Mapping[str, Region | None],
	buyer: Buyer,
	customer: Known | None,
) -> Draft | list[Problem]:
	received_at = request.received_at or now
	codes = (
		channel.policy_code,
		customer.policy_code if customer else None,
		channels.policy_code_of(channel.business_unit),
	)
	try:
		policy = policies.resolve(*codes, at=received_at)
	except PolicyMissing as missing:
		return [Problem("policy_missing", "{0}", (missing,), "received_at", rule="D-10")]
	terms = Terms(
		channel=channel.code,
		kind=channel.kind,
		business_unit=channel.business_unit,
		prices_given=channel.prices_given,
		live=channel.runs_clocks,
		require_individual_id=policy.require_individual_id,
	)
	ship_to, problems = _on_the_map(request.ship_to, regions)
	problems += [problem] if (problem := rules.future_problem(received_at, now)) else []
	problems += rules.missing_in(request, terms, customer)
	lines, wrong = rules.price_lines(request.items, products, terms)
	problems += wrong
	parts = rules.by_unit(lines, channel.business_unit)
	if "" in parts:
		text = _("No business unit sells {0}: name one on the product or on the channel")
		problems.append(Problem("business_unit", text, (parts[""][0].product.name,), "items", rule="E-4.15k"))
	if problems:
		return problems
	plan = plan_order(received_at, policy, calendars.get(policy.calendar))
	return Draft(request, channel, received_at, policy, plan, buyer, ship_to, customer, parts)


def order_rows(draft: Draft, request_hash: str) -> list[dict[str, Any]]:
	"""The rows of the orders of one draft, one per business unit, with their lines under "items" (E-4.15k)."""
	found = []
	for number, (unit, lines) in enumerate(draft.parts.items()):
		key = rules.external_key(draft.channel.code, draft.request.external_id, unit if number else "")
		freight = draft.request.freight_amount if not number else Decimal(0)
		found.append(
			{
				"name": new_name(draft.received_at),
				"external_key": key,
				"request_hash": request_hash,
				**order_values(draft, unit, lines, freight),
				"items": [item_values(line) for line in lines],
			}
		)
	return found


def new_name(received_at: datetime) -> str:
	"""A number for an order, drawn at random (G3-1.3b)."""
	return rules.document_number("SO", received_at.date(), secrets.token_hex(8))


def order_values(draft: Draft, unit: str, lines: list[PricedLine], freight: Decimal) -> dict[str, Any]:
	"""What an order's record says, for one business unit."""
	request, buyer, customer = draft.request, draft.buyer, draft.customer
	goods, freight, total = rules.totals((line.amount for line in lines), freight)
	return {
		"status": rules.IDENTIFIED if customer else rules.RECEIVED,
		"identification": identification.EXISTING if customer else "Pending",
		"channel": draft.channel.code,
		"external_id": request.external_id or None,
		"received_at": draft.received_at,
		"business_unit": unit,
		"policy_profile": draft.policy.name,
		"customer": customer.id if customer else None,
		"customer_name": (customer.name if customer else "") or buyer.name or None,
		"wave": draft.plan.wave or None,
		"wave_date": draft.plan.wave_date,
		"promised_ship_date": draft.plan.promised_ship_date,
		"performance_date": draft.plan.performance_date,
		"review_chain": draft.policy.review_chain,
		"late_window": int(draft.plan.late_window),
		"goods_amount": goods,
		"freight_amount": freight,
		"grand_total": total,
		"urgency": rules.urgency_of(request.urgency, request.special_requirements, lines),
		"urgent_asked": int(request.urgency == URGENT),
		"dms_order_type": request.dms_order_type,
		"payment_status": request.payment_status,
		"payment_reference": request.payment_reference or None,
		"special_requirements": request.special_requirements or None,
		"invoice_kind": request.invoice.kind,
		"invoice_title": request.invoice.title or None,
		"buyer_kind": buyer.kind or None,
		"buyer_name": buyer.name or None,
		"buyer_code": buyer.code or None,
		"buyer_mobile": buyer.mobile or None,
		"buyer_tax_no": buyer.tax_no or None,
		"buyer_external_id": buyer.external_id or None,
		**{field: value or None for field, value in asdict(draft.ship_to).items()},
	}


def item_values(line: PricedLine) -> dict[str, Any]:
	"""What an order line's record says."""
	return {
		"product": line.product.name,
		"product_name": line.product.product_name,
		"specification": line.product.specification,
		"uom": line.product.uom,
		"requested_qty": line.qty,
		"qty": line.qty,
		"rate": line.rate,
		"amount": line.amount,
		"tax_rate": line.product.tax_rate,
	}


def _buyer(request: Request, channel: Channel) -> Buyer:
	"""The buyer with the rest of what the request says of him; his number counts within its channel."""
	return customers.in_channel(rules.full_buyer(request), channel.code)


def _homeless(request: Request) -> bool:
	return not (request.ship_to.province or request.ship_to.city or request.ship_to.street)


def _on_the_map(address: Address, regions: Mapping[str, Region | None]) -> tuple[Address, list[Problem]]:
	"""The address with its province as the delivery map writes it (E-4.15h)."""
	if not address.province:
		return address, []
	if region := regions[address.province]:
		return replace(address, province=region.name), []
	text = _("{0} is no province of the delivery map")
	return address, [Problem("province", text, (address.province,), "ship_to.province", rule="E-4.15h")]
