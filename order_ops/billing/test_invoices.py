# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Invoices on a site: requested, issued, handed over, with the goods (E-3.4d, E-3.5a/b, E-4.13h, E-4.14, E-4.15l)."""

from __future__ import annotations

import frappe
from frappe.model.workflow import apply_workflow
from order_ops.billing import exceptions, invoices, requests
from order_ops.ordering import cancel
from order_ops.tests import OpsTestCase, factories
from order_ops.timekeeping import clock

FINANCE, KEEPER = "finance@demo.example", "keeper@demo.example"


class BillingCase(OpsTestCase):
	def setUp(self):
		super().setUp()
		pin = self.at("2026-03-02 10:00:00")
		pin.__enter__()
		self.addCleanup(pin.__exit__, None, None, None)
		factories.make_user(FINANCE, "BU Finance")
		factories.make_user(KEEPER, "Warehouse Keeper")
		factories.make_warehouse()

	def request(self, **changes):
		self.note = factories.make_note(**changes)
		return frappe.get_doc("Ops Invoice", {"request_key": self.note.sales_order})

	def clock_of(self, invoice):
		fields = ["status", "due_at"]
		return frappe.db.get_value(
			"Ops Clock", {"step": "E-INV", "reference_name": invoice}, fields, as_dict=True
		)

	def issued(self, number="00000001", **changes):
		invoice = self.request(**changes)
		self.assertEqual(
			invoices.issue([{"name": invoice.name, "invoice_no": number}], FINANCE)[0].status, "done"
		)
		return invoice.reload()


class TestRequest(BillingCase):
	def test_it_is_filled_in_together_with_the_note(self):  # E-4.13h, E-3.4d
		invoice = self.request(freight_amount=35)
		self.assertEqual((invoice.docstatus, invoice.status), (0, "Requested"))
		self.assertEqual([(x.kind, x.amount) for x in invoice.lines], [("Goods", 20.10), ("Freight", 35)])
		self.assertEqual(
			(invoice.goods_amount, invoice.freight_amount, invoice.grand_total), (20.10, 35, 55.10)
		)
		self.assertEqual((invoice.delivery_note, self.note.reload().invoice), (self.note.name, invoice.name))
		self.assertEqual(invoice.invoice_title, "示例重工有限公司")
		self.assertEqual(invoice.business_unit, self.note.business_unit)  # E-4.15k

	def test_title_and_tax_number_come_from_the_customer(self):  # E-4.13h
		factories.make_customer(
			invoice_title="示例重工开票", tax_no=factories.UNIFIED_CODE, registered_address_phone="新乡 0373"
		)
		invoice = self.request()
		self.assertEqual(
			(invoice.invoice_title, invoice.tax_no, invoice.registered_address_phone),
			("示例重工开票", factories.UNIFIED_CODE, "新乡 0373"),
		)

	def test_one_request_per_order_whatever_the_notes(self):  # E-3.4d
		factories.receive_stock(1)
		order = factories.make_released_order("WJ-7", items=[{"article_no": "TEST-1", "qty": 2}])
		first = factories.delivery.issue([order.name])[0]
		factories.receive_stock(1)
		second = factories.delivery.issue([order.name])[0]
		self.assertEqual(frappe.db.count("Ops Invoice", {"sales_order": order.name}), 1)
		linked = {frappe.db.get_value("Ops Delivery Note", v.note, "invoice") for v in (first, second)}
		self.assertEqual(len(linked), 1)
		amounts = frappe.db.get_value("Ops Invoice", {"sales_order": order.name}, "goods_amount")
		self.assertEqual(amounts, 20.10)

	def test_a_second_request_by_hand_is_refused(self):  # E-3.4d
		self.request()
		with self.assertRaises(exceptions.InvoiceExists):
			factories.make("Ops Invoice", sales_order=self.note.sales_order)

	def test_the_keeper_may_correct_the_request(self):  # E-3.4d, C-05
		invoice = self.request()
		with self.as_user(KEEPER):
			doc = frappe.get_doc("Ops Invoice", invoice.name)
			doc.update(
				{"invoice_title": "新抬头", "status": "With Goods", "received_by": KEEPER, "grand_total": 1}
			)
			with self.assertRaises(frappe.ValidationError):
				doc.save()
			doc = frappe.get_doc("Ops Invoice", invoice.name)
			doc.update({"invoice_title": "新抬头", "grand_total": 1}).save()
		self.assertEqual((doc.invoice_title, doc.grand_total), ("新抬头", 20.10))

	def test_a_policy_that_invoices_later_asks_for_none(self):  # C-11
		factories.make_profile("LATER", status="Active", invoice_trigger="Completed")
		channel = factories.make_channel("TEST-LATER", policy_code="LATER")
		note = factories.make_note(channel=channel)
		self.assertFalse(frappe.db.exists("Ops Invoice", {"sales_order": note.sales_order}))


class TestIssue(BillingCase):
	def test_finance_issues_with_number(self):  # E-3.5a, E-4.14a
		invoice = self.issued()
		self.assertEqual((invoice.docstatus, invoice.status, invoice.issued_by), (1, "Issued", FINANCE))
		self.assertEqual({line.docstatus for line in invoice.lines}, {1})
		event = frappe.db.get_value(
			"Ops Event", {"reference_name": invoice.name, "phase": "Invoice Issued"}, "is_public"
		)
		self.assertEqual(event, 1)

	def test_no_number_or_a_taken_one_is_refused(self):  # E-4.14a
		self.issued("00000009")
		other = self.request(external_id="WJ-2")
		for number in ("", "  ", None, "00000009"):
			verdict = invoices.issue([{"name": other.name, "invoice_no": number}])[0]
			self.assertEqual((verdict.status, verdict.rule), ("refused", "E-4.14a"), number)
		third = self.request(external_id="WJ-3")
		verdicts = invoices.issue([{"name": n, "invoice_no": "00000010"} for n in (other.name, third.name)])
		self.assertEqual([v.status for v in verdicts], ["done", "refused"])

	def test_a_repeat_changes_nothing(self):
		invoice = self.issued()
		verdict = invoices.issue([{"name": invoice.name, "invoice_no": "00000077"}])[0]
		self.assertEqual(verdict.status, "repeat")
		self.assertEqual(frappe.db.get_value("Ops Invoice", invoice.name, "invoice_no"), "00000001")

	def test_freight_left_out_is_refused(self):  # E-4.14e
		invoice = self.request(freight_amount=35)
		frappe.db.delete("Ops Invoice Line", {"parent": invoice.name, "kind": "Freight"})
		verdict = invoices.issue([{"name": invoice.name, "invoice_no": "1"}])[0]
		self.assertEqual((verdict.status, verdict.rule), ("refused", "E-4.14e"))
		doc = frappe.get_doc("Ops Invoice", invoice.name)
		with self.assertRaises(exceptions.InvoiceLinesWrong):
			doc.save()

	def test_the_desk_issues_by_the_same_rules(self):  # E-3.5a
		invoice = self.request()
		with self.as_user(FINANCE):
			doc = frappe.get_doc("Ops Invoice", invoice.name).update({"invoice_no": "00000005"}).save()
			doc = apply_workflow(doc, "Issue Invoice")
		self.assertEqual((doc.status, doc.issued_by), ("Issued", FINANCE))
		self.assertEqual(self.clock_of(invoice.name).status, "Met")
		doc.invoice_no = "00000006"
		with self.assertRaises(exceptions.InvoiceNumberMissing):
			doc.save()

	def test_who_is_not_finance_issues_none(self):  # E-3.2d, E-4.14a
		invoice = self.request()
		with self.as_user(KEEPER):
			doc = frappe.get_doc("Ops Invoice", invoice.name).update({"invoice_no": "1"})
			with self.assertRaises(frappe.PermissionError):
				doc.submit()
		self.assertEqual(frappe.db.get_value("Ops Invoice", invoice.name, "docstatus"), 0)


class TestClock(BillingCase):
	def test_due_at_three_for_an_order_of_the_morning(self):  # E-4.14b, E-4.14c
		self.assertEqual(str(self.clock_of(self.request().name).due_at), "2026-03-02 15:00:00")

	def test_due_half_an_hour_after_a_late_note(self):  # E-4.14c, D-09
		for issued, due in (
			("14:29:59", "15:00:00"),
			("14:30:00", "15:00:00"),
			("14:30:01", "15:00:01"),
			("14:50:00", "15:20:00"),
		):
			with self.at(f"2026-03-02 {issued}"):
				invoice = self.request(external_id=f"WJ-{issued}")
			self.assertEqual(str(self.clock_of(invoice.name).due_at), f"2026-03-02 {due}", issued)

	def test_an_order_after_the_cut_off_is_invoiced_the_next_day(self):  # E-4.14b
		with self.at("2026-03-02 15:00:00"):
			invoice = self.request()
		self.assertEqual(str(self.clock_of(invoice.name).due_at), "2026-03-03 15:00:00")

	def test_at_three_it_is_late(self):  # E-4.14c, D-01
		for at, status in (("14:59:59", "Met"), ("15:00:00", "Breached")):
			invoice = self.request(external_id=f"WJ-{at}")
			with self.at(f"2026-03-02 {at}"):
				invoices.issue([{"name": invoice.name, "invoice_no": at}])
			self.assertEqual(self.clock_of(invoice.name).status, status)


class TestHandOver(BillingCase):
	def test_both_sides_confirm(self):  # E-3.5b, E-4.14d
		invoice = self.issued()
		self.assertEqual(invoices.receive([invoice.name], KEEPER)[0].status, "refused")
		self.assertEqual(invoices.hand_over([invoice.name], FINANCE)[0].status, "done")
		self.assertEqual(invoices.receive([invoice.name], KEEPER)[0].status, "done")
		invoice.reload()
		self.assertEqual(
			(invoice.status, invoice.handed_over_by, invoice.received_by), ("With Goods", FINANCE, KEEPER)
		)

	def test_one_person_is_not_both_sides(self):  # E-4.14d, D-13
		invoice = self.issued()
		invoices.hand_over([invoice.name], "Administrator")
		verdict = invoices.receive([invoice.name], "Administrator")[0]
		self.assertEqual((verdict.status, verdict.rule), ("refused", "E-4.14d"))
		with self.assertRaises(exceptions.SamePersonOnBothSides):
			apply_workflow(frappe.get_doc("Ops Invoice", invoice.name), "Receive Invoice")

	def test_the_desk_hands_over_by_the_same_rules(self):  # E-4.14d
		invoice = self.issued()
		with self.as_user(FINANCE):
			apply_workflow(frappe.get_doc("Ops Invoice", invoice.name), "Hand Over Invoice")
		with self.as_user(KEEPER):
			doc = apply_workflow(frappe.get_doc("Ops Invoice", invoice.name), "Receive Invoice")
		self.assertEqual((doc.status, doc.handed_over_by, doc.received_by), ("With Goods", FINANCE, KEEPER))

	def test_it_is_delivered_with_the_goods(self):  # E-4.15l
		invoice = self.issued()
		invoices.hand_over([invoice.name], FINANCE)
		invoices.receive([invoice.name], KEEPER)
		factories.ship_note(self.note.name)
		invoice.reload()
		self.assertEqual((invoice.status, invoice.delivered_at), ("Delivered", clock.now()))


class TestVoid(BillingCase):
	def test_a_voided_invoice_makes_room_for_another(self):  # E-3.4d
		invoice = self.issued()
		with self.as_user(FINANCE):
			apply_workflow(frappe.get_doc("Ops Invoice", invoice.name), "Void Invoice")
		again = requests.request_for([self.note.sales_order], clock.now())
		self.assertNotEqual(again[self.note.sales_order], invoice.name)

	def test_an_invoiced_order_is_not_given_up(self):
		self.issued()
		verdict = cancel.cancel_orders([self.note.sales_order])[0]
		self.assertEqual(verdict["status"], "refused")
		self.assertIn("E-4.14a", verdict["message"])

	def test_giving_up_an_order_takes_note_and_request_along(self):
		invoice = self.request()
		self.assertEqual(cancel.cancel_orders([self.note.sales_order])[0]["status"], "cancelled")
		self.assertEqual(
			frappe.db.get_value("Ops Invoice", invoice.name, ["status", "docstatus"]), ("Voided", 2)
		)
		self.assertEqual(
			frappe.db.get_value("Ops Delivery Note", self.note.name, ["status", "docstatus"]),
			("Cancelled", 2),
		)
		self.assertEqual(frappe.db.get_value("Ops Stock Balance", "TEST-MAIN:TEST-1", "reserved"), 0)
