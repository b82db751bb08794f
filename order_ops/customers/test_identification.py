"""From an unknown buyer to a customer: search, contact, correction, creation."""

from datetime import datetime

import frappe
from frappe import client
from order_ops.customers import identification, rules, service
from order_ops.customers.exceptions import (
	ContactRecordMissing,
	CorrectionIncomplete,
	CustomerDetailsInvalid,
	MatchIsFinished,
	SearchFirst,
	StillNotRecognised,
)
from order_ops.customers.rules import Address, Buyer
from order_ops.exchange import service as exchange
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import BUYER, ID_NUMBER, UNIFIED_CODE, make_customer, make_order, make_user
from order_ops.timekeeping.exceptions import NotByWorkflow

TEN, FIVE_PAST, TEN_PAST = "2026-11-20 10:00:00", "2026-11-20 10:05:00", "2026-11-20 10:10:00"


class MatchCase(OpsTestCase):
	def match_of(self, order):
		return frappe.get_doc("Ops Customer Match", {"sales_order": order.name})

	def press(self, button, match):
		return button(frappe.as_json({"name": match.name}))

	def clock(self, order, step):
		return frappe.get_doc("Ops Clock", {"reference_name": order.name, "step": step})

	def contacted(self, match, **values):
		match.reload()
		match.update(
			{"contacted_at": TEN, "contact_channel": "Phone", "contact_outcome": "是本公司订单", **values}
		)
		match.save()
		return match


class TestSearch(MatchCase):
	def test_every_key_is_searched_and_its_result_kept(self):  # E-4.11c
		similar = make_customer(company_name="河南示例重工股份有限公司", organisation_code=UNIFIED_CODE)
		order = make_order(buyer={**BUYER, "name": "河南示例重工有限公司"})
		match = self.match_of(order)
		answer = self.press(identification.search, match)
		match.reload()
		self.assertEqual((answer["status"], match.status), ("Candidates", "Candidates"))
		self.assertEqual([(c.customer, c.key) for c in match.candidates], [(similar.name, rules.BY_NAME)])
		for key in (rules.BY_NAME, rules.BY_CODE, rules.BY_MOBILE, rules.BY_TAX_NO, rules.BY_NUMBER):
			self.assertIn(f"{key}:", match.search_result)

	def test_nobody_alike_is_found(self):  # E-4.11c
		match = self.match_of(make_order())
		self.press(identification.search, match)
		self.assertEqual(match.reload().candidates, [])

	def test_who_is_recognised_meanwhile_is_matched_at_once(self):  # E-4.11b, E-4.11f
		order = make_order()
		customer = make_customer()
		answer = self.press(identification.search, self.match_of(order))
		order.reload()
		self.assertEqual(
			(answer["status"], order.customer, order.status), ("Matched", customer.name, "Identified")
		)


class TestContact(MatchCase):
	def test_the_clock_stands_still_while_the_customer_is_asked(self):  # E-4.11a
		with self.at(TEN):
			order = make_order()
			match = self.match_of(order)
		with self.at(FIVE_PAST):
			self.contacted(match, contact_outcome="")
			self.assertEqual(match.status, "Verifying")
			self.assertEqual(self.clock(order, "E-MATCH").status, "Paused")
		with self.at("2026-11-20 11:00:00"):
			match.contact_outcome = "电话号码已更换"
			match.save()
		clock = self.clock(order, "E-MATCH")
		self.assertEqual((clock.status, clock.due_at), ("Running", datetime(2026, 11, 20, 11, 10)))

	def test_nobody_types_status_evidence_or_result(self):  # E-4.11d, E-4.11h
		match = self.match_of(make_order())
		customer = make_customer(organisation_code=UNIFIED_CODE, mobile="19900000008")
		match.status = "Matched"
		with self.assertRaises(NotByWorkflow):  # G8-03.2
			match.save()
		match.reload().update({"result": "Existing", "buyer_code": "X", "matched_by": "Administrator"})
		match.append("candidates", {"customer": customer.name, "key": rules.BY_NAME, "score": 99})
		match.save()
		match.reload()
		self.assertEqual((match.status, match.result, match.candidates), ("To Check", None, []))
		self.assertEqual(match.buyer_code, BUYER["code"])


class TestCorrection(MatchCase):
	def setUp(self):
		super().setUp()
		self.customer = make_customer(organisation_code=None, mobile="19900000008")
		with self.at(TEN):
			self.order = make_order()
		self.match = self.match_of(self.order)

	def test_nothing_is_corrected_before_the_customer_was_asked(self):  # E-4.11d
		self.match.update(
			{"customer": self.customer.name, "correct_side": "Our Record", "correction": "手机号码过期"}
		)
		self.match.save()
		with self.assertRaises(ContactRecordMissing):
			self.press(identification.correct, self.match)
		self.assertEqual(self.customer.reload().mobile, "19900000008")

	def test_a_correction_says_who_which_side_and_why(self):  # E-4.11e
		for missing in ("customer", "correct_side", "correction"):
			values = {
				"customer": self.customer.name,
				"correct_side": "Our Record",
				"correction": "手机号码过期",
			}
			self.contacted(self.match, **{**values, missing: None})
			with self.subTest(missing=missing), self.assertRaises(CorrectionIncomplete):
				self.press(identification.correct, self.match)

	def test_our_record_is_corrected_and_the_customer_recognised(self):  # E-4.11e, E-4.11f, E-4.11a, E-4.12d
		self.contacted(
			self.match, customer=self.customer.name, correct_side="Our Record", correction="手机号码过期"
		)
		with self.at(TEN_PAST):
			self.press(identification.correct, self.match)
		self.customer.reload()
		self.order.reload()
		self.assertEqual(
			(self.customer.mobile, self.customer.organisation_code), (BUYER["mobile"], BUYER["code"])
		)
		self.assertEqual(
			(self.order.status, self.order.customer, self.order.identification),
			("Identified", self.customer.name, "Corrected"),
		)
		self.assertEqual((self.match.reload().status, self.match.result), ("Matched", "Corrected"))
		self.assertEqual(self.clock(self.order, "E-MATCH").status, "Met")
		self.assertEqual(self.clock(self.order, "E-SO").due_at, datetime(2026, 11, 20, 10, 40))
		comments = frappe.get_all(
			"Comment", {"reference_name": self.customer.name, "comment_type": "Comment"}, pluck="content"
		)
		self.assertIn("手机号码过期", "".join(comments))
		self.assertTrue(frappe.db.exists("Version", {"docname": self.customer.name}))

	def test_the_customers_own_mistake_is_corrected_in_the_order(self):  # E-4.11e
		self.contacted(
			self.match, customer=self.customer.name, correct_side="Customer's Input", correction="客户填错"
		)
		self.press(identification.correct, self.match)
		self.assertEqual(self.customer.reload().mobile, "19900000008")
		self.order.reload()
		self.assertEqual((self.order.buyer_mobile, self.order.status), ("19900000008", "Identified"))

	def test_who_is_still_not_recognised_stays_open(self):  # E-4.11f
		other = make_customer(organisation_code=UNIFIED_CODE, mobile="19900000007")
		twin = make_customer(organisation_code=None, mobile=None, company_name="样例公司")
		self.contacted(self.match, customer=twin.name, correct_side="Customer's Input", correction="客户填错")
		frappe.db.set_value("Ops Customer Match", self.match.name, {"buyer_code": UNIFIED_CODE})
		with self.assertRaises(StillNotRecognised):
			self.press(identification.correct, self.match)
		self.assertNotEqual(self.order.reload().customer, other.name)

	def test_what_is_settled_stays_settled(self):  # E-4.11h
		self.contacted(
			self.match, customer=self.customer.name, correct_side="Our Record", correction="手机号码过期"
		)
		self.press(identification.correct, self.match)
		with self.assertRaises(MatchIsFinished):
			self.press(identification.create_customer, self.match)
		self.match.reload().customer = None
		with self.assertRaises(MatchIsFinished):
			self.match.save()


class TestLimit(MatchCase):
	def test_a_quarter_of_an_hour_is_in_time_and_a_second_more_is_not(self):  # E-4.11a
		with self.at(TEN):
			orders = {at: make_order(f"LIMIT-{at[-2:]}") for at in ("10:14:59", "10:15:00", "10:15:01")}
		make_customer()
		status = {}
		for at, order in orders.items():
			with self.at(f"2026-11-20 {at}"):
				self.press(identification.search, self.match_of(order))
			status[at] = self.clock(order, "E-MATCH").status
		self.assertEqual(status, {"10:14:59": "Met", "10:15:00": "Met", "10:15:01": "Breached"})


class TestCreation(MatchCase):
	def test_a_customer_is_created_only_after_a_search(self):  # E-4.11g
		with self.assertRaises(SearchFirst):
			self.press(identification.create_customer, self.match_of(make_order()))

	def test_the_order_waits_for_saps_number(self):  # E-4.11g
		with self.at(TEN):
			order = make_order()
		match = self.match_of(order)
		with self.at(FIVE_PAST):
			self.press(identification.search, match)
			answer = self.press(identification.create_customer, match)
		self.assertEqual(answer["status"], "Creating")
		customer = frappe.get_doc("Ops Customer", answer["customer"])
		self.assertEqual((customer.organisation_code, customer.sap_customer_no), (BUYER["code"], None))
		self.assertEqual((customer.profile_complete, customer.addresses[0].street), (1, "示范路"))
		self.assertEqual(order.reload().status, "Received")
		with self.at(TEN_PAST), self.without_commits():
			exchange.flush()
		order.reload()
		customer.reload()
		self.assertTrue(customer.sap_customer_no)
		self.assertEqual(
			(order.status, order.customer, order.identification), ("Identified", customer.name, "New")
		)
		self.assertEqual((match.reload().status, match.result), ("Created", "New"))
		self.assertEqual(self.clock(order, "E-MATCH").stopped_at, datetime(2026, 11, 20, 10, 10))

	def test_pressing_twice_creates_one_customer_and_one_message(self):  # E-4.11g
		match = self.match_of(make_order())
		self.press(identification.search, match)
		first = self.press(identification.create_customer, match)
		again = self.press(identification.create_customer, match)
		self.assertEqual(first["customer"], again["customer"])
		self.assertEqual(
			frappe.db.count("Ops Message", {"channel": "SAP", "reference_name": first["customer"]}), 1
		)

	def test_two_orders_of_one_new_buyer_make_one_customer(self):  # E-4.11b, E-4.11g
		one, two = make_order("TWIN-1"), make_order("TWIN-2")
		first = self.match_of(one)
		self.press(identification.search, first)
		self.press(identification.create_customer, first)
		answer = self.press(identification.search, self.match_of(two))
		self.assertEqual(answer["status"], "Matched")
		self.assertEqual(frappe.db.count("Ops Customer", {"organisation_code": BUYER["code"]}), 1)

	def test_only_representatives_settle_customers(self):  # E-4.11h
		match = self.match_of(make_order())
		for role, may in (("Warehouse Keeper", False), ("E-commerce Sales Rep", True)):
			user = make_user(f"{role.split()[0].lower()}@test.example", role).name
			with self.as_user(user):
				if may:
					self.press(identification.search, match)
				else:
					with self.assertRaises(frappe.PermissionError):
						self.press(identification.search, match)
					self.assertEqual(
						frappe.db.get_value("Ops Customer Match", match.name, "status"), "To Check"
					)


class TestRecords(OpsTestCase):
	def test_wrong_details_are_refused_by_name(self):  # E-4.10e, E-4.10g, E-4.10h
		for values in (
			{"organisation_code": "D21435690"},
			{"mobile": "123"},
			{"responsible_contact": "abc"},
			{"customer_kind": "Individual", "person_name": "赵演示", "id_number": ID_NUMBER[:-1] + "0"},
		):
			with self.subTest(values=values), self.assertRaises(CustomerDetailsInvalid):
				make_customer(**values)

	def test_what_a_profile_lacks_is_listed(self):  # E-4.10b-j
		customer = make_customer(responsible_person=None)
		self.assertEqual((customer.profile_complete, customer.missing_fields), (0, "responsible_person"))
		customer.responsible_person = "张示例"
		customer.save()
		self.assertEqual((customer.profile_complete, customer.missing_fields), (1, ""))

	def test_codes_are_stored_tidy(self):
		customer = make_customer(organisation_code=" d2143569-x ", mobile="+86 199 0000 0001")
		self.assertEqual((customer.organisation_code, customer.mobile), ("D2143569X", "19900000001"))

	def test_personal_data_is_hidden_from_roles_without_level_two(self):  # E-4.10h, G7-7.3
		customer = make_customer(customer_kind="Individual", person_name="赵演示", id_number=ID_NUMBER)
		user = make_user("parts@test.example", "Parts Support Specialist").name
		with self.as_user(user):
			seen = client.get("Ops Customer", customer.name)
			self.assertEqual(seen["customer_name"], "赵演示")
			self.assertFalse(seen.get("id_number") or seen.get("mobile"))

	def test_a_set_is_created_updated_or_left(self):  # E-4.11g
		home = Address(province="河南", city="新乡市", street="示范路", house_no="1号", postcode="453000")
		one = Buyer("Organisation", "甲示例公司", "D2143569X", "19900000001", address=home)
		two = Buyer("Individual", "乙示例", ID_NUMBER, "19900000002", address=home)
		first = service.upsert([one, two, one], [{}, {}, {}])
		self.assertEqual([verdict for verdict, _name in first], ["created", "created", "unchanged"])
		moved = Buyer("Individual", "乙示例", ID_NUMBER, "19900000003", address=home)
		again = service.upsert([one, moved], [{}, {}])
		self.assertEqual([verdict for verdict, _name in again], ["unchanged", "updated"])
		self.assertEqual(again[1][1], first[1][1])
		self.assertEqual(frappe.db.get_value("Ops Customer", again[1][1], "mobile"), "19900000003")
