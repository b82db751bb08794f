"""Warehouses, scarce stock and delivery notes: the arithmetic of E-4.13 and E-4.15, over plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from order_ops.money import to_decimal

ZERO = Decimal(0)

# What may follow what (E-4.13f, E-4.15g, E-4.15m, E-4.16a). Whoever writes a status passes this table.
NOTE_TRANSITIONS: dict[str, frozenset[str]] = {
	"Draft": frozenset({"Short", "Issued"}),
	"Short": frozenset({"Draft", "Issued"}),
	"Issued": frozenset({"Shipped", "Cancelled"}),
	"Shipped": frozenset({"Signed For"}),
	"Signed For": frozenset(),
	"Cancelled": frozenset(),
}


def may_become(before: str, after: str) -> bool:
	"""Whether the status of a delivery note may change so; staying is always allowed."""
	return before == after or after in NOTE_TRANSITIONS.get(before, frozenset())


def quantity(value: object) -> Decimal:
	"""A stored quantity as an exact number; six places are more than any unit needs."""
	return to_decimal(value or 0).quantize(Decimal("0.000001")).normalize() + ZERO


@dataclass(frozen=True)
class Warehouse:
	"""One warehouse as the choice sees it."""

	name: str
	kind: str  # Main | Centre
	platform_packaging: bool = True
	regions: frozenset[str] = frozenset()
	enabled: bool = True


@dataclass(frozen=True)
class Choice:
	"""The warehouse an order leaves from, or why there is none."""

	warehouse: str | None
	kind: str
	rule: str
	only_packaging: bool = False


def warehouse_for(
	province: str | None, is_remote: bool, platform_order: bool, warehouses: Iterable[Warehouse]
) -> Choice:
	"""Remote regions leave from the centre warehouse, all others from the main one (E-4.15h, E-4.15i, E-4.15j)."""
	kind, rule = ("Centre", "E-4.15h") if is_remote else ("Main", "E-4.15i")
	fitting = [w for w in warehouses if w.enabled and w.kind == kind]
	packed = [w for w in fitting if w.platform_packaging or not platform_order]
	if not packed:
		return Choice(None, kind, "E-4.15j" if fitting else rule, only_packaging=bool(fitting))
	best = min(packed, key=lambda w: (province not in w.regions, bool(w.regions), w.name))
	return Choice(best.name, kind, rule)


@dataclass(frozen=True)
class Line:
	"""What is still owed of one order line."""

	order_item: str
	product: str
	qty: Decimal


@dataclass(frozen=True)
class Demand:
	"""What one order still wants from one warehouse."""

	order: str
	arrived: datetime
	warehouse: str
	lines: tuple[Line, ...]
	place: tuple[object, ...] = ()  # in the queue (C-20); without one the arrival decides


@dataclass
class Allotment:
	"""What one order gets now, and what it has to wait for."""

	order: str
	now: list[Line] = field(default_factory=list)
	short: list[Line] = field(default_factory=list)
	available: dict[str, Decimal] = field(default_factory=dict)  # order_item -> seen at the check


def remaining(ordered: object, cancelled: object, on_notes: object) -> Decimal:
	"""What may still go on a delivery note: ordered, less cancelled, less what notes already carry (E-4.13f)."""
	return max(ZERO, quantity(ordered) - quantity(cancelled) - quantity(on_notes))


def allot(demands: Iterable[Demand], available: Mapping[tuple[str, str], Decimal]) -> dict[str, Allotment]:
	"""Give out what is there in the order of the queue; a line gets what is left of it (E-4.13a, C-20)."""
	left: dict[tuple[str, str], Decimal] = defaultdict(Decimal, available)
	result: dict[str, Allotment] = {}
	for demand in sorted(demands, key=lambda d: (d.place, d.arrived, d.order)):
		allotment = result.setdefault(demand.order, Allotment(demand.order))
		for line in demand.lines:
			key = (demand.warehouse, line.product)
			free = max(ZERO, left[key])
			given = min(line.qty, free)
			left[key] = free - given
			allotment.available[line.order_item] = free
			if given > 0:
				allotment.now.append(Line(line.order_item, line.product, given))
			if line.qty > given:
				allotment.short.append(Line(line.order_item, line.product, line.qty - given))
	return result


@dataclass(frozen=True)
class Balance:
	"""What lies in a warehouse of one product, and how much of it is promised."""

	on_hand: Decimal = ZERO
	reserved: Decimal = ZERO

	@property
	def free(self) -> Decimal:
		"""What may still be promised."""
		return self.on_hand - self.reserved


@dataclass(frozen=True)
class Movement:
	"""One posting of the stock ledger; its key says which event it belongs to, so that it is posted once."""

	key: str
	warehouse: str
	product: str
	on_hand: Decimal = ZERO
	reserved: Decimal = ZERO
	reason: str = "Receipt"
	voucher_type: str | None = None
	voucher_no: str | None = None


@dataclass(frozen=True)
class Overdraw:
	"""A posting that would leave less than nothing, or promise more than there is."""

	movement: Movement
	before: Balance


def apply_movements(
	balances: Mapping[tuple[str, str], Balance], movements: Iterable[Movement]
) -> tuple[dict[tuple[str, str], Balance], list[Overdraw]]:
	"""Balances after the postings; never negative, never more reserved than on hand."""
	after = dict(balances)
	overdrawn = []
	for m in movements:
		key = (m.warehouse, m.product)
		before = after.get(key, Balance())
		now = Balance(before.on_hand + m.on_hand, before.reserved + m.reserved)
		if now.on_hand < 0 or now.reserved < 0 or now.reserved > now.on_hand:
			overdrawn.append(Overdraw(m, before))
		else:
			after[key] = now
	return after, overdrawn
