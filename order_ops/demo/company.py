"""Loads the demo company: plainly fictional units for crane parts and for hair care, people, customers, stock."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe
from order_ops.policy import service as policies

BUSINESS_UNIT, SALON_UNIT = "GONGQI", "MEIFA"
UNITS = ((BUSINESS_UNIT, "工起事业部", "BU-PARTS"), (SALON_UNIT, "美发用品事业部", "SALON"))
SALON_POLICY = "SALON-1"  # comes as a draft
PASSWORD = "order-ops-demo"

# The second column is the person's only business role, the last one the only business unit that the person sees.
PEOPLE = (
	("rep@demo.example", "E-commerce Sales Rep", "王示例", BUSINESS_UNIT),
	("leader@demo.example", "E-commerce Rep Team Leader", "李示例", BUSINESS_UNIT),
	("parts@demo.example", "Parts Support Specialist", "赵示例", BUSINESS_UNIT),
	("keeper@demo.example", "Warehouse Keeper", "陈示例", BUSINESS_UNIT),
	("finance@demo.example", "BU Finance", "刘示例", BUSINESS_UNIT),
	("operations@demo.example", "Platform Operations Group", "杨示例", ""),
	("logistics@demo.example", "Platform Logistics Group", "黄示例", ""),
	("manager@demo.example", "Order Ops Manager", "周示例", ""),
	("auditor@demo.example", "Order Ops Auditor", "吴示例", ""),
	("salon.clerk@demo.example", "Customer Service Clerk", "孙示例", SALON_UNIT),
	("salon.desk@demo.example", "Order Desk Team Leader", "马示例", SALON_UNIT),
	("salon.reviewer@demo.example", "Finance Reviewer", "朱示例", SALON_UNIT),
	("salon.sales@demo.example", "Salesperson", "胡示例", SALON_UNIT),
	("salon.stock@demo.example", "Parts Support Specialist", "郭示例", SALON_UNIT),
	("salon.keeper@demo.example", "Warehouse Keeper", "林示例", SALON_UNIT),
	("salon.finance@demo.example", "BU Finance", "罗示例", SALON_UNIT),
	("salon.head@demo.example", "Company Leader", "何示例", SALON_UNIT),
)
MANAGER = "manager@demo.example"
INTEGRATION_USER = ("mall@demo.example", "Integration User", "商城接口", "")
PORTAL_USER = ("customer@demo.example", "Portal Customer", "张示例", "")
PORTAL_CUSTOMER = "C001"

WAREHOUSES = (
	("ZC", "长垣总仓", "Main", ()),
	("ZX-LZ", "兰州中心仓", "Centre", ("Gansu", "Ningxia", "Tibet", "Xinjiang", "Yunnan")),
	("ZX-SY", "沈阳中心仓", "Centre", ("Liaoning", "Inner Mongolia")),
)
SALON_WAREHOUSES = (("WL-ZZ", "郑州发廊物流中心", "Main", ()),)
CHANNELS = ("MALL", "DESK", "FILE")
SALON_CHANNEL = "SALON-TEL"
HOLD_KIND = "Promotion Check"
CARRIERS = (("示例快运", 1), ("样例物流", 1), ("未核准承运商", 0))


def fixture(name: str) -> Iterator[dict[str, str]]:
	"""Rows of one CSV file of the repository's `fixtures/`."""
	path = Path(frappe.get_app_path("order_ops")).parent / "fixtures" / name
	with path.open(encoding="utf-8-sig", newline="") as handle:
		yield from csv.DictReader(handle)


def load() -> None:
	"""Create whatever of the demo company is not there yet; a second call changes nothing."""
	_people()
	_activate_salon_policy()
	_business_units()
	_bind_people()
	_hold_kind()
	_warehouses()
	_products("products.csv", BUSINESS_UNIT)
	_products("salon_products.csv", SALON_UNIT)
	_customers("customers.csv")
	_customers("salons.csv")
	_opening_stock()


@contextmanager
def acting(user: str) -> Iterator[None]:
	"""Somebody of the company at work."""
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def logins() -> list[tuple[str, str, str]]:
	"""User, password and role of everybody who may log in to the demo company."""
	return [(email, PASSWORD, role) for email, role, _name, _unit in (*PEOPLE, PORTAL_USER)]


def _activate_salon_policy() -> None:
	"""Its keeper activates it, as on the form (D-10, E-3.1a)."""
	with acting(MANAGER):
		policy = frappe.get_doc("Ops Policy Profile", SALON_POLICY)
		if policy.status == "Draft":
			policy.update({"status": "Active"}).save()


def _business_units() -> None:
	for code, title, policy_code in UNITS:
		_insert("Ops Business Unit", code, code=code, title=title, policy_code=policy_code)
	for channel in frappe.get_all("Ops Channel", filters={"business_unit": ("is", "not set")}, pluck="name"):
		if channel in CHANNELS:
			frappe.db.set_value("Ops Channel", channel, "business_unit", BUSINESS_UNIT)
	_insert(
		"Ops Channel",
		SALON_CHANNEL,
		code=SALON_CHANNEL,
		title="发廊订货热线",
		kind="Phone",
		business_unit=SALON_UNIT,
	)


def _bind_people() -> None:
	for user, _role, _name, unit in PEOPLE:
		bound = {"user": user, "allow": "Ops Business Unit", "for_value": unit}
		if unit and not frappe.db.exists("User Permission", bound):
			frappe.get_doc({"doctype": "User Permission", **bound}).insert(ignore_permissions=True)


def _hold_kind() -> None:
	"""The order desk's own reason to hold an order; who reviews it checks the promotion (G4-4.2a)."""
	_insert(
		"Ops Hold Kind",
		HOLD_KIND,
		kind_name=HOLD_KIND,
		rule="G4-4.2a",
		owner_role="Order Desk Team Leader",
		override_role="Company Leader",
	)


def _warehouses() -> None:
	for unit, warehouses in ((BUSINESS_UNIT, WAREHOUSES), (SALON_UNIT, SALON_WAREHOUSES)):
		for code, title, kind, regions in warehouses:
			_insert(
				"Ops Warehouse",
				code,
				code=code,
				title=title,
				kind=kind,
				business_unit=unit,
				regions=[{"region": region} for region in regions],
			)
	for carrier, approved in CARRIERS:
		_insert("Ops Carrier", carrier, carrier_name=carrier, approved=approved)


def _products(name: str, unit: str) -> None:
	for row in fixture(name):
		_insert("Ops Product", row["article_no"], business_unit=unit, **row)


def _people() -> None:
	for email, role, name, _unit in (*PEOPLE, INTEGRATION_USER, PORTAL_USER):
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


def _customers(name: str) -> None:
	regions = policies.regions_of(row["province"] for row in fixture(name))
	for row in fixture(name):
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
	"""Enough of most parts everywhere; every twelfth part is scarce, so that shortages can be seen; hair care is not."""
	from order_ops.fulfilment import stock

	parts = [row["article_no"] for row in fixture("products.csv")]
	amounts = {product: 3 if position % 12 == 11 else 400 for position, product in enumerate(parts)}
	goods = {row["article_no"]: 600 for row in fixture("salon_products.csv")}
	stock.receive(
		[
			{"warehouse": code, "product": product, "qty": qty, "key": f"demo-opening:{code}:{product}"}
			for warehouses, stocked in ((WAREHOUSES, amounts), (SALON_WAREHOUSES, goods))
			for code, *_ in warehouses
			for product, qty in stocked.items()
		]
	)


def _insert(doctype: str, name: str, **values) -> None:
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)
