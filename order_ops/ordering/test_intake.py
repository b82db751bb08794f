"""Orders come in once, whatever the channel, and nothing half-written stays behind."""

from datetime import date, datetime
from unittest.mock import patch

import frappe
from order_ops.customers.exceptions import CustomerIsKnown
from order_ops.ordering import drafts, intake
from order_ops.ordering.exceptions import ChannelClosed
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import (
	BUYER,
	ID_NUMBER,
	SHIP_TO,
	make_business_unit,
	make_channel,
	make_customer,
	make_order,
	make_product,
	make_user,
	order_request,
)

MORNING = "2026-11-20 10:00:00"  # a Friday


def count(doctype, **filters):
	return frappe.db.count(doctype, filters)


class TestPlacing(OpsTestCase):
	def place(self, *requests, channel=None):
		return intake.place(list(requests), channel or make_channel())

	def test_an_order_has_number_arrival_lines_and_totals(self):  # E-4.10a, G3-1.3b, D-12
		with self.at(MORNING):
			order = make_order(items=[{"article_no": make_product(), "qty": 3}], freight_amount="1.5")
		self.assertRegex(order.name, r"^SO-261120-[0-9A-Z]{6}$")
		self.assertEqual(order.received_at, datetime(2026, 11, 20, 10))
		self.assertEqual(order.status, "Received")
		self.assertEqual(order.docstatus, 0)
		self.assertEqual((order.goods_amount, order.freight_amount, order.grand_total), (30.15, 1.5, 31.65))
		self.assertEqual(
			[(i.product, i.qty, i.rate, i.amount) for i in order.items], [("TEST-1", 3, 10.05, 30.15)]
		)
		self.assertEqual(order.policy_profile, "BU-PARTS-1")
		self.assertEqual(order.business_unit, "TEST-BU")
		self.assertEqual(order.recipient, "张示例")

	def test_arrival_decides_wave_and_promised_day(self):  # E-3.4a, E-3.4b, E-4.13c, E-4.13d
		for at, wave, day in (
			("2026-11-20 11:59:59", "E-W1", date(2026, 11, 20)),
			("2026-11-20 12:00:00", "E-W2", date(2026, 11, 20)),
			("2026-11-20 14:59:59", "E-W2", date(2026, 11, 20)),
			("2026-11-20 15:00:00", "E-W1", date(2026, 11, 21)),
			("2026-11-21 15:00:00", "E-W1", date(2026, 11, 23)),
			("2026-11-22 10:00:00", "E-W1", date(2026, 11, 23)),
		):
			with self.subTest(at=at), self.at(at):
				order = make_order(f"AT-{at[8:10]}{at[11:13]}{at[14:16]}{at[17:]}")
				self.assertEqual((order.wave, order.wave_date, order.promised_ship_date), (wave, day, day))

	def test_one_set_takes_the_good_and_names_the_bad(self):  # G1-07a
		verdicts = self.place(
			order_request("A-1"),
			order_request("A-2", items=[{"article_no": "NONE", "qty": 1}]),
			"no order",
			order_request("A-3", urgency="asap"),
			order_request("A-4"),
		)
		self.assertEqual(
			[v["status"] for v in verdicts], ["created", "refused", "refused", "refused", "created"]
		)
		self.assertEqual(
			(verdicts[1]["code"], verdicts[1]["field"], verdicts[1]["row"]), ("article_no", "article_no", 1)
		)
		self.assertEqual(verdicts[3]["field"], "urgency")
		self.assertEqual(count("Ops Sales Order", external_id=("like", "A-%")), 2)
		self.assertEqual(
			count("Ops Sales Order Item", parent=("in", [v["order"] for v in verdicts if v["order"]])), 2
		)

	def test_a_number_is_needed(self):  # G1-07a
		(verdict,) = self.place(order_request(""))
		self.assertEqual((verdict["code"], verdict["field"]), ("missing", "external_id"))

	def test_a_closed_or_unknown_channel_takes_nothing(self):  # G3-1.1
		frappe.db.set_value("Ops Channel", make_channel("TEST-SHUT"), "enabled", 0)
		frappe.get_doc("Ops Channel", "TEST-SHUT").on_update()
		for channel in ("TEST-SHUT", "NOWHERE"):
			with self.assertRaises(ChannelClosed):
				self.place(order_request(), channel=channel)

	def test_an_open_question_is_recorded_for_every_unknown_buyer(self):  # E-4.11a, E-4.11c, E-4.12c
		with self.at(MORNING):
			order = make_order()
		match = frappe.get_doc("Ops Customer Match", {"sales_order": order.name})
		self.assertEqual(
			(match.status, match.buyer_name, match.buyer_code), ("To Check", BUYER["name"], BUYER["code"])
		)
		clock = frappe.get_doc("Ops Clock", {"reference_name": order.name})
		self.assertEqual(
			(clock.step, clock.started_at, clock.due_at),
			("E-MATCH", datetime(2026, 11, 20, 10), datetime(2026, 11, 20, 10, 15)),
		)
		self.assertEqual(
			frappe.get_all("Ops Event", {"sales_order": order.name}, pluck="phase"), ["Received"]
		)

	def test_after_the_cut_off_the_clock_starts_next_morning(self):  # E-4.11a
		with self.at("2026-11-20 15:00:00"):
			order = make_order()
		clock = frappe.get_doc("Ops Clock", {"reference_name": order.name})
		self.assertEqual(clock.started_at, datetime(2026, 11, 21, 8, 30))
		self.assertEqual(clock.due_at, datetime(2026, 11, 21, 8, 45))

	def test_a_known_customer_goes_straight_to_order_creation(self):  # E-4.11b
		customer = make_customer()
		with self.at(MORNING):
			order = make_order()
		self.assertEqual(
			(order.status, order.customer, order.identification), ("Identified", customer.name, "Existing")
		)
		self.assertFalse(frappe.db.exists("Ops Customer Match", {"sales_order": order.name}))
		clock = frappe.get_doc("Ops Clock", {"reference_name": order.name})
		self.assertEqual((clock.step, clock.due_at), ("E-SO", datetime(2026, 11, 20, 10, 30)))

	def test_a_known_customers_address_is_used_where_none_is_given(self):
		make_customer()
		order = make_order(ship_to={})
		self.assertEqual((order.street, order.house_no), ("示范路", "1号"))

	def test_a_channels_customer_number_counts_in_that_channel_only(self):  # E-4.11b
		make_customer(organisation_code=None, mobile=None, external_id=f"{make_channel()}:77")
		buyer = {"external_id": "77"}
		self.assertEqual(make_order("N-1", buyer=buyer).status, "Identified")
		self.assertEqual(
			make_order("N-2", channel=make_channel("TEST-OTHER"), buyer=buyer).status, "Received"
		)


class TestRepeats(OpsTestCase):
	def test_a_repeat_gets_the_first_answer_and_changes_nothing(self):  # G1-07a
		channel = make_channel()
		first = intake.place([order_request("R-1")], channel)[0]
		before = [
			count(d)
			for d in (
				"Ops Sales Order",
				"Ops Sales Order Item",
				"Ops Clock",
				"Ops Event",
				"Ops Customer Match",
			)
		]
		again = intake.place(
			[order_request("R-1"), order_request("R-1", items=[{"qty": "2.0", "article_no": "test-1"}])],
			channel,
		)
		self.assertEqual((again[0]["status"], again[0]["order"]), ("repeat", first["order"]))
		after = [
			count(d)
			for d in (
				"Ops Sales Order",
				"Ops Sales Order Item",
				"Ops Clock",
				"Ops Event",
				"Ops Customer Match",
			)
		]
		self.assertEqual(before, after)

	def test_the_same_number_with_other_content_is_refused(self):  # G1-07a
		channel = make_channel()
		first = intake.place([order_request("R-2")], channel)[0]
		other = intake.place([order_request("R-2", freight_amount=5)], channel)[0]
		self.assertEqual(
			(other["status"], other["code"], other["field"]), ("refused", "conflict", "external_id")
		)
		self.assertIn(first["order"], other["message"])
		self.assertEqual(frappe.db.get_value("Ops Sales Order", first["order"], "freight_amount"), 0)

	def test_twice_in_one_call_is_one_order(self):  # G1-07a
		one, two, other = intake.place(
			[order_request("R-3"), order_request("r-3"), order_request("R-3", urgency="Urgent")],
			make_channel(),
		)
		self.assertEqual([one["status"], other["status"], other["code"]], ["created", "refused", "conflict"])
		self.assertEqual(two["code"], "conflict")  # its content names another number
		self.assertEqual(count("Ops Sales Order", external_id="R-3"), 1)

	def test_the_same_number_in_another_channel_is_another_order(self):
		one = make_order("R-4")
		two = make_order("R-4", channel=make_channel("TEST-OTHER"))
		self.assertNotEqual(one.name, two.name)

	def test_who_loses_the_race_for_a_number_gets_the_winners_answer(self):  # G1-07a
		channel = make_channel()
		first = intake.place([order_request("R-5")], channel)[0]
		with patch.object(intake, "_answer_known"):  # as if the other one had come right after we looked
			(repeat,) = intake.place([order_request("R-5")], channel)
			(conflict,) = intake.place([order_request("R-5", freight_amount=1)], channel)
		self.assertEqual((repeat["status"], repeat["order"]), ("repeat", first["order"]))
		self.assertEqual(conflict["code"], "conflict")
		self.assertEqual(count("Ops Sales Order Item", parent=first["order"]), 1)

	def test_a_number_that_is_taken_is_drawn_again(self):  # G3-1.3b
		channel = make_channel()
		taken = intake.place([order_request("R-6")], channel)[0]["order"]
		with patch.object(drafts, "new_name", side_effect=[taken, "SO-261120-FRESH0"]):
			(second,) = intake.place([order_request("R-7")], channel)
		self.assertEqual((second["status"], second["order"]), ("created", "SO-261120-FRESH0"))


class TestChannels(OpsTestCase):
	def test_only_files_and_other_systems_say_when_an_order_was_received(self):  # D-01
		request = order_request("S-1", received_at="2026-11-19 14:59:59")
		channel = make_channel()
		rep = make_user("rep@test.example", "E-commerce Sales Rep").name
		with self.at(MORNING):
			with self.as_user(rep):
				(verdict,) = intake.place([request], channel)
			self.assertEqual((verdict["code"], verdict["field"]), ("received_at", "received_at"))
			order = make_order(
				channel=make_channel("TEST-FILE", kind="File"), received_at="2026-11-19 14:59:59"
			)
		self.assertEqual(
			(order.received_at, order.wave_date), (datetime(2026, 11, 19, 14, 59, 59), date(2026, 11, 19))
		)

	def test_no_order_was_received_tomorrow(self):
		with self.at(MORNING):
			request = order_request("S-2", received_at="2026-11-20 10:00:01")
			(verdict,) = intake.place([request], make_channel("TEST-FILE", kind="File"))
		self.assertEqual(verdict["field"], "received_at")

	def test_the_mall_takes_complete_profiles_only(self):  # E-4.10b-j
		mall = make_channel("TEST-MALL", kind="Mall")
		person = {"kind": "Individual", "name": "赵演示", "code": ID_NUMBER, "mobile": "19900000002"}
		good, no_code, no_postcode, no_house = intake.place(
			[
				order_request("M-1", buyer=person),
				order_request("M-2", buyer={**person, "code": ""}),
				order_request("M-3", buyer=person, ship_to={**SHIP_TO, "postcode": ""}),
				order_request("M-4", ship_to={**SHIP_TO, "house_no": ""}),
			],
			mall,
		)
		self.assertEqual(good["status"], "created")
		self.assertEqual((no_code["rule"], no_code["field"]), ("E-4.10b", "buyer.id_number"))
		self.assertEqual((no_postcode["rule"], no_postcode["field"]), ("E-4.10b", "buyer.postcode"))
		self.assertEqual(no_house["field"], "ship_to.house_no")

	def test_a_customer_with_a_complete_profile_just_orders(self):  # E-4.10b
		mall = make_channel("TEST-MALL", kind="Mall")
		make_customer(external_id=f"{mall}:9")
		self.assertEqual(make_order("M-5", channel=mall, buyer={"external_id": "9"}).status, "Identified")

	def test_a_customer_with_an_incomplete_profile_is_told_what_is_missing(self):  # E-4.10b
		mall = make_channel("TEST-MALL", kind="Mall")
		make_customer(external_id=f"{mall}:9", organisation_code=None)
		(verdict,) = intake.place([order_request("M-6", buyer={"external_id": "9"})], mall)
		self.assertEqual((verdict["rule"], verdict["field"]), ("E-4.10b", "buyer.organisation_code"))
		self.assertEqual(
			make_order(
				"M-6", channel=mall, buyer={"external_id": "9", "kind": "Organisation", "code": BUYER["code"]}
			).docstatus,
			0,
		)

	def test_the_mall_sells_listed_products_only(self):  # E-4.08d
		hidden = make_product("TEST-HIDDEN", listed=0)
		items = [{"article_no": hidden, "qty": 1}]
		(refused,) = intake.place([order_request("M-7", items=items)], make_channel("TEST-MALL", kind="Mall"))
		self.assertEqual((refused["code"], refused["rule"], refused["row"]), ("not_listed", "E-4.08d", 1))
		self.assertEqual(
			make_order("M-8", channel=make_channel("TEST-PHONE", kind="Phone"), items=items).docstatus, 0
		)

	def test_the_list_price_counts_unless_the_channel_gives_prices(self):  # E-4.06a
		items = [{"article_no": make_product(), "qty": 1, "rate": "9.99"}]
		(refused,) = intake.place([order_request("P-1", items=items)], make_channel())
		self.assertEqual((refused["code"], refused["row"]), ("price", 1))
		own = make_channel("TEST-OWN", prices_given=1)
		self.assertEqual(make_order("P-2", channel=own, items=items).grand_total, 9.99)

	def test_a_cart_of_two_units_becomes_two_orders_at_once(self):  # E-4.15k
		other = make_product("TEST-2", business_unit=make_business_unit("TEST-BU-2"), price=1)
		items = [{"article_no": make_product(), "qty": 1}, {"article_no": other, "qty": 2}]
		channel = make_channel()
		(verdict,) = intake.place([order_request("U-1", items=items, freight_amount=3)], channel)
		orders = [frappe.get_doc("Ops Sales Order", name) for name in verdict["orders"]]
		self.assertEqual(
			sorted((o.business_unit, o.grand_total) for o in orders), [("TEST-BU", 13.05), ("TEST-BU-2", 2.0)]
		)
		(again,) = intake.place([order_request("U-1", items=items, freight_amount=3)], channel)
		self.assertEqual((again["status"], again["orders"]), ("repeat", sorted(verdict["orders"])))

	def test_past_orders_run_no_clocks_and_need_no_address(self):
		past = make_channel("TEST-PAST", kind="File", runs_clocks=0, prices_given=1, policy_code="GENERAL")
		order = make_order(
			"PAST-1",
			channel=past,
			buyer={},
			ship_to={},
			received_at="2010-12-01 08:26:00",
			items=[{"article_no": make_product(), "qty": 6, "rate": 2.55}],
		)
		self.assertEqual((order.grand_total, order.policy_profile), (15.3, "GENERAL-1"))
		self.assertEqual(count("Ops Clock", reference_name=order.name), 0)
		self.assertEqual(order.identification, "Pending")

	def test_provinces_are_understood_with_and_without_ending(self):  # E-4.15h
		full = make_order("G-1", ship_to={**SHIP_TO, "province": "河南省"})
		short = make_order("G-2", ship_to={**SHIP_TO, "province": "河南"})
		self.assertEqual(full.province, short.province)
		(refused,) = intake.place(
			[order_request("G-3", ship_to={**SHIP_TO, "province": "Atlantis"})], make_channel()
		)
		self.assertEqual(refused["field"], "ship_to.province")

	def test_one_order_and_a_hundred_cost_the_same_number_of_statements(self):
		make_customer()
		channel = make_channel()
		make_order("Q-0")

		with self.assertQueryCount(20):
			self.assertEqual(intake.place([order_request("Q-1")], channel)[0]["status"], "created")
		hundred = [order_request(f"Q-2-{i}") for i in range(100)]
		with self.assertQueryCount(20):
			self.assertEqual({v["status"] for v in intake.place(hundred, channel)}, {"created"})


class TestCustomerKeys(OpsTestCase):
	def test_one_organisation_is_one_active_customer(self):  # E-4.11b
		first = make_customer()
		with self.assertRaises(CustomerIsKnown):
			make_customer(mobile="19900000009")
		first.status = "Merged"
		first.save()
		self.assertNotEqual(make_customer(mobile="19900000009").name, first.name)
