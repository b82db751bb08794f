# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a policy profile says, as plain values (D-01, D-09, D-10, and all that C-01 to C-36 settle)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal

EXCLUSIVE, INCLUSIVE = "exclusive", "inclusive"

WORKING_TIME = "Working time"
ELAPSED_TIME = "Elapsed time"
TIME_OF_DAY = "Time of day"
CLOSE_OF_WORK = "Close of work"
NEXT_WORKING_DAY = "Next working day at"
WAVE = "Wave"
NEXT_WAVE = "Next wave"
DAY_OF_MONTH = "Day of month"
OTHER = "Other"

DURATIONS = (WORKING_TIME, ELAPSED_TIME)
AT_A_TIME = (TIME_OF_DAY, NEXT_WORKING_DAY)
MAY_HAVE_A_TIME = (*AT_A_TIME, DAY_OF_MONTH)

PROCESS, REVIEW, SEND = "Process", "Review", "Send"  # Wave.kind
NEXT_DAY, PREVIOUS_WORKING_DAY, AS_IT_IS = "Next working day", "Previous working day", "As it is"
SEND_AT_WAVES, SEND_AT_ONCE, SEND_BOTH = "Wave", "Immediate", "Both"  # Policy.send_mode (C-03)
NORMAL, SPECIAL, URGENT = "Normal", "Special", "Urgent"  # Step.urgency (G1-10)

# Cutoff.purpose (C-01)
SHIP_SAME_DAY, PROCESS_WAVE, SEND_WAVE, REVIEW_WAVE = "ShipSameDay", "ProcessWave", "SendWave", "ReviewWave"
PERFORMANCE_DATE, EXPRESS_T0, EXPRESS_T1 = "PerformanceDate", "ExpressT0", "ExpressT1"
POS_ORDER, ONLINE_PAYMENT, INVOICE_DONE = "PosOrder", "OnlinePayment", "InvoiceDone"
WAVE_PURPOSES = {PROCESS_WAVE: PROCESS, SEND_WAVE: SEND, REVIEW_WAVE: REVIEW}

DRAFT, ACTIVE, RETIRED = "Draft", "Active", "Retired"
GRACE = "Until close of work"
HIGHER = "higher"  # Tier.tie_goes_to (D-02)

# The seven links of an order, and the four phases they belong to (G2-02, G1-02).
LINKS = ("Receiving", "Review", "Processing", "Execution", "Tracking", "Feedback", "Archiving")
PHASES = {
	"Receiving": LINKS[:2],
	"Processing": LINKS[2:4],
	"Follow-up": LINKS[4:6],
	"Settlement": LINKS[6:],
}

# Modules of what every order stands on; a profile names the others it needs (E-2, T-1a).
ALWAYS_IN_USE = frozenset(("Policy", "Timekeeping", "Exchange", "Oversight"))

REGION_ENDINGS = (
	*("壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "省", "市"),
	*(" province", " autonomous region", " municipality", " city"),
)


@dataclass(frozen=True)
class Wave:
	"""One wave of a business day: orders received before its cut-off belong to it (E-4.13c/d)."""

	wave: str
	title: str
	cutoff: time
	boundary: str = EXCLUSIVE
	handler: str = ""
	rule: str = ""
	kind: str = PROCESS
	at_close: bool = False  # closes with the work of its day; the cut-off is ignored then (G4-3.6.1e)
	minutes_before_close: int = 0
	feeds: str = ""  # the sending wave that takes what was reviewed until this one (C-02)
	lead_minutes: int = 0  # orders received less than this before the wave are not asked of it (G4-4.3a)


@dataclass(frozen=True)
class Cutoff:
	"""One daily cut-off and what it is for (C-01, D-01)."""

	purpose: str
	at_time: time
	boundary: str = EXCLUSIVE
	rule: str = ""


@dataclass(frozen=True)
class Step:
	"""One clocked step: how long, on which basis, whose, warned and escalated to (D-04, D-09)."""

	step: str
	title: str
	basis: str
	rule: str = ""
	minutes: int = 0
	at_time: time | None = None
	lead_minutes: int = 0
	owner_role: str = ""
	escalate_to: str = ""
	warn_minutes: int = 0
	wave_kind: str = ""
	day_of_month: int = 0
	holiday_rule: str = NEXT_DAY
	step_kind: str = ""  # key of the hook order_ops_step_kinds
	urgency: str = ""  # only orders of this urgency; empty: all (G1-10)
	starts_with: str = ""  # names of announced events; empty: code starts and stops the step
	stops_with: str = ""


@dataclass(frozen=True)
class Tier:
	"""Who approves an amount of a kind of document, and in which turn (C-10, D-02, B-01). Yuan."""

	document: str
	sequence: int = 1
	amount_from: Decimal = Decimal(0)
	amount_to: Decimal = Decimal(0)  # 0: no upper end
	tie_goes_to: str = HIGHER
	role: str = ""
	user: str = ""
	rule: str = ""

	def takes(self, amount: Decimal, *, from_tie: bool) -> bool:
		"""Whether the amount is this tier's; from_tie says whether its lower end is (D-02)."""
		above = amount > self.amount_from or (amount == self.amount_from and from_tie)
		below = (
			not self.amount_to
			or amount < self.amount_to
			or (amount == self.amount_to and self.tie_goes_to != HIGHER)
		)
		return above and below


@dataclass(frozen=True)
class Duty:
	"""Which department and role own one of the seven links of an order (G2-02, G2-03)."""

	link: str
	department: str = ""
	owner_role: str = ""
	rule: str = ""


@dataclass(frozen=True)
class Channel:
	"""One way in which orders may come (C-15)."""

	channel: str
	preferred: bool = False
	rule: str = ""


@dataclass(frozen=True)
class ChangeRoute:
	"""One way in which a confirmed order may be changed (C-16)."""

	route: str
	role: str = ""
	review_again: bool = False
	rule: str = ""


@dataclass(frozen=True)
class RequiredField:
	"""One detail that customers of a kind must give (C-22)."""

	customer_kind: str
	field: str
	rule: str = ""


@dataclass(frozen=True)
class Check:
	"""One point that a reviewer looks at (C-35)."""

	checklist: str
	title: str
	rule: str = ""


@dataclass(frozen=True)
class ShortageStep:
	"""One thing that is done when goods are short (C-21)."""

	step: str
	rule: str = ""


@dataclass(frozen=True)
class Priority:
	"""One key by which a queue is ordered; the first counts most (C-20)."""

	queue: str
	sort_by: str
	rule: str = ""


@dataclass(frozen=True)
class PaymentGate:
	"""What missing payment does to goods paid in one way (C-34)."""

	payment_method: str
	gate: str
	rule: str = ""


@dataclass(frozen=True)
class Penalty:
	"""What an error or a delay may cost, decided by a person (C-18). Yuan."""

	occasion: str
	sanction: str
	amount: Decimal = Decimal(0)
	highest: Decimal = Decimal(0)
	confirmed_by: str = ""
	rule: str = ""


@dataclass(frozen=True)
class Retention:
	"""How long records of a kind are kept (C-19)."""

	document: str
	medium: str
	years: int
	least_years: int = 0
	starts: str = ""
	rule: str = ""


@dataclass(frozen=True)
class Bank:
	"""One bank that takes batches of debits (C-29)."""

	bank: str
	voucher_text: str = ""
	rule: str = ""


@dataclass(frozen=True)
class Policy:
	"""One version of the regulation that governs an order (D-10)."""

	name: str
	code: str
	version: int
	calendar: str
	order_cutoff: time
	title: str = ""
	status: str = ACTIVE
	effective_from: datetime = datetime.min
	is_default: bool = False
	is_template: bool = False
	is_tobacco: bool = False
	maintained_by: str = ""
	activated_by: str = ""
	cutoff_boundary: str = EXCLUSIVE
	strict_wave: bool = False
	same_day_grace: str = GRACE
	send_mode: str = SEND_AT_WAVES
	confirm_mode: str = "None"
	require_individual_id: bool = True
	change_allowed_until: str = "DeliveryNote"
	review_chain: str = "None"
	qc_required: bool = False
	qc_form: str = "Full"
	auto_confirm_days: int = 0
	payment_gate: str = "Warn"
	invoice_trigger: str = "DeliveryNote"
	invoice_request_author: str = "WithDeliveryNote"
	keeper_may_correct_request: bool = True
	invoice_with_goods: bool = True
	settlement_cycle: str = "Promptly"
	settlement_day: int = 25
	settlement_days: int = 7
	return_window_days: int = 0
	window_start: str = "Receipt"
	no_reason_days: int = 0
	return_inspector_role: str = ""
	refusal_signed_by: str = ""
	refund_submit_gate: str = "AfterStockInAndInvoice"
	special_delivery: bool = False
	express_measure: str = "WorkingHours"
	special_without_order: str = "OnlyWithApprovedForm"
	manifest_release: str = "AfterBilling"
	undecided_debit: str = "Hold"
	waves: tuple[Wave, ...] = ()
	cutoffs: tuple[Cutoff, ...] = ()
	modules: tuple[str, ...] = ()
	steps: tuple[Step, ...] = field(default=(), repr=False)
	channels: tuple[Channel, ...] = field(default=(), repr=False)
	change_routes: tuple[ChangeRoute, ...] = field(default=(), repr=False)
	required_fields: tuple[RequiredField, ...] = field(default=(), repr=False)
	checks: tuple[Check, ...] = field(default=(), repr=False)
	tiers: tuple[Tier, ...] = field(default=(), repr=False)
	payment_gates: tuple[PaymentGate, ...] = field(default=(), repr=False)
	shortage_steps: tuple[ShortageStep, ...] = field(default=(), repr=False)
	priorities: tuple[Priority, ...] = field(default=(), repr=False)
	banks: tuple[Bank, ...] = field(default=(), repr=False)
	duties: tuple[Duty, ...] = field(default=(), repr=False)
	penalties: tuple[Penalty, ...] = field(default=(), repr=False)
	retention: tuple[Retention, ...] = field(default=(), repr=False)

	def step(self, code: str) -> Step | None:
		"""The step with this code, or None when this profile does not clock it."""
		return next((step for step in self.steps if step.step == code), None)

	def wave(self, code: str) -> Wave | None:
		"""The wave with this code."""
		return next((wave for wave in self.waves if wave.wave == code), None)

	def cutoff(self, purpose: str) -> Cutoff | None:
		"""The cut-off for a purpose, or None when this profile has none (C-01).

		Orders that ship the same day have the order cut-off; a purpose of waves has the last one at a fixed time.
		"""
		row = next((cutoff for cutoff in self.cutoffs if cutoff.purpose == purpose), None)
		return row or self.implied_cutoff(purpose)

	def implied_cutoff(self, purpose: str) -> Cutoff | None:
		"""What order cut-off and waves say about a purpose, without any row of its own (C-01)."""
		if purpose == SHIP_SAME_DAY:
			return Cutoff(purpose, self.order_cutoff, self.cutoff_boundary, "E-3.4a")
		kind = WAVE_PURPOSES.get(purpose)
		waves = [wave for wave in self.waves if wave.kind == kind and not wave.at_close]
		last = max(waves, key=lambda wave: wave.cutoff, default=None)
		return Cutoff(purpose, last.cutoff, last.boundary, last.rule) if last else None

	def gate(self, payment_method: str) -> str:
		"""What missing payment does to goods paid in this way (C-34)."""
		rows = (row.gate for row in self.payment_gates if row.payment_method == payment_method)
		return next(rows, self.payment_gate)

	def approvers(self, document: str, amount: Decimal) -> list[Tier]:
		"""Who approves an amount, one tier for each turn (C-10); a tie goes up unless its tier says lower (D-02)."""
		tiers = [tier for tier in self.tiers if tier.document == document]
		lower_takes_tie = {
			(tier.sequence, tier.amount_to) for tier in tiers if tier.amount_to and tier.tie_goes_to != HIGHER
		}
		return sorted(
			(
				tier
				for tier in tiers
				if tier.takes(amount, from_tie=(tier.sequence, tier.amount_from) not in lower_takes_tie)
			),
			key=lambda tier: tier.sequence,
		)


@dataclass(frozen=True)
class Region:
	"""A province of the delivery map (E-4.15h)."""

	name: str
	name_zh: str
	is_remote: bool = False


def in_force(policies: Iterable[Policy], code: str, at: datetime) -> Policy | None:
	"""The version of a profile that governs an order received at an instant (D-10)."""
	versions = [p for p in policies if p.code == code and p.status == ACTIVE and p.effective_from <= at]
	return max(versions, key=lambda p: (p.effective_from, p.version), default=None)


def default_in_force(policies: Iterable[Policy], at: datetime) -> Policy | None:
	"""The profile of orders for which nobody names one: the mark of one version marks all of its code (D-10)."""
	policies = list(policies)
	marked = sorted({policy.code for policy in policies if policy.is_default})
	return next(filter(None, (in_force(policies, code, at) for code in marked)), None)


def modules_in_use(policies: Iterable[Policy]) -> frozenset[str]:
	"""What all profiles stand on, and what those that are active need (E-2, T-1a, G3-7)."""
	return ALWAYS_IN_USE.union(*(policy.modules for policy in policies if policy.status == ACTIVE))


def bare_region_name(text: str) -> str:
	"""A province as people write it, without the ending of its kind: 辽宁省 and 辽宁 are one (E-4.15h)."""
	name = text.strip().casefold()
	for ending in REGION_ENDINGS:
		if name.endswith(ending) and len(name) > len(ending) + 1:
			return name[: -len(ending)]
	return name
