"""Order files on a site: preview, import, a verdict per row."""

import frappe
from order_ops.ordering import order_file
from order_ops.ordering.exceptions import OrderFileInvalid
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import SHIP_TO, make_channel, make_product, make_user

HEAD = (
	"external_id,article_no,qty,buyer_name,recipient,phone,province,city,street,house_no,special_requirements"
)
PLACE = ",".join(SHIP_TO[f] for f in ("recipient", "phone", "province", "city", "street", "house_no"))


def line(number, article="TEST-1", qty="1", note=""):
	return f"{number},{article},{qty},示例公司,{PLACE},{note}"


class TestOrderFile(OpsTestCase):
	def file(self, *lines, name="orders.csv", head=HEAD):
		make_product()
		content = "\n".join((head, *lines)).encode("utf-8-sig")
		return frappe.get_doc(
			{"doctype": "File", "file_name": name, "content": content, "is_private": 1}
		).insert()

	def upload(self, *lines, **options):
		values = {
			"channel": make_channel("TEST-FILE", kind="File"),
			"file": self.file(*lines, **options).file_url,
		}
		return frappe.get_doc({"doctype": "Ops Order File", **values}).insert()

	def press(self, button, doc):
		answer = button(frappe.as_json({"name": doc.name}))
		doc.reload()
		return answer

	def mixed(self):
		return self.upload(
			line("F-1"),
			line("F-1", qty="2"),
			line("F-2", article="NONE"),
			line("F-3", qty="-1"),
			line("F-4", note="<script>alert(1)</script>"),
			line("F-5", note="=1+1"),
			line("F-6", note="x" * 1001),
			line(""),
			line("F-7"),
			line("F-7", qty="viele"),
		)

	def test_a_preview_takes_nothing_and_tells_all(self):  # G1-07a
		doc = self.mixed()
		before = frappe.db.count("Ops Sales Order")
		answer = self.press(order_file.preview, doc)
		self.assertEqual(frappe.db.count("Ops Sales Order"), before)
		self.assertEqual(
			(doc.status, doc.rows_read, doc.orders_taken, doc.rows_rejected), ("Previewed", 10, 1, 8)
		)
		self.assertEqual(answer["orders_taken"], 1)
		self.assertEqual([row.verdict for row in doc.rows], ["Taken"] * 2 + ["Rejected"] * 8)
		self.assertEqual([row.row_no for row in doc.rows], list(range(2, 12)))

	def test_the_good_ones_are_taken_once_and_the_bad_ones_named(self):  # G1-07a
		doc = self.mixed()
		self.press(order_file.preview, doc)
		self.press(order_file.import_orders, doc)
		self.assertEqual(
			(doc.status, doc.orders_taken, doc.orders_repeated, doc.rows_rejected), ("Imported", 1, 0, 8)
		)
		order = frappe.get_doc("Ops Sales Order", doc.rows[0].sales_order)
		self.assertEqual([item.qty for item in order.items], [1, 2])
		self.assertEqual(order.external_id, "F-1")
		reasons = {row.row_no: row.reason for row in doc.rows}
		for row, word in (
			(4, "NONE"),
			(5, "quantity"),
			(6, "HTML"),
			(7, "formula"),
			(8, "longer"),
			(9, "number"),
			(10, "Row 11"),
			(11, "number"),
		):
			with self.subTest(row=row):
				self.assertIn(word, reasons[row])
		self.assertIn("Row 4:", reasons[4])
		again = self.press(order_file.import_orders, doc)
		self.assertEqual(
			(again["orders_taken"], frappe.db.count("Ops Sales Order", {"external_id": "F-1"})), (1, 1)
		)

	def test_the_same_content_in_a_second_file_is_a_repeat(self):  # G1-07a
		self.press(order_file.import_orders, self.upload(line("F-8")))
		second = self.upload(line("F-8"), line("F-9"), name="again.csv")
		self.press(order_file.import_orders, second)
		self.assertEqual((second.orders_taken, second.orders_repeated), (1, 1))
		self.assertEqual([row.verdict for row in second.rows], ["Repeat", "Taken"])

	def test_a_file_that_is_no_table_is_refused_whole(self):
		for doc in (self.upload(line("F-1"), name="orders.txt"), self.upload("x", head="a,b,c")):
			with self.assertRaises(OrderFileInvalid):
				self.press(order_file.import_orders, doc)
			self.assertEqual(doc.reload().status, "Draft")

	def test_nobody_takes_another_persons_upload(self):
		values = {"channel": make_channel("TEST-FILE", kind="File"), "file": self.file(line("F-1")).file_url}
		with self.as_user(make_user("rep@test.example", "E-commerce Sales Rep").name):
			with self.assertRaises(frappe.PermissionError):
				frappe.get_doc({"doctype": "Ops Order File", **values}).insert()

	def test_only_who_may_take_orders_imports_them(self):
		doc = self.upload(line("F-1"))
		with self.as_user(make_user("keeper@test.example", "Warehouse Keeper").name):
			with self.assertRaises(frappe.PermissionError):
				order_file.import_orders(frappe.as_json({"name": doc.name}))
			with self.assertRaises(frappe.PermissionError):
				order_file.template()
		self.assertEqual(frappe.db.count("Ops Sales Order", {"external_id": "F-1"}), 0)

	def test_nobody_types_the_result(self):
		doc = self.upload(line("F-1"))
		doc.update({"status": "Imported", "orders_taken": 9})
		doc.save()
		self.assertEqual((doc.reload().status, doc.orders_taken), ("Draft", 0))

	def test_a_template_is_offered_in_both_formats(self):
		for kind, begins in (("csv", b"\xef\xbb\xbfexternal_id,"), ("xlsx", b"PK")):
			order_file.template(kind)
			self.assertTrue(frappe.local.response.filecontent.startswith(begins))
