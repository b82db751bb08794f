"""An order request as it comes from outside, read strictly: every value has its type, every error its place. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal

from order_ops.customers.identifiers import (
	phone_problem,
	postcode_problem,
	tax_no_problem,
	tidy_code,
	tidy_phone,
)
from order_ops.customers.rules import KINDS, Address, Buyer, problems_of
from order_ops.listing.rules import LARGEST_AMOUNT, to_decimal
from order_ops.problems import Problem, _

MOST_LINES = 2000
LONGEST_TEXT = 140
LONGEST_NOTE = 1000
LARGEST_QTY = Decimal(1_000_000)
URGENCIES = ("Normal", "Urgent")
INVOICE_KINDS = ("Ordinary", "Special", "Fully Electronic")
PAYMENT_STATES = ("Unknown", "Unpaid", "Paid")
ORDER_TYPES = ("Parts", "Complete Machine", "Service")

_EXTERNAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#@-]{0,79}")
_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:#\w+|[a-z]+);|javascript:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


FIELDS = {
	"": (
		"external_id received_at buyer ship_to items freight_amount special_requirements urgency invoice payment"
		" dms_order_type"
	).split(),
	"buyer": "kind name code mobile tax_no external_id responsible_person responsible_contact address".split(),
	"ship_to": list(Address.__dataclass_fields__),
	"buyer.address": list(Address.__dataclass_fields__),
	"items": "article_no qty rate".split(),
	"invoice": list(Invoice.__dataclass_fields__),
	"payment": "status reference".split(),
}


def parse(raw: object, zone: tzinfo | None = None) -> tuple[Request | None, list[Problem]]:
	"""Read one request; the request is None when anything in it is wrong (G1-07a)."""
	reader = _Reader(zone)
	request = reader.request(raw)
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


class _Reader:
	"""Reads one request and collects what is wrong with it."""

	def __init__(self, zone: tzinfo | None) -> None:
		self.zone = zone
		self.problems: list[Problem] = []

	def refuse(
		self, code: str, text: str, args: tuple, field: str, row: int | None = None, rule: str = ""
	) -> None:
		self.problems.append(Problem(code, text, args, field, row, rule))

	def request(self, raw: object) -> Request | None:
		top = self.mapping(raw, "")
		if not top:
			self.refuse("empty", _("An order is a set of named values, and this one is empty"), (), "")
			return None
		buyer_raw = self.mapping(top.get("buyer"), "buyer")
		buyer = self.buyer(buyer_raw)
		payment = self.mapping(top.get("payment"), "payment")
		return Request(
			external_id=self.external_id(top.get("external_id")),
			received_at=self.instant(top.get("received_at"), "received_at"),
			buyer=buyer,
			ship_to=self.address(top.get("ship_to"), "ship_to"),
			items=tuple(self.lines(top.get("items"))),
			freight_amount=self.amount(top.get("freight_amount"), "freight_amount") or Decimal(0),
			special_requirements=self.text(
				top.get("special_requirements"), "special_requirements", LONGEST_NOTE
			),
			urgency=self.choice(top.get("urgency"), "urgency", URGENCIES),
			invoice=self.invoice(top.get("invoice")),
			payment_status=self.choice(payment.get("status"), "payment.status", PAYMENT_STATES),
			payment_reference=self.text(payment.get("reference"), "payment.reference"),
			dms_order_type=self.choice(top.get("dms_order_type"), "dms_order_type", ORDER_TYPES),
		)

	def buyer(self, raw: Mapping) -> Buyer:
		texts = {
			f: self.text(raw.get(f), f"buyer.{f}") for f in ("name", "external_id", "responsible_person")
		}
		phones = {
			f: tidy_phone(self.text(raw.get(f), f"buyer.{f}", phone=True))
			for f in ("mobile", "responsible_contact")
		}
		codes = {f: tidy_code(self.text(raw.get(f), f"buyer.{f}")) for f in ("code", "tax_no")}
		kind = self.choice(raw.get("kind"), "buyer.kind", KINDS, default="")
		buyer = Buyer(
			kind=kind, address=self.address(raw.get("address"), "buyer.address"), **texts, **phones, **codes
		)
		self.problems += [
			p.at(f"buyer.{p.field}") for p in problems_of(buyer) if not p.field.startswith("address")
		]
		return buyer

	def address(self, raw: object, where: str) -> Address:
		values = self.mapping(raw, where)
		texts = {f: self.text(values.get(f), f"{where}.{f}", phone=f == "phone") for f in FIELDS["ship_to"]}
		texts["phone"] = tidy_phone(texts["phone"])
		for name, check in (("phone", phone_problem), ("postcode", postcode_problem)):
			if texts[name] and (problem := check(texts[name])):
				self.problems.append(problem.at(f"{where}.{name}"))
		return Address(**texts)

	def invoice(self, raw: object) -> Invoice:
		values = self.mapping(raw, "invoice")
		texts = {f: self.text(values.get(f), f"invoice.{f}") for f in FIELDS["invoice"] if f != "kind"}
		kind = self.choice(values.get("kind"), "invoice.kind", INVOICE_KINDS)
		texts["tax_no"] = tidy_code(texts["tax_no"])
		if texts["tax_no"] and (problem := tax_no_problem(texts["tax_no"])):
			self.problems.append(problem.at("invoice.tax_no"))
		if kind == "Special" and not (texts["title"] and texts["tax_no"]):
			self.refuse(
				"missing",
				_("A special invoice needs title and taxpayer number"),
				(),
				"invoice.tax_no",
				rule="E-4.13h",
			)
		return Invoice(kind=kind, **texts)

	def lines(self, raw: object) -> Iterable[Line]:
		if isinstance(raw, str | bytes | Mapping) or not isinstance(raw, Iterable):
			raw = None
		rows = list(raw or ())
		if not rows:
			self.refuse("missing", _("The order has no lines"), (), "items")
		elif len(rows) > MOST_LINES:
			self.refuse(
				"too_many", _("An order has at most {0} lines; send it in parts"), (MOST_LINES,), "items"
			)
			rows = []
		for number, row in enumerate(rows, 1):
			if line := self.line(row, number):
				yield line

	def line(self, raw: object, row: int) -> Line | None:
		values = self.mapping(raw, "items", row)
		before = len(self.problems)
		article = self.text(values.get("article_no"), "article_no", row=row)
		qty = self.number(values.get("qty"), "qty", row)
		rate = self.amount(values.get("rate"), "rate", row, places=4)
		if not article and len(self.problems) == before:
			self.refuse("missing", _("The article number is missing"), (), "article_no", row)
		if qty is None and values.get("qty") in (None, ""):
			self.refuse("missing", _("The quantity is missing"), (), "qty", row)
		elif qty is not None and not 0 < qty <= LARGEST_QTY:
			self.refuse(
				"qty",
				_("The quantity {0} must be more than 0 and at most {1}"),
				(qty, LARGEST_QTY),
				"qty",
				row,
			)
		elif qty is not None and qty != round(qty, 3):
			self.refuse("qty", _("The quantity {0} has more than three decimals"), (qty,), "qty", row)
		return Line(article, qty, rate) if qty is not None and len(self.problems) == before else None

	# --- single values

	def mapping(self, raw: object, where: str, row: int | None = None) -> Mapping:
		if raw is None or raw == "":
			return {}
		if not isinstance(raw, Mapping):
			self.refuse("type", _("{0} must be a set of named values"), (where or "order",), where, row)
			return {}
		for name in raw:
			if name not in FIELDS[where]:
				self.refuse(
					"unknown_field",
					_("There is no field {0} here; known are: {1}"),
					(str(name)[:40], ", ".join(FIELDS[where])),
					f"{where}.{name}"[:80].strip(".") if where != "items" else str(name)[:80],
					row,
				)
		return raw

	def text(
		self,
		raw: object,
		where: str,
		longest: int = LONGEST_TEXT,
		row: int | None = None,
		phone: bool = False,
	) -> str:
		if raw is None:
			return ""
		if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
			raw = (
				format(raw, "g")
				if isinstance(raw, float) and raw == int(raw) and abs(raw) < 1e15
				else str(raw)
			)
		if not isinstance(raw, str):
			self.refuse("type", _("{0} must be text"), (where,), where, row)
			return ""
		text = raw.strip()
		if len(text) > longest:
			self.refuse("too_long", _("{0} is longer than {1} characters"), (where, longest), where, row)
		elif _CONTROL.search(text):
			self.refuse("control", _("{0} contains invisible control characters"), (where,), where, row)
		elif _MARKUP.search(text):
			self.refuse("markup", _("{0} contains HTML; write plain text"), (where,), where, row)
		elif text.startswith(_FORMULA) and not phone:
			self.refuse(
				"formula",
				_("{0} begins like a spreadsheet formula; begin it with a letter or digit"),
				(where,),
				where,
				row,
			)
		else:
			return text
		return ""

	def external_id(self, raw: object) -> str:
		text = self.text(raw, "external_id")
		if text and not _EXTERNAL_ID.fullmatch(text):
			self.refuse(
				"external_id",
				_("The order number {0} may have up to 80 letters, digits and . _ : / # @ -"),
				(text[:80],),
				"external_id",
			)
		return text

	def choice(self, raw: object, where: str, choices: tuple[str, ...], default: str | None = None) -> str:
		if raw is None or raw == "":
			return choices[0] if default is None else default
		text = raw.strip() if isinstance(raw, str) else raw
		if text not in choices:
			self.refuse("choice", _("{0} must be one of: {1}"), (where, ", ".join(choices)), where)
			return choices[0]
		return text

	def number(self, raw: object, where: str, row: int | None = None) -> Decimal | None:
		if raw is None or raw == "":
			return None
		try:
			return to_decimal(raw)
		except ValueError:
			self.refuse("type", _("{0} is not a number: {1}"), (where, str(raw)[:40]), where, row)
			return None

	def amount(self, raw: object, where: str, row: int | None = None, places: int = 2) -> Decimal | None:
		value = self.number(raw, where, row)
		if value is None:
			return None
		if not 0 <= value < LARGEST_AMOUNT:
			self.refuse(
				"amount", _("{0} must not be negative nor above {1}"), (where, LARGEST_AMOUNT), where, row
			)
		elif value != round(value, places):
			self.refuse("amount", _("{0} has more than {1} decimals"), (where, places), where, row)
		return value

	def instant(self, raw: object, where: str) -> datetime | None:
		if raw is None or raw == "":
			return None
		try:
			at = (
				raw
				if isinstance(raw, datetime)
				else datetime.fromisoformat(str(raw).strip().replace("Z", "+00:00"))
			)
		except ValueError:
			self.refuse("type", _("{0} is no date and time like 2026-11-20 14:59:59"), (where,), where)
			return None
		if at.tzinfo:
			if self.zone is None:
				self.refuse("type", _("{0} must be local time without offset"), (where,), where)
				return None
			at = at.astimezone(self.zone).replace(tzinfo=None)
		return at.replace(microsecond=0)
