"""Holds and priorities over REST: by whom they may, by name where they may not."""

import pytest

import frappe
from order_ops.tests import factories
from tests.web import Browser, make_user, remove_user, with_keys

API = "/api/method/order_ops.api.v1."
CHANNEL, ORDER, HOLD = "HOLD-REST", "Ops Sales Order", "Ops Hold"
ROW = {"kind": "Customer Question", "reason": "Which side?"}


@pytest.fixture(scope="module")
def house():
	"""A channel and the people who hold, release and override."""
	frappe.set_user("Administrator")
	roles = {
		"program": "Integration User",
		"rep": "E-commerce Sales Rep",
		"lead": "E-commerce Rep Team Leader",
		"boss": "Order Ops Manager",
		"keeper": "Warehouse Keeper",
		"auditor": "Order Ops Auditor",
		"buyer": "Portal Customer",
	}
	users = {
		name: make_user(role, user_type="Website User" if role == "Portal Customer" else "System User")
		for name, role in roles.items()
	}
	unit = factories.make_business_unit("HOLD-BU")
	factories.make_product("HOLD-1", business_unit=unit)
	values = {"code": CHANNEL, "title": CHANNEL, "kind": "REST", "business_unit": unit}
	frappe.get_doc({"doctype": "Ops Channel", **values}).insert()
	customer = factories.make_customer(portal_user=users["buyer"]).name
	callers = {name: with_keys(user) for name, user in users.items()}
	frappe.db.commit()
	yield frappe._dict(callers, users=users)
	frappe.set_user("Administrator")
	orders = frappe.get_all(ORDER, {"channel": CHANNEL}, pluck="name") or [""]
	for doctype, filters in (
		("Ops Sales Order Item", {"parent": ("in", orders)}),
		("Ops Event", {"sales_order": ("in", orders)}),
		("Ops Clock", {"sales_order": ("in", orders)}),
		("Ops Message", {"business_unit": unit}),
		(HOLD, {"sales_order": ("in", orders)}),
		(ORDER, {"name": ("in", orders)}),
		("Ops Customer Address", {"parent": customer}),
		("Ops Customer", {"name": customer}),
		("Ops Channel", {"name": CHANNEL}),
		("Ops Product", {"name": "HOLD-1"}),
		("Ops Business Unit", {"name": unit}),
	):
		frappe.db.delete(doctype, filters)
	for user in users.values():
		remove_user(user)
	frappe.db.commit()


def ordered(number, **changes):
	items = [{"article_no": "HOLD-1", "qty": 1}]
	order = factories.make_order(number, channel=CHANNEL, items=items, **changes)
	frappe.db.commit()
	return order.name


def call(caller, method, **body):
	answer = caller.post(API + method, json=body)
	return answer.status_code, (answer.get_json() or {}).get("message")


def test_a_hold_from_placing_to_release(house):  # G1-09, G5-1.1c
	order = ordered("HOLD-1")
	row = {**ROW, "reference_name": order}
	status, (first, again) = call(house.program, "holds.place", holds=[row, row])
	assert (status, first["status"], again["status"]) == (200, "placed", "repeat")
	assert again["name"] == first["name"]
	assert frappe.db.get_value(ORDER, order, "held") == 1
	_, (verdict,) = call(house.rep, "orders.release", orders=[order])
	assert (verdict["status"], verdict["code"]) == ("refused", "held")
	assert first["name"] in verdict["message"]
	for caller, reason, word in ((house.keeper, "done", "Sales Rep"), (house.rep, " ", "reason")):
		_, (verdict,) = call(caller, "holds.release", holds=first["name"], reason=reason)
		assert verdict["status"] == "refused" and word in verdict["message"], verdict
	_, (verdict,) = call(house.rep, "holds.release", holds=[first["name"]], reason="The left side")
	assert verdict["status"] == "released"
	_, (verdict,) = call(house.rep, "orders.release", orders=[order])
	assert verdict["status"] == "released"
	assert frappe.db.get_value(HOLD, first["name"], "closed_by") == house.users["rep"]


def test_an_override_is_its_roles_alone(house):  # G1-09, G6-03
	order = ordered("HOLD-2")
	_, (placed,) = call(house.rep, "holds.place", holds={**ROW, "reference_name": order})
	for caller in (house.rep, house.keeper, house.boss):
		_, (verdict,) = call(caller, "holds.override", holds=[placed["name"]], reason="in a hurry")
		assert verdict["status"] == "refused", verdict
	_, (verdict,) = call(house.lead, "holds.override", holds=[placed["name"]], reason="I asked him myself")
	assert verdict["status"] == "overridden"
	event = {"sales_order": order, "phase": "Override"}
	assert frappe.db.get_value("Ops Event", event, ["rule", "by_user"]) == ("G5-1.1c", house.users["lead"])


def test_who_may_not_hold_holds_nothing(house):  # G1-09
	order = ordered("HOLD-3")
	row = {**ROW, "reference_name": order}
	for caller in (house.auditor, house.buyer, Browser()):
		assert call(caller, "holds.place", holds=[row])[0] in (401, 403)
		assert call(caller, "holds.release", holds=["x"], reason="y")[0] in (401, 403)
	_, verdicts = call(
		house.keeper,
		"holds.place",
		holds=[
			{**row, "reference_name": "SO-NONE"},
			{**row, "reference_doctype": "User", "reference_name": "Administrator"},
			{**row, "kind": "<b>"},
			{**row, "rule": "X-1"},
			{**row, "blocks": ["Ops Sales Order:Fly"]},
			{**row, "release_rule": "At a time", "release_at": "soon"},
		],
	)
	assert {verdict["status"] for verdict in verdicts} == {"refused"}
	assert "<b>" not in str(verdicts)
	assert call(house.keeper, "holds.place", holds=[{**row, "status": "Released"}])[0] == 417
	assert call(house.keeper, "holds.place", holds="[")[0] == 417
	assert frappe.db.get_value(ORDER, order, "held") == 0


def test_an_urgent_order_takes_two(house):  # G1-10c, D-13, G6-03
	order = ordered("HOLD-4")
	_, answer = call(house.buyer, "orders.ask_urgency", order=order, reason="The press stands still")
	assert answer["status"] == "asked"
	_, (verdict,) = call(house.rep, "orders.confirm_urgency", orders=[order])
	assert verdict["code"] == "not_yours"
	_, (verdict,) = call(house.lead, "orders.confirm_urgency", orders=[order])
	assert verdict["status"] == "changed"
	answer = house.rep.get(API + "orders.queue", query_string={"business_unit": "HOLD-BU"})
	rows = answer.get_json()["message"]
	assert (rows[0]["name"], rows[0]["urgency"], rows[0]["place"]) == (order, "Urgent", 1)
	assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))


def test_a_jump_of_the_queue_has_a_reason(house):  # G6-03
	order = ordered("HOLD-5")
	_, (verdict,) = call(house.lead, "orders.prioritise", orders=[order], urgency="Special", reason=" ")
	assert (verdict["code"], verdict["rule"]) == ("reason", "G6-03")
	_, (verdict,) = call(
		house.lead, "orders.prioritise", orders=order, urgency="Special", reason="A gift box"
	)
	assert verdict["status"] == "changed"
	assert call(house.buyer, "orders.prioritise", orders=[order], urgency="Normal", reason="x")[0] == 403
	stranger = ordered("HOLD-6")
	frappe.db.set_value(ORDER, stranger, "customer", None)
	assert call(house.buyer, "orders.ask_urgency", order=stranger, reason="x")[0] == 403
