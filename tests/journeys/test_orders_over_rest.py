"""Orders over REST: taken once, refused by name, and nobody reaches what is not his."""

import json
from contextlib import contextmanager

import pytest

import frappe
from order_ops.api.v1 import openapi
from order_ops.ordering import requests as order_requests
from order_ops.tests import factories
from tests.web import make_user, remove_user, signed_in, with_keys

CREATE = "/api/method/order_ops.api.v1.orders.create"
MOST_STATEMENTS = 40


@pytest.fixture(scope="module")
def shop():
	"""A channel, a product, a known customer with a portal user, and the people who come to it."""
	frappe.set_user("Administrator")
	users = {
		"program": make_user("Integration User"),
		"rep": make_user("E-commerce Sales Rep"),
		"keeper": make_user("Warehouse Keeper"),
		"buyer": make_user("Portal Customer", user_type="Website User"),
		"stranger": make_user("Portal Customer", user_type="Website User"),
	}
	found = frappe._dict(
		channel=factories.make_channel("TEST-REST"),
		customer=factories.make_customer(portal_user=users["buyer"]).name,
		product=factories.make_product(),
		users=users,
		program=with_keys(users["program"]),
		rep=with_keys(users["rep"]),
		keeper=with_keys(users["keeper"]),
	)
	frappe.db.commit()
	yield found
	frappe.set_user("Administrator")
	_remove_orders(found.channel)
	frappe.db.delete("Ops Customer Address", {"parent": found.customer})
	frappe.db.delete("Ops Customer", {"name": found.customer})
	frappe.db.delete("Ops Channel", {"name": found.channel})
	frappe.db.delete("Ops Product", {"name": found.product})
	frappe.db.delete("Ops Business Unit", {"name": "TEST-BU"})
	for user in users.values():
		remove_user(user)
	frappe.db.commit()


def _remove_orders(channel):
	orders = frappe.get_all("Ops Sales Order", {"channel": channel}, pluck="name") or [""]
	for doctype, field in (
		("Ops Sales Order Item", "parent"),
		("Ops Event", "sales_order"),
		("Ops Clock", "sales_order"),
		("Ops Customer Match", "sales_order"),
		("Ops Message", "reference_name"),
		("Ops Order Message", "sales_order"),
		("Comment", "reference_name"),
		("Ops Sales Order", "name"),
	):
		frappe.db.delete(doctype, {field: ("in", orders)})


def create(caller, channel, *orders, **body):
	answer = caller.post(CREATE, json={"channel": channel, "orders": list(orders), **body})
	return answer, answer.get_json().get("message")


@contextmanager
def counted(limit):
	"""At most so many SQL statements in all threads, whichever host counts them."""
	database = frappe.db.__class__
	name = "_count" if hasattr(database, "_count") else "sql"
	original, statements = getattr(database, name), []

	def count(self, *args, **kwargs):
		statements.append(args)
		return original(self, *args, **kwargs)

	setattr(database, name, count)
	try:
		yield statements
	finally:
		setattr(database, name, original)
	assert len(statements) <= limit, f"{len(statements)} statements"


def test_an_order_costs_at_most_forty_statements(shop):
	create(shop.program, shop.channel, factories.order_request("REST-0"))  # caches are filled
	with counted(MOST_STATEMENTS):
		answer, verdicts = create(shop.program, shop.channel, factories.order_request("REST-1"))
	assert answer.status_code == 200
	assert verdicts[0]["status"] == "created"
	assert frappe.db.get_value("Ops Sales Order", verdicts[0]["order"], "status") == "Identified"


def test_a_repeat_after_a_lost_answer_is_the_first_answer(shop):  # G1-07a
	_, (first,) = create(shop.program, shop.channel, factories.order_request("REST-2"))
	answer, (again,) = create(shop.program, shop.channel, factories.order_request("REST-2"))
	assert answer.status_code == 200
	assert (again["status"], again["order"]) == ("repeat", first["order"])
	_, (conflict,) = create(shop.program, shop.channel, factories.order_request("REST-2", freight_amount=9))
	assert (conflict["status"], conflict["code"]) == ("refused", "conflict")
	assert frappe.db.count("Ops Sales Order", {"external_id": "REST-2"}) == 1


def test_one_order_may_come_alone_or_as_text(shop):
	one = factories.order_request("REST-3")
	answer = shop.program.post(CREATE, json={"channel": shop.channel, "orders": one})
	assert answer.get_json()["message"][0]["status"] == "created"
	answer = shop.program.post(CREATE, data={"channel": shop.channel, "orders": json.dumps([one])})
	assert answer.get_json()["message"][0]["status"] == "repeat"


@pytest.mark.parametrize(
	"change, field, row",
	[
		({"items": []}, "items", None),
		({"items": [{"article_no": "TEST-1", "qty": "many"}]}, "qty", 1),
		(
			{"items": [{"article_no": "TEST-1", "qty": 1}, {"article_no": "../etc", "qty": 1}]},
			"article_no",
			2,
		),
		({"external_id": "' or 1=1 --"}, "external_id", None),
		({"special_requirements": "<img src=x onerror=alert(1)>"}, "special_requirements", None),
		({"ship_to": {"recipient": "=HYPERLINK(1)"}}, "ship_to.recipient", None),
		({"buyer": {"kind": "Organisation", "code": "D21435690"}}, "buyer.code", None),
		({"status": "Released"}, "status", None),
		({"urgency": ["Urgent"]}, "urgency", None),
		({"special_requirements": "x" * 100_000}, "special_requirements", None),
	],
)
def test_bad_input_is_named_and_nothing_is_written(shop, change, field, row):  # G1-07a
	before = [frappe.db.count(d) for d in ("Ops Sales Order", "Ops Sales Order Item", "Ops Customer Match")]
	answer, (verdict,) = create(shop.program, shop.channel, {**factories.order_request("REST-BAD"), **change})
	assert answer.status_code == 200
	assert (verdict["status"], verdict["order"]) == ("refused", None)
	assert (verdict["field"], verdict["row"]) == (field, row)
	assert verdict["message"]
	assert "<img" not in verdict["message"]
	after = [frappe.db.count(d) for d in ("Ops Sales Order", "Ops Sales Order Item", "Ops Customer Match")]
	assert after == before


@pytest.mark.parametrize(
	"body", [{"orders": "["}, {"orders": 7}, {"orders": []}, {"orders": None}, {"channel": None}]
)
def test_what_is_no_call_at_all_is_refused(shop, body):  # G1-07a
	answer = shop.program.post(CREATE, json={"channel": shop.channel, "orders": [{}], **body})
	assert 400 <= answer.status_code < 500, answer.get_data(as_text=True)


def test_a_thousand_orders_in_one_call_are_too_many(shop):
	answer = shop.program.post(CREATE, json={"channel": shop.channel, "orders": [{}] * 501})
	assert answer.status_code == 417


def test_an_unknown_channel_takes_nothing(shop):  # G3-1.1
	answer = shop.program.post(
		CREATE, json={"channel": "NOWHERE", "orders": [factories.order_request("REST-4")]}
	)
	assert answer.status_code == 417
	assert "ChannelClosed" in answer.get_data(as_text=True)


def test_only_who_may_create_orders_does(shop):  # E-4.12b
	before = frappe.db.count("Ops Sales Order")
	for caller in (shop.keeper, signed_in(shop.users["buyer"])):
		answer = caller.post(
			CREATE, json={"channel": shop.channel, "orders": [factories.order_request("REST-5")]}
		)
		assert answer.status_code == 403
	assert shop.program.get(CREATE, query_string={"channel": shop.channel, "orders": "[]"}).status_code in (
		403,
		405,
	)
	assert frappe.db.count("Ops Sales Order") == before


def test_a_customer_reaches_the_own_orders_and_no_others(shop):  # E-4.16a
	_, (verdict,) = create(shop.program, shop.channel, factories.order_request("REST-6"))
	order = verdict["order"]
	buyer, stranger = signed_in(shop.users["buyer"]), signed_in(shop.users["stranger"])
	get, listing = "/api/method/order_ops.api.v1.orders.get", "/api/method/order_ops.api.v1.orders.list"
	confirm = "/api/method/order_ops.api.v1.orders.confirm_receipt"
	assert buyer.get(get, query_string={"order": order}).get_json()["message"]["name"] == order
	assert order in {row["name"] for row in buyer.get(listing).get_json()["message"]}
	assert stranger.get(get, query_string={"order": order}).status_code == 403
	assert stranger.get(f"/api/resource/Ops Sales Order/{order}").status_code == 403
	assert stranger.get(listing).get_json()["message"] == []
	assert stranger.post(confirm, json={"order": order}).status_code == 403
	assert buyer.post(confirm, json={"order": order}).status_code == 417  # nothing is on its way
	for call in ("release", "cancel"):
		answer = buyer.post(f"/api/method/order_ops.api.v1.orders.{call}", json={"orders": [order]})
		assert answer.status_code == 403
	assert frappe.db.get_value("Ops Sales Order", order, "status") == "Identified"


def test_a_buyer_writes_on_the_orders_page_and_is_answered(shop):  # G7-7.2
	_, verdicts = create(
		shop.program,
		shop.channel,
		factories.order_request("REST-SAY-1"),
		factories.order_request("REST-SAY-2", buyer={**factories.BUYER, "code": factories.UNIFIED_CODE}),
	)
	order, nobodys = (verdict["order"] for verdict in verdicts)
	assert not frappe.db.get_value("Ops Sales Order", nobodys, "customer")
	buyer, stranger = signed_in(shop.users["buyer"]), signed_in(shop.users["stranger"])
	api, text = "/api/method/order_ops.api.v1.orders.", "{{ 7 * 7 }} & 1 < 2"
	assert (
		buyer.post(f"{api}say", json={"order": order, "text": text}).get_json()["message"]["status"]
		== "written"
	)
	assert buyer.post(f"{api}say", json={"order": order, "text": "<img src=x>"}).status_code == 417
	assert buyer.get(f"{api}say", query_string={"order": order, "text": "x"}).status_code in (403, 405)
	for caller, call in ((buyer, "answer"), (stranger, "answer"), (stranger, "say"), (shop.keeper, "answer")):
		assert caller.post(f"{api}{call}", json={"order": order, "text": "Mine"}).status_code == 403
	assert stranger.get(f"{api}thread", query_string={"order": order}).status_code == 403
	assert shop.rep.post(f"{api}answer", json={"order": order, "text": "Tomorrow"}).status_code == 200
	for caller in (buyer, stranger):  # before a page: its session's token would be asked for after it
		values = {"sales_order": order, "text": "Mine"}
		assert caller.post("/api/resource/Ops Order Message", json=values).status_code == 403
		assert caller.get("/api/resource/Ops Order Message").status_code == 403
	page = buyer.get(f"/orders/{order}").get_data(as_text=True)
	assert "{{ 7 * 7 }} &amp; 1 &lt; 2" in page and "Tomorrow" in page and text not in page
	assert shop.users["rep"] not in page
	for name in (order, nobodys):  # an order that nobody has been recognised for is not everybody's
		assert stranger.get(f"/orders/{name}").status_code == 404
	written = {"sales_order": order}
	assert frappe.db.count("Ops Order Message", written) == 2


def test_a_representative_creates_and_gives_up_orders(shop):  # E-4.12a, G8-05.2
	_, (verdict,) = create(shop.program, shop.channel, factories.order_request("REST-7"))
	release = "/api/method/order_ops.api.v1.orders.release"
	answer = shop.rep.post(release, json={"orders": [verdict["order"], "SO-NONE"]}).get_json()["message"]
	assert [row["status"] for row in answer] == ["released", "refused"]
	assert (
		shop.rep.post(release, json={"orders": verdict["order"]}).get_json()["message"][0]["status"]
		== "repeat"
	)
	cancel = "/api/method/order_ops.api.v1.orders.cancel"
	answer = shop.rep.post(cancel, json={"orders": [verdict["order"]], "reason": "客户取消"}).get_json()[
		"message"
	]
	assert answer[0]["status"] == "cancelled"
	assert frappe.db.get_value("Ops Sales Order", verdict["order"], "docstatus") == 2


def test_customers_are_created_and_brought_up_to_date(shop):  # E-4.10c-j, E-4.11g
	upsert = "/api/method/order_ops.api.v1.customers.upsert"
	person = {"kind": "Individual", "name": "赵演示", "code": factories.ID_NUMBER, "mobile": "19900000021"}
	rows = [
		{**person, "address": factories.SHIP_TO},
		{"kind": "Organisation", "name": "坏", "code": "1"},
		{"mobile": "1"},
	]
	created, bad_code, bad_phone = shop.program.post(upsert, json={"customers": rows}).get_json()["message"]
	assert created["status"] == "created"
	assert (bad_code["status"], bad_code["field"], bad_code["rule"]) == ("refused", "code", "E-4.10e")
	assert bad_phone["field"] == "mobile"
	again = shop.program.post(upsert, json={"customers": [{**person, "mobile": "19900000022"}]}).get_json()[
		"message"
	]
	assert again[0] == {"status": "updated", "customer": created["customer"]}
	assert shop.keeper.post(upsert, json={"customers": rows}).status_code == 403
	frappe.db.delete("Ops Message", {"reference_name": created["customer"]})
	frappe.delete_doc("Ops Customer", created["customer"], force=True)
	frappe.db.commit()


def test_products_come_page_by_page(shop):
	url = "/api/method/order_ops.api.v1.products.list"
	page = shop.program.get(url, query_string={"listed": 1, "limit": 1}).get_json()["message"]
	assert len(page) == 1
	assert {"article_no", "price", "tax_rate", "uom"} <= set(page[0])


def test_the_description_tells_what_the_interface_takes_and_answers(shop):
	described = shop.program.get("/api/method/order_ops.api.v1.openapi.document").get_json()["message"]
	assert {path for path, _method, _function in openapi.endpoints()} == set(described["paths"])
	schemas = described["components"]["schemas"]
	assert set(schemas["Order"]["properties"]) == set(order_requests.ORDER_FIELDS)
	assert set(schemas["Line"]["properties"]) == set(order_requests.LINE_FIELDS)
	_, verdicts = create(
		shop.program, shop.channel, factories.order_request("REST-8"), {"external_id": "REST-9"}
	)
	for verdict in verdicts:
		assert set(verdict) <= set(schemas["OrderVerdict"]["properties"])
		assert set(schemas["OrderVerdict"]["required"]) <= set(verdict)
