"""Files of orders: what they may look like, and what is said of those that do not."""

import io
import unittest
import zipfile
from datetime import datetime

from openpyxl import Workbook

from order_ops.ordering import tables
from order_ops.ordering.tables import NoTable, orders_of, read

HEAD = "external_id,article_no,qty,buyer_name,recipient,postcode"


def csv_file(*lines, encoding="utf-8-sig"):
	return "\r\n".join((HEAD, *lines)).encode(encoding)


def xlsx_file(*rows):
	book, out = Workbook(), io.BytesIO()
	for row in rows:
		book.active.append(row)
	book.save(out)
	return out.getvalue()


class TestReading(unittest.TestCase):
	def refused(self, name, content, code):
		with self.assertRaises(NoTable) as refused:
			orders_of(read(name, content))
		self.assertEqual(refused.exception.problem.code, code)

	def test_rows_with_one_number_are_one_order(self):  # G1-07a
		one, two = orders_of(
			read("a.csv", csv_file("A,X,1,甲,张,453000", "B,X,2,乙,李,", "a,Y,3,甲,张,453000"))
		)
		self.assertEqual((one.external_id, one.rows), ("A", [2, 4]))
		self.assertEqual(
			one.request["items"], [{"article_no": "X", "qty": "1"}, {"article_no": "Y", "qty": "3"}]
		)
		self.assertEqual(one.request["ship_to"], {"recipient": "张", "postcode": "453000"})
		self.assertEqual(two.request["buyer"], {"name": "乙"})

	def test_chinese_encodings_headings_and_words(self):
		text = "订单号;货号;数量;客户类型\r\nA;X;1;单位\r\n"
		for encoding in ("utf-8-sig", "utf-8", "gb18030"):
			(order,) = orders_of(read("订单.CSV", text.encode(encoding)))
			self.assertEqual(order.request["buyer"], {"kind": "Organisation"})

	def test_a_workbook_reads_like_a_csv_file(self):
		rows = [
			["external_id", "article_no", "qty", "phone", "received_at"],
			[536365.0, 71053, 2, 19900000001, datetime(2026, 11, 20, 9)],
			[None, None, None, None, None],
		]
		(order,) = orders_of(read("a.xlsx", xlsx_file(*rows)))
		self.assertEqual((order.external_id, order.rows), ("536365", [2]))
		self.assertEqual(order.request["items"], [{"article_no": 71053, "qty": 2}])
		self.assertEqual(order.request["received_at"], datetime(2026, 11, 20, 9))

	def test_a_formula_stays_a_text_that_will_be_refused(self):
		rows = [["external_id", "article_no", "qty", "recipient"], ["A", "X", "=1+1", "=HYPERLINK(1)"]]
		(order,) = orders_of(read("a.xlsx", xlsx_file(*rows)))
		self.assertEqual(order.request["items"][0]["qty"], "=1+1")
		self.assertEqual(order.request["ship_to"]["recipient"], "=HYPERLINK(1)")

	def test_wrong_kinds_of_files_are_named(self):
		self.refused("a.exe", b"MZ", "file_type")
		self.refused("a.xls", b"\xd0\xcf\x11\xe0", "file_type")
		self.refused("a.xlsx", b"no zip", "xlsx")
		self.refused("a.csv", b"\x00\x01\x02", "encoding")
		self.refused("a.csv", b"\xff\xff\xff", "encoding")
		self.refused("a.csv", HEAD.encode() + b'\nA,"X', "csv")
		with io.BytesIO() as out:
			with zipfile.ZipFile(out, "w") as archive:
				archive.writestr("hello.txt", "no workbook")
			self.refused("a.xlsx", out.getvalue(), "xlsx")

	def test_oversize_is_named(self):
		self.refused("a.csv", b"x" * (tables.LARGEST_FILE + 1), "too_large")
		self.refused("a.csv", csv_file(*["A,X,1,,,"] * (tables.MOST_ROWS + 1)), "too_many")
		with io.BytesIO() as out:
			with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
				archive.writestr("bomb.xml", "0" * (tables.LARGEST_UNPACKED + 1))
			self.refused("a.xlsx", out.getvalue(), "too_large")
		self.refused("a.csv", (",".join(f"c{i}" for i in range(70)) + "\n1").encode(), "too_many_columns")

	def test_columns_are_named(self):
		self.refused("a.csv", b"external_id,article_no\nA,X", "missing_column")
		self.refused("a.csv", (HEAD + ",colour\nA,X,1").encode(), "unknown_column")
		self.refused("a.csv", (HEAD + ",QTY\nA,X,1").encode(), "repeated_column")
		self.refused("a.csv", HEAD.encode(), "empty")
		self.refused("a.csv", csv_file(",,,,,"), "empty")
		self.refused("a.csv", b"", "empty")

	def test_rows_of_one_order_must_agree(self):  # G1-07a
		one, two = orders_of(read("a.csv", csv_file("A,X,1,甲,张,", "A,Y,1,乙,张,", "B,X,1,丙,,")))
		self.assertEqual((one.problem.code, one.problem.row, one.rows), ("differs", 3, [2, 3]))
		self.assertIsNone(two.problem)

	def test_a_row_without_number_is_refused_alone(self):
		one, two = orders_of(read("a.csv", csv_file(",X,1,,,", "B,X,1,,,")))
		self.assertEqual((one.problem.field, one.rows, two.external_id), ("external_id", [2], "B"))

	def test_the_template_is_a_file_that_can_be_read(self):
		for chinese in (False, True):
			cells = [tables.headings(chinese), ["A", *[""] * (len(tables.COLUMNS) - 1)]]
			(order,) = orders_of(cells)
			self.assertEqual(order.external_id, "A")
