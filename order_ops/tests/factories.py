# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Records for tests: each function takes only what the test cares about."""

from __future__ import annotations

import frappe
from order_ops.billing import invoices
from order_ops.fulfilment import delivery, stock
from order_ops.ordering import intake, release
from order_ops.policy import service as policies
from order_ops.policy.rules import LINKS
from order_ops.rows import insert_many
from order_ops.setup.policies import shared


def make(doctype: str, **values):
	"""Insert a document of any DocType with the given values."""
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def make_user(email: str, *roles: str):
	"""A user with exactly these roles; as rows, because a saved user empties every cache of the site."""
	if not frappe.db.exists("User", email):
		kind = "Website User" if set(roles) <= {"Portal Customer"} else "System User"
		first_name = email.split("@")[0]
		names = {"email": email, "first_name": first_name, "full_name": first_name}
		insert_many("User", [{"name": email, "enabled": 1, "user_type": kind, **names}])
	frappe.db.delete("Has Role", {"parent": email, "parenttype": "User"})
	insert_many(
		"Has Role",
		[
			{"parent": email, "parenttype": "User", "parentfield": "roles", "idx": idx, "role": role}
			for idx, role in enumerate(roles, 1)
		],
	)
	frappe.clear_cache(user=email)
	return frappe.get_doc("User", email)


def make_business_unit(code: str = "TEST-BU", **values) -> str:
	"""A business unit under the profile BU-PARTS; returns its name."""
	if not frappe.db.exists("Ops Business Unit", code):
		make("Ops Business Unit", **{"code": code, "title": code, "policy_code": "BU-PARTS", **values})
	return code


def make_profile(code: str = "TEST", **values):
	"""A complete profile without waves and steps, a draft unless asked for; the document."""
	owners = {link: ("Test department", "Salesperson") for link in LINKS}
	given = {"calendar": "GENERAL", "order_cutoff": "18:00:00", "title": code, **values}
	rows = {"duties": shared.duties("G2-03", **owners), "modules": shared.modules("E-2")}
	return make("Ops Policy Profile", **{**shared.BASE, **rows, "code": code, **given})


def activate(profile: str) -> str:
	"""A version of a profile that comes as a draft, activated; returns its name."""
	doc = frappe.get_doc("Ops Policy Profile", profile)
	if doc.status != "Active":
		doc.update({"status": "Active"}).save(ignore_permissions=True)
	return doc.name


def bare_orders(*orders: dict) -> list[str]:
	"""Order rows as intake leaves them, without its life cycle; returns their names in the order given."""
	rows = [
		{
			"name": f"SO-TEST-{n:03d}",
			"status": "Released",
			"docstatus": 1,
			"channel": "MALL",
			"policy_profile": "BU-PARTS-1",
			"business_unit": "TEST-BU",
			**order,
		}
		for n, order in enumerate(orders, start=1)
	]
	insert_many("Ops Sales Order", rows)
	return [row["name"] for row in rows]


# The examples of GB 11714, GB 32100 and GB 11643: right check digits, nobody's numbers.
ORGANISATION_CODE = "D2143569X"
UNIFIED_CODE = "91350100M000100Y43"
ID_NUMBER = "11010519491231002X"
SHIP_TO = {
	"recipient": "张示例",
	"phone": "19900000001",
	"province": "河南",
	"city": "新乡市",
	"street": "示范路",
	"house_no": "1号",
	"postcode": "453000",
}
BUYER = {
	"kind": "Organisation",
	"name": "示例重工有限公司",
	"code": ORGANISATION_CODE,
	"mobile": "19900000001",
}


def make_channel(code: str = "TEST-REST", **values) -> str:
	"""A channel of kind REST for TEST-BU, made once; returns its name."""
	if not frappe.db.exists("Ops Channel", code):
		unit = make_business_unit()
		make("Ops Channel", **{"code": code, "title": code, "kind": "REST", "business_unit": unit, **values})
	return code


def make_product(article_no: str = "TEST-1", **values) -> str:
	"""A listed product for 10.05 yuan, made once; returns its name."""
	if not frappe.db.exists("Ops Product", article_no):
		make(
			"Ops Product",
			**{"article_no": article_no, "product_name": f"Part {article_no}", "price": 10.05, **values},
		)
	return article_no


def make_customer(**values):
	"""A known organisation with complete profile and SAP number, in Henan."""
	return make(
		"Ops Customer",
		**{
			"customer_kind": "Organisation",
			"company_name": BUYER["name"],
			"organisation_code": BUYER["code"],
			"mobile": BUYER["mobile"],
			"responsible_person": "张示例",
			"responsible_contact": BUYER["mobile"],
			"sap_customer_no": f"1{frappe.generate_hash(length=9)}",
			"addresses": [{"is_default": 1, **SHIP_TO, "province": region("河南")}],
			**values,
		},
	)


def region(text: str) -> str:
	"""The region's record for a province as people write it."""
	return policies.regions_of([text])[text].name


def order_request(external_id: str = "WJ-1", **changes) -> dict:
	"""A complete request for two pieces of TEST-1, from a buyer in Henan."""
	return {
		"external_id": external_id,
		"buyer": dict(BUYER),
		"ship_to": dict(SHIP_TO),
		"items": [{"article_no": make_product(), "qty": 2}],
		**changes,
	}


def make_order(external_id: str = "WJ-1", channel: str | None = None, **changes):
	"""An order as intake takes it: Identified when its customer is known, else Received."""
	verdict = intake.place([order_request(external_id, **changes)], channel or make_channel())[0]
	assert verdict["status"] == "created", verdict
	return frappe.get_doc("Ops Sales Order", verdict["order"])


def make_released_order(external_id: str = "WJ-1", **changes):
	"""An order that its representative has created, for a customer on file."""
	if not frappe.db.exists("Ops Customer", {"organisation_code": BUYER["code"]}):
		make_customer()
	order = make_order(external_id, **changes)
	verdict = release.release([order.name])[0]
	assert verdict["status"] == "released", verdict
	return order.reload()


def make_warehouse(code: str = "TEST-MAIN", **values) -> str:
	"""A main warehouse of TEST-BU with platform packaging, made once; returns its name."""
	if not frappe.db.exists("Ops Warehouse", code):
		unit = values.pop("business_unit", None) or make_business_unit()
		make(
			"Ops Warehouse", **{"code": code, "title": code, "business_unit": unit, "kind": "Main", **values}
		)
	return code


def make_carrier(name: str = "示例物流", **values) -> str:
	"""An approved carrier, made once; returns its name."""
	if not frappe.db.exists("Ops Carrier", name):
		make("Ops Carrier", **{"carrier_name": name, "approved": 1, **values})
	return name


def receive_stock(qty: float, product: str | None = None, warehouse: str | None = None) -> None:
	"""Goods that lie in the warehouse."""
	row = {
		"key": frappe.generate_hash(length=12),
		"warehouse": warehouse or make_warehouse(),
		"product": product or make_product(),
		"qty": qty,
	}
	verdict = stock.receive([row])[0]
	assert verdict["status"] == "posted", verdict


def make_note(external_id: str = "WJ-1", qty: float = 2, **changes):
	"""An issued delivery note for an order of TEST-1, with stock for it."""
	product = make_product()
	receive_stock(qty)
	order = make_released_order(external_id, items=[{"article_no": product, "qty": qty}], **changes)
	verdict = delivery.issue([order.name])[0]
	assert verdict.status == delivery.ISSUED, verdict
	return frappe.get_doc("Ops Delivery Note", verdict.note)


def invoice_with_goods(order: str, number: str = "00000001") -> str:
	"""The order's invoice, issued, handed over and received; returns its name."""
	name = frappe.db.get_value("Ops Invoice", {"request_key": order})
	for verdicts in (
		invoices.issue([{"name": name, "invoice_no": number}]),
		invoices.hand_over([name], by="finance@demo.example"),
		invoices.receive([name], by="keeper@demo.example"),
	):
		assert verdicts[0].status == "done", verdicts
	return name


def ship_note(note: str, tracking_no: str = "SF0001"):
	"""Hand one delivery note to the carrier; returns the verdict."""
	return delivery.ship([{"name": note, "carrier": make_carrier(), "tracking_no": tracking_no}])[0]
