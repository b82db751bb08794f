# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Messages to people: who gets them, in which language, and how many at a time (D-15, E-3.2b)."""

from __future__ import annotations

import unittest
from datetime import datetime, timedelta
from unittest.mock import patch

import frappe
from order_ops.exchange import channels, rules, service
from order_ops.exchange.rules import said
from order_ops.problems import _
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make, make_business_unit, make_user
from order_ops.timekeeping import clock, clocks

START = datetime(2026, 11, 20, 10)
LOG, ROLE = "Notification Log", "Warehouse Keeper"
LATE = _("{0} of {1} was due at {2} and is late")
TITLE = "Recognise the customer"


class TestWords(unittest.TestCase):
	def test_a_line_is_told_with_its_values_in_the_readers_language(self):  # D-15
		chinese = {"{0} of {1}": "{1}的{0}", "Order": "订单"}
		words = said("{0} of {1}", said("Order"), "张{0}")
		self.assertEqual(rules.line(words, lambda text: chinese.get(text, text)), "张{0}的订单")
		self.assertEqual(rules.line(["SO-1", None, said("Order")], chinese.get), "SO-1  订单")
		self.assertEqual(rules.line(said("100% {left}"), str), "100% {left}")

	def test_four_of_one_event_are_one_notice_and_three_are_three(self):  # D-15
		some = [{"event": "Late"}] * 3 + [{"event": "Warned"}] * 4
		self.assertEqual([len(share) for share in rules.share(some)], [1, 1, 1, 4])


class TestDesk(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		frappe.db.delete("Ops Message")
		frappe.db.delete("Has Role", {"role": ROLE, "parenttype": "User"})
		for context in (clock.pinned(START), self.without_commits()):
			context.__enter__()
			self.addCleanup(context.__exit__, None, None, None)
		self.unit = make_business_unit()

	def person(self, email: str, language: str | None = None, *roles: str) -> str:
		make_user(email, *(roles or (ROLE,)))
		frappe.db.set_value("User", email, "language", language)
		return email

	def queue(self, key: str = "k1", **values) -> None:
		message = {"message_key": key, "event": "Clock Breached", "channel": "Desk", "recipient_role": ROLE}
		subject = said(LATE, said(TITLE), "SO-1", "10:00")
		service.queue([{**message, "subject": subject, "business_unit": self.unit, **values}])

	def notices(self, user: str) -> list:
		fields = ["subject", "email_content", "document_type", "document_name", "type", "read"]
		return frappe.get_all(LOG, filters={"for_user": user}, fields=fields, order_by="creation, name")

	def message(self, key: str = "k1"):
		return frappe.db.get_value(
			"Ops Message",
			{"message_key": key},
			["status", "attempts", "error", "subject", "next_try_at"],
			as_dict=True,
		)

	def test_everybody_with_the_role_reads_it_in_their_own_language(self):  # D-15
		english, chinese = self.person("en@desk.test", "en"), self.person("zh@desk.test", "zh")
		self.queue(reference_doctype="User", reference_name=english)
		service.flush()
		(one,), (other,) = self.notices(english), self.notices(chinese)
		self.assertEqual(one.subject, "Recognise the customer of SO-1 was due at 10:00 and is late")
		self.assertIn(frappe._(TITLE, "zh"), other.subject)
		self.assertNotIn("late", other.subject)
		self.assertEqual(
			(one.document_type, one.document_name, one.type, one.read), ("User", english, "Alert", 0)
		)
		self.assertEqual(frappe.local.lang, "en")

	def test_whoever_opens_the_message_reads_it_in_their_own_language(self):  # D-15
		self.queue()
		name = frappe.db.get_value("Ops Message", {"message_key": "k1"})
		self.addCleanup(setattr, frappe.local, "lang", "en")
		for language in ("zh", "en"):
			frappe.local.lang = language
			message = frappe.get_doc("Ops Message", name)
			message.run_method("onload")
			self.assertIn(frappe._(TITLE, language), message.subject)
		self.assertIn(TITLE, self.message().subject)

	def test_one_row_per_message_whoever_reads_it_and_each_reader_once(self):  # D-15
		readers = [self.person(f"{n}@desk.test") for n in range(3)]
		self.queue()
		self.queue()
		for _n in range(2):
			service.flush()
		self.assertEqual(frappe.db.count("Ops Message", {"message_key": "k1"}), 1)
		self.assertEqual((self.message().status, self.message().attempts), ("Sent", 1))
		self.assertEqual([len(self.notices(reader)) for reader in readers], [1, 1, 1])

	def test_only_who_may_see_the_business_unit(self):  # E-3.2b
		mine, free, strange = (self.person(f"{who}@desk.test") for who in ("mine", "free", "strange"))
		other = make_business_unit("TEST-OTHER")
		for user, unit in ((mine, self.unit), (strange, other)):
			make(
				"User Permission",
				user=user,
				allow="Ops Business Unit",
				for_value=unit,
				apply_to_all_doctypes=1,
			)
		self.queue()
		service.flush()
		self.assertEqual([len(self.notices(user)) for user in (mine, free, strange)], [1, 1, 0])

	def test_neither_who_left_nor_a_customer_gets_one(self):  # D-15
		left, customer = self.person("left@desk.test"), self.person("c@desk.test", None, "Portal Customer")
		frappe.db.set_value("User", left, "enabled", 0)
		self.queue()
		self.queue("k2", recipient_role=None, recipient_user=customer)
		service.flush()
		self.assertFalse(self.notices(left) + self.notices(customer))
		self.assertEqual({self.message(key).status for key in ("k1", "k2")}, {"Queued"})

	def test_a_message_for_one_user(self):  # D-15
		other, reader = self.person("o@desk.test"), self.person("r@desk.test")
		self.queue(recipient_role=None, recipient_user=reader)
		service.flush()
		self.assertEqual((len(self.notices(reader)), len(self.notices(other))), (1, 0))

	def test_a_role_without_people_is_said_and_tried_again(self):  # D-15 D-11
		self.queue()
		service.flush()
		self.assertEqual((self.message().status, self.message().attempts), ("Queued", 1))
		self.assertIn(ROLE, self.message().error)
		late = self.person("late@desk.test")
		with clock.pinned(START + timedelta(minutes=1)):
			service.flush()
		self.assertEqual((self.message().status, len(self.notices(late))), ("Sent", 1))

	def test_many_at_once_are_one_notice_with_the_list_in_it(self):  # D-15
		reader = self.person("many@desk.test", "en")
		for n in range(rules.DIGEST_FROM):
			self.queue(f"k{n}", subject=said(LATE, said(TITLE), f"SO-{n}", "10:00"))
		service.flush()
		(notice,) = self.notices(reader)
		self.assertEqual(notice.subject, "Clock Breached: 4 notices")
		self.assertEqual([f"SO-{n}" in notice.email_content for n in range(5)], [True] * 4 + [False])
		self.assertEqual(frappe.db.count("Ops Message", {"status": "Sent"}), 4)

	def test_what_a_message_says_cannot_become_markup(self):
		reader = self.person("safe@desk.test")
		self.queue(subject="<img src=x>", body=["<b>1</b>", ["a", said("b")]])
		service.flush()
		(notice,) = self.notices(reader)
		self.assertNotIn("<img", notice.subject)
		self.assertNotIn("<b>", notice.email_content)
		self.assertIn("a  b", notice.email_content)

	def test_a_message_that_cannot_be_told_does_not_hold_up_the_others(self):  # D-11
		reader = self.person("calm@desk.test")
		self.queue("good")
		self.queue("bad")
		frappe.db.set_value("Ops Message", {"message_key": "bad"}, "words", "{")
		self.assertEqual(service.flush(), {"Sent": 1, "Failed": 0, "Queued": 1})
		self.assertEqual(len(self.notices(reader)), 1)

	def test_a_breach_is_escalated_to_the_roles_people(self):  # E-4.11a
		leader = self.person("leader@desk.test", "zh", "E-commerce Rep Team Leader")
		started = {"reference_doctype": "User", "reference_name": leader, "started_at": START}
		clocks.start([{**started, "policy": "BU-PARTS-1", "step": "E-MATCH", "business_unit": self.unit}])
		clocks.sweep(START + timedelta(minutes=15, seconds=1))
		with clock.pinned(START + timedelta(minutes=16)):
			service.flush()
		(notice,) = self.notices(leader)
		self.assertIn(leader, notice.subject)
		self.assertIn("2026-11-20 10:15", notice.subject)

	def test_mail_is_written_in_each_readers_language(self):  # D-15
		self.person("en@mail.test", "en")
		self.person("zh@mail.test", "zh")
		self.queue(channel="Mail")
		with (
			patch.object(channels, "_has_outgoing_account", lambda: True),
			patch.object(frappe, "sendmail", create=True) as sendmail,
		):
			service.flush()
		sent = {call.kwargs["recipients"][0]: call.kwargs["subject"] for call in sendmail.call_args_list}
		self.assertEqual(set(sent), {"en@mail.test", "zh@mail.test"})
		self.assertIn("is late", sent["en@mail.test"])
		self.assertIn(frappe._(TITLE, "zh"), sent["zh@mail.test"])
