"""Chinese identifiers and how they are checked: organisation, person, telephone, postcode. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from order_ops.problems import Problem, _

_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I, O, S, V, Z
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_CHECK = "10X98765432"

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3}-?)?[1-9]\d{6,7}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}")
_COUNTRY_PREFIX = re.compile(r"^(\+|00)86-?0?|^86(?=1[3-9]\d{9}$)")


def tidy(value: object) -> str:
	"""A text as it was meant: half-width, without spaces at the ends."""
	return unicodedata.normalize("NFKC", str(value or "")).strip()


def tidy_code(value: object) -> str:
	"""A code as it is stored: half-width capitals without spaces and dashes."""
	return re.sub(r"[\s\-]", "", tidy(value)).upper()


def tidy_phone(value: object) -> str:
	"""A telephone number as it is stored: no spaces, no brackets, no +86."""
	number = re.sub(r"[\s()]", "", tidy(value))
	if _MOBILE.fullmatch(mobile := _COUNTRY_PREFIX.sub("", number.replace("-", ""))):
		return mobile
	return _COUNTRY_PREFIX.sub("0", number)


def organisation_check(first8: str) -> str:
	"""The check character of a 9-character organisation code (GB 11714)."""
	rest = sum(_BASE36.index(c) * w for c, w in zip(first8, _ORGANISATION_WEIGHTS, strict=True)) % 11
	return {1: "X", 0: "0"}.get(rest, str(11 - rest))


def unified_check(first17: str) -> str:
	"""The check character of an 18-character unified social credit code (GB 32100)."""
	total = sum(_BASE31.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
	return _BASE31[-total % 31]


def person_check(first17: str) -> str:
	"""The check character of an 18-character identity card number (GB 11643)."""
	return _PERSON_CHECK[sum(int(c) * w for c, w in zip(first17, _PERSON_WEIGHTS, strict=True)) % 11]


def organisation_code_problem(value: object) -> Problem | None:
	"""Organisation code of 9 or unified code of 18 characters, with check digit (E-4.10e)."""
	code = tidy_code(value)
	if re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
		right = organisation_check(code[:8]) == code[8]
	elif re.fullmatch(rf"[{_BASE31}]{{2}}\d{{6}}[{_BASE31}]{{10}}", code):
		right = unified_check(code[:17]) == code[17]
	else:
		return Problem(
			"organisation_code",
			_("{0} is no organisation code: give the 9 or the 18 characters of the certificate"),
			(code[:30],),
			"organisation_code",
			rule="E-4.10e",
		)
	if right:
		return None
	return Problem(
		"organisation_code",
		_("The organisation code {0} has a wrong check digit: compare it with the certificate"),
		(code,),
		"organisation_code",
		rule="E-4.10e",
	)


def organisation_core(value: object) -> str:
	"""The nine characters that mean the organisation: a unified code carries them inside (GB 32100)."""
	code = tidy_code(value)
	return code[8:17] if len(code) == 18 else code


def id_number_problem(value: object) -> Problem | None:
	"""Identity card number of 18 characters with a real birthday and check digit (E-4.10h)."""
	number = tidy_code(value)
	right = bool(re.fullmatch(r"\d{17}[\dX]", number))
	if right:
		try:
			date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
		except ValueError:
			right = False
	if right and person_check(number[:17]) == number[17]:
		return None
	return Problem(
		"id_number",
		_("The identity card number is not valid: 18 characters, the last one a check digit"),
		(),
		"id_number",
		rule="E-4.10h",
	)


def phone_problem(value: object) -> Problem | None:
	"""Mobile or landline, as E-4.10g asks."""
	number = tidy_phone(value)
	if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
		return None
	return Problem(
		"phone",
		_("{0} is no telephone number: give a mobile of 11 digits or a landline with area code"),
		(number[:30],),
		"phone",
		rule="E-4.10g",
	)


def postcode_problem(value: object) -> Problem | None:
	"""A postcode has 6 digits (E-4.10i)."""
	if re.fullmatch(r"\d{6}", tidy(value)):
		return None
	return Problem(
		"postcode", _("{0} is no postcode: it has 6 digits"), (tidy(value)[:30],), "postcode", rule="E-4.10i"
	)


def tax_no_problem(value: object) -> Problem | None:
	"""A taxpayer number has 15 to 20 letters and digits (E-4.13h)."""
	if re.fullmatch(r"[0-9A-Z]{15,20}", tidy_code(value)):
		return None
	return Problem(
		"tax_no",
		_("{0} is no taxpayer number: it has 15 to 20 letters and digits"),
		(tidy(value)[:30],),
		"tax_no",
		rule="E-4.13h",
	)
