"""Complete profiles, recognition, candidates."""

import unittest
from dataclasses import replace

from order_ops.customers.identifiers import unified_check
from order_ops.customers.rules import (
	BY_CODE,
	BY_MOBILE,
	BY_TAX_NO,
	INDIVIDUAL,
	ORGANISATION,
	Address,
	Buyer,
	Known,
	Register,
	corrections,
	likeness,
	match_name,
	missing_of,
	problems_of,
	score,
	search_parts,
)

CODE = "D2143569X"
UNIFIED = "91350100" + CODE + unified_check("91350100" + CODE)
OTHER = "91350100M000100Y43"
PERSON = "11010519491231002X"
HOME = Address("张示例", "13800138000", "河南省", "新乡市", "", "示范路", "1号", "453000")
COMPANY = Buyer(ORGANISATION, "示例重工有限公司", CODE, "13800138000", "", "", "张示例", "0373-6666888", HOME)
SOMEBODY = Buyer(INDIVIDUAL, "赵演示", PERSON, "13900139000", address=HOME)


class TestCompleteProfile(unittest.TestCase):
	def test_an_organisation_with_everything_is_complete(self):  # E-4.10d-g
		self.assertEqual(missing_of(COMPANY), [])

	def test_each_field_of_an_organisation_is_missed(self):  # E-4.10d, E-4.10e, E-4.10f, E-4.10g
		for given, field in (
			({"name": ""}, "company_name"),
			({"code": ""}, "organisation_code"),
			({"responsible_person": ""}, "responsible_person"),
			({"responsible_contact": ""}, "responsible_contact"),
			({"address": replace(HOME, street="")}, "street"),
			({"address": replace(HOME, house_no="")}, "house_no"),
		):
			with self.subTest(field=field):
				self.assertEqual(missing_of(replace(COMPANY, **given)), [field])

	def test_each_field_of_an_individual_is_missed(self):  # E-4.10h, E-4.10i, E-4.10j
		self.assertEqual(missing_of(SOMEBODY), [])
		for given, field in (
			({"name": ""}, "person_name"),
			({"code": ""}, "id_number"),
			({"address": replace(HOME, postcode="")}, "postcode"),
			({"address": replace(HOME, street="")}, "street"),
			({"address": replace(HOME, house_no="")}, "house_no"),
		):
			with self.subTest(field=field):
				self.assertEqual(missing_of(replace(SOMEBODY, **given)), [field])

	def test_the_identity_card_is_asked_for_only_where_the_policy_says_so(self):  # E-4.10h
		self.assertEqual(missing_of(replace(SOMEBODY, code=""), require_individual_id=False), [])

	def test_customers_are_organisations_or_individuals(self):  # E-4.10c
		self.assertIn("customer_kind", missing_of(replace(COMPANY, kind="")))
		self.assertEqual(problems_of(replace(COMPANY, kind="Robot"))[0].rule, "E-4.10c")

	def test_wrong_details_are_named_by_field(self):  # E-4.10e, E-4.10g, E-4.10h, E-4.10i
		wrong = replace(
			COMPANY,
			code="D21435690",
			mobile="1",
			responsible_contact="x",
			address=replace(HOME, postcode="1"),
		)
		self.assertEqual(
			[p.field for p in problems_of(wrong)],
			["code", "mobile", "responsible_contact", "address.postcode"],
		)
		self.assertEqual([p.rule for p in problems_of(replace(SOMEBODY, code=CODE))], ["E-4.10h"])


class TestRecognition(unittest.TestCase):
	def setUp(self):
		self.company = Known(
			"CU-1", ORGANISATION, "示例重工有限公司", CODE, "13800138000", external_id="MALL:7"
		)
		self.person = Known("CU-2", INDIVIDUAL, "赵演示", PERSON, "13900139000")
		self.register = Register([self.company, self.person])

	def find(self, *args, **keys):
		found = self.register.find(Buyer(*args, **keys))
		return found and found.id

	def test_by_organisation_code_identity_card_mobile_or_channel_number(self):  # E-4.11b
		self.assertEqual(self.find(ORGANISATION, code=CODE), "CU-1")
		self.assertEqual(self.find(ORGANISATION, code=UNIFIED), "CU-1")
		self.assertEqual(self.find(INDIVIDUAL, code=PERSON.lower()), "CU-2")
		self.assertEqual(self.find(INDIVIDUAL, mobile="+86 139 0013 9000"), "CU-2")
		self.assertEqual(self.find(external_id="mall:7"), "CU-1")

	def test_a_name_alone_recognises_nobody(self):  # E-4.11b
		self.assertIsNone(self.find(ORGANISATION, name="示例重工有限公司"))
		self.assertIsNone(self.find())

	def test_keys_that_contradict_each_other_recognise_nobody(self):  # E-4.11b
		self.assertIsNone(self.find(ORGANISATION, code=OTHER, mobile="13800138000"))
		self.assertIsNone(self.find(INDIVIDUAL, mobile="13800138000"))

	def test_a_key_of_two_customers_recognises_nobody(self):  # E-4.11b
		twin = Known("CU-3", ORGANISATION, "样例公司", "", "13800138000")
		self.assertIsNone(Register([self.company, twin]).find(Buyer(ORGANISATION, mobile="13800138000")))

	def test_the_stronger_key_decides(self):  # E-4.11b
		twin = Known("CU-3", ORGANISATION, "样例公司", "", "13700137000")
		found = Register([self.company, twin]).find(Buyer(ORGANISATION, code=CODE, mobile="13700137000"))
		self.assertEqual(found.id, "CU-1")


class TestCandidates(unittest.TestCase):
	def test_names_are_compared_without_place_form_and_brackets(self):  # E-4.11c
		for name in (
			"河南省示例重工有限公司",
			"河南示例重工股份有限公司",
			"（河南）示例重工 有限责任公司",
			"河南示例重工集团有限公司",
		):
			self.assertEqual(match_name(name), "河南示例重工")
		self.assertEqual(match_name("ACME Co., Ltd."), match_name("Ａcme"))
		self.assertEqual(match_name("公司"), "公司")
		self.assertEqual(match_name(None), "")

	def test_likeness_runs_from_nothing_to_all(self):  # E-4.11c
		self.assertEqual(likeness("示例重工", "示例重工"), 100)
		self.assertEqual(likeness("示例重工", "样本起重"), 0)
		self.assertEqual(likeness("", ""), 0)
		self.assertGreater(likeness("示例重工机械", "示例重工机器"), 55)

	def test_every_key_is_tried_and_the_best_is_shown(self):  # E-4.11c
		known = [
			Known("CU-1", name="示例重工有限公司", code=CODE, mobile="13800138000"),
			Known("CU-2", name="示例重机有限公司", tax_no=OTHER),
			Known("CU-3", name="毫不相干商行", mobile="13800138000"),
			Known("CU-4", name="另一家店"),
		]
		hits = score(Buyer(ORGANISATION, "示例重工公司", UNIFIED, "13800138000", OTHER), known)
		self.assertEqual(
			[(h.customer, h.key, h.score) for h in hits],
			[("CU-1", BY_CODE, 100), ("CU-2", BY_TAX_NO, 95), ("CU-3", BY_MOBILE, 90)],
		)

	def test_similar_names_share_a_piece_to_look_up(self):  # E-4.11c
		self.assertTrue(set(search_parts("示例重工机械")) & set(search_parts("示例重工机器")))
		self.assertEqual(search_parts("示例"), ["示例"])
		self.assertEqual(search_parts(""), [])

	def test_what_a_correction_would_change(self):  # E-4.11e
		ours = Known("CU-1", ORGANISATION, "示例重工有限公司", "", "13800138000")
		self.assertEqual(
			corrections(Buyer(ORGANISATION, "示例重工有限公司", CODE, "+86 13800138000"), ours),
			{"code": ("", CODE)},
		)
