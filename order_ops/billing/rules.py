"""Invoices: lines, tax within the price, totals, states (E-4.13h, E-4.14). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from order_ops.listing.rules import line_amount, tax_within
from order_ops.money import money
from order_ops.problems import Problem, _

GOODS, FREIGHT = "Goods", "Freight"
FREIGHT_TAX_RATE = Decimal(9)  # transport; finance corrects the line where another rate holds (E-4.14e)

REQUESTED, ISSUED, HANDED_OVER = "Requested", "Issued", "Handed Over"
WITH_GOODS, DELIVERED, VOIDED = "With Goods", "Delivered", "Voided"

# What may follow what (E-4.14a/d, E-3.5b, E-4.15l). Whoever writes an invoice's status passes this table.
TRANSITIONS: dict[str, frozenset[str]] = {
	REQUESTED: frozenset({ISSUED, VOIDED}),
	ISSUED: frozenset({HANDED_OVER, VOIDED}),
	HANDED_OVER: frozenset({WITH_GOODS, VOIDED}),
	WITH_GOODS: frozenset({DELIVERED}),
	DELIVERED: frozenset(),
	VOIDED: frozenset(),
}
MAY_LEAVE_WITH_GOODS = frozenset({WITH_GOODS, DELIVERED})


@dataclass(frozen=True)
class Ordered:
	"""One order line as the invoice sees it."""

	product: str
	description: str
	uom: str
	qty: Decimal
	cancelled: Decimal
	rate: Decimal
	amount: Decimal
	tax_rate: Decimal


@dataclass(frozen=True)
class InvoiceLine:
	"""One line of an invoice; the amount includes the tax (D-12)."""

	kind: str
	description: str
	qty: Decimal
	rate: Decimal
	amount: Decimal
	tax_rate: Decimal
	tax_amount: Decimal
	product: str | None = None
	uom: str = ""


@dataclass(frozen=True)
class Totals:
	"""The sums of an invoice; they are the sums of its lines, always (D-12)."""

	goods: Decimal
	freight: Decimal
	tax: Decimal
	grand: Decimal


def invoice_lines(
	ordered: Iterable[Ordered],
	freight: object,
	freight_text: str,
	freight_tax_rate: Decimal = FREIGHT_TAX_RATE,
) -> list[InvoiceLine]:
	"""Goods and logistics cost on one invoice; what was cancelled is not on it (E-4.14e)."""
	lines = []
	for line in ordered:
		qty = line.qty - line.cancelled
		if qty <= 0:
			continue
		amount = line_amount(qty, line.rate) if line.cancelled else money(line.amount)
		tax = tax_within(amount, line.tax_rate)
		lines.append(
			InvoiceLine(
				GOODS, line.description, qty, line.rate, amount, line.tax_rate, tax, line.product, line.uom
			)
		)
	cost = money(freight)
	if lines and cost > 0:
		tax = tax_within(cost, freight_tax_rate)
		lines.append(InvoiceLine(FREIGHT, freight_text, Decimal(1), cost, cost, freight_tax_rate, tax))
	return lines


def totals(lines: Iterable[tuple[str, object, object]]) -> Totals:
	"""Sums of lines given as (kind, amount, tax): goods, freight, tax included, grand total (D-12)."""
	sums = {GOODS: Decimal(0), FREIGHT: Decimal(0)}
	tax = Decimal(0)
	for kind, amount, line_tax in lines:
		sums[kind] += money(amount)
		tax += money(line_tax)
	return Totals(sums[GOODS], sums[FREIGHT], tax, sums[GOODS] + sums[FREIGHT])


def problems_of(kinds: Sequence[tuple[str, object]], order_freight: object) -> list[Problem]:
	"""One invoice covers goods and logistics cost: what is wrong with lines given as (kind, amount) (E-4.14e)."""
	freight = [money(amount) for kind, amount in kinds if kind == FREIGHT]
	owed = money(order_freight)
	found = []
	if not any(kind == GOODS for kind, _amount in kinds):
		found.append(
			Problem(
				"no_goods",
				_("The invoice has no goods: freight is invoiced together with the goods"),
				(),
				"lines",
				rule="E-4.14e",
			)
		)
	if len(freight) > 1:
		found.append(
			Problem(
				"freight_twice", _("The freight stands on the invoice twice"), (), "lines", rule="E-4.14e"
			)
		)
	elif sum(freight) != owed:
		found.append(
			Problem(
				"freight",
				_("The freight on the invoice is {0}, the order's is {1}: put it on this invoice"),
				(sum(freight), owed),
				"lines",
				rule="E-4.14e",
			)
		)
	return found


def may_become(before: str, after: str) -> bool:
	"""Whether the status may change so; staying is always allowed."""
	return before == after or after in TRANSITIONS.get(before, frozenset())


def may_ship(order_invoices: Iterable[str]) -> bool:
	"""Goods leave together with the invoice: the keeper has it, or it left with an earlier part (E-4.15l)."""
	return any(status in MAY_LEAVE_WITH_GOODS for status in order_invoices)
