# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Shipped list and logistics sheet on a site (E-4.15d, E-4.15e, E-4.15p, E-4.15q)."""

from __future__ import annotations

import io

import frappe
from order_ops.fulfilment import dispatch, sheet_rules
from order_ops.fulfilment.exceptions import ListAlreadySent
from order_ops.tests import OpsTestCase, factories
from order_ops.timekeeping import clock, clocks

LIST, SHEET = dispatch.SHIPPED_LIST, dispatch.LOGISTICS_SHEET
SATURDAY, MONDAY = "2026-03-07", "2026-03-09"


class DispatchCase(OpsTestCase):
	def setUp(self):
		super().setUp()
		factories.make_warehouse()
		factories.make_user("keeper@demo.example", "Warehouse Keeper")

	def shipped(self, at, external_id="WJ-1", **changes):
		with self.at(at):
			note = factories.make_note(external_id, **changes)
			factories.invoice_with_goods(note.sales_order, f"NO-{external_id}")
			self.assertEqual(factories.ship_note(note.name).status, "shipped")
		return note

	def prepare(self, at):
		with self.at(at):
			made = dispatch.prepare(clock.now())
		return frappe.get_all(
			"Ops Dispatch List",
			filters={"name": ("in", made or [""]), "business_unit": "TEST-BU"},
			fields=["name", "kind", "business_date", "due_at"],
			order_by="business_date, kind",
		)

	def send(self, name, at):
		with self.at(at), self.as_user("keeper@demo.example"):
			dispatch.send({"name": name})

	def clock_of(self, name):
		return frappe.db.get_value(
			"Ops Clock", {"reference_name": name}, ["step", "status", "due_at"], as_dict=True
		)


class TestShippedList(DispatchCase):
	def test_drafted_half_an_hour_before_close_of_work(self):  # E-4.15d
		self.shipped(f"{SATURDAY} 10:00:00")
		self.assertEqual(self.prepare(f"{SATURDAY} 16:59:59"), [])
		made = self.prepare(f"{SATURDAY} 17:00:00")
		self.assertEqual([(m.kind, str(m.due_at)) for m in made], [(LIST, f"{SATURDAY} 17:30:00")])
		self.assertEqual(self.prepare(f"{SATURDAY} 17:05:00"), [])
		self.assertEqual(self.clock_of(made[0].name).step, "E-SHIPLIST")

	def test_sent_in_time_or_late(self):  # E-4.15d
		for day, at, status in (("2026-03-05", "17:29:59", "Met"), ("2026-03-06", "17:30:00", "Breached")):
			self.shipped(f"{day} 10:00:00", f"WJ-{day}")
			name = next(m.name for m in self.prepare(f"{day} 17:00:00") if m.kind == LIST)
			self.send(name, f"{day} {at}")
			self.assertEqual(self.clock_of(name).status, status)

	def test_an_unsent_list_is_a_breach_at_close(self):  # E-4.15d
		self.shipped(f"{SATURDAY} 10:00:00")
		name = self.prepare(f"{SATURDAY} 17:00:00")[0].name
		with self.at(f"{SATURDAY} 17:30:00"):
			clocks.sweep(clock.now())
		self.assertEqual(self.clock_of(name).status, "Breached")

	def test_it_goes_to_the_representative_by_oa(self):  # E-4.15d, E-4.15p
		note = self.shipped(f"{SATURDAY} 10:00:00")
		name = self.prepare(f"{SATURDAY} 17:00:00")[0].name
		late = self.shipped(f"{SATURDAY} 17:10:00", "WJ-2")
		self.send(name, f"{SATURDAY} 17:20:00")
		message = frappe.get_last_doc("Ops Message", {"rule": "E-4.15d", "channel": "OA"})
		self.assertEqual((message.channel, message.recipient_role), ("OA", "E-commerce Sales Rep"))
		for shipped in (note, late):
			self.assertIn(shipped.name, message.body)
		doc = frappe.get_doc("Ops Dispatch List", name)
		self.assertEqual((doc.status, doc.sent_by, len(doc.lines)), ("Sent", "keeper@demo.example", 2))
		line = doc.lines[0]
		self.assertEqual(
			(line.invoice_no, line.tracking_no, line.qty, line.phone), ("NO-WJ-1", "SF0001", 2, None)
		)

	def test_a_day_without_shipments_is_reported_as_none(self):  # E-4.15d
		self.shipped("2026-03-06 10:00:00")
		made = self.prepare(f"{SATURDAY} 17:00:00")
		name = next(m.name for m in made if str(m.business_date) == SATURDAY)
		friday = next(m.name for m in made if m.kind == LIST and m.name != name)
		self.send(friday, f"{SATURDAY} 17:01:00")
		self.send(name, f"{SATURDAY} 17:02:00")
		subject = frappe.db.get_value("Ops Message", {"reference_name": name, "channel": "OA"}, "subject")
		self.assertIn("none", subject)

	def test_what_left_after_sending_stands_on_the_next_list(self):  # E-4.15d
		self.shipped(f"{SATURDAY} 10:00:00")
		name = self.prepare(f"{SATURDAY} 17:00:00")[0].name
		self.send(name, f"{SATURDAY} 17:05:00")
		late = self.shipped(f"{SATURDAY} 17:10:00", "WJ-2")
		made = self.prepare(f"{MONDAY} 17:00:00")
		monday = next(m.name for m in made if m.kind == LIST)
		lines = frappe.get_all("Ops Dispatch Line", filters={"parent": monday}, pluck="delivery_note")
		self.assertEqual(lines, [late.name])

	def test_a_missed_day_is_made_up_for_under_its_own_date(self):  # D-18
		self.shipped("2026-03-05 10:00:00")
		made = self.prepare(f"{MONDAY} 07:00:00")
		days = [str(m.business_date) for m in made if m.kind == LIST]
		self.assertEqual(days, ["2026-03-05", "2026-03-06", SATURDAY])

	def test_a_sent_list_stays(self):  # E-4.15d
		self.shipped(f"{SATURDAY} 10:00:00")
		name = self.prepare(f"{SATURDAY} 17:00:00")[0].name
		self.send(name, f"{SATURDAY} 17:05:00")
		with self.assertRaises(ListAlreadySent):
			self.send(name, f"{SATURDAY} 17:06:00")
		with self.assertRaises(ListAlreadySent):
			frappe.get_doc("Ops Dispatch List", name).save()
		forged = frappe.get_doc(
			{
				"doctype": "Ops Dispatch List",
				"kind": LIST,
				"business_unit": "TEST-BU",
				"business_date": MONDAY,
				"status": "Sent",
			}
		)
		with self.assertRaises(ListAlreadySent):
			forged.insert()


class TestLogisticsSheet(DispatchCase):
	def test_drafted_at_eight_and_due_at_nine_on_the_next_working_day(self):  # E-4.15e
		self.shipped(f"{SATURDAY} 10:00:00")
		self.prepare(f"{SATURDAY} 17:00:00")
		self.assertEqual(self.prepare(f"{MONDAY} 07:59:59"), [])
		made = self.prepare(f"{MONDAY} 08:00:00")
		self.assertEqual(
			[(m.kind, str(m.business_date), str(m.due_at)) for m in made],
			[(SHEET, SATURDAY, f"{MONDAY} 09:00:00")],
		)

	def test_at_nine_it_is_late(self):  # E-4.15e
		for day, nxt, at, status in (
			("2026-03-04", "2026-03-05", "08:59:59", "Met"),
			("2026-03-05", "2026-03-06", "09:00:00", "Breached"),
		):
			self.shipped(f"{day} 10:00:00", f"WJ-{day}")
			name = next(m.name for m in self.prepare(f"{nxt} 08:00:00") if m.kind == SHEET)
			self.send(name, f"{nxt} {at}")
			self.assertEqual((self.clock_of(name).step, self.clock_of(name).status), ("E-LOGINFO", status))

	def sheet(self, **changes):
		self.shipped(f"{SATURDAY} 10:00:00", freight_amount=35, **changes)
		name = next(m.name for m in self.prepare(f"{MONDAY} 08:00:00") if m.kind == SHEET)
		return frappe.get_doc("Ops Dispatch List", name)

	def test_it_has_all_the_columns_as_csv_and_workbook(self):  # E-4.15e, E-4.15q
		from openpyxl import load_workbook

		doc = self.sheet()
		rows = sheet_rules.as_csv(dispatch.rows_of(doc)).decode("utf-8-sig").splitlines()
		self.assertEqual(len(rows[0].split(",")), 13)
		province = frappe.db.get_value("Ops Region", factories.region("河南"), "region_name_zh")
		self.assertIn(f"张示例,{province},新乡市,示范路1号,19900000001,示例物流,SF0001,1,", rows[1])
		book = load_workbook(io.BytesIO(dispatch.as_xlsx(doc)))
		self.assertEqual([c.value for c in book.active[1]], rows[0].split(","))
		self.assertEqual(book.active[2][11].value, 35)

	def test_formulas_are_neutralised_in_both(self):  # E-4.15e
		from openpyxl import load_workbook

		doc = self.sheet()
		doc.lines[0].recipient = "=HYPERLINK(1)"
		self.assertIn(",'=HYPERLINK(1),", sheet_rules.as_csv(dispatch.rows_of(doc)).decode("utf-8-sig"))
		cell = load_workbook(io.BytesIO(dispatch.as_xlsx(doc))).active[2][2]
		self.assertEqual((cell.value, cell.data_type), ("'=HYPERLINK(1)", "s"))

	def test_the_desk_says_where_it_is_to_be_had(self):  # E-4.15e
		doc = self.sheet()
		dispatch.download({"name": doc.name})
		shown = frappe.get_message_log()[-1]
		self.assertIn(f"name={doc.name}&format=xlsx", str(shown))

	def test_it_goes_to_the_platform_logistics_group(self):  # E-4.15e
		doc = self.sheet()
		self.send(doc.name, f"{MONDAY} 08:30:00")
		message = frappe.get_last_doc("Ops Message", {"reference_name": doc.name, "channel": "OA"})
		self.assertEqual(message.recipient_role, "Platform Logistics Group")
		self.assertNotIn("19900000001", f"{message.body}{message.payload}")
