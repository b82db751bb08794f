"""An order's life between intake and delivery: desk, creation, progress, cancellation, who sees it."""

from datetime import date, datetime
from unittest.mock import patch

import frappe
from frappe.model.workflow import apply_workflow, get_transitions
from order_ops.exchange import service as exchange
from order_ops.ordering import cancel, permissions, progress, release
from order_ops.ordering.exceptions import NotCancellable, NotReleasable, OrderInvalid
from order_ops.tests import OpsTestCase
from order_ops.tests.factories import (
	BUYER,
	SHIP_TO,
	UNIFIED_CODE,
	make_business_unit,
	make_channel,
	make_customer,
	make_order,
	make_product,
	make_released_order,
	make_user,
	region,
)
from order_ops.timekeeping.exceptions import NotByWorkflow
from order_ops.timekeeping.rules import Refusal

TEN = "2026-11-20 10:00:00"


def desk_order(**values):
	return frappe.get_doc(
		{
			"doctype": "Ops Sales Order",
			"channel": make_channel("TEST-DESK", kind="Desk"),
			"items": [{"product": make_product(), "qty": 2}],
			"buyer_kind": BUYER["kind"],
			"buyer_name": BUYER["name"],
			"buyer_code": BUYER["code"],
			**SHIP_TO,
			"province": region("河南"),
			**values,
		}
	)


class TestDesk(OpsTestCase):
	def test_an_order_typed_at_the_desk_passes_the_same_rules(self):  # E-4.10a, E-3.4b, D-12
		with self.at("2026-11-20 15:00:00"):
			order = desk_order(received_at="2026-11-20 14:00:00", grand_total=1, status="Released").insert()
		order.reload()
		self.assertRegex(order.name, r"^SO-261120-")
		self.assertEqual(
			(order.received_at, order.promised_ship_date), (datetime(2026, 11, 20, 15), date(2026, 11, 21))
		)
		self.assertEqual((order.status, order.wave, order.grand_total), ("Received", "E-W1", 20.1))
		self.assertEqual((order.business_unit, order.policy_profile), ("TEST-BU", "BU-PARTS-1"))
		self.assertTrue(order.external_key.startswith("TEST-DESK:"))
		self.assertTrue(frappe.db.exists("Ops Customer Match", {"sales_order": order.name}))
		self.assertEqual(frappe.db.get_value("Ops Clock", {"reference_name": order.name}, "step"), "E-MATCH")

	def test_a_recognised_or_chosen_customer_needs_no_search(self):  # E-4.11b, E-4.11h
		customer = make_customer()
		for values in (
			{},
			{"customer": customer.name, "buyer_name": None, "buyer_code": None, "buyer_kind": None},
		):
			with self.subTest(values=values):
				order = desk_order(**values).insert().reload()
				self.assertEqual((order.status, order.customer), ("Identified", customer.name))

	def test_where_the_channel_serves_all_units_the_order_names_one(self):  # E-4.15k
		unit, channel = (
			make_business_unit("TEST-BU-2"),
			make_channel("TEST-ALL", kind="Desk", business_unit=None),
		)
		self.assertEqual(desk_order(channel=channel, business_unit=unit).insert().business_unit, unit)
		with self.assertRaises(OrderInvalid) as refused:
			desk_order(channel=channel).insert()
		self.assertIn("E-4.15k", str(refused.exception))

	def test_what_is_wrong_is_named_and_nothing_is_written(self):  # G1-06c
		before = frappe.db.count("Ops Sales Order")
		other = make_product("TEST-2", business_unit=make_business_unit("TEST-BU-2"))
		for values, word in (
			({"street": None}, "ship_to.street"),
			({"phone": "12"}, "E-4.10g"),
			({"special_requirements": "<b>x</b>"}, "HTML"),
			({"recipient": "=1+1"}, "formula"),
			({"items": [{"product": make_product(), "qty": 0}]}, "quantity"),
			({"items": [{"product": make_product(), "qty": 1, "rate": 1}]}, "price"),
			({"items": [{"product": make_product(), "qty": 1}, {"product": other, "qty": 1}]}, "E-4.15k"),
			({"docstatus": 1}, "E-4.12c"),
		):
			with self.subTest(word=word), self.assertRaises(OrderInvalid) as refused:
				desk_order(**values).insert()
			self.assertIn(word, str(refused.exception))
		self.assertEqual(frappe.db.count("Ops Sales Order"), before)

	def test_the_same_number_of_a_channel_is_refused(self):  # G1-07a
		desk_order(external_id="TEL-1").insert()
		frappe.db.savepoint("twice")
		with self.assertRaises((frappe.UniqueValidationError, frappe.DuplicateEntryError)):
			desk_order(external_id="TEL-1").insert()
		frappe.db.rollback(save_point="twice")

	def test_a_change_keeps_the_sum_and_the_price(self):  # D-12
		order = desk_order().insert().reload()
		frappe.db.set_value("Ops Product", "TEST-1", "price", 99)
		order.items[0].qty = 3
		order.append("items", {"product": make_product("TEST-3", price=2), "qty": 1})
		order.freight_amount = 1
		order.save()
		self.assertEqual([(row.rate, row.amount) for row in order.items], [(10.05, 30.15), (2, 2)])
		self.assertEqual((order.goods_amount, order.grand_total), (32.15, 33.15))

	def test_what_was_asked_for_stays_known(self):  # T-3.1
		order = desk_order().insert().reload()
		order.items[0].update({"qty": 1, "requested_qty": 1})
		order.append("items", {"product": make_product("TEST-3", price=2), "qty": 4})
		order.save().reload()
		self.assertEqual([(row.requested_qty, row.qty) for row in order.items], [(2, 1), (4, 4)])

	def test_a_change_is_checked_as_well(self):  # D-12
		order = desk_order().insert().reload()
		for field, value in (("qty", -1), ("qty", "1.23456"), ("rate", 1)):
			order.reload()
			order.items[0].set(field, value)
			with self.subTest(field=field, value=value), self.assertRaises(frappe.ValidationError):
				order.save()

	def test_nobody_types_status_customer_dates_or_totals(self):  # E-4.12c
		customer = make_customer(organisation_code=UNIFIED_CODE, mobile="19900000007")
		order = desk_order().insert().reload()
		order.update(
			{
				"customer": customer.name,
				"identification": "Existing",
				"promised_ship_date": "2030-01-01",
				"grand_total": 1,
				"wave": "E-W9",
			}
		)
		order.save()
		order.reload()
		self.assertEqual((order.status, order.customer, order.identification), ("Received", None, "Pending"))
		self.assertEqual((order.grand_total, order.wave == "E-W9"), (20.1, False))

	def test_a_state_is_reached_never_written(self):  # G8-03.2
		make_customer()
		draft, created = make_order("W-1"), make_released_order("W-2")
		for order, status in (
			(draft, "Released"),
			(draft, "Shipped"),
			(draft, "Cancelled"),
			(created, "Identified"),
			(created, "Shipped"),
			(created, "Withdrawn"),
		):
			before = order.reload().status
			order.status = status
			with self.subTest(before=before, status=status), self.assertRaises(NotByWorkflow):
				order.save()
			self.assertEqual(order.reload().status, before)


class TestRelease(OpsTestCase):
	def clock(self, order, step):
		return frappe.get_doc("Ops Clock", {"reference_name": order.name, "step": step})

	def test_a_set_of_orders_is_created_at_once(self):  # E-4.12a, E-4.12d
		make_customer()
		with self.at(TEN):
			orders = [make_order(f"REL-{i}") for i in range(3)]
		with self.at("2026-11-20 10:30:00"):
			verdicts = release.release([order.name for order in orders])
		self.assertEqual({v["status"] for v in verdicts}, {"released"})
		for order in orders:
			order.reload()
			self.assertEqual((order.status, order.docstatus, order.items[0].docstatus), ("Released", 1, 1))
			self.assertEqual(order.released_at, datetime(2026, 11, 20, 10, 30))
			self.assertEqual(self.clock(order, "E-SO").status, "Met")

	def test_half_an_hour_and_a_second_is_late(self):  # E-4.12d
		make_customer()
		with self.at(TEN):
			order = make_order()
		with self.at("2026-11-20 10:30:01"):
			release.release([order.name])
		self.assertEqual(self.clock(order, "E-SO").status, "Breached")

	def test_a_second_call_changes_nothing(self):  # E-4.12a
		order = make_released_order()
		events = frappe.db.count("Ops Event", {"sales_order": order.name})
		self.assertEqual(release.release([order.name])[0]["status"], "repeat")
		self.assertEqual(frappe.db.count("Ops Event", {"sales_order": order.name}), events)

	def test_no_order_without_customer(self):  # E-4.12c
		order = make_order()
		(verdict,) = release.release([order.name])
		self.assertEqual((verdict["status"], verdict["rule"]), ("refused", "E-4.12c"))
		with self.assertRaises(NotReleasable):
			order.submit()
		self.assertEqual(order.reload().docstatus, 0)

	def test_no_order_before_saps_number(self):  # E-4.11g
		customer = make_customer(sap_customer_no=None)
		order = make_order()
		self.assertEqual(release.release([order.name])[0]["rule"], "E-4.11g")
		frappe.db.set_value("Ops Customer", customer.name, "sap_customer_no", "1000000001")
		self.assertEqual(release.release([order.name])[0]["status"], "released")

	def test_no_order_for_a_blocked_customer(self):  # E-4.12c
		customer = make_customer()
		order = make_order()
		frappe.db.set_value("Ops Customer", customer.name, "status", "Blocked")
		self.assertEqual(release.release([order.name])[0]["code"], "customer_blocked")

	def test_a_guard_of_another_module_is_heard(self):  # E-4.12c
		make_customer()
		one, two = make_order("G-1"), make_order("G-2")
		with patch.object(release.guards, "check", return_value={one.name: Refusal("held", "wait", "X-1")}):
			verdicts = release.release([one.name, two.name])
		self.assertEqual([v["status"] for v in verdicts], ["refused", "released"])

	def test_the_desks_button_does_the_same(self):  # E-4.12a, E-4.12b
		make_customer()
		order = make_order()
		with self.as_user(make_user("rep@test.example", "E-commerce Sales Rep").name):
			doc = frappe.get_doc("Ops Sales Order", order.name)
			doc.submit()
		order.reload()
		self.assertEqual((order.status, order.docstatus), ("Released", 1))
		self.assertTrue(order.released_at)
		self.assertTrue(frappe.db.exists("Ops Message", {"channel": "DMS", "reference_name": order.name}))

	def test_the_dms_gives_its_number(self):  # E-4.12a
		order = make_released_order()
		with self.without_commits():
			exchange.flush()
		self.assertTrue(frappe.db.get_value("Ops Sales Order", order.name, "dms_order_no"))
		self.assertEqual(order.dms_order_type, "Parts")

	def test_only_representatives_create_orders(self):  # E-4.12b
		make_customer()
		order = make_order()
		with self.as_user(make_user("keeper@test.example", "Warehouse Keeper").name):
			with self.assertRaises(frappe.PermissionError):
				frappe.get_doc("Ops Sales Order", order.name).submit()
		self.assertEqual(order.reload().status, "Identified")


class TestProgress(OpsTestCase):
	def test_partly_then_wholly_shipped_then_signed_for(self):  # E-4.15m, E-4.16a
		items = [{"article_no": make_product(), "qty": 2}, {"article_no": make_product("TEST-3"), "qty": 1}]
		order = make_released_order(items=items)
		first, second = order.items
		at = datetime(2026, 11, 20, 14)
		self.assertEqual(progress.apply_signature([order.name], at), [])
		progress.apply_shipment([{"order_item": first.name, "qty": 2}], at)
		self.assertEqual((order.reload().status, order.shipped_at), ("Partly Shipped", None))
		progress.apply_shipment([{"order_item": second.name, "qty": 1}], at)
		self.assertEqual((order.reload().status, order.shipped_at), ("Shipped", at))
		self.assertEqual([row.delivered_qty for row in order.items], [2, 1])
		self.assertEqual(progress.apply_signature([order.name], at), [order.name])
		self.assertEqual((order.reload().status, order.signed_at), ("Signed For", at))
		self.assertEqual(progress.apply_signature([order.name], at), [])

	def test_what_was_cancelled_need_not_be_shipped(self):  # E-4.15m
		order = make_released_order()
		(item,) = order.items
		frappe.db.set_value("Ops Sales Order Item", item.name, "cancelled_qty", 1)
		progress.apply_shipment([{"order_item": item.name, "qty": 1}], datetime(2026, 11, 20, 14))
		self.assertEqual(order.reload().status, "Shipped")


class TestCancellation(OpsTestCase):
	def test_an_order_is_given_up_before_and_after_creation(self):  # G8-05.2
		make_customer()
		draft, created = make_order("C-1"), make_released_order("C-2")
		verdicts = cancel.cancel_orders([draft.name, created.name], "客户取消")
		self.assertEqual([v["status"] for v in verdicts], ["withdrawn", "cancelled"])
		self.assertEqual((draft.reload().status, draft.docstatus), ("Withdrawn", 0))
		self.assertEqual((created.reload().status, created.docstatus), ("Cancelled", 2))
		self.assertEqual(
			frappe.db.get_value("Ops Clock", {"reference_name": draft.name}, "status"), "Cancelled"
		)
		self.assertEqual(cancel.cancel_orders([draft.name])[0]["status"], "withdrawn")

	def test_a_withdrawn_order_is_over(self):  # G8-05.2, G8-03.2
		rep = make_user("rep@test.example", "E-commerce Sales Rep").name
		with self.at(TEN):
			order = make_order()
		with self.at(TEN), self.as_user(rep):
			apply_workflow(frappe.as_json(order), "Withdraw Order")
		order.reload()
		self.assertEqual((order.status, order.docstatus), ("Withdrawn", 0))
		self.assertEqual(get_transitions(order), [])
		match = {"sales_order": order.name}
		self.assertEqual(frappe.db.get_value("Ops Customer Match", match, "status"), "Withdrawn")
		self.assertEqual(
			frappe.db.get_value("Ops Clock", {"reference_name": order.name}, "status"), "Cancelled"
		)
		event = {"sales_order": order.name, "phase": "Withdrawn"}
		self.assertEqual(
			frappe.db.get_value("Ops Event", event, ["from_status", "to_status", "is_public"]),
			("Received", "Withdrawn", 1),
		)
		self.assertEqual(release.release([order.name])[0]["status"], "refused")
		order.special_requirements = "more"
		with self.assertRaises(NotByWorkflow):
			order.save()

	def test_an_order_of_a_closed_channel_can_be_withdrawn(self):  # G8-05.2
		order = make_order()
		frappe.get_doc("Ops Channel", order.channel).update({"enabled": 0}).save()
		self.assertEqual(apply_workflow(order, "Withdraw Order").status, "Withdrawn")

	def test_what_has_left_is_not_cancelled(self):  # G8-05.2
		order = make_released_order()
		progress.apply_shipment([{"order_item": order.items[0].name, "qty": 1}], datetime(2026, 11, 20, 14))
		self.assertEqual(cancel.cancel_orders([order.name])[0]["status"], "refused")
		with self.assertRaises(NotCancellable):
			order.reload().cancel()
		self.assertEqual(order.reload().status, "Partly Shipped")

	def test_the_desks_button_does_the_same(self):  # G8-05.2
		order = make_released_order()
		order.cancel()
		self.assertEqual((order.reload().status, order.docstatus), ("Cancelled", 2))
		self.assertIn("Cancelled", frappe.get_all("Ops Event", {"sales_order": order.name}, pluck="phase"))

	def test_a_quantity_is_cancelled_once(self):  # G8-05.2
		order = make_order()
		(item,) = order.items
		line = {
			"cancellation_key": "K-1",
			"sales_order": order.name,
			"order_item": item.name,
			"product": item.product,
			"qty": 1,
			"cancelled_at": datetime(2026, 11, 20, 14),
			"reason": "test",
		}
		self.assertEqual(cancel.cancel_quantities([line]), 1)
		self.assertEqual(cancel.cancel_quantities([line]), 0)
		order.reload()
		self.assertEqual((order.items[0].cancelled_qty, order.status), (1, "Received"))
		self.assertEqual(cancel.cancel_quantities([{**line, "cancellation_key": "K-2"}]), 1)
		self.assertEqual((order.reload().items[0].cancelled_qty, order.status), (2, "Withdrawn"))


class TestWhoSeesWhat(OpsTestCase):
	def setUp(self):
		super().setUp()
		self.user = make_user("buyer@test.example", "Portal Customer").name
		self.own = make_customer(portal_user=self.user)
		self.mine = make_order("MINE")
		self.theirs = make_order(
			"THEIRS", buyer={"name": "别的示例公司", "kind": "Organisation", "code": UNIFIED_CODE}
		)

	def test_a_portal_customer_reaches_the_own_orders_only(self):  # E-4.16a
		with self.as_user(self.user):
			self.assertEqual(frappe.get_list("Ops Sales Order", pluck="name"), [self.mine.name])
			self.assertTrue(frappe.has_permission("Ops Sales Order", "read", doc=self.mine.name))
			for ptype in ("read", "print", "write"):
				self.assertFalse(frappe.has_permission("Ops Sales Order", ptype, doc=self.theirs.name))
			self.assertFalse(frappe.has_permission("Ops Sales Order", "write", doc=self.mine.name))
			self.assertTrue(permissions.has_order_website_permission(self.mine))
			self.assertFalse(permissions.has_order_website_permission(self.theirs))

	def test_a_customer_without_record_sees_nothing(self):
		with self.as_user(make_user("stranger@test.example", "Portal Customer").name):
			self.assertEqual(frappe.get_list("Ops Sales Order", pluck="name"), [])

	def test_the_desk_sees_all(self):
		with self.as_user(make_user("rep@test.example", "E-commerce Sales Rep").name):
			found = frappe.get_list("Ops Sales Order", pluck="name")
		self.assertLessEqual({self.mine.name, self.theirs.name}, set(found))

	def test_representatives_of_a_unit_see_its_orders(self):  # D-10
		other = make_channel("TEST-U2", business_unit=make_business_unit("TEST-BU-2"))
		foreign = make_order("FOREIGN", channel=other)
		rep = make_user("rep@test.example", "E-commerce Sales Rep").name
		frappe.get_doc(
			{"doctype": "User Permission", "user": rep, "allow": "Ops Business Unit", "for_value": "TEST-BU"}
		).insert()
		with self.as_user(rep):
			self.assertNotIn(foreign.name, frappe.get_list("Ops Sales Order", pluck="name"))
			self.assertFalse(frappe.has_permission("Ops Sales Order", "read", doc=foreign.name))
			self.assertTrue(frappe.has_permission("Ops Sales Order", "read", doc=self.mine.name))
