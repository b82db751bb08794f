# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The day of the unit for hair care: salons order by telephone, finance reviews, four waves send (G4)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time

import frappe
from order_ops.demo import company
from order_ops.demo.company import SALON_CHANNEL, acting
from order_ops.fulfilment import delivery
from order_ops.ordering import intake, priority, review
from order_ops.timekeeping import clock, holds, wave_reports

ORDERS = 34
CLERK, DESK, REVIEWER, STOCK, KEEPER = (
	f"salon.{who}@demo.example" for who in ("clerk", "desk", "reviewer", "stock", "keeper")
)

# The orders that something happens to, by number, and when they arrive.
URGENT, FORGOTTEN, HELD, UNSENT = 3, 5, 7, 9
ARRIVALS = {URGENT: time(10, 24), FORGOTTEN: time(13, 36), HELD: time(14, 52), UNSENT: time(16, 18)}

REVIEWS = (time(9, 20), time(11, 20), time(14, 50), time(17, 40))  # minutes before their waves
CONFIRMATION, CATCH_UP, HOLD = time(10, 40), time(15, 10), time(15, 20)
ISSUES, SHIPMENT, CLOSE = (time(10, 10), time(12, 10), time(15, 40)), time(16, 30), time(18)


class SalonDay:
	"""One business day of the unit for hair care; drawn from the date, so every run plays the same."""

	def __init__(self, day: date, orders: int = ORDERS, staff_at_work: bool = True) -> None:
		self.day = day
		self.staff_at_work = staff_at_work
		self.random = random.Random(f"salon {day}")
		self.salons = list(company.fixture("salons.csv"))
		self.products = [row["article_no"] for row in company.fixture("salon_products.csv")]
		self.arrivals = sorted(self._arrivals(orders), key=lambda arrival: arrival[0])

	def take_orders(self, at: datetime) -> None:
		"""The clerk writes down what salons have ordered by then, each order at its own instant."""
		while self.arrivals and self.arrivals[0][0] <= at:
			received_at, order = self.arrivals.pop(0)
			with clock.pinned(received_at), acting(CLERK):
				(verdict,) = intake.place([order], SALON_CHANNEL)
			if verdict["status"] == "refused":
				raise frappe.ValidationError(f"{order['external_id']}: {verdict['message']}")

	def work(self, at: time) -> None:
		"""What everybody does at this time of the day, while they are at work."""
		if not self.staff_at_work:
			return
		if at == CONFIRMATION:
			with acting(DESK):
				priority.confirm([self._named(URGENT)])
		if at == HOLD:
			self._hold()
		if at in REVIEWS:
			with acting(REVIEWER):
				self._review()
		if at == CATCH_UP:
			with acting(REVIEWER):
				review.review([self._named(FORGOTTEN)])
		if at in ISSUES:
			with acting(STOCK):
				delivery.issue(self._found("Ops Sales Order", status="Released"))
		if at == SHIPMENT:
			with acting(KEEPER):
				self._ship()
		if at == CLOSE:
			self._explain()

	def _arrivals(self, orders: int) -> Iterator[tuple[datetime, dict]]:
		for position in range(1, orders + 1):
			hour, minute = divmod(self.random.randint(8 * 60 + 40, 16 * 60 + 30), 60)
			yield (
				datetime.combine(self.day, ARRIVALS.get(position, time(hour, minute))),
				self._order(position),
			)

	def _order(self, position: int) -> dict:
		salon = self.random.choice(self.salons)
		lines = self.random.sample(self.products, self.random.randint(1, 4))
		parts = ("recipient", "province", "city", "district", "street", "house_no", "postcode")
		return {
			"external_id": self._number(position),
			"buyer": {
				"kind": salon["customer_kind"],
				"name": salon["company_name"],
				"code": salon["organisation_code"],
				"mobile": salon["mobile"],
			},
			"ship_to": {part: salon[part] for part in parts} | {"phone": salon["mobile"]},
			"items": [{"article_no": article, "qty": self.random.randint(1, 4) * 6} for article in lines],
			"urgency": "Urgent" if position == URGENT else "Normal",
			"payment": {"status": "Paid", "reference": f"XJ{self.day:%y%m%d}{position:04d}"},
		}

	def _number(self, position: int) -> str:
		return f"T{self.day:%y%m%d}-{position:03d}"

	def _named(self, position: int) -> str:
		return frappe.db.get_value(
			"Ops Sales Order", {"external_key": f"{SALON_CHANNEL}:{self._number(position)}"}
		)

	def _found(self, doctype: str, **filters: str) -> list[str]:
		filters["business_unit"] = company.SALON_UNIT
		return frappe.get_all(doctype, filters=filters, order_by="creation, name", pluck="name")

	def _review(self) -> None:
		"""Finance passes what lies there, but for an order that it forgets and one that it does not get to (G4-4.3)."""
		left = (self._named(FORGOTTEN), self._named(UNSENT))
		review.review(
			[name for name in self._found("Ops Sales Order", status="Identified") if name not in left]
		)

	def _hold(self) -> None:
		"""The promotion of one order is asked about and not answered on this day (G1-09, G4-4.2a)."""
		reason = "买十送一活动是否含沙龙装，待市场部答复"
		with acting(DESK):
			holds.place([{"kind": company.HOLD_KIND, "reference_name": self._named(HELD), "reason": reason}])

	def _ship(self) -> None:
		"""What the first three waves sent leaves the logistics centre."""
		delivery.ship(
			[
				{
					"name": name,
					"carrier": company.CARRIERS[0][0],
					"tracking_no": f"FL{self.day:%y%m%d}{position:06d}",
					"pieces": 1,
					"weight_kg": 6.5,
				}
				for position, name in enumerate(self._found("Ops Delivery Note", status="Issued"), 1)
			],
			by=KEEPER,
		)

	def _explain(self) -> None:
		"""Nothing may stay unsent without a word; why the held order did stands on its hold (G4-3.6a)."""
		with acting(CLERK):
			wave_reports.explain(
				f"{company.SALON_POLICY}-DAY-{self.day}",
				self._named(UNSENT),
				"发廊来电改数量，财务未及复核，已与店主约定次日首批发出",
			)
