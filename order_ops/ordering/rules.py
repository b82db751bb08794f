"""Orders: numbers, totals, states, cancellations. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from order_ops.customers.rules import Address, Buyer, Known, missing_of
from order_ops.listing.rules import Product, line_amount, orderable, price_of
from order_ops.money import money
from order_ops.ordering.requests import Line, Request
from order_ops.policy.rules import NORMAL, SPECIAL
from order_ops.problems import Problem, _

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

RECEIVED, IDENTIFIED, REVIEWED, RELEASED = "Received", "Identified", "Reviewed", "Released"
PARTLY_SHIPPED, SHIPPED, SIGNED_FOR = "Partly Shipped", "Shipped", "Signed For"
CLOSED, CANCELLED, WITHDRAWN = "Closed", "Cancelled", "Withdrawn"

# What may follow what (E-4.11 to E-4.16). Whoever writes an order's status passes this table.
TRANSITIONS: dict[str, frozenset[str]] = {
	RECEIVED: frozenset({IDENTIFIED, WITHDRAWN}),
	IDENTIFIED: frozenset({REVIEWED, RELEASED, WITHDRAWN}),
	REVIEWED: frozenset({RELEASED, WITHDRAWN}),
	RELEASED: frozenset({PARTLY_SHIPPED, SHIPPED, CANCELLED}),
	PARTLY_SHIPPED: frozenset({SHIPPED}),
	SHIPPED: frozenset({SIGNED_FOR}),
	SIGNED_FOR: frozenset({CLOSED}),
	CLOSED: frozenset(),
	CANCELLED: frozenset(),
	WITHDRAWN: frozenset(),
}

QUEUED = (RECEIVED, IDENTIFIED, REVIEWED, RELEASED, PARTLY_SHIPPED)  # of which something is still to be done

MALL_KINDS = ("Mall",)
SHOP_KINDS = ("Mall", "REST")  # what a customer orders by himself: listed products only (E-4.08d)


@dataclass(frozen=True)
class Terms:
	"""What the channel and the policy ask of a request."""

	channel: str
	kind: str
	business_unit: str = ""
	prices_given: bool = False
	live: bool = True  # off for past orders: no clocks, and no address to send them to
	require_individual_id: bool = True


@dataclass(frozen=True)
class PricedLine:
	"""One order line with its product, price and amount."""

	product: Product
	qty: Decimal
	rate: Decimal
	amount: Decimal


@dataclass(frozen=True)
class OrderLine:
	"""An order line as a cancellation sees it."""

	id: str
	order: str
	received_at: datetime
	left: Decimal


# --- numbers -------------------------------------------------------------------------------------------------------


def document_number(prefix: str, on: date, key: str, salt: int = 0) -> str:
	"""SO-YYMMDD-XXXXXX, the last part drawn from the key: no counter to wait for (G3-1.3b).

	Two writers with one key get one number; where they must not both believe it is theirs, the key is random.
	"""
	digest = int.from_bytes(hashlib.sha256(f"{prefix}:{key}:{salt}".encode()).digest()[:4], "big")
	return f"{prefix}-{on:%y%m%d}-" + "".join(CROCKFORD[(digest >> shift) & 31] for shift in range(0, 30, 5))


def external_key(channel: str, external_id: str, part: str = "") -> str:
	"""The unique key of an order from outside; a cart of several business units makes one order per unit."""
	return f"{channel}:{external_id}" + (f"|{part}" if part else "")


# --- lines and totals ----------------------------------------------------------------------------------------------


def price_lines(
	items: Sequence[Line], products: dict[str, Product], terms: Terms
) -> tuple[list[PricedLine], list[Problem]]:
	"""Products and prices for the lines asked for, keyed by casefolded article number (E-4.06a, E-4.08d, D-12)."""
	lines, problems = [], []
	for row, item in enumerate(items, 1):
		product = products.get(item.article_no.casefold())
		if product is None:
			text = _("There is no product {0}; correct the article number")
			problems.append(Problem("article_no", text, (item.article_no,), "article_no", row))
			continue
		if problem := orderable(product, terms.kind in SHOP_KINDS):
			problems.append(problem.at(row=row))
		rate = price_of(product, item.rate, terms.prices_given)
		if isinstance(rate, Problem):
			problems.append(rate.at(row=row))
		else:
			lines.append(PricedLine(product, item.qty, rate, line_amount(item.qty, rate)))
	return lines, problems


def totals(amounts: Iterable[Decimal], freight: Decimal) -> tuple[Decimal, Decimal, Decimal]:
	"""Goods, freight and grand total; the sum of the lines is the total, always (D-12)."""
	goods, freight = sum(amounts, Decimal(0)), money(freight)
	return money(goods), freight, money(goods + freight)


def by_unit(lines: Iterable[PricedLine], own_unit: str) -> dict[str, list[PricedLine]]:
	"""The lines of a cart by the business unit that sells them, the channel's own first (E-4.15k)."""
	groups: dict[str, list[PricedLine]] = {}
	for line in lines:
		groups.setdefault(line.product.business_unit or own_unit, []).append(line)
	return dict(sorted(groups.items(), key=lambda group: (group[0] != own_unit, group[0])))


def urgency_of(asked: str, special_requirements: str, lines: Iterable[PricedLine]) -> str:
	"""The class of an order: Special with a wish, a gift or a price of its own (G1-10, B-24).

	Urgent is not taken from the request: a supervisor confirms it, and until then the order runs as it would (G1-10c).
	"""
	if asked == SPECIAL or special_requirements.strip():
		return SPECIAL
	own_prices = (
		line.rate == 0 or (line.product.price and line.rate != line.product.price) for line in lines
	)
	return SPECIAL if any(own_prices) else NORMAL


# --- completeness --------------------------------------------------------------------------------------------------


def missing_in(request: Request, terms: Terms, customer: Known | None = None) -> list[Problem]:
	"""What a request lacks before it can be an order; shop customers complete their details first (E-4.10b, G1-06c).

	What the record of a recognised customer says need not be said again.
	"""
	missing = []
	if terms.live:
		needed = ("recipient", "phone", "province", "city", "street", "house_no")
		missing += [f"ship_to.{field}" for field in needed if not getattr(request.ship_to, field)]
		buyer = request.buyer
		if not (customer or buyer.name or buyer.code or buyer.mobile or buyer.external_id):
			missing.append("buyer")
	found = [Problem("incomplete", _("{0} is missing"), (field,), field, rule="G1-06c") for field in missing]
	if terms.kind in MALL_KINDS:
		buyer = full_buyer(request)
		lacking = missing_of(
			replace(buyer, kind=customer.kind) if customer else buyer, terms.require_individual_id
		)
		if customer:
			lacking = [field for field in lacking if field in customer.missing]
		found += [
			Problem(
				"profile_incomplete",
				_("The customer's profile lacks {0}; complete it before ordering"),
				(field,),
				f"buyer.{field}",
				rule="E-4.10b",
			)
			for field in lacking
		]
	return found


def full_buyer(request: Request) -> Buyer:
	"""The buyer with what the rest of the request says of him: without an own address he lives where goods go."""
	buyer, ship_to = request.buyer, request.ship_to
	return Buyer(
		kind=buyer.kind,
		name=buyer.name,
		code=buyer.code,
		mobile=buyer.mobile,
		tax_no=buyer.tax_no or request.invoice.tax_no,
		external_id=buyer.external_id,
		responsible_person=buyer.responsible_person or ship_to.recipient,
		responsible_contact=buyer.responsible_contact or buyer.mobile or ship_to.phone,
		address=buyer.address if buyer.address != Address() else ship_to,
	)


def future_problem(received_at: datetime, now: datetime) -> Problem | None:
	"""An order cannot have been received later than now."""
	if received_at > now:
		text = _("received_at {0} lies in the future; send the instant the order was received")
		return Problem("received_at", text, (received_at,), "received_at")
	return None


# --- states and cancellations --------------------------------------------------------------------------------------


def may_become(before: str, after: str) -> bool:
	"""Whether the status may change so; staying is always allowed."""
	return before == after or after in TRANSITIONS.get(before, frozenset())


def given_up(status: str) -> str:
	"""The state of an order that is given up: withdrawn before it was created, cancelled after; empty: too late."""
	return next((end for end in (WITHDRAWN, CANCELLED) if end in TRANSITIONS.get(status, ())), "")


def status_after_shipment(lines: Iterable[tuple[Decimal, Decimal, Decimal]]) -> str:
	"""Shipped when every line's quantity less cancellations is delivered, else partly: (qty, cancelled, delivered)."""
	return (
		SHIPPED
		if all(delivered >= qty - cancelled for qty, cancelled, delivered in lines)
		else PARTLY_SHIPPED
	)


def allocate_cancellation(
	qty: Decimal, lines: Iterable[OrderLine], at: datetime
) -> list[tuple[OrderLine, Decimal]]:
	"""Spread a cancelled quantity over the newest earlier order lines with enough left; nothing when it does not fit."""
	earlier = sorted(
		(line for line in lines if line.received_at <= at and line.left > 0),
		key=lambda line: (line.received_at, line.order, line.id),
		reverse=True,
	)
	for line in earlier:
		if line.left >= qty:
			return [(line, qty)]
	taken, wanted = [], qty
	for line in earlier:
		part = min(line.left, wanted)
		taken.append((line, part))
		wanted -= part
		if not wanted:
			return taken
	return []
