# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The printed delivery note (E-4.13i, G3-4.3b)."""

from __future__ import annotations

import re

import frappe
from order_ops.api.v1 import prints
from order_ops.fulfilment.printing import delivery_note_form
from order_ops.rows import insert_many
from order_ops.tests import OpsTestCase, factories

NOTE, FORMAT = "Ops Delivery Note", "Ops Delivery Note"
LONG_NAME = "起重机遥控器(工业级,含发射器与接收器各一套,双速,带急停按钮与备用电池)"


class TestPrint(OpsTestCase):
	def note_of(self, lines: int, **values):
		product = factories.make_product(
			"TEST-PRINT", product_name_zh=LONG_NAME, specification="F24-12D AC/DC 220V 配电池"
		)
		name = f"DN-260302-PRT{lines:03d}"
		unit, warehouse = (
			factories.make_business_unit(title="试验事业部"),
			factories.make_warehouse(title="试验总仓"),
		)
		head = {
			**{"name": name, "docstatus": 1, "status": "Issued", "sales_order": "SO-260302-PRINT1"},
			**{"business_unit": unit, "warehouse": warehouse, "customer_name": "示例重工有限公司"},
			**{
				"recipient": "张示例",
				"phone": "19900000001",
				"province": factories.region("河南"),
				"city": "新乡市",
			},
			**{"street": "示范路", "house_no": "1号", "postcode": "453000", "freight_amount": 1280.5},
			**{"issued_at": "2026-03-02 10:00:00", "prepared_by": "Administrator", "pieces": 1},
			**{"special_requirements": "请用木箱包装", "note_key": name, **values},
		}
		insert_many(NOTE, [head])
		insert_many(
			"Ops Delivery Note Item",
			[
				{
					**{
						"parent": name,
						"parenttype": NOTE,
						"parentfield": "items",
						"idx": idx,
						"docstatus": 1,
					},
					**{"product": product, "product_name": "x", "uom": "件", "qty": 1.5 if idx == 1 else 2},
					"specification": "F24-12D AC/DC 220V 配电池",
				}
				for idx in range(1, lines + 1)
			],
		)
		return frappe.get_doc(NOTE, name)

	def html_of(self, note):
		return frappe.get_print(NOTE, note.name, print_format=FORMAT, no_letterhead=1)

	def test_all_fields_of_the_form_are_on_it(self):  # E-4.13i
		html = self.html_of(self.note_of(1))
		for text in (
			"发 货 单", "试验事业部", "DN-260302-PRT001", "SO-260302-PRINT1", "2026-03-02", "试验总仓", "示例重工有限公司",
			"新乡市示范路1号", "张示例", "19900000001", "TEST-PRINT", LONG_NAME, "F24-12D", "件", "1.5", "1,280.50",
			"请用木箱包装", "发票号码", "制单", "拣货", "复核", "收货人签字", "<svg",
		):  # fmt: skip
			self.assertIn(text, html, text)

	def test_the_invoice_number_is_the_paper_s(self):  # E-4.13i
		note = factories.make_note()
		factories.invoice_with_goods(note.sales_order, "00998877")
		self.assertIn("00998877", self.html_of(note.reload()))

	def test_every_sheet_has_head_and_page_number(self):  # E-4.13i
		for lines, least in ((1, 1), (8, 1), (60, 3)):
			note = self.note_of(lines)
			html, sheets = self.html_of(note), len(delivery_note_form(note)["sheets"])
			self.assertGreaterEqual(sheets, least)
			self.assertEqual(html.count("发 货 单"), sheets, lines)
			pages = re.findall(r"第 (\d+) 页 / 共 (\d+) 页", html)
			self.assertEqual(pages, [(str(n), str(sheets)) for n in range(1, sheets + 1)])
			self.assertEqual(html.count("收货人签字"), 1)

	def test_the_drawn_pages_are_the_sheets(self):  # E-4.13i
		for lines in (1, 15, 60):
			note = self.note_of(lines, special_requirements="请用木箱包装。" * 30)
			sheets = delivery_note_form(note)["sheets"]
			self.assertEqual(len(prints.drawn(self.html_of(note)).pages), len(sheets), lines)

	def test_what_people_typed_does_not_become_markup(self):
		html = self.html_of(self.note_of(2, recipient="<script>alert(1)</script>", city="<b>城</b>"))
		self.assertNotIn("<script>alert", html)
		self.assertIn("&lt;b&gt;城", html)

	def test_all_fields_of_the_invoice_request_are_on_it(self):  # E-4.13j
		factories.make_customer(
			invoice_title="示例重工开票", tax_no=factories.UNIFIED_CODE,
			registered_address_phone="新乡市示范路1号 0373-0000000", bank_and_account="示例银行 6200",
		)  # fmt: skip
		note = factories.make_note(freight_amount=35)
		html = frappe.get_print(
			"Ops Invoice", note.reload().invoice, print_format="Ops Invoice Request", no_letterhead=1
		)
		for text in (
			"开 票 申 请", note.invoice, note.sales_order, "示例重工开票", factories.UNIFIED_CODE, "0373-0000000", "示例银行 6200",
			"普通发票", "Part TEST-1", "运费", "20.10", "35.00", "55.10", "Administrator", "申请日期",
		):  # fmt: skip
			self.assertIn(text, html, text)
		self.assertEqual(len(prints.drawn(html).pages), 1)

	def test_a_pdf_comes_out(self):
		self.assertTrue(prints.pdf_of(self.note_of(2)).startswith(b"%PDF-"))

	def test_nobody_prints_what_is_not_his(self):  # E-4.16a
		note = factories.make_note()
		factories.make_user("stranger@demo.example", "Portal Customer")
		with self.as_user("stranger@demo.example"):
			for name in (note.name, "DN-NO-SUCH"):
				with self.assertRaises(frappe.PermissionError):
					prints.pdf(NOTE, name)

	def test_the_buyer_prints_the_own_note(self):  # E-4.16a
		note = factories.make_note()
		factories.make_user("buyer@demo.example", "Portal Customer")
		frappe.db.set_value("Ops Customer", note.customer, "portal_user", "buyer@demo.example")
		with self.as_user("buyer@demo.example"):
			prints.pdf(NOTE, note.name)
			self.assertTrue(frappe.local.response.filecontent.startswith(b"%PDF-"))
			self.assertEqual(frappe.local.response.type, "pdf")
