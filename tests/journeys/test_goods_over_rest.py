"""Stock, delivery notes, invoices, lists and prints over REST: by whom they may, by name where they may not."""

import io

import pytest
from openpyxl import load_workbook

import frappe
from order_ops.fulfilment import delivery, dispatch
from order_ops.tests import factories
from order_ops.timekeeping import clock
from tests.web import Browser, make_user, remove_user, signed_in, with_keys

API = "/api/method/order_ops.api.v1."
UNIT, WAREHOUSE, PRODUCT, CARRIER, CHANNEL = "GOODS-BU", "GOODS-W", "GOODS-1", "货运示例", "GOODS-REST"
OWN = ("Ops Delivery Note", "Ops Invoice", "Ops Dispatch List", "Ops Sales Order")


@pytest.fixture(scope="module")
def house():
	"""A business unit with warehouse, product and carrier, and everybody who has to do with goods and invoices."""
	frappe.set_user("Administrator")
	roles = {
		"program": "Integration User",
		"parts": "Parts Support Specialist",
		"keeper": "Warehouse Keeper",
		"finance": "BU Finance",
		"rep": "E-commerce Sales Rep",
		"buyer": "Portal Customer",
		"stranger": "Portal Customer",
	}
	users = {
		name: make_user(role, user_type="Website User" if role == "Portal Customer" else "System User")
		for name, role in roles.items()
	}
	factories.make_business_unit(UNIT)
	factories.make_warehouse(WAREHOUSE, business_unit=UNIT)
	factories.make_product(PRODUCT, business_unit=UNIT)
	factories.make_carrier(CARRIER)
	frappe.get_doc(
		{"doctype": "Ops Channel", "code": CHANNEL, "title": CHANNEL, "kind": "REST", "business_unit": UNIT}
	).insert()
	customer = factories.make_customer(portal_user=users["buyer"]).name
	callers = {name: with_keys(users[name]) for name in ("program", "parts", "keeper", "finance", "rep")}
	callers |= {name: signed_in(users[name]) for name in ("buyer", "stranger")}
	frappe.db.commit()
	yield frappe._dict(callers, users=users, customer=customer)
	_remove(users, customer)


def _remove(users, customer):
	frappe.set_user("Administrator")
	orders = frappe.get_all("Ops Sales Order", {"channel": CHANNEL}, pluck="name") or [""]
	for parent, child in (
		("Ops Delivery Note", "Ops Delivery Note Item"),
		("Ops Invoice", "Ops Invoice Line"),
		("Ops Dispatch List", "Ops Dispatch Line"),
		("Ops Sales Order", "Ops Sales Order Item"),
	):
		names = frappe.get_all(parent, {"business_unit": UNIT}, pluck="name") or [""]
		frappe.db.delete(child, {"parent": ("in", names)})
		frappe.db.delete("Ops Clock", {"reference_name": ("in", names)})
		frappe.db.delete("Ops Message", {"reference_name": ("in", names)})
		frappe.db.delete(parent, {"name": ("in", names)})
	for doctype, filters in (
		("Ops Event", {"sales_order": ("in", orders)}),
		("Ops Message", {"business_unit": UNIT}),
		("Ops Customer Match", {"sales_order": ("in", orders)}),
		("Ops Customer Address", {"parent": customer}),
		("Ops Customer", {"name": customer}),
		("Ops Stock Entry", {"product": PRODUCT}),
		("Ops Stock Balance", {"product": PRODUCT}),
		("Ops Channel", {"name": CHANNEL}),
		("Ops Carrier", {"name": CARRIER}),
		("Ops Product", {"name": PRODUCT}),
		("Ops Warehouse", {"name": WAREHOUSE}),
		("Ops Business Unit", {"name": UNIT}),
	):
		frappe.db.delete(doctype, filters)
	for user in users.values():
		remove_user(user)
	frappe.db.commit()


def call(caller: Browser, method: str, **body):
	answer = caller.post(API + method, json=body)
	return answer.status_code, (answer.get_json() or {}).get("message")


def stocked(house, qty, key):
	row = {"key": key, "warehouse": WAREHOUSE, "product": PRODUCT, "qty": qty}
	status, answer = call(house.program, "delivery.stock", receipts=[row])
	assert status == 200
	return answer["receipts"][0]


def ordered(external_id, qty=2):
	items = [{"article_no": PRODUCT, "qty": qty}]
	order = factories.make_released_order(external_id, channel=CHANNEL, items=items)
	frappe.db.commit()
	return order.name


def noted(house, external_id):
	assert stocked(house, 2, f"FOR-{external_id}")["status"] == "posted"
	_, (verdict,) = call(house.parts, "delivery.issue", orders=[ordered(external_id)])
	assert verdict["status"] == "issued", verdict
	return frappe._dict(verdict, order=verdict["name"])


def test_an_order_goes_from_stock_to_signature(house):  # E-4.13 to E-4.16
	note = noted(house, "GOODS-1")
	ship = {"name": note.note, "carrier": CARRIER, "tracking_no": "YD001", "pieces": 2, "weight_kg": 12.5}
	_, (held,) = call(house.keeper, "delivery.shipped", notes=[ship])
	assert (held["status"], held["rule"]) == ("refused", "E-4.15l")
	invoice = frappe.db.get_value("Ops Invoice", {"sales_order": note.order})
	for caller, method, body in (
		(house.finance, "invoices.issue", {"rows": [{"name": invoice, "invoice_no": "GOODS-0001"}]}),
		(house.finance, "invoices.hand_over", {"names": [invoice]}),
		(house.keeper, "invoices.receive", {"names": invoice}),
	):
		status, (verdict,) = call(caller, method, **body)
		assert (status, verdict["status"]) == (200, "done"), (method, verdict)
	_, (shipped,) = call(house.keeper, "delivery.shipped", notes=[{**ship, "external_wms_no": "WMS-7001"}])
	assert shipped["status"] == "shipped"
	# the keeper's own order processing system is told apart by its number  # E-4.15f
	assert frappe.db.get_value("Ops Delivery Note", note.note, "external_wms_no") == "WMS-7001"
	status, message = call(house.buyer, "orders.confirm_receipt", order=note.order)
	assert (status, message["status"]) == (200, "Signed For")
	assert frappe.db.get_value("Ops Delivery Note", note.note, "status") == "Signed For"
	assert frappe.db.get_value("Ops Invoice", invoice, "status") == "Delivered"


def test_a_receipt_repeated_after_a_lost_answer_is_posted_once(house):  # E-4.13a
	assert [stocked(house, 3, "LOST")["status"] for _n in range(2)] == ["posted", "repeat"]
	assert stocked(house, 4, "LOST")["code"] == "conflict"


@pytest.mark.parametrize(
	"method, body",
	[
		("delivery.stock", {"receipts": [{"key": "X"}]}),
		("delivery.issue", {"orders": ["SO-X"]}),
		("delivery.shipped", {"notes": [{"name": "DN-X"}]}),
		("delivery.signed", {"notes": ["DN-X"], "signed_by": "x"}),
		("invoices.issue", {"rows": [{"name": "IV-X"}]}),
		("invoices.hand_over", {"names": ["IV-X"]}),
		("invoices.receive", {"names": ["IV-X"]}),
	],
)
def test_nobody_does_another_s_work(house, method, body):  # E-3.2d, E-4.14a, E-4.15a
	may = {
		"delivery.stock": {"program", "parts", "keeper"},
		"delivery.issue": {"parts"},
		"delivery.shipped": {"keeper"},
		"delivery.signed": {"parts", "keeper"},
		"invoices.issue": {"finance"},
		"invoices.hand_over": {"finance"},
		"invoices.receive": {"keeper"},
	}[method]
	before = [frappe.db.count(doctype) for doctype in (*OWN, "Ops Stock Entry")]
	for name in ("program", "parts", "keeper", "finance", "rep", "buyer"):
		status, _message = call(house[name], method, **body)
		assert (status != 403) == (name in may), (name, status)
	assert Browser().post(API + method, json=body).status_code in (401, 403)
	assert house.parts.get(API + method).status_code in (403, 405)
	assert [frappe.db.count(doctype) for doctype in (*OWN, "Ops Stock Entry")] == before


@pytest.mark.parametrize(
	"who, method, body",
	[
		("keeper", "delivery.stock", {"receipts": "["}),
		("keeper", "delivery.stock", {"receipts": {"key": "X"}}),
		("keeper", "delivery.stock", {"receipts": ["X"]}),
		("keeper", "delivery.stock", {"receipts": [{}] * 2001}),
		("parts", "delivery.issue", {"orders": []}),
		("parts", "delivery.issue", {"orders": [7]}),
		("parts", "delivery.issue", {"orders": {"name": "x"}}),
		("keeper", "delivery.shipped", {"notes": [{"carrier": CARRIER}]}),
		("keeper", "delivery.signed", {"notes": ["DN-X"], "signed_by": " "}),
		("finance", "invoices.issue", {"rows": "no json"}),
	],
)
def test_what_is_no_call_at_all_is_refused(house, who, method, body):
	status, _message = call(house[who], method, **body)
	assert 400 <= status < 500


def test_bad_rows_are_named_and_good_ones_taken(house):  # E-4.13a, E-4.15m
	good = {"key": "GOOD", "warehouse": WAREHOUSE, "product": PRODUCT, "qty": 1}
	rows = [{**good, "key": "B1", "qty": "<b>"}, {**good, "key": "B2", "product": "=1+1"}, good]
	_, answer = call(house.keeper, "delivery.stock", receipts=rows)
	verdicts = answer["receipts"]
	assert [(v["status"], v.get("field"), v["row"]) for v in verdicts] == [
		("refused", "qty", 1),
		("refused", "product", 2),
		("posted", None, 3),
	]
	assert "<b>" not in str(verdicts)
	note = noted(house, "GOODS-BAD")
	_, verdicts = call(
		house.keeper,
		"delivery.shipped",
		notes=[{"name": "DN-NO-SUCH"}, {"name": note.note, "carrier": "nobody"}],
	)
	assert [v["status"] for v in verdicts] == ["refused", "refused"]
	assert frappe.db.get_value("Ops Delivery Note", note.note, "carrier") is None


def test_a_status_written_by_resource_passes_the_same_rules(house):  # E-4.15l
	note = noted(house, "GOODS-PUT")
	path = f"/api/resource/Ops Delivery Note/{note.note}"
	for body in (
		{"status": "Shipped"},
		{"status": "Signed For"},
		{"shipped_at": "2026-01-01 00:00:00", "status": "Shipped"},
	):
		assert 400 <= house.keeper.put(path, json=body).status_code < 500, body
	assert house.keeper.put(path, json={"wave_run": "FORGED", "pieces": 3}).status_code == 200
	assert frappe.db.get_value("Ops Delivery Note", note.note, ["status", "wave_run", "pieces"]) == (
		"Issued",
		None,
		3,
	)


def test_a_customer_sees_the_own_note_and_print_and_nobody_else_s(house):  # E-4.16a
	note = noted(house, "GOODS-MINE")
	print_of = {"doctype": "Ops Delivery Note", "name": note.note, "format": "Ops Delivery Note"}
	answer = house.buyer.get(API + "prints.pdf", query_string=print_of)
	assert (answer.status_code, answer.get_data()[:5]) == (200, b"%PDF-")
	assert house.buyer.get(f"/api/resource/Ops Delivery Note/{note.note}").status_code == 200
	assert house.stranger.get(API + "prints.pdf", query_string=print_of).status_code == 403
	gone = {**print_of, "name": "DN-260101-NOSUCH"}
	assert house.stranger.get(API + "prints.pdf", query_string=gone).status_code == 403
	assert house.stranger.get(f"/api/resource/Ops Delivery Note/{note.note}").status_code == 403
	assert house.stranger.get("/api/resource/Ops Delivery Note").get_json()["data"] == []
	invoice = frappe.db.get_value("Ops Invoice", {"sales_order": note.order})
	assert house.buyer.get(f"/api/resource/Ops Invoice/{invoice}").status_code == 403  # only requested so far
	assert house.stranger.get("/api/resource/Ops Invoice").get_json()["data"] == []
	assert (
		house.buyer.put(f"/api/resource/Ops Delivery Note/{note.note}", json={"pieces": 9}).status_code == 403
	)
	assert Browser().get(API + "prints.pdf", query_string=print_of).status_code in (401, 403)


def test_the_logistics_sheet_is_downloaded_by_those_it_is_for(house):  # E-4.15e, E-4.15q
	note = noted(house, "GOODS-SHEET")
	row = {"name": note.note, "carrier": CARRIER, "tracking_no": "YD009", "no_invoice_reason": "电子发票"}
	assert delivery.ship([row])[0].status == delivery.SHIPPED
	sheet = frappe.get_doc(
		{
			"doctype": dispatch.LIST,
			"kind": dispatch.LOGISTICS_SHEET,
			"business_unit": UNIT,
			"business_date": clock.today(),
		}
	).insert()
	for format, read in (("csv", _csv_cells), ("xlsx", _xlsx_cells)):
		answer = house.keeper.get(API + "delivery.sheet", query_string={"name": sheet.name, "format": format})
		assert answer.status_code == 200
		assert sheet.name in answer.headers["Content-Disposition"]
		rows = read(answer.get_data())
		assert len(rows[0]) == 13
		assert next(row for row in rows if "YD009" in row)[6] == "19900000001"
	shown = house.rep.get(API + "delivery.sheet", query_string={"name": sheet.name}).get_data(as_text=True)
	assert "YD009" in shown and "19900000001" not in shown  # no personal data for who needs none
	assert (
		house.keeper.get(
			API + "delivery.sheet", query_string={"name": sheet.name, "format": "exe"}
		).status_code
		== 417
	)
	assert house.buyer.get(API + "delivery.sheet", query_string={"name": sheet.name}).status_code == 403


def _csv_cells(content):
	assert content.startswith(b"\xef\xbb\xbf")
	return [line.split(",") for line in content.decode("utf-8-sig").splitlines()]


def _xlsx_cells(content):
	return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active.rows]
