"""How fast the clocks are: the sweep of few due ones among many, and the due times of a set of orders.

	bench --site SITE execute order_ops.demo.clock_speed.figures

On either host, on a site without running clocks. What it makes lies in the year 2099, where no scheduler looks, and is
removed at the end; what is measured is rolled back.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import frappe
from order_ops.ordering import intake
from order_ops.policy import service as policies
from order_ops.rows import insert_many
from order_ops.timekeeping import calendars, clocks, wave_rules
from order_ops.timekeeping import rules as time_rules

FEW, MANY, DUE = 10_000, 1_000_000, 1_000
ORDERS, LINES = 10_000, 5
REPEATS = 7
POLICY = "BU-PARTS-1"
NOW = datetime(2099, 11, 20, 10)  # a Friday
STEP = "SPEED"
SAVEPOINT = "order_ops_clock_speed"


def figures() -> dict[str, Any]:
	"""Both measurements, each rolled back."""
	return {"sweep": sweep(), "due_times": due_times()}


def sweep(few: int = FEW, many: int = MANY) -> dict[str, Any]:
	"""The median of sweeps with 1,000 due clocks among few and among many; half are late, half to be warned of."""
	if frappe.db.exists(clocks.DOCTYPE, {"status": clocks.RUNNING}):
		frappe.throw(f"{frappe.local.site} has running clocks: take a site without", frappe.ValidationError)
	try:
		_insert_clocks(0, DUE, due=True)
		_insert_clocks(DUE, few, due=False)
		among_few = _median(_swept)
		_insert_clocks(few, many, due=False)
		among_many = _median(_swept)
	finally:
		frappe.db.rollback()
		frappe.db.delete(clocks.DOCTYPE, {"step": STEP})
		frappe.db.commit()
	return {
		"clocks": [few, many],
		"due": DUE,
		"milliseconds": [round(among_few * 1000, 1), round(among_many * 1000, 1)],
		"ratio": round(among_many / among_few, 2),
		"allowed": 1.5,
	}


def due_times(orders: int = ORDERS) -> dict[str, Any]:
	"""Plan and first due time of a set of orders, beside the intake of the same set with five lines each."""
	received = [datetime(2026, 11, 16) + timedelta(minutes=n) for n in range(orders)]
	try:
		channel = _make_channel()
		requests = [_request(number) for number in range(orders)]
		due = _median(lambda: _plan(received))
		inserted = _median(lambda: _undone(lambda: intake.place(requests, channel)), 3)
		created = intake.place(requests[:1], channel)[0]["status"]
	finally:
		frappe.db.rollback()
	assert created == intake.CREATED
	return {
		"orders": orders,
		"due_times_ms": round(due * 1000, 1),
		"insert_ms": round(inserted * 1000, 1),
		"ratio": round(due / inserted, 3),
		"allowed": 0.1,
	}


def _plan(received: list[datetime]) -> None:
	policy = policies.get(POLICY)
	calendar = calendars.get(policy.calendar)
	step = policy.step("E-MATCH")
	for at in received:
		plan = wave_rules.plan_order(at, policy, calendar)
		time_rules.terms(step, policy, calendar, plan.clock_start, plan.wave_date, at)


def _swept() -> float:
	def sweep_once() -> None:
		told = clocks.sweep(NOW)
		assert sum(told.values()) == DUE, told

	return _undone(sweep_once)


def _undone(work: Callable[[], Any]) -> float:
	"""The seconds of some work, which is rolled back afterwards."""
	frappe.db.savepoint(SAVEPOINT)
	started = time.perf_counter()
	work()
	seconds = time.perf_counter() - started
	frappe.db.rollback(save_point=SAVEPOINT)
	return seconds


def _median(measure: Callable[[], float | None], repeats: int = REPEATS) -> float:
	found = []
	for _time in range(repeats):
		started = time.perf_counter()
		seconds = measure()
		found.append(time.perf_counter() - started if seconds is None else seconds)
	return statistics.median(found)


def _insert_clocks(first: int, last: int, *, due: bool) -> None:
	"""Clocks that are late or nearly so, or, in the same proportions as a site that has run long, met and not yet due."""
	for start in range(first, last, FEW):
		insert_many(clocks.DOCTYPE, (_clock(n, due) for n in range(start, min(start + FEW, last))))
		frappe.db.commit()


def _clock(number: int, due: bool) -> dict[str, Any]:
	late = timedelta(minutes=number % 40 - 19) if due else timedelta(hours=1 + number % 2000)
	ends = NOW + (late if due or number % 5 == 0 else -late)
	met = not due and number % 5 != 0
	return {
		"clock_key": f"speed:{number}",
		"step": STEP,
		"rule": "E-4.15c",
		"status": clocks.MET if met else clocks.RUNNING,
		"reference_doctype": "Ops Sales Order",
		"reference_name": f"SO-SPEED-{number}",
		"sales_order": f"SO-SPEED-{number}",
		"owner_role": "Warehouse Keeper",
		"escalate_to": "Order Ops Manager",
		"calendar": "BU-PARTS",
		"started_at": ends - timedelta(hours=6),
		"first_due_at": ends,
		"due_at": ends,
		"warn_seconds": 1800,
		"warn_at": ends - timedelta(seconds=1800),
		"stopped_at": ends - timedelta(hours=1) if met else None,
	}


def _make_channel() -> str:
	unit = {"doctype": "Ops Business Unit", "code": "SPEED", "title": "Speed", "policy_code": "BU-PARTS"}
	channel = {
		"doctype": "Ops Channel",
		"code": "SPEED",
		"title": "Speed",
		"kind": "REST",
		"business_unit": "SPEED",
	}
	products = [
		{"doctype": "Ops Product", "article_no": f"SPEED-{n}", "product_name": f"Part {n}", "price": 10.05}
		for n in range(LINES)
	]
	for values in (unit, channel, *products):
		frappe.get_doc(values).insert(ignore_permissions=True)
	return "SPEED"


def _request(number: int) -> dict[str, Any]:
	ship_to = {
		"recipient": "张示例",
		"phone": "19900000001",
		"province": "河南",
		"city": "新乡市",
		"street": "示范路",
		"house_no": "1号",
	}
	return {
		"external_id": f"SPEED-{number}",
		"buyer": {
			"kind": "Organisation",
			"name": "示例重工有限公司",
			"code": "D2143569X",
			"mobile": "19900000001",
		},
		"ship_to": ship_to,
		"items": [{"article_no": f"SPEED-{n}", "qty": n + 1} for n in range(LINES)],
	}
