"""A scheduler that stood still over waves and a weekend makes up for them once, in order, with their own dates (D-18).

The salon's profile, 5 March 2026 is a Thursday: review and send waves, finance's lists, the closes of days.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

import frappe
from order_ops.policy import service as policies
from order_ops.rows import insert_many
from order_ops.tests import factories
from order_ops.timekeeping import calendars, clock, wave_rules

THURSDAY, FRIDAY, SATURDAY, MONDAY = (date(2026, 3, day) for day in (5, 6, 7, 9))
STARTED = datetime.combine(MONDAY, time(10))
EACH = 30  # orders of each send wave
SENT = (
	("S-SEND-2", FRIDAY),
	("S-SEND-3", FRIDAY),
	("S-SEND-4", FRIDAY),
	("S-SEND-1", SATURDAY),
	("S-SEND-1", MONDAY),
)

# The child is a scheduler's worker at a pinned instant; told to, it kills itself before its n-th statement.
CHILD = """
import os, signal, sys
import frappe
site, profile, at, last = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
frappe.init(site)
frappe.connect()
from order_ops.timekeeping import clock, jobs, wave_schedule, waves
waves.CHUNK = 10
due = wave_schedule.due
wave_schedule.due = lambda at: [key for key in due(at) if key[0] == profile]
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
with clock.pinned(at):
	jobs.close_due_waves()
print(done[0])
"""


class Salon:
	"""A salon business with its own profile, whose scheduler stopped on Friday before half past eleven."""

	def __init__(self, tag: str) -> None:
		self.unit = f"STOPPED-{tag}"
		self.profile = f"{self.unit}-1"
		self.orders = {
			(wave, day): [f"SO-{self.unit}-{place}{n:02d}" for n in range(EACH)]
			for place, (wave, day) in enumerate(SENT)
		}
		with clock.pinned(datetime.combine(FRIDAY, time(10))):
			self._make()
		frappe.db.commit()

	@property
	def names(self) -> list[str]:
		return [name for names in self.orders.values() for name in names]

	def _make(self) -> None:
		profile = frappe.copy_doc(frappe.get_doc("Ops Policy Profile", "SALON-1"))
		profile.update({"code": self.unit, "version": 1, "is_default": 0, "status": "Active"}).insert()
		factories.make_business_unit(self.unit, policy_code=self.unit)
		self.channel = factories.make_channel(self.unit, business_unit=self.unit, policy_code=self.unit)
		self.customer = factories.make_customer(company_name=self.unit, organisation_code="").name
		product = factories.make_product(self.unit, business_unit=self.unit)
		rows = [
			self._order(name, wave, day, n)
			for (wave, day), names in self.orders.items()
			for n, name in enumerate(names)
		]
		insert_many("Ops Sales Order", rows)
		parent = {"parenttype": "Ops Sales Order", "parentfield": "items", "idx": 1}
		line = {"product": product, "uom": "件", "qty": 1, "rate": 10, "amount": 10}
		insert_many("Ops Sales Order Item", ({"parent": name, **parent, **line} for name in self.names))
		policy, calendar = policies.get(self.profile), calendars.get("SALON")
		codes = [wave.wave for wave in wave_rules.in_order(policy, FRIDAY, calendar)]
		ran = [(code, THURSDAY) for code in codes] + [
			(code, FRIDAY) for code in codes[: codes.index("S-REV-2")]
		]
		insert_many("Ops Wave Run", (self._run(code, day) for code, day in ran))
		self.missed = [(code, FRIDAY) for code in codes[codes.index("S-REV-2") :]]
		self.missed += [(code, SATURDAY) for code in codes]
		self.missed += [("S-REV-1", MONDAY), ("S-SEND-1", MONDAY)]

	def _order(self, name: str, wave: str, day: date, n: int) -> dict:
		received = datetime.combine(day, time(8, 30)) + timedelta(seconds=n)
		return {
			**{"name": name, "external_key": name, "status": "Reviewed", "channel": self.channel},
			**{"business_unit": self.unit, "policy_profile": self.profile, "customer": self.customer},
			**{"received_at": received, "reviewed_at": received, "wave": wave, "wave_date": day},
			**{"recipient": "张示例", "phone": "19900000001", "province": "Henan", "city": "新乡市"},
			**{"street": "示范路", "house_no": "1号", "review_chain": "TwoStage"},
		}

	def _run(self, wave: str, day: date) -> dict:
		name = f"{self.profile}-{wave}-{day}"
		key = {"name": name, "run_key": name, "policy_profile": self.profile, "wave": wave}
		return {**key, "business_date": day, "status": "Done"}

	def scheduler(self, last: int = 0) -> subprocess.Popen:
		"""A worker in another process, killed before its statement number `last`."""
		return subprocess.Popen(
			[sys.executable, "-c", CHILD, frappe.local.site, self.profile, STARTED.isoformat(), str(last)],
			stdout=subprocess.PIPE,
			stderr=subprocess.PIPE,
			text=True,
			cwd=os.getcwd(),
		)

	def check(self) -> None:
		"""Every wave ran once, in order, with its own date; every order left once, with its own wave."""
		frappe.db.rollback()
		runs = frappe.get_all(
			"Ops Wave Run",
			filters={"policy_profile": self.profile, "started_at": ("is", "set")},
			fields=["name", "wave", "business_date", "status", "closes_at", "started_at"],
			order_by="creation",
		)
		found = [(run.wave, run.business_date) for run in runs]
		assert found == self.missed, found
		assert {run.status for run in runs} == {"Done"}
		assert {run.started_at for run in runs} == {STARTED}
		assert all(run.closes_at.date() == run.business_date for run in runs)
		by_name = {run.name: (run.wave, run.business_date) for run in runs}
		lines = frappe.get_all(
			"Ops Wave Run Line",
			filters={"parent": ("in", list(by_name)), "result": "Taken"},
			fields=["parent", "sales_order"],
		)
		sent = [
			(*by_name[line.parent], line.sales_order)
			for line in lines
			if by_name[line.parent][0].startswith("S-SEND")
		]
		expected = [(wave, day, name) for (wave, day), names in self.orders.items() for name in names]
		assert sorted(sent) == sorted(expected)
		for doctype, filters, field in (
			("Ops Event", {"sales_order": ("in", self.names), "phase": "Confirmed"}, "sales_order"),
			("Ops Message", {"business_unit": self.unit, "event": "Order Create"}, "reference_name"),
		):
			counted = Counter(frappe.get_all(doctype, filters=filters, pluck=field))
			assert counted == Counter(self.names), doctype

	def remove(self) -> None:
		"""Take the salon's records away again."""
		runs = frappe.get_all("Ops Wave Run", {"policy_profile": self.profile}, pluck="name")
		tables = [df.options for df in frappe.get_meta("Ops Policy Profile").get_table_fields()]
		for doctype, field, values in (
			("Ops Wave Run Line", "parent", runs),
			("Ops Wave Run", "name", runs),
			("Ops Clock", "business_unit", [self.unit]),
			("Ops Message", "business_unit", [self.unit]),
			("Ops Event", "sales_order", self.names),
			("Ops Sales Order Item", "parent", self.names),
			("Ops Sales Order", "name", self.names),
			("Ops Customer", "name", [self.customer]),
			("Ops Product", "name", [self.unit]),
			("Ops Channel", "name", [self.channel]),
			*((table, "parent", [self.profile]) for table in tables),
			("Ops Policy Profile", "name", [self.profile]),
			("Ops Business Unit", "name", [self.unit]),
		):
			frappe.db.delete(doctype, {field: ("in", values or [""])})
		frappe.db.commit()


@pytest.fixture()
def salon():
	frappe.set_user("Administrator")
	made = Salon(frappe.generate_hash(length=6).upper())
	yield made
	made.remove()


def test_two_schedulers_start_at_once_after_the_stop(salon):  # D-18, G4-3.6.1a
	children = [salon.scheduler(), salon.scheduler()]
	for child in children:
		_out, error = child.communicate(timeout=300)
		assert child.returncode == 0, error[-2000:]
	salon.check()


def test_killed_while_it_makes_up_it_goes_on(salon):  # D-18, G4-3.6.1a
	for last in (3, 40, 90, 170, 260, 420):
		child = salon.scheduler(last)
		_out, error = child.communicate(timeout=300)
		assert child.returncode == -signal.SIGKILL, (last, error[-2000:])
	_out, error = (child := salon.scheduler()).communicate(timeout=300)
	assert child.returncode == 0, error[-2000:]
	salon.check()
