# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Plays one business day of the demo company with a stopped clock, then this morning up to now.

The unit for crane parts stands here, the one for hair care in salon_day.py. Everybody acts through the very services
that the desk, the portal and REST use.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import frappe
from order_ops.billing import invoices
from order_ops.customers import identification
from order_ops.demo import company
from order_ops.demo.company import acting
from order_ops.demo.salon_day import SalonDay
from order_ops.exchange.jobs import flush_outbox
from order_ops.fulfilment import delivery, dispatch, stock
from order_ops.fulfilment.dispatch_jobs import prepare_dispatch_lists
from order_ops.ordering import intake, priority, release
from order_ops.oversight import evidence
from order_ops.timekeeping import calendars, clock, holds
from order_ops.timekeeping.jobs import close_due_waves, release_due_holds, sweep_clocks

CALENDAR = "BU-PARTS"
TICK = timedelta(minutes=10)
OPENING, LAST_TICK, CLOSING = time(8, 30), time(17, 30), time(18, 0)  # parts go home first

OVERNIGHT, DAYTIME, TODAY = 14, 96, 22  # orders: before opening, on the played day, on the day that has begun
SALON_TODAY = 8
REP, PARTS, KEEPER, FINANCE, LEADER = (
	f"{who}@demo.example" for who in ("rep", "parts", "keeper", "finance", "leader")
)
OURS = {"business_unit": company.BUSINESS_UNIT}
SURE = 80  # per cent: the candidate the representative calls
CARRIERS = ("示例快运", "样例物流")


def play() -> dict[str, int]:
	"""Play the last working day and this morning; a second call finds the orders there and changes nothing."""
	today = clock.today()
	calendar = calendars.get(CALENDAR)
	day = calendar.previous_working_day(today)
	if not _played(day):
		_pass(day, (Day(day), SalonDay(day)), until=datetime.combine(day, CLOSING))
	if not _played(today):
		at_home = {"staff_at_work": False}
		units = (Day(today, TODAY, **at_home), SalonDay(today, SALON_TODAY, **at_home))
		_pass(today, units, until=min(clock.now(), datetime.combine(today, CLOSING)))
	evidence.roll_up()
	frappe.db.commit()
	return {
		"orders": frappe.db.count("Ops Sales Order"),
		"delivery_notes": frappe.db.count("Ops Delivery Note"),
		"invoices": frappe.db.count("Ops Invoice"),
	}


def _pass(day: date, units: tuple[Day, SalonDay], until: datetime) -> None:
	"""Let the day pass in steps of ten minutes; each step is committed."""
	at = datetime.combine(day, OPENING)
	while at <= until:
		for unit in units:
			unit.take_orders(at)
		with clock.pinned(at):
			flush_outbox()
			release_due_holds()
			close_due_waves()
			prepare_dispatch_lists()
			for unit in units:
				unit.work(at.time())
			sweep_clocks()
		frappe.db.commit()
		at += TICK
	for unit in units:
		unit.take_orders(until)
	frappe.db.commit()


def _number(day: date, position: int) -> str:
	return f"M{day:%y%m%d}-{position:03d}"


def _played(day: date) -> bool:
	return bool(frappe.db.exists("Ops Sales Order", {"external_key": f"MALL:{_number(day, 1)}"}))


class Day:
	"""One business day of the unit for crane parts: drawn from the date, so every run plays the same."""

	def __init__(self, day: date, orders: int = DAYTIME, staff_at_work: bool = True) -> None:
		self.day = day
		self.orders = orders
		self.staff_at_work = staff_at_work
		self.random = random.Random(day.toordinal())
		self.products = [row["article_no"] for row in company.fixture("products.csv")]
		self.buyers = list(company.fixture("customers.csv"))
		self.newcomers = list(company.fixture("newcomers.csv"))
		self.tracking = 0
		self.arrivals = sorted(self._arrivals(), key=lambda arrival: arrival[0])

	def _arrivals(self) -> Iterator[tuple[datetime, dict]]:
		"""Orders of the night before opening, then the busy hours of the day."""
		opening = datetime.combine(self.day, OPENING)
		for position in range(1, OVERNIGHT + self.orders + 1):
			if position <= OVERNIGHT:
				at = opening - timedelta(minutes=self.random.randint(5, 600))
			else:
				hour = self.random.choices(range(8, 17), weights=(4, 12, 15, 13, 6, 9, 13, 10, 5))[0]
				at = datetime.combine(
					self.day,
					time(
						hour,
						self.random.randint(31, 59) if hour == 8 else self.random.randint(0, 59),
						self.random.randint(0, 59),
					),
				)
			yield at, self._order(position, at)

	def _order(self, position: int, at: datetime) -> dict:
		buyer = self._buyer(position)
		lines = self.random.sample(self.products, self.random.choices((1, 2, 3, 5), weights=(5, 4, 2, 1))[0])
		return {
			"external_id": _number(self.day, position),
			"buyer": {
				"kind": buyer["customer_kind"],
				"name": buyer["company_name"] or buyer["person_name"],
				"code": buyer["organisation_code"] or buyer["id_number"],
				"mobile": buyer["mobile"],
				"tax_no": buyer["tax_no"],
				"responsible_person": buyer["responsible_person"],
				"responsible_contact": buyer["responsible_contact"],
				"address": self._address(buyer),
			},
			"ship_to": self._address(buyer),
			"items": [{"article_no": article, "qty": self.random.randint(1, 6)} for article in lines],
			"freight_amount": self.random.choice((0, 0, 35, 80)),
			"special_requirements": "请附合格证" if position % 17 == 0 else "",
			"urgency": "Urgent" if position % 13 == 0 else "Normal",
			"invoice": {"title": buyer["invoice_title"], "tax_no": buyer["tax_no"]},
			"payment": {"status": "Paid", "reference": f"PAY{self.day:%y%m%d}{position:04d}"},
		}

	def _buyer(self, position: int) -> dict[str, str]:
		"""Mostly known customers; the portal's customer now and then; some whom nobody knows yet."""
		if position % 29 == 1:
			return self.buyers[0]
		if position == OVERNIGHT + 20:  # a known customer with a new code and number
			return self.newcomers[-1]
		if position % 19 == 5:
			return self.newcomers[(position // 19) % (len(self.newcomers) - 1)]
		return self.random.choice(self.buyers)

	@staticmethod
	def _address(buyer: dict[str, str]) -> dict[str, str]:
		parts = ("recipient", "province", "city", "district", "street", "house_no", "postcode")
		return {part: buyer[part] for part in parts} | {"phone": buyer["mobile"]}

	def take_orders(self, at: datetime) -> None:
		"""Place what has arrived by then, each order at its own instant."""
		while self.arrivals and self.arrivals[0][0] <= at:
			received_at, order = self.arrivals.pop(0)
			with clock.pinned(received_at), acting(company.INTEGRATION_USER[0]):
				(verdict,) = intake.place([order], "MALL")
			if verdict["status"] == "refused":
				raise frappe.ValidationError(f"{order['external_id']}: {verdict['message']}")

	def work(self, at: time) -> None:
		"""What everybody does at this time of the day, while they are at work."""
		if not self.staff_at_work or at > LAST_TICK:
			return
		with acting(LEADER):
			self._confirm_urgent()
		self._hold(at)
		with acting(REP):
			self._identify()
			self._create_orders(at)
		if at.minute in (0, 30) and not time(11, 10) <= at <= time(13):
			with acting(PARTS):
				self._issue()
		if at == time(15, 50):
			self._restock()
		if at.minute in (10, 40):
			with acting(FINANCE):
				self._issue_invoices()
		if at.minute in (20, 50):
			with acting(KEEPER):
				self._receive_invoices()
				self._ship()
		if at == time(17, 20):
			with acting(KEEPER):
				self._send_lists()
		if at == LAST_TICK:
			self._sign()

	def _confirm_urgent(self) -> None:
		"""The team leader confirms what customers ask for, every other order of it (G1-10c)."""
		asked = frappe.get_all(
			"Ops Sales Order", filters={"urgent_asked": 1, **OURS}, order_by="received_at", pluck="name"
		)
		priority.confirm([name for name in asked if int(name[-1], 36) % 2])

	def _hold(self, at: time) -> None:
		"""A question to a customer is answered before noon; a payment is looked into until tomorrow (G5-1.1c, G1-09)."""
		if at == time(9, 40):
			self._place("Customer Question", "Identified", "型号与数量不符，已致电客户", self.day, REP)
		if at == time(11, 20):
			with acting(REP):
				questions = frappe.get_all(
					"Ops Hold", filters={"status": "Open", "kind": "Customer Question"}, pluck="name"
				)
				holds.release(questions, "客户确认：按原单发货")
		if at == time(14, 10):
			tomorrow = calendars.get(CALENDAR).next_working_day(self.day)
			self._place("Payment Check", "Released", "到账金额与订单不符，待银行回单", tomorrow, FINANCE)

	def _place(self, kind: str, status: str, reason: str, promised_by: date, by: str) -> None:
		orders = frappe.get_all(
			"Ops Sales Order",
			filters={"status": status, "held": 0, "received_at": (">=", self.day), **OURS},
			order_by="received_at desc",
			limit=1,
			pluck="name",
		)
		promise = {"release_rule": "By a promise", "promised_by": promised_by}
		with acting(by):
			holds.place(
				{"kind": kind, "reference_name": name, "reason": reason, **promise} for name in orders
			)

	def _identify(self) -> None:
		"""Whom nobody recognised is searched for: a customer with a new number is corrected, a stranger created."""
		for name in frappe.get_all("Ops Customer Match", filters={"status": "To Check"}, pluck="name"):
			found = identification.search({"name": name})
			if any(hit["score"] >= SURE for hit in found.get("candidates", ())):
				self._correct(name)
			elif found["status"] == "Candidates":
				identification.create_customer({"name": name})

	def _correct(self, name: str) -> None:
		match = frappe.get_doc("Ops Customer Match", name)
		match.update(
			{
				"customer": match.candidates[0].customer,
				"contacted_at": clock.now(),
				"contact_channel": "Phone",
				"contact_outcome": "客户已换证换号，旧代码停用",
				"correct_side": "Our Record",
				"correction": "更新统一社会信用代码和手机号码",
			}
		)
		match.save()
		identification.correct({"name": name})

	def _create_orders(self, at: time) -> None:
		# lunch: nobody creates orders for half an hour, which the clocks notice
		if time(12, 10) <= at <= time(12, 50):
			return
		identified = {"status": "Identified", **OURS}
		release.release(frappe.get_all("Ops Sales Order", filters=identified, pluck="name"))

	def _issue(self) -> None:
		"""Twice an hour, but not around lunch: the noon wave takes what has gathered by then."""
		released = {"status": "Released", "wave_date": ("<=", self.day), **OURS}
		orders = frappe.get_all("Ops Sales Order", filters=released, pluck="name")
		delivery.issue(orders, by=PARTS)

	def _issue_invoices(self) -> None:
		names = frappe.get_all("Ops Invoice", filters={"status": "Requested"}, order_by="name", pluck="name")
		issued = frappe.db.count("Ops Invoice", {"docstatus": 1})
		invoices.issue(
			[
				{"name": name, "invoice_no": f"{self.day:%y%m%d}{issued + row:010d}"}
				for row, name in enumerate(names, start=1)
			]
		)
		invoices.hand_over(names)

	def _receive_invoices(self) -> None:
		invoices.receive(frappe.get_all("Ops Invoice", filters={"status": "Handed Over"}, pluck="name"))

	def _ship(self) -> None:
		"""What has its invoice leaves; the last two notes of the day stay for the next one."""
		ready = frappe.get_all("Ops Invoice", filters={"status": "With Goods"}, pluck="sales_order")
		notes = frappe.get_all(
			"Ops Delivery Note",
			filters={"status": "Issued", "sales_order": ("in", ready or [""])},
			order_by="issued_at, name",
			pluck="name",
		)
		rows = []
		for name in notes[: max(len(notes) - 2, 0)]:
			self.tracking += 1
			rows.append(
				{
					"name": name,
					"carrier": CARRIERS[self.tracking % 2],
					"tracking_no": f"SL{self.day:%y%m%d}{self.tracking:06d}",
					"pieces": 1 + self.tracking % 3,
					"weight_kg": 2.5 * (1 + self.tracking % 9),
				}
			)
		delivery.ship(rows, by=KEEPER)

	def _restock(self) -> None:
		"""Half of the scarce parts come in during the afternoon; the rest stays short overnight."""
		scarce = self.products[11::24]
		stock.receive(
			[
				{
					"key": f"demo-restock:{self.day}:{code}:{product}",
					"warehouse": code,
					"product": product,
					"qty": 40,
				}
				for code, *_ in company.WAREHOUSES
				for product in scarce
			]
		)

	def _send_lists(self) -> None:
		for name in frappe.get_all("Ops Dispatch List", filters={"status": "Draft", **OURS}, pluck="name"):
			dispatch.send({"name": name})

	def _sign(self) -> None:
		"""Customers nearby confirm the same day; the portal's customer keeps one to confirm."""
		shipped = frappe.get_all(
			"Ops Delivery Note",
			filters={"status": "Shipped", **OURS},
			order_by="shipped_at, name",
			pluck="name",
		)
		delivery.sign_for(shipped[: len(shipped) // 3], signed_by="收货人")
