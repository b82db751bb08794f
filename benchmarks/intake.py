"""What an order costs on its way in, on either host: statements of one over REST, many beside their raw insert.

	env/bin/python benchmarks/intake.py SITE [--sites sites] [--file online_retail.csv.gz]     (embedded host)
	../frappe-bench/env/bin/python benchmarks/intake.py SITE --sites ../frappe-bench/sites     (a bench)

The site needs order_ops and allow_tests; what the run makes of its own it removes, an imported file stays.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
try:
	metadata.distribution("frappe")
except metadata.PackageNotFoundError:
	sys.path.insert(0, str(ROOT / "embedded"))
sys.path.insert(0, str(ROOT))

import frappe  # noqa: E402

CHANNEL = "BENCHMARK"
CREATE = "/api/method/order_ops.api.v1.orders.create"
REPEATS = 30
SETS, ORDERS_PER_SET, LINES = 5, 200, 5


def main() -> None:
	"""Run the benchmarks and print their figures as JSON."""
	options = _options()
	file = options.file and str(Path(options.file).resolve())
	os.chdir(options.sites)
	frappe.init(options.site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	try:
		figures = {"one_over_rest": one_over_rest(), "many": many()}
		if file:
			from order_ops.demo.online_retail import import_orders

			figures["real_file"] = import_orders(file)
		print(json.dumps(figures, indent=1, ensure_ascii=False))
	finally:
		frappe.db.rollback()
		_remove()
		frappe.destroy()


def one_over_rest() -> dict[str, Any]:
	"""One order of five lines per request through the whole WSGI application: statements and milliseconds."""
	from tests.web import make_user, remove_user, with_keys

	_make_channel()
	user = make_user("Integration User")
	try:
		caller = with_keys(user)
		for i in range(3):
			_send(caller, f"WARM-{i}")
		with _statements() as statements:
			_send(caller, "COUNTED")
		times = []
		for i in range(REPEATS):
			started = time.perf_counter()
			_send(caller, f"TIMED-{i}")
			times.append((time.perf_counter() - started) * 1000)
	finally:
		remove_user(user)
		frappe.db.commit()
	return {"statements": len(statements), "median_ms": round(statistics.median(times), 1)}


def many() -> dict[str, Any]:
	"""Sets of orders through intake, a commit for each set, beside plain inserts of the same rows."""
	from order_ops.demo import raw_speed
	from order_ops.ordering import intake

	_make_channel()
	sets = [[_order(f"SET-{number}-{i}") for i in range(ORDERS_PER_SET)] for number in range(SETS)]
	started = time.perf_counter()
	for requests in sets:
		verdicts = intake.place(requests, CHANNEL)
		frappe.db.commit()
		assert {verdict["status"] for verdict in verdicts} == {"created"}, verdicts[0]
	seconds = time.perf_counter() - started
	return raw_speed.compare(CHANNEL, SETS * ORDERS_PER_SET, seconds)


def _send(caller: Any, external_id: str) -> None:
	answer = caller.post(CREATE, json={"channel": CHANNEL, "orders": _order(external_id)})
	assert answer.get_json()["message"][0]["status"] == "created", answer.get_data(as_text=True)


@contextmanager
def _statements() -> Iterator[list[str]]:
	database, counted = frappe.db.__class__, []
	name = "_count" if hasattr(database, "_count") else "sql"
	original = getattr(database, name)

	def count(self: Any, *args: Any, **kwargs: Any) -> Any:
		counted.append(str(args[0]) if args else "")
		return original(self, *args, **kwargs)

	setattr(database, name, count)
	try:
		yield counted
	finally:
		setattr(database, name, original)


def _order(external_id: str) -> dict[str, Any]:
	from order_ops.tests import factories

	items = [{"article_no": f"BENCH-{i}", "qty": i + 1} for i in range(LINES)]
	return {
		"external_id": external_id,
		"buyer": factories.BUYER,
		"ship_to": factories.SHIP_TO,
		"items": items,
		"freight_amount": 12,
	}


def _make_channel() -> None:
	from order_ops.tests import factories

	factories.make_channel(CHANNEL, business_unit=factories.make_business_unit(CHANNEL))
	for i in range(LINES):
		factories.make_product(f"BENCH-{i}")
	frappe.db.commit()


def _remove() -> None:
	orders = frappe.get_all("Ops Sales Order", filters={"channel": CHANNEL}, pluck="name")
	for first in range(0, len(orders), 500):
		names = orders[first : first + 500]
		for doctype, field in (
			("Ops Sales Order Item", "parent"),
			("Ops Event", "sales_order"),
			("Ops Clock", "sales_order"),
			("Ops Customer Match", "sales_order"),
			("Ops Sales Order", "name"),
		):
			frappe.db.delete(doctype, {field: ("in", names)})
	frappe.db.delete("Ops Product", {"name": ("like", "BENCH-%")})
	frappe.db.delete("Ops Channel", {"name": CHANNEL})
	frappe.db.delete("Ops Business Unit", {"name": CHANNEL})
	frappe.db.commit()


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("site")
	parser.add_argument("--sites", default=str(ROOT / "sites"))
	parser.add_argument("--file", help="import this file of real orders as well")
	return parser.parse_args()


if __name__ == "__main__":
	main()
