"""Real orders: every line is taken, cancels something or is listed with its reason; twice is once."""

import csv
import gzip
import tempfile
from pathlib import Path

import frappe
from order_ops.demo import online_retail
from order_ops.demo.retail_lines import COLUMNS, sort_out
from order_ops.tests import OpsTestCase

DAY = "2010-12-01 08:26:00"
LATER = "2010-12-02 09:00:00"


def row(
	invoice, code="99901A", description="WHITE LIGHT HOLDER", qty=6, at=DAY, price=2.55, customer="90001"
):
	return dict(
		zip(COLUMNS, map(str, (invoice, code, description, qty, at, price, customer, "Norway")), strict=True)
	)


SHOP = [
	row("9536365"),
	row("9536365", "99902", "METAL LANTERN", price=3.39),
	row("9536365", "POST", "POSTAGE", 2, price=18),
	row("9536366", customer=""),
	row("9536367", "99901a", qty=4, at="2010-12-01 10:00:00"),
	row("9536368", price=0),
	row("9536369", qty=-9),
	row("9536370", "M", "Manual"),
	row("9536371", description="damaged by water"),
	row("9536372", "POST", "POSTAGE"),
	row("9536373", qty="many"),
	row("C9536380", qty=-4, at=LATER),
	row("C9536380", "99902", "METAL LANTERN", -99, LATER),
	row("C9536381", qty=-1, at=DAY.replace("08", "07")),
	row("C9536382", qty=-1, customer=""),
	row("C9536383", "POST", "POSTAGE", -1, LATER),
	row("C9536384", qty=-5, at=LATER),
	row("C9536385", qty=-2, at=LATER),
]
REASONS = {
	7: "no price",
	8: "negative quantity",
	9: "booking code",
	10: "note",
	11: "freight without goods",
	12: "unreadable",
	14: "no earlier order",
	15: "no earlier order",
	16: "unknown customer",
	17: "postage",
	19: "no earlier order",
}


class TestSortingOut(OpsTestCase):
	def test_every_line_belongs_somewhere(self):
		invoices, rejects = sort_out(SHOP)
		kept = sum(len(i.items) + len(i.freight) + len(i.cancelling) for i in invoices)
		self.assertEqual(kept + len(rejects), len(SHOP))
		self.assertEqual([i.number for i in invoices[:3]], ["9536365", "9536366", "9536367"])
		self.assertEqual(str(invoices[0].freight_amount), "36.00")

	def test_a_limit_cuts_no_invoice_in_two(self):
		(invoice,), _rejects = sort_out(SHOP, limit=1)
		self.assertEqual(len(invoice.items) + len(invoice.freight), 3)


class TestImport(OpsTestCase):
	def setUp(self):
		super().setUp()
		directory = tempfile.TemporaryDirectory()
		self.addCleanup(directory.cleanup)
		self.path = Path(directory.name, "shop.csv.gz")
		with gzip.open(self.path, "wt", encoding="utf-8", newline="") as handle:
			writer = csv.DictWriter(handle, COLUMNS)
			writer.writeheader()
			writer.writerows(SHOP)
		self.rejects = Path(frappe.get_site_path("private", "files", online_retail.REJECTS))
		self.addCleanup(self.rejects.unlink, missing_ok=True)

	def take(self, **options):
		with self.without_commits():
			return online_retail.import_orders(str(self.path), **options)

	def orders(self):
		found = frappe.get_all(
			"Ops Sales Order",
			filters={"channel": online_retail.CHANNEL},
			fields=["*"],
			order_by="external_id",
		)
		return {order.external_id: order for order in found}

	def test_the_three_sums_add_up_to_the_lines(self):
		sums = self.take()
		self.assertEqual(sums["lines"], len(SHOP))
		self.assertEqual(
			(sums["lines_in_orders"], sums["lines_cancelling"], sums["lines_rejected"]), (5, 2, len(REASONS))
		)
		self.assertEqual(sums["orders"], 3)
		self.assertGreater(sums["orders_per_second"], 0)
		self.assertGreater(sums["raw_orders_per_second"], 0)

	def test_every_reject_is_listed_with_its_reason(self):
		self.take()
		with self.rejects.open(encoding="utf-8-sig", newline="") as handle:
			reasons = {int(line["line"]): line["reason"] for line in csv.DictReader(handle)}
		self.assertEqual(list(reasons), sorted(REASONS))
		for number, word in REASONS.items():
			self.assertIn(word, reasons[number])

	def test_orders_are_such_as_any_channel_makes(self):  # D-12, E-4.11b
		self.take()
		orders = self.orders()
		first, nobody = orders["9536365"], orders["9536366"]
		self.assertEqual(
			(first.status, first.identification, first.customer_name),
			("Identified", "Existing", "Customer 90001"),
		)
		self.assertEqual((first.goods_amount, first.freight_amount, first.grand_total), (35.64, 36.0, 71.64))
		self.assertEqual((str(first.received_at), first.policy_profile), (DAY, "GENERAL-1"))
		self.assertEqual((nobody.status, nobody.identification), ("Received", "Pending"))
		self.assertTrue(frappe.db.exists("Ops Customer Match", {"sales_order": nobody.name}))
		self.assertFalse(frappe.db.exists("Ops Clock", {"sales_order": first.name}))

	def test_a_cancellation_falls_on_the_newest_order_with_enough_left(self):  # G8-05.2
		self.take()
		orders = self.orders()
		wholly, partly = orders["9536367"], orders["9536365"]
		self.assertEqual(wholly.status, "Withdrawn")
		self.assertEqual(partly.status, "Identified")
		cancelled = frappe.get_all(
			"Ops Sales Order Item", {"parent": partly.name}, ["product", "cancelled_qty"], order_by="idx"
		)
		self.assertEqual(
			[(item.product, item.cancelled_qty) for item in cancelled], [("99901A", 5), ("99902", 0)]
		)

	def test_a_second_import_changes_nothing(self):  # G1-07a
		def rows():
			return {
				doctype: frappe.get_all(doctype, fields=["name", "modified"], order_by="name")
				for doctype in (
					"Ops Sales Order",
					"Ops Sales Order Item",
					"Ops Order Cancellation",
					"Ops Customer",
					"Ops Product",
					"Ops Event",
					"Ops Customer Match",
				)
			}

		part = self.take(limit=4)
		self.assertEqual((part["lines"], part["orders"]), (4, 2))
		first = self.take()
		before = rows()
		second = self.take()
		self.assertEqual(rows(), before)
		self.assertEqual((first["orders_new"], first["orders_known"]), (1, 2))
		self.assertEqual((second["orders_new"], second["orders_known"]), (0, 3))
		for number in ("lines", "lines_in_orders", "lines_cancelling", "lines_rejected", "rejects"):
			self.assertEqual(first[number], second[number])
