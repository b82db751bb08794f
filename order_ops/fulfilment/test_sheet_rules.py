from __future__ import annotations

import csv
import io
import unittest
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from order_ops.fulfilment import sheet_rules
from order_ops.fulfilment.sheet_rules import LOGISTICS_SHEET, SHIPPED_LIST

LINE = {
	"idx": 1,
	"sales_order": "SO-1",
	"delivery_note": "DN-1",
	"customer_name": "示例重工",
	"products": "吊钩 × 2",
	"qty": 2.0,
	"carrier": "示例物流",
	"tracking_no": "SF001",
	"shipped_at": datetime(2026, 3, 2, 14, 59, 59),
	"invoice_no": "00000001",
	"recipient": "张示例",
	"province": "河南省",
	"pieces": 1,
	"weight_kg": 12.5,
	"freight_amount": 35.0,
}


class TestColumns(unittest.TestCase):
	def test_the_shipped_list_has_its_ten_columns(self):  # E-4.15p
		heads, row = sheet_rules.table(SHIPPED_LIST, [LINE])
		self.assertEqual(len(heads), 10)
		self.assertEqual(
			row,
			[
				1,
				"SO-1",
				"DN-1",
				"示例重工",
				"吊钩 × 2",
				2,
				"示例物流",
				"SF001",
				"2026-03-02 14:59",
				"00000001",
			],
		)

	def test_the_logistics_sheet_has_its_thirteen_columns(self):  # E-4.15q
		heads, row = sheet_rules.table(LOGISTICS_SHEET, [LINE])
		self.assertEqual((len(heads), len(row)), (13, 13))
		self.assertEqual((row[0], row[-2], row[-3]), ("2026-03-02", 35.0, 12.5))

	def test_a_day_without_shipments_has_headings_only(self):  # E-4.15d
		self.assertEqual(len(sheet_rules.table(SHIPPED_LIST, [])), 1)


class TestCells(unittest.TestCase):
	def test_what_looks_like_a_formula_is_neutralised(self):  # E-4.15e
		for text in ("=1+1", "+86 1", "-1", "@SUM(A1)", "\t=1", " =1", "　=1", "＝1", "\r=1"):
			self.assertTrue(sheet_rules.safe(text).startswith("'"), repr(text))

	def test_other_text_and_numbers_stay(self):
		for value in ("A=1", "1-2", "", 5, -5, 0.5, None):
			self.assertEqual(sheet_rules.safe(value), value)

	def test_csv_begins_with_the_mark_and_reads_back(self):  # E-4.15e
		data = sheet_rules.as_csv(
			sheet_rules.table(SHIPPED_LIST, [{**LINE, "customer_name": '引号"逗号,\n换行'}])
		)
		self.assertTrue(data.startswith(b"\xef\xbb\xbf"))
		rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
		self.assertEqual(rows[1][3], '引号"逗号,\n换行')

	@given(st.text())
	def test_no_text_of_a_row_begins_a_formula(self, text):
		cell = sheet_rules.table(SHIPPED_LIST, [{**LINE, "customer_name": text}])[1][3]
		self.assertFalse(cell.lstrip(" \u00a0\u3000")[:1] in tuple("=+-@＝＋－＠\t\r\n") and cell[:1])
