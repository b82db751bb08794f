"""Bad input is named by field and row; good input is read the same way twice."""

import unittest
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from order_ops.ordering.requests import MOST_LINES, parse, request_hash


def raw(**changes):
	order = {
		"external_id": "WJ-001",
		"buyer": {"kind": "Organisation", "name": "示例重工有限公司", "code": "D2143569-X", "mobile": "13800138000"},
		"ship_to": {"recipient": "张示例", "phone": "13800138000", "province": "河南省", "city": "新乡市",
			"street": "示范路", "house_no": "1号", "postcode": "453000"},
		"items": [{"article_no": "QZ0001", "qty": 2}, {"article_no": "QZ0002", "qty": "1.5", "rate": "9800.00"}],
		"freight_amount": 12.5,
	}  # fmt: skip
	return {**order, **changes}


class TestGoodRequests(unittest.TestCase):
	def test_values_get_their_types(self):  # G1-07a
		request, problems = parse(raw(received_at="2026-11-20T14:59:59"))
		self.assertEqual(problems, [])
		self.assertEqual(request.received_at, datetime(2026, 11, 20, 14, 59, 59))
		self.assertEqual([line.qty for line in request.items], [Decimal(2), Decimal("1.5")])
		self.assertEqual(request.freight_amount, Decimal("12.5"))
		self.assertEqual(request.buyer.code, "D2143569X")
		self.assertEqual((request.urgency, request.payment_status), ("Normal", "Unknown"))

	def test_a_repeat_has_the_same_hash_however_it_is_written(self):  # G1-07a
		one, _ = parse(raw())
		other, _ = parse(
			raw(
				freight_amount="12.50",
				buyer={
					"mobile": "+86 138-0013-8000",
					"code": "d2143569x",
					"name": " 示例重工有限公司 ",
					"kind": "Organisation",
				},
				items=[
					{"qty": "2.0", "article_no": "QZ0001"},
					{"article_no": "QZ0002", "rate": 9800, "qty": 1.5},
				],
			)
		)
		self.assertEqual(request_hash(one), request_hash(other))

	def test_any_other_content_has_another_hash(self):
		seen = {request_hash(parse(raw())[0])}
		for change in (
			{"freight_amount": 13},
			{"items": [{"article_no": "QZ0001", "qty": 2}]},
			{"items": raw()["items"][::-1]},
			{"urgency": "Urgent"},
			{"special_requirements": "打木箱"},
			{"ship_to": raw()["ship_to"] | {"house_no": "2号"}},
		):
			request, problems = parse(raw(**change))
			self.assertEqual(problems, [])
			seen.add(request_hash(request))
		self.assertEqual(len(seen), 7)

	def test_an_instant_with_offset_becomes_local_time(self):  # D-19
		zone = timezone(timedelta(hours=8))
		request, _ = parse(raw(received_at="2026-11-20T06:59:59Z"), zone)
		self.assertEqual(request.received_at, datetime(2026, 11, 20, 14, 59, 59))

	def test_numbers_may_come_as_numbers_where_text_is_meant(self):
		request, problems = parse(raw(external_id=536365, items=[{"article_no": 71053, "qty": 1}]))
		self.assertEqual(
			(problems, request.external_id, request.items[0].article_no), ([], "536365", "71053")
		)


class TestBadRequests(unittest.TestCase):
	def refused(self, order, code, field, row=None):
		request, problems = parse(order)
		self.assertIsNone(request)
		self.assertIn((code, field, row), [(p.code, p.field, p.row) for p in problems])

	def test_what_is_no_order_at_all(self):
		for order in (None, {}, ""):
			self.refused(order, "empty", "")
		for order in ("text", 7, [1]):
			self.refused(order, "type", "")

	def test_wrong_types_are_named(self):  # G1-07a
		self.refused(raw(buyer="somebody"), "type", "buyer")
		self.refused(raw(items="QZ0001"), "missing", "items")
		self.refused(raw(items=["QZ0001"]), "type", "items", 1)
		self.refused(raw(items=[{"article_no": "A", "qty": "many"}]), "type", "qty", 1)
		self.refused(raw(items=[{"article_no": "A", "qty": True}]), "type", "qty", 1)
		self.refused(raw(items=[{"article_no": {"a": 1}, "qty": 1}]), "type", "article_no", 1)
		self.refused(raw(freight_amount="free"), "type", "freight_amount")
		self.refused(raw(received_at="yesterday"), "type", "received_at")
		self.refused(raw(received_at="2026-11-20T06:59:59Z"), "type", "received_at")

	def test_quantities(self):
		for qty in (0, -1, "0.0001", 1_000_001):
			self.refused(
				raw(items=[{"article_no": "A", "qty": 1}, {"article_no": "B", "qty": qty}]), "qty", "qty", 2
			)
		self.refused(raw(items=[{"article_no": "A", "qty": "NaN"}]), "type", "qty", 1)
		self.refused(raw(items=[{"article_no": "A"}]), "missing", "qty", 1)
		self.refused(raw(items=[{"qty": 1}]), "missing", "article_no", 1)

	def test_amounts(self):  # D-12
		self.refused(raw(freight_amount=-1), "amount", "freight_amount")
		self.refused(raw(freight_amount="1.005"), "amount", "freight_amount")
		self.refused(raw(items=[{"article_no": "A", "qty": 1, "rate": "1e20"}]), "amount", "rate", 1)

	def test_too_many_lines(self):
		self.refused(raw(items=[{"article_no": "A", "qty": 1}] * (MOST_LINES + 1)), "too_many", "items")
		self.refused(raw(items=[]), "missing", "items")

	def test_html_formulas_and_oversize_are_named(self):
		ship_to = raw()["ship_to"]
		self.refused(raw(special_requirements="<script>alert(1)</script>"), "markup", "special_requirements")
		self.refused(raw(special_requirements="&#60;b"), "markup", "special_requirements")
		self.refused(
			raw(ship_to=ship_to | {"recipient": "=cmd|' /C calc'!A0"}), "formula", "ship_to.recipient"
		)
		self.refused(raw(ship_to=ship_to | {"street": "@SUM(A1)"}), "formula", "ship_to.street")
		self.refused(raw(ship_to=ship_to | {"street": "路" * 141}), "too_long", "ship_to.street")
		self.refused(raw(special_requirements="x" * 1001), "too_long", "special_requirements")
		self.refused(raw(ship_to=ship_to | {"city": "新乡\x00市"}), "control", "ship_to.city")
		self.refused(raw(ship_to=ship_to | {"city": "\u202e市"}), "control", "ship_to.city")

	def test_unknown_fields_are_named(self):
		self.refused(raw(status="Released"), "unknown_field", "status")
		self.refused(
			raw(items=[{"article_no": "A", "qty": 1, "quantity": 2}]), "unknown_field", "quantity", 1
		)
		self.refused(raw(buyer={"kind": "Organisation", "docstatus": 1}), "unknown_field", "buyer.docstatus")

	def test_order_numbers(self):
		for number in ("中文", "a b", "=1+1", "x" * 81, "-1"):
			_, problems = parse(raw(external_id=number))
			self.assertEqual([p.field for p in problems], ["external_id"], number)

	def test_choices(self):
		self.refused(raw(urgency="asap"), "choice", "urgency")
		self.refused(raw(buyer={"kind": "Robot"}), "choice", "buyer.kind")
		self.refused(raw(payment={"status": ["Paid"]}), "choice", "payment.status")
		self.refused(raw(invoice={"kind": "Special", "title": "示例"}), "missing", "invoice.tax_no")

	def test_identifiers_are_checked_where_they_stand(self):  # E-4.10e, E-4.10g, E-4.10h, E-4.10i
		self.refused(
			raw(buyer={"kind": "Organisation", "code": "D21435690"}), "organisation_code", "buyer.code"
		)
		self.refused(raw(buyer={"kind": "Individual", "code": "123"}), "id_number", "buyer.code")
		self.refused(raw(ship_to=raw()["ship_to"] | {"phone": "12"}), "phone", "ship_to.phone")
		self.refused(raw(ship_to=raw()["ship_to"] | {"postcode": "12"}), "postcode", "ship_to.postcode")

	def test_all_mistakes_are_told_at_once(self):
		_, problems = parse(raw(urgency="asap", freight_amount="free", items=[{"qty": 0}]))
		self.assertEqual({p.field for p in problems}, {"urgency", "freight_amount", "article_no", "qty"})
