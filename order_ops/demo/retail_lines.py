"""Lines of the Online Retail file: which are order lines, which cancel something, which are neither and why. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from order_ops.money import money, to_decimal

COLUMNS = (
	"InvoiceNo",
	"StockCode",
	"Description",
	"Quantity",
	"InvoiceDate",
	"UnitPrice",
	"CustomerID",
	"Country",
)
FREIGHT_CODES = ("POST", "DOT", "C2")  # postage, carriage: they go on the order as its freight
_PRODUCT_CODE = re.compile(r"(\d{5}|DCGS|gift_)\w*", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
	"""One line of the file, read."""

	number: int
	invoice: str
	article_no: str
	description: str
	qty: Decimal
	at: datetime
	price: Decimal
	customer: str
	country: str


@dataclass
class Invoice:
	"""The lines of one invoice: those to order, its freight, those that cancel."""

	number: str
	items: list[Line] = field(default_factory=list)
	freight: list[Line] = field(default_factory=list)
	cancelling: list[Line] = field(default_factory=list)

	@property
	def first(self) -> Line:
		"""The line that speaks for the invoice: arrival, customer, country."""
		return (self.items or self.freight or self.cancelling)[0]

	@property
	def freight_amount(self) -> Decimal:
		"""What postage and carriage come to."""
		return sum((money(line.qty * line.price) for line in self.freight), Decimal(0))


@dataclass(frozen=True)
class Reject:
	"""A line that is part of no order and cancels none, with the reason."""

	number: int
	row: Mapping[str, str]
	reason: str


def sort_out(
	rows: Iterable[Mapping[str, str]], limit: int | None = None
) -> tuple[list[Invoice], list[Reject]]:
	"""The invoices of a file in its order, and the lines that belong to none. The limit never cuts an invoice."""
	invoices: dict[str, Invoice] = {}
	rejects: list[Reject] = []
	last = None
	for number, row in enumerate(rows, 2):
		if limit is not None and number > limit + 1 and row.get("InvoiceNo") != last:
			break
		last = row.get("InvoiceNo")
		line = read(number, row)
		if isinstance(line, Reject):
			rejects.append(line)
		else:
			_put(invoices.setdefault(line.invoice, Invoice(line.invoice)), line)
	found = []
	for invoice in invoices.values():
		if invoice.freight and not invoice.items:
			rejects += [Reject(line.number, raw(line), "freight without goods") for line in invoice.freight]
			invoice.freight = []
		if invoice.items or invoice.cancelling:
			found.append(invoice)
	return found, rejects


def read(number: int, row: Mapping[str, str]) -> Line | Reject:
	"""One line with its types, or the reason why it is neither order nor cancellation."""
	try:
		line = Line(
			number=number,
			invoice=row["InvoiceNo"].strip(),
			article_no=row["StockCode"].strip().upper(),
			description=" ".join(row["Description"].split()),
			qty=to_decimal(row["Quantity"]),
			at=datetime.fromisoformat(row["InvoiceDate"]),
			price=to_decimal(row["UnitPrice"]),
			customer=row["CustomerID"].strip(),
			country=row["Country"].strip(),
		)
	except (ValueError, KeyError, AttributeError) as error:
		return Reject(number, row, f"unreadable: {error}")
	reason = _reason_against(line)
	return Reject(number, row, reason) if reason else line


def raw(line: Line) -> dict[str, str]:
	"""A line as a row of the file again, for the list of rejects."""
	values = (
		line.invoice,
		line.article_no,
		line.description,
		line.qty,
		line.at,
		line.price,
		line.customer,
		line.country,
	)
	return dict(zip(COLUMNS, map(str, values), strict=True))


def _reason_against(line: Line) -> str:
	cancels = line.invoice.upper().startswith("C")
	if not line.invoice or not line.article_no:
		return "no order number or no stock code"
	if line.qty == 0:
		return "no quantity"
	if line.qty < 0 and not cancels:
		return "a stock correction booked as an order: negative quantity without cancellation"
	if line.qty > 0 and cancels:
		return "a cancellation with a positive quantity"
	if line.price <= 0:
		return "no price"
	if line.article_no in FREIGHT_CODES:
		return "a cancellation of postage, not of goods" if cancels else ""
	if not _PRODUCT_CODE.fullmatch(line.article_no):
		return f"{line.article_no} is a booking code, not a product"
	if line.description == line.description.lower():
		return "a note instead of a product description"
	if cancels and not line.customer:
		return "a cancellation by an unknown customer"
	return ""


def _put(invoice: Invoice, line: Line) -> None:
	if line.qty < 0:
		invoice.cancelling.append(line)
	elif line.article_no in FREIGHT_CODES:
		invoice.freight.append(line)
	else:
		invoice.items.append(line)
