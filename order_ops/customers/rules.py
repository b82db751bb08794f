"""Who a customer is: what a profile needs, who a buyer is, who he might be. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from order_ops.customers.identifiers import (
	id_number_problem,
	organisation_code_problem,
	organisation_core,
	phone_problem,
	postcode_problem,
	tax_no_problem,
	tidy,
	tidy_code,
	tidy_phone,
)
from order_ops.problems import Problem, _

ORGANISATION, INDIVIDUAL = "Organisation", "Individual"
KINDS = (ORGANISATION, INDIVIDUAL)  # E-4.10c

NAME_WORTH_SHOWING = 55
CANDIDATES_SHOWN = 10
# the keys of a search, named as their fields are, with what a hit is worth; a name is worth its likeness
BY_CODE, BY_NUMBER = "Organisation Code or Identity Card No.", "Customer No. at the Channel"
BY_TAX_NO, BY_MOBILE, BY_NAME = "Tax No.", "Mobile", "Buyer Name"
_SCORES = {BY_CODE: 100, BY_NUMBER: 95, BY_TAX_NO: 95, BY_MOBILE: 90}

_LEGAL_FORM = re.compile(
	r"(股份有限公司|有限责任公司|有限公司|集团公司|分公司|集团|公司|总厂|厂|CO\W*LTD|LTD|INC)$"
)
_PLACE = re.compile(r"^(.{2,3}?)(?:省|市|自治区)")


@dataclass(frozen=True)
class Address:
	"""Where goods go (E-4.10f)."""

	recipient: str = ""
	phone: str = ""
	province: str = ""
	city: str = ""
	district: str = ""
	street: str = ""
	house_no: str = ""
	postcode: str = ""


@dataclass(frozen=True)
class Buyer:
	"""What an order says of who bought: the keys to recognise him by, and what a new customer's record needs."""

	kind: str = ""
	name: str = ""
	code: str = ""
	mobile: str = ""
	tax_no: str = ""
	external_id: str = ""
	responsible_person: str = ""
	responsible_contact: str = ""
	address: Address = field(default_factory=Address)


@dataclass(frozen=True)
class Known:
	"""A customer on file, as far as recognition needs it."""

	id: str
	kind: str = ORGANISATION
	name: str = ""
	code: str = ""
	mobile: str = ""
	tax_no: str = ""
	external_id: str = ""
	missing: tuple[str, ...] = ()
	policy_code: str = ""


@dataclass(frozen=True)
class Hit:
	"""A customer who might be the buyer, by one key (E-4.11c)."""

	customer: str
	key: str
	value: str
	score: int


# --- what a profile needs (E-4.10c-j) ------------------------------------------------------------------------------


def missing_of(buyer: Buyer, require_individual_id: bool = True) -> list[str]:
	"""The fields a complete profile still lacks, by name (E-4.10b, d-j)."""
	address = buyer.address
	if buyer.kind == ORGANISATION:
		needed = {
			"company_name": buyer.name,
			"organisation_code": buyer.code,
			"responsible_person": buyer.responsible_person,
			"responsible_contact": buyer.responsible_contact,
		}
	else:
		needed = {
			"person_name": buyer.name,
			**({"id_number": buyer.code} if require_individual_id else {}),
			"postcode": address.postcode,
		}
	needed |= {
		"province": address.province,
		"city": address.city,
		"street": address.street,
		"house_no": address.house_no,
	}
	return (["customer_kind"] if buyer.kind not in KINDS else []) + [
		f for f, value in needed.items() if not value
	]


def problems_of(buyer: Buyer) -> list[Problem]:
	"""What is wrong with the details a buyer did give (E-4.10e, g, h, i)."""
	checks = [
		(buyer.code, id_number_problem if buyer.kind == INDIVIDUAL else organisation_code_problem, "code"),
		(buyer.mobile, phone_problem, "mobile"),
		(buyer.responsible_contact, phone_problem, "responsible_contact"),
		(buyer.tax_no, tax_no_problem, "tax_no"),
		(buyer.address.postcode, postcode_problem, "address.postcode"),
		(buyer.address.phone, phone_problem, "address.phone"),
	]
	found = [problem.at(where) for value, check, where in checks if value and (problem := check(value))]
	if buyer.kind and buyer.kind not in KINDS:
		found.insert(
			0,
			Problem(
				"customer_kind",
				_("{0} is no kind of customer: write Organisation or Individual"),
				(buyer.kind[:30],),
				"kind",
				rule="E-4.10c",
			),
		)
	return found


# --- recognition (E-4.11b) -----------------------------------------------------------------------------------------


def identity(kind: str, code: str) -> str:
	"""One value for one organisation or person, whichever of its codes was given; empty without a code."""
	code = tidy_code(code)
	if not code:
		return ""
	if kind == INDIVIDUAL or (not kind and id_number_problem(code) is None):
		return f"I:{code}"
	return f"O:{organisation_core(code)}"


class Register:
	"""Customers on file, indexed by the keys that recognise without asking anybody (E-4.11b)."""

	def __init__(self, known: Iterable[Known]) -> None:
		self._by: dict[str, dict[str, list[Known]]] = {}
		for customer in known:
			for key, value in _keys(customer).items():
				self._by.setdefault(key, {}).setdefault(value, []).append(customer)

	def find(self, buyer: Buyer) -> Known | None:
		"""The one customer the buyer's strongest key names; nobody when the keys contradict each other or name two."""
		for key, value in _keys(buyer).items():
			if found := self._by.get(key, {}).get(value):
				agreeing = [customer for customer in found if not _contradicts(buyer, customer)]
				return agreeing[0] if len(agreeing) == 1 else None
		return None


def _keys(who: Buyer | Known) -> dict[str, str]:
	keys = {
		"identity": identity(who.kind, who.code),
		"external_id": who.external_id.casefold(),
		"mobile": tidy_phone(who.mobile),
	}
	return {key: value for key, value in keys.items() if value}


def _contradicts(buyer: Buyer, customer: Known) -> bool:
	if buyer.kind and customer.kind and buyer.kind != customer.kind:
		return True
	mine, theirs = identity(buyer.kind, buyer.code), identity(customer.kind, customer.code)
	return bool(mine and theirs and mine != theirs)


# --- candidates (E-4.11c) ------------------------------------------------------------------------------------------


def match_name(name: object) -> str:
	"""A name as it is compared: half-width, without place words, legal form, brackets and spaces."""
	text = re.sub(r"[^\w]", "", tidy(name).upper())
	text = _PLACE.sub(r"\1", text)
	while len(shorter := _LEGAL_FORM.sub("", text)) >= 2 and shorter != text:
		text = shorter
	return text


def search_parts(name: str) -> list[str]:
	"""Pieces of a compared name by which similar names are looked up."""
	if len(name) <= 4:
		return [name] if name else []
	return [name[i : i + 3] for i in range(0, len(name) - 2, max(1, (len(name) - 3) // 4))][:6]


def likeness(one: str, other: str) -> int:
	"""How alike two compared names are, 0 to 100, by the pairs of characters they share."""
	if one == other:
		return 100 if one else 0
	a, b = _pairs(one), _pairs(other)
	return round(200 * len(a & b) / (len(a) + len(b))) if a and b else 0


def _pairs(text: str) -> set[str]:
	return {text[i : i + 2] for i in range(len(text) - 1)}


def score(buyer: Buyer, known: Iterable[Known]) -> list[Hit]:
	"""The customers who might be the buyer, the likeliest first, each with its best key (E-4.11c)."""
	hits = []
	wanted = match_name(buyer.name)
	for customer in known:
		alike = likeness(wanted, match_name(customer.name))
		same = {
			BY_CODE: buyer.code
			and identity(buyer.kind, buyer.code) == identity(customer.kind, customer.code),
			BY_NUMBER: buyer.external_id and buyer.external_id.casefold() == customer.external_id.casefold(),
			BY_TAX_NO: buyer.tax_no
			and tidy_code(buyer.tax_no) in (tidy_code(customer.tax_no), tidy_code(customer.code)),
			BY_MOBILE: buyer.mobile and tidy_phone(buyer.mobile) == tidy_phone(customer.mobile),
		}
		value = {
			BY_CODE: customer.code,
			BY_NUMBER: customer.external_id,
			BY_TAX_NO: customer.tax_no or customer.code,
			BY_MOBILE: customer.mobile,
		}
		best = max(
			[Hit(customer.id, key, value[key], _SCORES[key]) for key, hit in same.items() if hit]
			+ ([Hit(customer.id, BY_NAME, customer.name, alike)] if alike >= NAME_WORTH_SHOWING else []),
			key=lambda hit: hit.score,
			default=None,
		)
		if best:
			hits.append(best)
	return sorted(hits, key=lambda hit: (-hit.score, hit.customer))[:CANDIDATES_SHOWN]


def corrections(buyer: Buyer, customer: Known) -> dict[str, tuple[str, str]]:
	"""The recognition keys that differ between a buyer and the customer he turned out to be: key to (ours, his)."""
	pairs = {
		"code": (tidy_code(customer.code), tidy_code(buyer.code)),
		"mobile": (tidy_phone(customer.mobile), tidy_phone(buyer.mobile)),
		"external_id": (customer.external_id, buyer.external_id),
		"name": (customer.name, buyer.name),
	}
	return {key: pair for key, pair in pairs.items() if pair[1] and pair[0] != pair[1]}
