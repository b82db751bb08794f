# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import json
import unittest
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import frappe
from order_ops.exchange import channels, rules, service
from order_ops.exchange.exceptions import MessageIsImmutable, MessageNotOpen
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import make_user
from order_ops.timekeeping import clock

START = datetime(2026, 11, 20, 10)


def queue(key: str = "k1", channel: str = "OA", **values) -> None:
	service.queue([{"message_key": key, "event": "Test", "channel": channel, "subject": "Hello", **values}])


def message(key: str = "k1"):
	return frappe.get_doc("Ops Message", frappe.db.get_value("Ops Message", {"message_key": key}))


class TestBackoff(unittest.TestCase):
	def test_attempts_get_rarer_and_then_end(self):  # D-11
		waits = [(rules.next_try(attempts, START) or START) - START for attempts in range(1, 8)]
		self.assertEqual([wait // timedelta(minutes=1) for wait in waits], [1, 5, 15, 60, 240, 1440, 0])


class TestOutbox(OpsTestCase):
	def setUp(self) -> None:
		super().setUp()
		frappe.db.delete("Ops Message")
		self.sent: list[str] = []
		for context in (clock.pinned(START), self.without_commits()):
			context.__enter__()
			self.addCleanup(context.__exit__, None, None, None)

	@contextmanager
	def adapter(self, send, answers=None):
		"""Register functions for the channel OA and for the answers to the event Test."""
		hooks = {
			"order_ops_message_channels": {"OA": ["send"]},
			"order_ops_on_answer": {"Test": ["answers"]} if answers else {},
		}
		with self.hooks(hooks), patch.object(frappe, "get_attr", {"send": send, "answers": answers}.get):
			yield

	@staticmethod
	@contextmanager
	def hooks(replaced: dict):
		real = frappe.get_hooks

		def get_hooks(hook=None, *args, **kwargs):
			return replaced[hook] if hook in replaced else real(hook, *args, **kwargs)

		with patch.object(frappe, "get_hooks", get_hooks):
			yield

	def accept(self, one: dict) -> rules.Outcome:
		self.sent.append(one["message_key"])
		return rules.sent()

	def test_a_key_is_queued_and_sent_once(self):  # D-15 D-11
		queue()
		queue(subject="Other words")
		with self.adapter(self.accept):
			service.flush()
			service.flush()
		self.assertEqual(self.sent, ["k1"])
		self.assertEqual((message().status, message().subject, message().sent_at), ("Sent", "Hello", START))

	def test_what_fails_is_tried_again_and_at_last_given_up(self):  # D-11
		queue()
		times = []

		def refuse(one):
			times.append(clock.now())
			return rules.failed("no line")

		with self.adapter(refuse):
			at = START
			for _minute in range(60):
				with clock.pinned(at):
					service.flush()
				if message().status != "Queued":
					break
				at = message().next_try_at
		gaps = [(after - before) // timedelta(minutes=1) for before, after in pairwise(times)]
		self.assertEqual(gaps, list(rules.RETRY_MINUTES))
		self.assertEqual((message().status, message().attempts, message().error), ("Failed", 7, "no line"))

	def test_a_crashing_adapter_fails_only_its_own_message(self):  # D-11
		queue("bad")
		queue("good")

		def send(one):
			if one["message_key"] == "bad":
				raise ValueError("broken")
			return self.accept(one)

		with self.adapter(send):
			self.assertEqual(service.flush(), {"Sent": 1, "Failed": 0, "Queued": 1})
		self.assertEqual(message("bad").error, "ValueError: broken")
		self.assertEqual(message("good").status, "Sent")

	def test_messages_of_a_killed_worker_are_sent_when_its_lease_is_over(self):  # D-11
		queue()
		service._claim(10, to_desks=False)
		with self.adapter(self.accept):
			service.flush()
			self.assertEqual(self.sent, [])
			with clock.pinned(START + timedelta(minutes=rules.LEASE_MINUTES)):
				service.flush()
		self.assertEqual(self.sent, ["k1"])

	def test_the_answer_reaches_who_waits_for_it(self):  # D-11 E-4.11g
		got = []
		queue(payload={"name": "张示例"}, reference_doctype="User", reference_name="Administrator")
		with self.adapter(lambda one: rules.sent({"no": one["payload"]["name"]}), got.extend):
			service.flush()
		self.assertEqual(
			got,
			[service.Answer(message().name, "User", "Administrator", {"name": "张示例"}, {"no": "张示例"})],
		)
		self.assertEqual(json.loads(message().answer), {"no": "张示例"})

	def test_an_answer_that_cannot_be_used_is_asked_for_again(self):  # D-11
		queue()

		def fail(answers):
			raise ValueError("unknown customer")

		with self.adapter(lambda one: rules.sent({"no": 1}), fail):
			service.flush()
		self.assertEqual((message().status, message().error), ("Queued", "ValueError: unknown customer"))

	def test_mail_waits_until_the_site_has_an_account(self):  # D-15
		queue(channel="Mail", recipient="a@b.example")
		service.flush()
		self.assertEqual((message().status, message().attempts), ("Queued", 0))
		self.assertIn("no outgoing mail account", message().error)

	def test_mail_goes_to_everybody_with_the_role(self):  # D-15
		make_user("one@mail.test", "Platform Logistics Group")
		make_user("two@mail.test", "Platform Logistics Group")
		queue(channel="Mail", recipient_role="Platform Logistics Group", body="<b>5 < 6</b>\nyes")
		queue("k2", channel="Mail", recipient_role="Nobody has this")
		with (
			patch.object(channels, "_has_outgoing_account", lambda: True),
			patch.object(frappe, "sendmail", create=True) as sendmail,
		):
			service.flush()
		self.assertEqual(set(sendmail.call_args.kwargs["recipients"]), {"one@mail.test", "two@mail.test"})
		self.assertEqual(sendmail.call_args.kwargs["message"], "&lt;b&gt;5 &lt; 6&lt;/b&gt;<br>yes")
		self.assertEqual((message().status, message("k2").status), ("Sent", "Queued"))
		self.assertIn("Nobody has this", message("k2").error)

	def test_a_channel_nobody_registered_waits(self):  # D-11
		queue()
		with self.hooks({"order_ops_message_channels": {}}):
			service.flush()
		self.assertIn("OA", message().error)

	def test_simulators_write_a_file_and_answer_the_same_twice(self):  # D-11 E-4.11g E-4.12a
		for channel, field in (("SAP", "sap_customer_no"), ("DMS", "dms_order_no"), ("OA", "oa_document_no")):
			queue(channel, channel, payload={"customer": "示例重工有限公司"})
			service.flush()
			first = message(channel)
			path = Path(
				frappe.get_site_path("private", "files", "exchange", channel.lower(), f"{first.name}.json")
			)
			self.addCleanup(path.unlink)
			self.assertEqual(json.loads(path.read_text("utf-8"))["payload"], {"customer": "示例重工有限公司"})
			frappe.db.set_value("Ops Message", first.name, {"status": "Queued", "next_try_at": START})
			service.flush()
			self.assertTrue(json.loads(first.answer)[field])
			self.assertEqual(message(channel).answer, first.answer)

	def test_a_person_stops_and_retries(self):  # D-11
		queue()
		service.stop_message({"name": message().name})
		with self.adapter(self.accept):
			service.flush()
			self.assertEqual(self.sent, [])
			service.retry_message({"name": message().name})
			service.flush()
		self.assertEqual(message().status, "Sent")
		self.assertRaises(MessageNotOpen, service.retry_message, {"name": message().name})
		self.assertRaises(MessageNotOpen, service.stop_message, {"name": message().name})

	def test_who_may_only_read_neither_stops_nor_retries(self):  # D-11
		queue()
		name = message().name
		make_user("keeper@exchange.test", "Warehouse Keeper")
		with self.as_user("keeper@exchange.test"):
			self.assertRaises(frappe.PermissionError, service.stop_message, {"name": name})
			self.assertRaises(frappe.PermissionError, service.retry_message, {"name": name})
		self.assertEqual(message().status, "Queued")

	def test_nobody_edits_or_deletes_a_message(self):  # D-15
		queue()
		doc = message()
		doc.subject = "Other words"
		self.assertRaises(MessageIsImmutable, doc.save)
		self.assertRaises(MessageIsImmutable, doc.delete)
