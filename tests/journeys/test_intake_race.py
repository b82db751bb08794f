"""Two programs send the same orders at the same moment: each order is taken once, both get its number."""

import threading

import frappe
from order_ops.ordering import intake
from order_ops.tests import factories

CHANNEL = "TEST-RACE"
WORKERS, ORDERS = 4, 25


def _take(site: str, path: str, requests: list[dict], start: threading.Barrier, results: list) -> None:
	frappe.init(site, sites_path=path)
	frappe.connect()
	try:
		start.wait(30)
		for _attempt in range(5):
			try:
				verdicts = intake.place(requests, CHANNEL)
				frappe.db.commit()
				results.append(verdicts)
				return
			except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
				frappe.db.rollback()  # as a client does that sends again
	finally:
		frappe.destroy()


def test_the_same_orders_at_the_same_moment_are_taken_once():  # G1-07a
	factories.make_channel(CHANNEL)
	requests = [factories.order_request(f"RACE-{i}") for i in range(ORDERS)]
	frappe.db.commit()
	site, path = frappe.local.site, frappe.local.sites_path
	results: list = []
	start = threading.Barrier(WORKERS)
	threads = [
		threading.Thread(target=_take, args=(site, path, requests[:: -1 if i % 2 else 1], start, results))
		for i in range(WORKERS)
	]
	try:
		for thread in threads:
			thread.start()
		for thread in threads:
			thread.join(120)
		frappe.db.rollback()
		assert len(results) == WORKERS
		answers = {}
		for verdicts in results:
			for verdict in verdicts:
				assert verdict["status"] in ("created", "repeat"), verdict
				answers.setdefault(verdict["external_id"], set()).add(verdict["order"])
		assert len(answers) == ORDERS
		assert all(len(orders) == 1 for orders in answers.values())
		created = [v["order"] for verdicts in results for v in verdicts if v["status"] == "created"]
		assert sorted(created) == sorted(order for orders in answers.values() for order in orders)
		assert frappe.db.count("Ops Sales Order", {"channel": CHANNEL}) == ORDERS
		for doctype, field in (
			("Ops Sales Order Item", "parent"),
			("Ops Clock", "reference_name"),
			("Ops Event", "sales_order"),
		):
			assert frappe.db.count(doctype, {field: ("in", created)}) == ORDERS, doctype
	finally:
		_remove()


def _remove() -> None:
	frappe.db.rollback()
	orders = frappe.get_all("Ops Sales Order", {"channel": CHANNEL}, pluck="name") or [""]
	for doctype, field in (
		("Ops Sales Order Item", "parent"),
		("Ops Event", "sales_order"),
		("Ops Clock", "sales_order"),
		("Ops Customer Match", "sales_order"),
		("Ops Sales Order", "name"),
	):
		frappe.db.delete(doctype, {field: ("in", orders)})
	frappe.db.delete("Ops Channel", {"name": CHANNEL})
	frappe.db.delete("Ops Product", {"name": "TEST-1"})
	frappe.db.delete("Ops Business Unit", {"name": "TEST-BU"})
	frappe.db.commit()
