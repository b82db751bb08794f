# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Buyers write, the house answers, a clock counts (G7-7.2). November 2026: the 20th is a Friday."""

from __future__ import annotations

from datetime import datetime

import frappe
from order_ops.api.v1 import orders
from order_ops.exchange import channels, letters
from order_ops.exchange import service as outbox
from order_ops.ordering import messages, portal
from order_ops.ordering.exceptions import MessageRefused
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import bare_orders, make, make_business_unit, make_customer, make_user
from order_ops.timekeeping import clocks
from order_ops.timekeeping.exceptions import AppendOnly

BUYER, STRANGER = "buyer@messages.test", "stranger@messages.test"
SELLER, ELSEWHERE, KEEPER = "seller@messages.test", "elsewhere@messages.test", "keeper@messages.test"
TEMPLATE = "{{ 7 * 7 }} {0} {% raw %} %s ${x}"


def at(text: str) -> datetime:
	return datetime.fromisoformat(f"2026-11-{text}")


class MessageTestCase(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		for doctype in ("Ops Clock", "Ops Event", "Ops Message", "Ops Order Message", "Ops Sales Order"):
			frappe.db.delete(doctype)
		for unit in ("TEST-BU", "OTHER-BU"):
			make_business_unit(unit)
		make_user(BUYER, "Portal Customer")
		make_user(STRANGER, "Portal Customer")
		for user, unit in ((SELLER, "TEST-BU"), (ELSEWHERE, "OTHER-BU")):
			make_user(user, "Marketplace Seller")
			make("User Permission", user=user, allow="Ops Business Unit", for_value=unit)
		make_user(KEEPER, "Warehouse Keeper")
		mine = make_customer(portal_user=BUYER).name
		terms = {"policy_profile": "SELLER-1", "received_at": at("19 10:00:00")}
		self.order, self.foreign = bare_orders({**terms, "customer": mine}, terms)

	def say(self, when: str = "20 10:00:00", text: str = "Where is it?", order: str = "", user: str = BUYER):
		with self.as_user(user), self.at(at(when)):
			return orders.say(order or self.order, text)

	def answer(self, when: str, text: str = "On its way.", order: str = "", user: str = SELLER):
		with self.as_user(user), self.at(at(when)):
			return orders.answer(order or self.order, text)

	def clocks(self) -> list[tuple]:
		fields = ["started_at", "due_at", "stopped_at", "status"]
		rows = frappe.get_all("Ops Clock", {"step": "BUYER-MSG"}, fields, order_by="started_at", as_list=True)
		return [tuple(row) for row in rows]


class TestMessages(MessageTestCase):
	def test_the_buyer_asks_and_reads_the_answer(self):  # G7-7.2
		self.assertEqual(self.say()["status"], "written")
		self.answer("20 11:00:00")
		read = [(row.direction, row.text) for row in portal.order_of(BUYER, self.order)["messages"]]
		self.assertEqual(read, [("From Buyer", "Where is it?"), ("To Buyer", "On its way.")])
		with self.as_user(BUYER):
			self.assertEqual(
				[set(row) for row in orders.thread(self.order)], [{"at", "direction", "text"}] * 2
			)

	def test_nobody_writes_to_or_reads_another_s_order(self):  # G7-7.2
		self.say()
		for user, order in ((BUYER, self.foreign), (STRANGER, self.order), (STRANGER, self.foreign)):
			with self.as_user(user):
				for call in (
					lambda o: orders.say(o, "Mine?"),
					orders.thread,
					lambda o: orders.answer(o, "No"),
				):
					self.assertRaises(frappe.PermissionError, call, order)
				self.assertRaises(frappe.DoesNotExistError, portal.order_of, user, order)
		with self.as_user("Guest"):
			self.assertRaises(frappe.PermissionError, orders.say, self.order, "Hello")
		self.assertEqual(frappe.db.count("Ops Order Message"), 1)

	def test_who_answers_sees_the_order_and_may_write(self):  # G7-7.2 E-3.2b
		self.say()
		for user in (BUYER, KEEPER, ELSEWHERE):
			with self.assertRaises(frappe.PermissionError):
				self.answer("20 11:00:00", user=user)
		for user in (KEEPER, SELLER):
			with self.assertRaises(frappe.PermissionError):  # the buyer's words are not theirs to write
				self.say(user=user, text="As the buyer")
		with self.as_user(ELSEWHERE):
			self.assertEqual(frappe.get_list("Ops Order Message"), [])
		with self.as_user(SELLER):
			self.assertEqual(len(frappe.get_list("Ops Order Message")), 1)
		self.assertEqual(self.answer("20 11:00:00")["status"], "written")

	def test_an_answer_from_the_desk_is_an_answer_whatever_else_it_says(self):  # G7-7.2
		self.say()
		forged = {"direction": "From Buyer", "by_user": BUYER, "at": at("01 00:00:00"), "starts_clock": 1}
		values = {"doctype": "Ops Order Message", "sales_order": self.order, "text": "Tomorrow", **forged}
		with self.as_user(SELLER), self.at(at("20 11:00:00")):
			doc = frappe.get_doc(values).insert()
		told = (doc.direction, doc.by_user, doc.at, doc.starts_clock, doc.business_unit)
		self.assertEqual(told, ("To Buyer", SELLER, at("20 11:00:00"), 0, "TEST-BU"))
		with self.as_user(ELSEWHERE):
			self.assertRaises(frappe.PermissionError, frappe.get_doc(values).insert)
		with self.as_user(BUYER):
			self.assertRaises(frappe.PermissionError, frappe.get_doc(values).insert)

	def test_what_was_written_stays(self):  # G7-7.2 G1-20
		doc = frappe.get_doc("Ops Order Message", self.say()["message"])
		self.assertRaises(AppendOnly, doc.save)
		self.assertRaises(AppendOnly, doc.delete)

	def test_no_html_nothing_empty_nothing_endless(self):  # G7-7.2
		for text in (
			"<b>x</b>",
			"<script>alert(1)</script>",
			"&lt;img&gt;",
			"javascript:x",
			"=1+1",
			" \n ",
			"",
		):
			with self.subTest(text=text), self.assertRaises(MessageRefused):
				self.say(text=text)
		with self.assertRaises(MessageRefused):
			self.say(text="x" * 1001)
		self.assertEqual(self.say(text="x" * 1000)["status"], "written")

	def test_a_text_is_never_a_template(self):  # G7-7.2
		self.say(text=TEMPLATE)
		self.answer("20 11:00:00", text=TEMPLATE)
		self.assertEqual({row.text for row in messages.thread(self.order)}, {TEMPLATE})
		told = frappe.get_all("Ops Message", fields=["words", "subject", "body"])
		self.assertEqual(len(told), 2)
		for message in told:
			for language in ("en", "zh"):
				self.assertIn(TEMPLATE, letters.written(letters.words_of(message), language)[1])
		comment = frappe.get_all("Comment", {"reference_name": self.order}, pluck="content")
		self.assertEqual(len([text for text in comment if TEMPLATE in text]), 2)

	def test_the_same_twice_is_written_once(self):  # G7-7.2
		first = self.say()
		self.assertEqual(self.say("20 10:00:05")["status"], "repeat")
		self.assertEqual(self.say("20 10:00:05", text=" Where is it? ")["message"], first["message"])
		self.answer("20 11:00:00")
		self.assertEqual(self.answer("20 11:00:01")["status"], "repeat")
		self.assertEqual(self.say("20 12:00:00")["status"], "written")  # asked again after the answer

	def test_ten_messages_an_hour_and_no_more(self):  # G7-7.2
		for n in range(10):
			self.say(f"20 10:00:{n:02d}", f"Message {n}")
		for when in ("20 10:00:30", "20 10:59:59"):
			with self.assertRaises(MessageRefused):
				self.say(when, "One more")
		self.assertEqual(self.say("20 11:00:00", "One more")["status"], "written")

	def test_the_timeline_says_so(self):  # G7-7.2 G1-20
		self.say()
		self.answer("20 11:00:00")
		rows = frappe.get_all(
			"Ops Event",
			{"sales_order": self.order, "rule": "G7-7.2"},
			["phase", "note", "by_user", "is_public"],
			order_by="at",
		)
		self.assertEqual(
			[tuple(row.values()) for row in rows],
			[("Buyer Message", "Where is it?", BUYER, 0), ("Buyer Answered", "On its way.", SELLER, 0)],
		)


class TestFirstResponse(MessageTestCase):
	def test_four_working_hours_to_the_second(self):  # G7-7.2 D-06
		for ends, status in (("20 13:59:59", "Met"), ("20 14:00:00", "Met"), ("20 14:00:01", "Breached")):
			frappe.db.delete("Ops Clock")
			frappe.db.delete("Ops Order Message")
			self.say()
			self.answer(ends)
			expected = (at("20 10:00:00"), at("20 14:00:00"), at(ends), status)
			self.assertEqual(self.clocks(), [expected], ends)

	def test_a_message_in_the_evening_counts_from_the_morning_of_work(self):  # G7-7.2 D-06
		self.say("20 20:00:00")
		self.assertEqual(self.clocks()[0][1], at("23 13:00:00"))
		self.answer("23 09:30:00")
		message = frappe.get_doc("Ops Order Message", {"direction": "From Buyer"})
		self.assertEqual((message.response_seconds, message.answered_at), (1800, at("23 09:30:00")))

	def test_a_reminder_starts_no_second_clock_and_the_first_answer_ends_all(self):  # G7-7.2
		self.say("20 10:00:00", "First")
		self.say("20 10:30:00", "And?")
		self.assertEqual(len(self.clocks()), 1)
		self.answer("20 11:00:00")
		self.answer("20 12:00:00", "One more word")
		fields = ["starts_clock", "response_seconds", "answered_at"]
		rows = frappe.get_all("Ops Order Message", {"direction": "From Buyer"}, fields, order_by="at")
		found = [tuple(row.values()) for row in rows]
		self.assertEqual(found, [(1, 3600, at("20 11:00:00")), (0, 1800, at("20 11:00:00"))])

	def test_every_new_question_has_a_clock_of_its_own(self):  # G7-7.2
		self.say("20 10:00:00")
		self.answer("20 11:00:00")
		self.say("20 15:00:00", "And the second parcel?")
		self.assertEqual([row[3] for row in self.clocks()], ["Met", "Running"])
		self.assertEqual(self.clocks()[1][1], at("23 10:00:00"))

	def test_a_late_answer_is_told_and_holds_nothing_up(self):  # G7-7.2 D-06
		self.say()
		clocks.sweep(at("20 14:00:01"))
		self.assertEqual(self.clocks()[0][3], "Breached")
		breach = frappe.get_doc("Ops Message", {"event": "Clock Breached"})
		self.assertEqual(breach.recipient_role, "Marketplace Operator")
		self.assertFalse(frappe.db.exists("Ops Hold", {"sales_order": self.order}))

	def test_a_policy_without_the_step_tells_who_gives_feedback(self):  # G7-7.2 D-15
		frappe.db.set_value("Ops Sales Order", self.order, "policy_profile", "BU-PARTS-1")
		self.say()
		self.assertEqual(self.clocks(), [])
		self.assertEqual(frappe.db.get_value("Ops Message", {}, "recipient_role"), "E-commerce Sales Rep")

	def test_the_seller_is_told_and_then_the_buyer(self):  # G7-7.2 D-15
		self.say()
		told = frappe.get_doc("Ops Message", {"event": "Buyer Message"})
		self.assertEqual((told.channel, told.recipient_role), (outbox.DESK, "Marketplace Seller"))
		self.assertEqual((told.reference_name, told.business_unit), (self.order, "TEST-BU"))
		channels.desk([told.as_dict()])
		notices = frappe.get_all("Notification Log", {"document_name": self.order}, pluck="for_user")
		self.assertEqual(notices, [SELLER])  # the seller of the other unit is not told
		self.answer("20 11:00:00")
		letter = frappe.get_doc("Ops Message", {"event": "Buyer Answered"})
		self.assertEqual((letter.channel, letter.recipient, letter.rule), ("Mail", BUYER, "G7-7.2"))
		self.assertIn("On its way.", letter.body)
		self.assertIn(f"/orders/{self.order}", letter.body)
