"""A buyer and an address as they come from outside (E-4.10c-j). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from order_ops.customers.identifiers import phone_problem, postcode_problem, tidy_code, tidy_phone
from order_ops.customers.rules import KINDS, Address, Buyer, problems_of
from order_ops.reading import Reader

ADDRESS_FIELDS = tuple(Address.__dataclass_fields__)
BUYER_FIELDS = tuple(Buyer.__dataclass_fields__)


def read_buyer(reader: Reader, raw: object, where: str, also: tuple[str, ...] = ()) -> Buyer:
	"""Who bought; codes and numbers are tidied and checked."""
	values = reader.mapping(raw, where, BUYER_FIELDS + also)

	def text(field: str, phone: bool = False) -> str:
		return reader.text(values.get(field), f"{where}.{field}".strip("."), may_begin_like_formula=phone)

	buyer = Buyer(
		kind=reader.choice(values.get("kind"), f"{where}.kind".strip("."), KINDS, default=""),
		name=text("name"),
		code=tidy_code(text("code")),
		mobile=tidy_phone(text("mobile", phone=True)),
		tax_no=tidy_code(text("tax_no")),
		external_id=text("external_id"),
		responsible_person=text("responsible_person"),
		responsible_contact=tidy_phone(text("responsible_contact", phone=True)),
		address=read_address(reader, values.get("address"), f"{where}.address".strip(".")),
	)
	reader.problems += [
		problem.at(f"{where}.{problem.field}".strip("."))
		for problem in problems_of(buyer)
		if not problem.field.startswith("address")
	]
	return buyer


def read_address(reader: Reader, raw: object, where: str) -> Address:
	"""Where goods go or a customer lives; telephone and postcode are checked."""
	values: Mapping = reader.mapping(raw, where, ADDRESS_FIELDS)
	texts = {
		field: reader.text(values.get(field), f"{where}.{field}", may_begin_like_formula=field == "phone")
		for field in ADDRESS_FIELDS
	}
	texts["phone"] = tidy_phone(texts["phone"])
	for field, check in (("phone", phone_problem), ("postcode", postcode_problem)):
		if texts[field] and (problem := check(texts[field])):
			reader.problems.append(problem.at(f"{where}.{field}"))
	return Address(**texts)
