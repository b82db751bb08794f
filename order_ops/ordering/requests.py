"""An order request as it comes from outside, read strictly (G1-07a). Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal

from order_ops.customers.identifiers import tax_no_problem, tidy_code
from order_ops.customers.requests import read_address, read_buyer
from order_ops.customers.rules import Address, Buyer
from order_ops.problems import Problem, _
from order_ops.reading import LONGEST_NOTE, Reader

MOST_LINES = 2000
LARGEST_QTY = Decimal(1_000_000)
URGENCIES = ("Normal", "Special", "Urgent")
INVOICE_KINDS = ("Ordinary", "Special", "Fully Electronic")
PAYMENT_STATES = ("Unknown", "Unpaid", "Paid")
ORDER_TYPES = ("Parts", "Complete Machine", "Service")

_EXTERNAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#@-]{0,79}")


@dataclass(frozen=True, slots=True)
class Line:
	"""One line that was asked for."""

	article_no: str
	qty: Decimal
	rate: Decimal | None = None


@dataclass(frozen=True)
class Invoice:
	"""What the customer wants on the invoice (E-4.13h)."""

	kind: str = "Ordinary"
	title: str = ""
	tax_no: str = ""
	registered_address_phone: str = ""
	bank_and_account: str = ""


@dataclass(frozen=True)
class Request:
	"""A whole order as somebody asked for it."""

	external_id: str = ""
	received_at: datetime | None = None
	buyer: Buyer = field(default_factory=Buyer)
	ship_to: Address = field(default_factory=Address)
	items: tuple[Line, ...] = ()
	freight_amount: Decimal = Decimal(0)
	special_requirements: str = ""
	urgency: str = "Normal"
	invoice: Invoice = field(default_factory=Invoice)
	payment_status: str = "Unknown"
	payment_reference: str = ""
	dms_order_type: str = "Parts"


ORDER_FIELDS = (
	"external_id", "received_at", "buyer", "ship_to", "items", "freight_amount", "special_requirements", "urgency",
	"invoice", "payment", "dms_order_type",
)  # fmt: skip
LINE_FIELDS = tuple(Line.__dataclass_fields__)
INVOICE_FIELDS = tuple(Invoice.__dataclass_fields__)
PAYMENT_FIELDS = ("status", "reference")


def parse(raw: object, zone: tzinfo | None = None) -> tuple[Request | None, list[Problem]]:
	"""Read one request; the request is None when anything in it is wrong (G1-07a)."""
	reader = Reader(zone)
	request = _read(reader, raw)
	return (None, reader.problems) if reader.problems else (request, [])


def request_hash(request: Request) -> str:
	"""The content of a request in one value: a repeat has the same, a changed order has not."""
	values = {f: getattr(request, f) for f in Request.__dataclass_fields__}
	values |= {f: asdict(values[f]) for f in ("buyer", "ship_to", "invoice")}
	values["items"] = [(line.article_no, line.qty, line.rate) for line in request.items]
	content = json.dumps(values, ensure_ascii=False, default=_plain, sort_keys=True, separators=(",", ":"))
	return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: object) -> str:
	return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _read(reader: Reader, raw: object) -> Request | None:
	top = reader.mapping(raw, "", ORDER_FIELDS)
	if not top:
		reader.refuse("empty", _("An order is a set of named values, and this one is empty"))
		return None
	payment = reader.mapping(top.get("payment"), "payment", PAYMENT_FIELDS)
	return Request(
		external_id=_external_id(reader, top.get("external_id")),
		received_at=reader.instant(top.get("received_at"), "received_at"),
		buyer=read_buyer(reader, top.get("buyer"), "buyer"),
		ship_to=read_address(reader, top.get("ship_to"), "ship_to"),
		items=tuple(_lines(reader, top.get("items"))),
		freight_amount=reader.amount(top.get("freight_amount"), "freight_amount") or Decimal(0),
		special_requirements=reader.text(
			top.get("special_requirements"), "special_requirements", LONGEST_NOTE
		),
		urgency=reader.choice(top.get("urgency"), "urgency", URGENCIES),
		invoice=_invoice(reader, top.get("invoice")),
		payment_status=reader.choice(payment.get("status"), "payment.status", PAYMENT_STATES),
		payment_reference=reader.text(payment.get("reference"), "payment.reference"),
		dms_order_type=reader.choice(top.get("dms_order_type"), "dms_order_type", ORDER_TYPES),
	)


def _external_id(reader: Reader, raw: object) -> str:
	text = reader.text(raw, "external_id")
	if text and not _EXTERNAL_ID.fullmatch(text):
		words = _("The order number {0} may have up to 80 letters, digits and . _ : / # @ -")
		reader.refuse("external_id", words, (text[:80],), "external_id")
	return text


def _invoice(reader: Reader, raw: object) -> Invoice:
	values = reader.mapping(raw, "invoice", INVOICE_FIELDS)
	texts = {f: reader.text(values.get(f), f"invoice.{f}") for f in INVOICE_FIELDS if f != "kind"}
	texts["tax_no"] = tidy_code(texts["tax_no"])
	kind = reader.choice(values.get("kind"), "invoice.kind", INVOICE_KINDS)
	if texts["tax_no"] and (problem := tax_no_problem(texts["tax_no"])):
		reader.problems.append(problem.at("invoice.tax_no"))
	if kind == "Special" and not (texts["title"] and texts["tax_no"]):
		words = _("A special invoice needs title and taxpayer number")
		reader.refuse("missing", words, (), "invoice.tax_no", rule="E-4.13h")
	return Invoice(kind=kind, **texts)


def _lines(reader: Reader, raw: object) -> Iterable[Line]:
	for number, row in enumerate(reader.rows(raw, "items", MOST_LINES), 1):
		if line := _line(reader, row, number):
			yield line


def _line(reader: Reader, raw: object, row: int) -> Line | None:
	before = len(reader.problems)
	values = reader.mapping(raw, "items", LINE_FIELDS, row)
	article = reader.text(values.get("article_no"), "article_no", row=row)
	qty = reader.number(values.get("qty"), "qty", row)
	rate = reader.amount(values.get("rate"), "rate", row, places=4)
	if not article and len(reader.problems) == before:
		reader.refuse("missing", _("The article number is missing"), (), "article_no", row)
	if qty is None:
		if values.get("qty") in (None, ""):
			reader.refuse("missing", _("The quantity is missing"), (), "qty", row)
	elif not 0 < qty <= LARGEST_QTY:
		reader.refuse(
			"qty", _("The quantity {0} must be more than 0 and at most {1}"), (qty, LARGEST_QTY), "qty", row
		)
	elif qty != round(qty, 3):
		reader.refuse("qty", _("The quantity {0} has more than three decimals"), (qty,), "qty", row)
	return Line(article, qty, rate) if len(reader.problems) == before else None
