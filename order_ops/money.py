"""Numbers that are exact: Decimal from what was written, money to the fen (D-12). Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
LARGEST_AMOUNT = Decimal("1000000000")


def to_decimal(value: object) -> Decimal:
	"""A finite Decimal from a number or a text that is one; ValueError otherwise."""
	if isinstance(value, bool) or value is None:
		raise ValueError(value)
	try:
		number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
	except InvalidOperation:
		raise ValueError(value) from None
	if not number.is_finite():
		raise ValueError(value)
	return number


def money(value: object) -> Decimal:
	"""An amount in yuan and fen, rounded half up (D-12)."""
	return to_decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)
