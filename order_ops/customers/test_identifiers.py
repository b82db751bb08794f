"""Check digits and telephone numbers."""

import unittest

from order_ops.customers import identifiers
from order_ops.customers.identifiers import (
	id_number_problem,
	organisation_code_problem,
	organisation_core,
	phone_problem,
	postcode_problem,
	tax_no_problem,
	tidy_code,
	tidy_phone,
)

ORGANISATION = "D2143569X"  # the example of GB 11714
UNIFIED = "91350100M000100Y43"  # the example of GB 32100
PERSON = "11010519491231002X"  # the example of GB 11643


class TestOrganisationCode(unittest.TestCase):
	def test_nine_and_eighteen_characters_are_taken(self):  # E-4.10e
		self.assertIsNone(organisation_code_problem(ORGANISATION))
		self.assertIsNone(organisation_code_problem("d2143569-x"))
		self.assertIsNone(organisation_code_problem(UNIFIED))
		self.assertIsNone(organisation_code_problem("９１３５0100M000100Y43"))

	def test_every_wrong_check_digit_is_found(self):  # E-4.10e
		for code, alphabet in ((ORGANISATION, "0123456789X"), (UNIFIED, "0123456789ABCDEFGHJKLMNPQRTUWXY")):
			for wrong in set(alphabet) - {code[-1]}:
				with self.subTest(code=code, wrong=wrong):
					self.assertEqual(organisation_code_problem(code[:-1] + wrong).rule, "E-4.10e")

	def test_other_lengths_and_letters_are_refused(self):  # E-4.10e
		for code in ("", "D214356", "D2143569XX", UNIFIED[:-1], "91350100M000100Y4I", "组织机构代码证号"):
			with self.subTest(code=code):
				self.assertIsNotNone(organisation_code_problem(code))

	def test_a_unified_code_contains_the_organisation_code(self):  # E-4.10e
		unified = "91350100" + ORGANISATION
		unified += identifiers.unified_check(unified)
		self.assertEqual(organisation_core(unified), ORGANISATION)
		self.assertEqual(organisation_core("d2143569-x"), ORGANISATION)
		self.assertEqual(organisation_core(""), "")


class TestPerson(unittest.TestCase):
	def test_eighteen_characters_with_check_digit(self):  # E-4.10h
		self.assertIsNone(id_number_problem(PERSON))
		self.assertIsNone(id_number_problem(PERSON.lower()))
		for wrong in "0123456789":
			self.assertEqual(id_number_problem(PERSON[:-1] + wrong).rule, "E-4.10h")

	def test_the_birthday_must_exist(self):  # E-4.10h
		for birthday in ("19490230", "19491331", "19490001", "00000101"):
			number = "110105" + birthday + "002"
			with self.subTest(birthday=birthday):
				self.assertIsNotNone(id_number_problem(number + identifiers.person_check(number)))

	def test_the_number_itself_is_not_repeated_in_the_message(self):  # E-4.10h: masked
		self.assertEqual(id_number_problem("110105194912310021").args, ())


class TestTelephone(unittest.TestCase):
	def test_mobiles_and_landlines(self):  # E-4.10g
		for number in (
			"13800138000",
			"+86 138 0013 8000",
			"0086-13800138000",
			"199-0000-0001",
			"010-66668888",
			"0371-6666888",
			"037166668888",
			"0371-66668888-123",
			"400-820-8820",
		):
			with self.subTest(number=number):
				self.assertIsNone(phone_problem(number))

	def test_what_is_no_telephone_number(self):  # E-4.10g
		for number in ("", "12800138000", "1380013800", "138001380000", "abc", "110", "电话13800138000"):
			with self.subTest(number=number):
				self.assertEqual(phone_problem(number).rule, "E-4.10g")

	def test_one_number_is_stored_one_way(self):
		self.assertEqual(tidy_phone("+86 138-0013-8000"), "13800138000")
		self.assertEqual(tidy_phone("１３８００１３８０００"), "13800138000")


class TestOthers(unittest.TestCase):
	def test_a_postcode_has_six_digits(self):  # E-4.10i
		self.assertIsNone(postcode_problem("453000"))
		for wrong in ("45300", "4530000", "45300a", ""):
			self.assertEqual(postcode_problem(wrong).rule, "E-4.10i")

	def test_a_taxpayer_number(self):  # E-4.13h
		self.assertIsNone(tax_no_problem("91350100M000100Y43"))
		self.assertIsNotNone(tax_no_problem("12345"))

	def test_codes_are_stored_tidy(self):
		self.assertEqual(tidy_code(" d2143569－x "), "D2143569X")
