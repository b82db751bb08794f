"""Loads the demo company: a plainly fictional maker of crane parts, its people, customers, stock."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import frappe
from order_ops.policy import service as policies

BUSINESS_UNIT = "GONGQI"
PASSWORD = "order-ops-demo"

# Everyone works for the one business unit; the second column is the person's only business role.
PEOPLE = (
	("rep@demo.example", "E-commerce Sales Rep", "王示例"),
	("leader@demo.example", "E-commerce Rep Team Leader", "李示例"),
	("parts@demo.example", "Parts Support Specialist", "赵示例"),
	("keeper@demo.example", "Warehouse Keeper", "陈示例"),
	("finance@demo.example", "BU Finance", "刘示例"),
	("operations@demo.example", "Platform Operations Group", "杨示例"),
	("logistics@demo.example", "Platform Logistics Group", "黄示例"),
	("manager@demo.example", "Order Ops Manager", "周示例"),
	("auditor@demo.example", "Order Ops Auditor", "吴示例"),
)
INTEGRATION_USER = ("mall@demo.example", "Integration User", "商城接口")
PORTAL_USER = ("customer@demo.example", "Portal Customer", "张示例")
PORTAL_CUSTOMER = "C001"

WAREHOUSES = (
	("ZC", "长垣总仓", "Main", ()),
	("ZX-LZ", "兰州中心仓", "Centre", ("Gansu", "Ningxia", "Tibet", "Xinjiang", "Yunnan")),
	("ZX-SY", "沈阳中心仓", "Centre", ("Liaoning", "Inner Mongolia")),
)
CHANNELS = ("MALL", "DESK", "FILE")
CARRIERS = (("示例快运", 1), ("样例物流", 1), ("未核准承运商", 0))


def fixture(name: str) -> Iterator[dict[str, str]]:
	"""Rows of one CSV file of the repository's `fixtures/`."""
	path = Path(frappe.get_app_path("order_ops")).parent / "fixtures" / name
	with path.open(encoding="utf-8-sig", newline="") as handle:
		yield from csv.DictReader(handle)


def load() -> None:
	"""Create whatever of the demo company is not there yet; a second call changes nothing."""
	_business_unit()
	_warehouses()
	_products()
	_people()
	_customers()
	_opening_stock()


def logins() -> list[tuple[str, str, str]]:
	"""User, password and role of everybody who may log in to the demo company."""
	return [(email, PASSWORD, role) for email, role, _name in (*PEOPLE, PORTAL_USER)]


def _business_unit() -> None:
	_insert(
		"Ops Business Unit", BUSINESS_UNIT, code=BUSINESS_UNIT, title="工起事业部", policy_code="BU-PARTS"
	)
	for channel in frappe.get_all("Ops Channel", filters={"business_unit": ("is", "not set")}, pluck="name"):
		if channel in CHANNELS:
			frappe.db.set_value("Ops Channel", channel, "business_unit", BUSINESS_UNIT)


def _warehouses() -> None:
	for code, title, kind, regions in WAREHOUSES:
		_insert(
			"Ops Warehouse",
			code,
			code=code,
			title=title,
			kind=kind,
			business_unit=BUSINESS_UNIT,
			regions=[{"region": region} for region in regions],
		)
	for carrier, approved in CARRIERS:
		_insert("Ops Carrier", carrier, carrier_name=carrier, approved=approved)


def _products() -> None:
	for row in fixture("products.csv"):
		_insert("Ops Product", row["article_no"], business_unit=BUSINESS_UNIT, **row)


def _people() -> None:
	for email, role, name in (*PEOPLE, INTEGRATION_USER, PORTAL_USER):
		if frappe.db.exists("User", email):
			continue
		user = frappe.new_doc("User")
		user.update({"email": email, "first_name": name, "send_welcome_email": 0, "language": "zh"})
		user.user_type = "Website User" if role == "Portal Customer" else "System User"
		user.append("roles", {"role": role})
		user.flags.no_welcome_mail = True
		user.new_password = PASSWORD
		user.flags.ignore_password_policy = True
		user.insert(ignore_permissions=True)


def _customers() -> None:
	regions = policies.regions_of(row["province"] for row in fixture("customers.csv"))
	for row in fixture("customers.csv"):
		if frappe.db.exists("Ops Customer", {"external_id": row["external_id"]}):
			continue
		address = {
			field: row[field] for field in ("recipient", "city", "district", "street", "house_no", "postcode")
		}
		customer = frappe.new_doc("Ops Customer")
		customer.update({field: value for field, value in row.items() if customer.meta.has_field(field)})
		customer.sap_customer_no = f"SAP-{row['external_id']}"
		customer.portal_user = PORTAL_USER[0] if row["external_id"] == PORTAL_CUSTOMER else None
		customer.append(
			"addresses",
			{**address, "province": regions[row["province"]].name, "phone": row["mobile"], "is_default": 1},
		)
		customer.insert(ignore_permissions=True)


def _opening_stock() -> None:
	"""Enough of most parts everywhere; every twelfth part is scarce, so that shortages can be seen."""
	from order_ops.fulfilment import stock

	products = [row["article_no"] for row in fixture("products.csv")]
	stock.receive(
		[
			{
				"warehouse": code,
				"product": product,
				"qty": 3 if position % 12 == 11 else 400,
				"key": f"demo-opening:{code}:{product}",
			}
			for code, *_ in WAREHOUSES
			for position, product in enumerate(products)
		]
	)


def _insert(doctype: str, name: str, **values) -> None:
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)
