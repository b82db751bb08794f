"""Prices and tax of products: pure arithmetic on Decimal, two places, half up (D-12)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from order_ops.money import LARGEST_AMOUNT, money, to_decimal
from order_ops.problems import Problem, _


@dataclass(frozen=True)
class Product:
	"""What an order needs to know of a product."""

	name: str
	product_name: str
	price: Decimal
	listed: bool = True
	specification: str = ""
	uom: str = ""
	tax_rate: Decimal = Decimal(0)
	business_unit: str = ""


def line_amount(qty: object, rate: object) -> Decimal:
	"""Quantity times price, rounded once, per line (D-12)."""
	return money(to_decimal(qty) * to_decimal(rate))


def tax_within(amount: object, tax_rate: object) -> Decimal:
	"""The tax contained in a tax-inclusive amount, rate in per cent (D-12)."""
	gross, rate = to_decimal(amount), to_decimal(tax_rate)
	return money(gross - gross / (1 + rate / 100))


def price_of(product: Product, asked: Decimal | None, prices_given: bool) -> Decimal | Problem:
	"""The price that counts: the list's, or the channel's own where that channel gives prices (E-4.06a)."""
	price = asked if prices_given and asked is not None else product.price
	if price <= 0:
		text = _("The price of {0} must be more than 0")
		return Problem("price", text, (product.name,), "rate")
	if asked is not None and asked != price:
		text = _("The price of {0} is {1}, not {2}; leave the price out or correct it")
		return Problem("price", text, (product.name, money(price), asked), "rate")
	return price


def orderable(product: Product, in_mall: bool) -> Problem | None:
	"""Only listed products can be ordered in the mall (E-4.08d)."""
	if in_mall and not product.listed:
		return Problem(
			"not_listed",
			_("{0} is not on sale; take it out of the order or list it again"),
			(product.name,),
			"article_no",
			rule="E-4.08d",
		)
	return None


def product_problems(price: object, tax_rate: object) -> list[Problem]:
	"""What is wrong with a product's own figures (E-4.06a, D-12)."""
	found = []
	if not 0 <= to_decimal(price or 0) < LARGEST_AMOUNT:
		found.append(
			Problem("price", _("The price must not be negative nor above {0}"), (LARGEST_AMOUNT,), "price")
		)
	elif money(price or 0) != to_decimal(price or 0):
		found.append(Problem("price", _("The price has at most two decimals"), (), "price", rule="D-12"))
	if not 0 <= to_decimal(tax_rate or 0) <= 100:
		found.append(Problem("tax_rate", _("The tax rate lies between 0 and 100 per cent"), (), "tax_rate"))
	return found
