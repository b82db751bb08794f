"""Reviewed and sent: the salon's day with its review and send waves (G4-3.6, G4-4.3). 20 November 2026 is a Friday."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, timedelta

import frappe
from frappe.model.workflow import apply_workflow
from order_ops.ordering import release, review
from order_ops.ordering.exceptions import NotReleasable, NotReviewable, ReviewedStays
from order_ops.policy import service as policies
from order_ops.tests import OpsTestCase, factories
from order_ops.timekeeping import clock, clocks, wave_schedule, waves

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
LEADER = "leader@review.test"


class SalonDay(OpsTestCase):
	"""A business unit under the profile SALON, a known customer, and somebody who reviews."""

	def setUp(self) -> None:
		super().setUp()
		for doctype in ("Ops Wave Run", "Ops Wave Run Line", "Ops Sales Order"):
			frappe.db.delete(doctype)
		self.profile = factories.activate("SALON-1")
		factories.make_business_unit("SALON-BU", policy_code="SALON")
		self.channel = factories.make_channel("SALON-REST", business_unit="SALON-BU", policy_code="SALON")
		factories.make_customer()
		factories.make_user(LEADER, "Order Desk Team Leader")
		self.count = 0

	def ordered(self, at: str, **changes) -> str:
		"""An identified order, received at a time of Friday the 20th."""
		self.count += 1
		with self.at(f"2026-11-{at}"):
			return factories.make_order(f"S-{self.count}", self.channel, **changes).name

	def reviewed(self, *names: str, at: str, by: str = LEADER) -> list[dict]:
		with self.at(f"2026-11-{at}"), self.as_user(by):
			return review.review(names)

	def close(self, wave: str, at: str, day: date = FRIDAY):
		with self.at(f"2026-11-{at}"), self.without_commits():
			return frappe.get_doc("Ops Wave Run", waves.close(self.profile, wave, day))

	@contextmanager
	def policy(self, **values):
		"""The salon's profile as it would be with other settings."""
		doc = frappe.copy_doc(frappe.get_doc("Ops Policy Profile", self.profile))
		doc.update({"code": "SALON-X", "version": 1, "is_default": 0, "status": "Active", **values})
		doc.insert()
		before, self.profile = self.profile, doc.name
		channel = self.channel
		self.channel = factories.make_channel("SALON-X-REST", business_unit="SALON-BU", policy_code="SALON-X")
		try:
			yield
		finally:
			self.profile, self.channel = before, channel

	def values(self, order: str, *fields: str) -> tuple:
		return tuple(frappe.db.get_value("Ops Sales Order", order, ["name", *fields])[1:])

	def clock_of(self, order: str, step: str):
		return frappe.db.get_value(
			clocks.DOCTYPE, {"reference_name": order, "step": step}, ["status", "due_at"], as_dict=True
		)


class TestReview(SalonDay):
	def test_an_order_is_reviewed_by_somebody_else_than_who_entered_it(self):  # D-13
		order = self.ordered("20 09:00:00")
		own = self.reviewed(order, at="20 09:10:00", by="Administrator")[0]
		self.assertEqual((own["status"], own["code"], own["rule"]), ("refused", "own_order", "D-13"))
		self.assertEqual(self.reviewed(order, at="20 09:11:00")[0]["status"], "reviewed")
		self.assertEqual(self.values(order, "status", "docstatus"), ("Reviewed", 0))

	def test_an_unreviewed_order_is_not_released_by_any_way(self):  # C-13
		order = self.ordered("20 09:00:00")
		verdict = release.release([order])[0]
		self.assertEqual(
			(verdict["status"], verdict["code"], verdict["rule"]), ("refused", "not_reviewed", "C-13")
		)
		self.assertRaises(NotReleasable, frappe.get_doc("Ops Sales Order", order).submit)
		actions = {
			row.action
			for row in frappe.model.workflow.get_transitions(frappe.get_doc("Ops Sales Order", order))
		}
		self.assertIn("Pass Review", actions)
		self.assertNotIn("Create Order", actions)

	def test_a_policy_without_reviews_is_left_alone(self):  # C-13
		order = factories.make_order("B-1").name
		with self.as_user(LEADER):
			self.assertEqual(review.review([order])[0]["code"], "no_review")
		self.assertEqual(release.release([order])[0]["status"], "released")

	def test_an_unknown_customer_comes_first(self):  # C-13
		buyer = {**factories.BUYER, "name": "无名美发店", "code": "", "mobile": "19900000099"}
		with self.policy(require_individual_id=0):
			order = self.ordered("20 09:00:00", buyer=buyer)
		self.assertEqual(self.reviewed(order, at="20 09:10:00")[0]["code"], "not_identified")

	def test_a_second_call_changes_nothing(self):  # C-13
		order = self.ordered("20 09:00:00")
		self.reviewed(order, at="20 09:10:00")
		self.assertEqual(self.reviewed(order, at="20 09:20:00")[0]["status"], "repeat")
		self.assertEqual(self.values(order, "reviewed_at")[0], datetime(2026, 11, 20, 9, 10))
		events = frappe.get_all("Ops Event", {"reference_name": order, "phase": "Reviewed"}, ["by_user"])
		self.assertEqual([event.by_user for event in events], [LEADER])

	def test_the_button_reviews_by_the_same_rules(self):  # C-13 D-13
		order = self.ordered("20 09:00:00")
		with self.at("2026-11-20 09:10:00"):
			with self.assertRaises(NotReviewable):
				apply_workflow(frappe.get_doc("Ops Sales Order", order), "Pass Review")
			with self.as_user(LEADER):
				doc = apply_workflow(frappe.get_doc("Ops Sales Order", order), "Pass Review")
		self.assertEqual(
			(doc.status, doc.wave, doc.reviewed_at), ("Reviewed", "S-SEND-1", datetime(2026, 11, 20, 9, 10))
		)
		self.assertEqual(self.values(order, "status", "wave", "wave_date"), ("Reviewed", "S-SEND-1", FRIDAY))

	def test_what_was_reviewed_stays_as_it_was(self):  # C-13
		order = self.ordered("20 09:00:00")
		self.reviewed(order, at="20 09:10:00")
		doc = frappe.get_doc("Ops Sales Order", order)
		doc.items[0].qty = 20
		self.assertRaises(ReviewedStays, doc.save)

	def test_many_are_reviewed_with_a_fixed_number_of_statements(self):
		names = [self.ordered("20 09:00:00") for _n in range(6)]
		self.reviewed(names[0], at="20 09:01:00")
		with self.at("2026-11-20 09:10:00"), self.as_user(LEADER):
			review.review(names[1:2])
			with self.assertQueryCount(24):
				review.review(names[2:])

	def test_where_the_system_reviews_it_does_so_at_once(self):  # C-13 D-06
		with self.policy(review_chain="Auto"):
			order = self.ordered("20 09:00:00")
		self.assertEqual(self.values(order, "status", "wave"), ("Reviewed", "S-SEND-1"))


class TestReviewWaves(SalonDay):
	def test_the_clock_of_a_review_wave_is_met_a_second_before_and_missed_at_it(self):
		# G4-4.3a G4-4.3b G4-4.3c G4-4.3d
		for wave, received, closes in (
			("S-REV-1", "08:40:00", "09:30"),
			("S-REV-2", "10:40:00", "11:30"),
			("S-REV-3", "14:00:00", "15:00"),
			("S-REV-4", "16:00:00", "18:00"),
		):
			instant = datetime.fromisoformat(f"2026-11-20 {closes}")
			for second, status in ((-1, "Met"), (0, "Breached"), (1, "Breached")):
				order = self.ordered(f"20 {received}")
				self.assertEqual(self.values(order, "wave", "wave_date"), (wave, FRIDAY))
				at = instant + timedelta(seconds=second)
				self.reviewed(order, at=f"{at:%d %H:%M:%S}")
				found = self.clock_of(order, wave)
				self.assertEqual((found.status, found.due_at), (status, instant), (wave, second))

	def test_at_its_wave_an_unreviewed_order_is_a_breach_and_told(self):  # G4-4.3a
		order = self.ordered("20 09:14:59")
		later = self.ordered("20 09:15:00")
		with self.at("2026-11-20 09:29:59"):
			clocks.sweep(clock.now())
		self.assertEqual(self.clock_of(order, "S-REV-1").status, "Running")
		with self.at("2026-11-20 09:30:00"):
			clocks.sweep(clock.now())
		self.assertEqual(self.clock_of(order, "S-REV-1").status, "Breached")
		run = self.close("S-REV-1", at="20 09:30:00")
		self.assertEqual(
			[(line.sales_order, line.result, line.reason) for line in run.lines],
			[(order, "Held Back", "Not reviewed by 09:30 [G4-4.3a]")],
		)
		self.assertEqual(self.clock_of(later, "S-REV-2").status, "Running")
		told = frappe.get_all("Ops Message", {"reference_name": run.name}, ["recipient_role", "rule", "body"])
		self.assertTrue(told)
		self.assertEqual({message.rule for message in told}, {"G4-4.3a"})
		self.assertTrue(all(order in message.body and later not in message.body for message in told))

	def test_the_report_of_a_review_wave_shows_who_was_reviewed_in_time(self):  # G4-4.3b
		early, late, missed = (
			self.ordered("20 10:00:00"),
			self.ordered("20 10:01:00"),
			self.ordered("20 10:02:00"),
		)
		self.reviewed(early, at="20 11:29:59")
		self.reviewed(late, at="20 11:30:00")
		run = self.close("S-REV-2", at="20 13:00:00")  # the scheduler was late: the result is the same
		self.assertEqual(
			{line.sales_order: line.result for line in run.lines},
			{early: "Taken", late: "Held Back", missed: "Held Back"},
		)
		self.assertEqual((run.taken, run.held_back, run.in_time, run.overdue), (1, 2, 1, 2))

	def test_finance_gets_its_open_list_at_half_past_three_and_half_an_hour_before_close(self):  # G4-3.6.2a
		waiting = self.ordered("20 15:20:00")
		done = self.ordered("20 15:21:00")
		self.reviewed(done, at="20 15:25:00")
		late = self.ordered("20 15:29:59")
		after = self.ordered("20 15:30:00")
		for at, lists in (("15:29:59", 0), ("15:30:00", 1), ("17:29:59", 1), ("17:30:00", 2)):
			due = wave_schedule.due(datetime.fromisoformat(f"2026-11-20 {at}"))
			found = [wave for profile, wave, _d in due if profile == self.profile and "LIST" in wave]
			self.assertEqual(found, ["LIST-1", "LIST-2"][:lists], at)
		first = self.close("LIST-1", at="20 15:30:00")
		self.assertEqual({line.sales_order for line in first.lines}, {waiting, late})
		self.reviewed(waiting, at="20 17:00:00")
		second = self.close("LIST-2", at="20 17:30:00")
		self.assertEqual({line.sales_order for line in second.lines}, {late, after})
		roles = frappe.get_all("Ops Message", {"reference_name": first.name}, pluck="recipient_role")
		self.assertIn("Finance Reviewer", roles)


class TestSendWaves(SalonDay):
	def test_each_send_wave_takes_what_was_reviewed_before_it(self):
		# G4-3.6.1a G4-3.6.1b G4-3.6.1c G4-3.6.1d G4-3.6.1e
		instants = ("09:59:59", "10:00:00", "11:59:59", "12:00:00", "15:29:59", "15:30:00", "17:44:59")
		orders = {at: self.ordered("20 08:30:00") for at in instants}
		waiting = self.ordered("20 08:30:00")
		taken = {}
		for wave, closes, before in (
			("S-SEND-1", "10:00:00", instants[:1]),
			("S-SEND-2", "12:00:00", instants[1:3]),
			("S-SEND-3", "15:30:00", instants[3:5]),
			("S-SEND-4", "17:45:00", instants[5:]),
		):
			for at in before:
				self.reviewed(orders[at], at=f"20 {at}")
			taken[wave] = {line.sales_order for line in self.close(wave, at=f"20 {closes}").lines}
			self.assertEqual(taken[wave], {orders[at] for at in before}, wave)
		self.assertEqual(
			set(frappe.get_all("Ops Sales Order", {"status": "Released"}, pluck="name")), set(orders.values())
		)
		self.assertEqual(self.values(waiting, "status")[0], "Identified")

	def test_unreviewed_at_half_past_three_goes_with_the_last_wave(self):  # C-02 G4-3.6.2b
		order, voluntary = self.ordered("20 14:50:00"), self.ordered("20 14:55:00")
		self.assertEqual(self.reviewed(voluntary, at="20 15:10:00")[0]["wave"], "S-SEND-3")
		self.assertEqual(len(self.close("S-SEND-3", at="20 15:30:00").lines), 1)
		self.assertEqual(self.reviewed(order, at="20 16:00:00")[0]["wave"], "S-SEND-4")

	def test_what_a_wave_cannot_send_is_held_back_and_goes_with_the_next(self):  # G4-3.6.1a
		order = self.ordered("20 08:40:00")
		self.reviewed(order, at="20 09:00:00")
		customer = self.values(order, "customer")[0]
		frappe.db.set_value("Ops Customer", customer, "sap_customer_no", None)
		line = self.close("S-SEND-1", at="20 10:00:00").lines[0]
		self.assertEqual((line.sales_order, line.result), (order, "Held Back"))
		self.assertIn("E-4.11g", line.reason)
		frappe.db.set_value("Ops Customer", customer, "sap_customer_no", "1000000001")
		line = self.close("S-SEND-2", at="20 12:00:00").lines[0]
		self.assertEqual((line.sales_order, line.result), (order, "Taken"))

	def test_what_its_wave_sends_is_in_time_although_the_wave_begins_at_its_time(self):
		# G4-3.6.1a G4-3.6.1b
		for closed, status in (("10:00:00", "Met"), ("10:09:59", "Met"), ("10:10:00", "Breached")):
			order = self.ordered("20 08:40:00")
			self.reviewed(order, at="20 09:00:00")
			with self.at(f"2026-11-20 {closed}"):
				clocks.sweep(clock.now())
				release.release([order])
			self.assertEqual(self.clock_of(order, "S-SEND-1").status, status, closed)

	def test_immediate_sending_does_not_wait(self):  # C-03 G4-4.3e
		with self.policy(send_mode="Immediate"):
			order = self.ordered("20 08:40:00")
			verdict = self.reviewed(order, at="20 09:00:00")[0]
			self.assertEqual(verdict["status"], "released")
			self.assertEqual(
				self.values(order, "status", "released_at"), ("Released", datetime(2026, 11, 20, 9))
			)
			due = [
				wave
				for profile, wave, _d in wave_schedule.due(datetime(2026, 11, 20, 18))
				if profile == self.profile
			]
			self.assertFalse([wave for wave in due if wave.startswith("S-SEND")])

	def test_both_sends_at_once_and_the_wave_tries_again_what_could_not_leave(self):  # C-03 G4-4.3e
		with self.policy(send_mode="Both"):
			good, stuck = self.ordered("20 08:40:00"), self.ordered("20 08:41:00")
			frappe.db.set_value("Ops Sales Order", stuck, "street", None)
			verdicts = self.reviewed(good, stuck, at="20 09:00:00")
			self.assertEqual([v["status"] for v in verdicts], ["released", "reviewed"])
			frappe.db.set_value("Ops Sales Order", stuck, "street", "示范路")
			lines = self.close("S-SEND-1", at="20 10:00:00").lines
			self.assertEqual([(line.sales_order, line.result) for line in lines], [(stuck, "Taken")])

	def test_between_the_last_wave_and_close_of_work_nothing_waits(self):  # G4-3.6.2b
		for at, status in (
			("17:44:59", "reviewed"),
			("17:45:00", "released"),
			("17:59:59", "released"),
			("18:00:00", "reviewed"),
		):
			order = self.ordered("20 15:40:00")
			verdict = self.reviewed(order, at=f"20 {at}")[0]
			self.assertEqual(verdict["status"], status, at)
		self.assertEqual((verdict["wave"], verdict["wave_date"]), ("S-SEND-1", str(SATURDAY)))

	def test_what_is_not_sent_at_close_of_work_is_a_breach_and_on_the_day_s_list(self):  # G4-3.6a G4-3.6.2b
		sent, unreviewed, unsent = (self.ordered("20 15:40:00") for _n in range(3))
		evening = self.ordered("20 18:00:00")
		self.reviewed(sent, at="20 17:00:00")
		frappe.db.set_value("Ops Sales Order", unsent, "street", None)
		self.reviewed(unsent, at="20 17:10:00")
		self.close("S-SEND-4", at="20 17:45:00")
		with self.at("2026-11-20 17:59:59"):
			clocks.sweep(clock.now())
		self.assertEqual(self.clock_of(unsent, "S-DAY").status, "Running")
		with self.at("2026-11-20 18:00:00"):
			clocks.sweep(clock.now())
		self.assertEqual(
			[self.clock_of(o, "S-DAY").status for o in (sent, unreviewed, unsent)],
			["Met", "Breached", "Breached"],
		)
		run = self.close("DAY", at="20 18:00:00")
		reasons = {line.sales_order: line.reason for line in run.lines}
		self.assertEqual(set(reasons), {unreviewed, unsent})
		self.assertIn("G1-06c", reasons[unsent])
		self.assertEqual(reasons[unreviewed], "Still Identified")
		self.assertEqual((run.unexplained, run.status), (2, "Done"))
		self.assertEqual(self.clock_of(evening, "S-DAY").due_at, datetime(2026, 11, 21, 18))

	def test_an_empty_list_at_close_is_a_day_done(self):  # G4-3.6a
		order = self.ordered("20 15:40:00")
		self.reviewed(order, at="20 17:00:00")
		self.close("S-SEND-4", at="20 17:45:00")
		run = self.close("DAY", at="20 18:00:00")
		self.assertEqual((len(run.lines), run.unexplained, run.status), (0, 0, "Done"))


class TestPerformanceDate(SalonDay):
	def test_every_channel_counts_orders_from_four_for_the_next_day(self):  # G4-2.4 C-01
		for received, day in (("15:59:59", 20), ("16:00:00", 21), ("16:00:01", 21)):
			order = self.ordered(f"20 {received}")
			self.assertEqual(
				self.values(order, "performance_date", "wave_date"), (date(2026, 11, day), FRIDAY)
			)
		with self.at("2026-11-20 16:00:00"):
			typed = frappe.get_doc(
				{
					"doctype": "Ops Sales Order",
					"channel": self.channel,
					"business_unit": "SALON-BU",
					"customer": frappe.get_all(
						"Ops Customer", {"organisation_code": factories.BUYER["code"]}, pluck="name"
					)[0],
					**factories.SHIP_TO,
					"province": factories.region("河南"),
					"items": [{"product": factories.make_product(), "qty": 1}],
				}
			).insert()
		self.assertEqual(typed.performance_date, SATURDAY)
		self.assertEqual(typed.review_chain, policies.get(typed.policy_profile).review_chain)
