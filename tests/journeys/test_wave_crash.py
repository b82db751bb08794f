"""A wave killed in the middle, and two workers closing it at once, end as an undisturbed one (E-4.13c, D-18)."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest

import frappe
from order_ops.fulfilment import effects
from order_ops.rows import insert_many, lock_many
from order_ops.tests import factories
from order_ops.timekeeping import clock

ORDERS, CHUNK = 300, 50
RELEASED_AT = datetime(2026, 3, 2, 11, 30)

# The child closes the wave in small chunks and, when told to, kills itself before its n-th statement.
CHILD = """
import os, signal, sys
import frappe
site, profile, chunk, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
frappe.init(site)
frappe.connect()
from order_ops.timekeeping import clock, waves
waves.CHUNK = chunk
database = frappe.db.__class__
name = "_count" if hasattr(database, "_count") else "sql"
original, done = getattr(database, name), [0]
def counted(self, *args, **kwargs):
	done[0] += 1
	if done[0] == last:
		os.kill(os.getpid(), signal.SIGKILL)
	return original(self, *args, **kwargs)
setattr(database, name, counted)
print("closing", flush=True)
with clock.pinned("2026-03-02 12:00:00"):
	waves.close(profile, "E-W1", "2026-03-02")
print(done[0])
"""


class Day:
	"""A business unit with its own profile, scarce stock and 300 released orders of the noon wave."""

	def __init__(self, tag: str) -> None:
		self.unit = f"CRASH-{tag}"
		self.profile = f"{self.unit}-1"
		self.products = [f"{self.unit}-P{n}" for n in range(1, 7)]
		self.orders = [f"SO-{self.unit}-{n:03d}" for n in range(ORDERS)]
		with clock.pinned(RELEASED_AT):
			self._make()
		frappe.db.commit()

	def _make(self) -> None:
		profile = frappe.copy_doc(frappe.get_doc("Ops Policy Profile", "BU-PARTS-1"))
		profile.update({"code": self.unit, "is_default": 0, "status": "Active"}).insert()
		factories.make_business_unit(self.unit, policy_code=self.unit)
		factories.make_warehouse(f"{self.unit}-W", business_unit=self.unit)
		for place, product in enumerate(self.products):
			factories.make_product(product, business_unit=self.unit)
			factories.receive_stock(40 + 60 * place, product, f"{self.unit}-W")
		insert_many("Ops Sales Order", (self._order(n, name) for n, name in enumerate(self.orders)))
		insert_many(
			"Ops Sales Order Item",
			(
				{
					**{
						"parent": name,
						"parenttype": "Ops Sales Order",
						"parentfield": "items",
						"docstatus": 1,
					},
					**{
						"idx": line + 1,
						"product": self.products[(n + line) % 6],
						"uom": "件",
						"tax_rate": 13,
					},
					**{"qty": 1 + (n + line) % 3, "rate": 10, "amount": 10 * (1 + (n + line) % 3)},
				}
				for n, name in enumerate(self.orders)
				for line in range(1 + n % 3)
			),
		)
		effects.order_released(self.orders, RELEASED_AT)

	def _order(self, n: int, name: str) -> dict:
		return {
			**{"name": name, "external_key": name, "docstatus": 1, "status": "Released"},
			**{"channel": "MALL", "business_unit": self.unit, "policy_profile": self.profile},
			**{
				"customer_name": "示例重工有限公司",
				"received_at": RELEASED_AT - timedelta(seconds=ORDERS - n),
			},
			**{"wave": "E-W1", "wave_date": "2026-03-02", "promised_ship_date": "2026-03-02"},
			**{"freight_amount": n % 2 * 20, "province": "Henan", "city": "新乡市"},
		}

	def child(self, last: int = 0) -> subprocess.Popen:
		"""Start closing the wave in another process; killed before its statement number `last`."""
		return subprocess.Popen(
			[sys.executable, "-c", CHILD, frappe.local.site, self.profile, str(CHUNK), str(last)],
			stdout=subprocess.PIPE,
			stderr=subprocess.PIPE,
			text=True,
			cwd=os.getcwd(),
		)

	def close(self) -> int:
		"""Close the wave to its end; returns how many statements that took."""
		out, error = (child := self.child()).communicate(timeout=300)
		assert child.returncode == 0, error[-2000:]
		return int(out.split()[-1])

	def result(self) -> dict:
		"""All that the wave wrote, without what names the unit."""
		frappe.db.rollback()
		at_unit = {"business_unit": self.unit}
		notes = frappe.get_all(
			"Ops Delivery Note",
			filters=at_unit,
			fields=["name", "note_key", "status", "docstatus", "freight_amount", "invoice"],
			order_by="note_key",
		)
		items = frappe.get_all(
			"Ops Delivery Note Item",
			filters={"parent": ("in", [note.name for note in notes])},
			fields=["parent", "idx", "product", "qty", "available_qty"],
			order_by="parent, idx",
		)
		lines = {note.name: [] for note in notes}
		for item in items:
			lines[item.parent].append((item.product, item.qty, item.available_qty))
		run = frappe.get_doc("Ops Wave Run", {"policy_profile": self.profile, "wave": "E-W1"})
		found = {
			"notes": [
				(n.note_key, n.status, n.docstatus, n.freight_amount, bool(n.invoice), lines[n.name])
				for n in notes
			],
			"stock": self._rows(
				"Ops Stock Balance", {"product": ("in", self.products)}, "product on_hand reserved"
			),
			"ledger": frappe.db.count("Ops Stock Entry", {"product": ("in", self.products)}),
			"reserved": self._rows(
				"Ops Sales Order Item", {"parent": ("in", self.orders)}, "parent idx reserved_qty"
			),
			"invoices": self._rows("Ops Invoice", at_unit, "sales_order status grand_total"),
			"invoice lines": frappe.db.count(
				"Ops Invoice Line", {"parent": ("in", frappe.get_all("Ops Invoice", at_unit, pluck="name"))}
			),
			"clocks": self._rows("Ops Clock", at_unit, "sales_order step status"),
			"events": self._rows("Ops Event", {"sales_order": ("in", self.orders)}, "sales_order phase"),
			"messages": self._rows("Ops Message", at_unit, "event recipient_role subject"),
			"run": (run.status, run.taken, run.held_back),
			"run lines": sorted((line.sales_order, line.result, line.reason or "") for line in run.lines),
		}
		return eval(repr(found).replace(self.unit, "UNIT"))

	def _rows(self, doctype: str, filters: dict, fields: str) -> list[tuple]:
		rows = frappe.get_all(doctype, filters=filters, fields=fields.split(), as_list=True)
		return sorted(tuple(row) for row in rows)

	def remove(self) -> None:
		"""Take the day's records away again."""
		notes = frappe.get_all("Ops Delivery Note", {"business_unit": self.unit}, pluck="name")
		invoices = frappe.get_all("Ops Invoice", {"business_unit": self.unit}, pluck="name")
		runs = frappe.get_all("Ops Wave Run", {"policy_profile": self.profile}, pluck="name")
		for doctype, field, values in (
			("Ops Delivery Note Item", "parent", notes),
			("Ops Delivery Note", "name", notes),
			("Ops Invoice Line", "parent", invoices),
			("Ops Invoice", "name", invoices),
			("Ops Wave Run Line", "parent", runs),
			("Ops Wave Run", "name", runs),
			("Ops Clock", "business_unit", [self.unit]),
			("Ops Message", "business_unit", [self.unit]),
			("Ops Event", "sales_order", self.orders),
			("Ops Sales Order Item", "parent", self.orders),
			("Ops Sales Order", "name", self.orders),
			("Ops Stock Entry", "product", self.products),
			("Ops Stock Balance", "product", self.products),
			("Ops Product", "name", self.products),
			("Ops Warehouse", "name", [f"{self.unit}-W"]),
			("Ops Policy Wave", "parent", [self.profile]),
			("Ops Policy Step", "parent", [self.profile]),
			("Ops Policy Profile", "name", [self.profile]),
			("Ops Business Unit", "name", [self.unit]),
		):
			frappe.db.delete(doctype, {field: ("in", values or [""])})
		frappe.db.commit()


@pytest.fixture(scope="module")
def days():
	"""Makes days and removes them at the end."""
	made = []

	def make(tag: str) -> Day:
		made.append(Day(tag))
		return made[-1]

	frappe.set_user("Administrator")
	yield make
	for day in made:
		day.remove()


@pytest.fixture(scope="module")
def undisturbed(days) -> tuple[dict, int]:
	"""What a wave ends with when nothing happens to it, and how many statements it takes."""
	day = days("CALM")
	statements = day.close()
	return day.result(), statements


def test_an_undisturbed_wave_takes_what_is_there(undisturbed):  # E-4.13c, E-4.13f, E-4.15g
	result, statements = undisturbed
	status, taken, held_back = result["run"]
	assert (status, taken + held_back) == ("Done", ORDERS)
	assert taken and held_back
	assert all(reserved <= on_hand for _product, on_hand, reserved in result["stock"])
	assert {note[1] for note in result["notes"]} == {"Issued", "Short"}
	assert statements < 100 * ORDERS / CHUNK


def test_killed_again_and_again_it_ends_the_same(days, undisturbed):  # E-4.13c, D-18
	expected, statements = undisturbed
	day = days("KILLED")
	per_chunk = statements * CHUNK // ORDERS
	points = [
		2,
		7,
		per_chunk // 2,
		per_chunk - 1,
		per_chunk,
		per_chunk + 1,
		per_chunk * 2 - 3,
		per_chunk * 3 // 2,
	]
	for point in points:
		child = day.child(last=point)
		_out, error = child.communicate(timeout=300)
		assert child.returncode == -signal.SIGKILL, (point, error[-2000:])
	day.close()
	assert day.result() == expected


def test_run_again_after_its_end_it_changes_nothing(days, undisturbed):  # D-18
	expected, _statements = undisturbed
	day = days("AGAIN")
	day.close()
	day.close()
	assert day.result() == expected


def test_two_workers_at_once_end_the_same(days, undisturbed):  # E-4.13c, D-18
	expected, _statements = undisturbed
	day = days("TWO")
	lock_many("Ops Sales Order", day.orders)  # neither comes through before both have begun
	children = [day.child(), day.child()]
	for child in children:
		assert child.stdout.readline() == "closing\n", child.stderr.read()
	time.sleep(1)
	frappe.db.commit()
	for child in children:
		_out, error = child.communicate(timeout=300)
		assert child.returncode == 0, error[-2000:]
	assert day.result() == expected
