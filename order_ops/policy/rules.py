# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a policy profile says, as plain values (D-01, D-09, D-10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time

from order_ops.problems import Problem, _

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

ACTIVE = "Active"
GRACE = "Until close of work"

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
	cutoff_boundary: str = EXCLUSIVE
	strict_wave: bool = False
	same_day_grace: str = GRACE
	review_chain: str = "None"
	invoice_trigger: str = "DeliveryNote"
	payment_gate: str = "Warn"
	require_individual_id: bool = True
	qc_required: bool = False
	invoice_with_goods: bool = True
	auto_confirm_days: int = 0
	send_mode: str = SEND_AT_WAVES
	waves: tuple[Wave, ...] = ()
	cutoffs: tuple[Cutoff, ...] = ()
	modules: tuple[str, ...] = ()
	steps: tuple[Step, ...] = field(default=(), repr=False)

	def step(self, code: str) -> Step | None:
		"""The step with this code, or None when this profile does not clock it."""
		return next((step for step in self.steps if step.step == code), None)

	def wave(self, code: str) -> Wave | None:
		"""The wave with this code."""
		return next((wave for wave in self.waves if wave.wave == code), None)

	def cutoff(self, purpose: str) -> Cutoff | None:
		"""The cut-off for a purpose, or None when this profile has none (C-01)."""
		return next((cutoff for cutoff in self.cutoffs if cutoff.purpose == purpose), None)

	def waves_up_to(self, code: str) -> list[str]:
		"""The codes of the waves of one day that have passed when this one closes, it included."""
		codes = [wave.wave for wave in self.waves]
		return codes[: codes.index(code) + 1]


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
	"""The profile of orders for which nobody names one (D-10)."""
	versions = [p for p in policies if p.is_default and p.status == ACTIVE and p.effective_from <= at]
	return max(versions, key=lambda p: (p.effective_from, p.version), default=None)


def problems(
	policy: Policy, *, has_working_time: bool, roles: Collection[str], handlers: Collection[str]
) -> list[Problem]:
	"""Everything that keeps a profile from being activated (B-01: refused while something is empty)."""
	found = []
	if not has_working_time:
		found.append(
			Problem(
				"calendar",
				_("Calendar {0} has no working time: give it a working period"),
				(policy.calendar,),
				"calendar",
				rule="D-03",
			)
		)
	found += _wave_problems(policy, handlers)
	for row, step in enumerate(policy.steps, start=1):
		found += [problem.at(row=row) for problem in _step_problems(step, policy, roles)]
	return found


def _wave_problems(policy: Policy, handlers: Collection[str]) -> list[Problem]:
	found = []
	earlier: list[Wave] = []
	for row, wave in enumerate(policy.waves, start=1):
		if any(other.wave == wave.wave for other in earlier):
			found.append(
				Problem(
					"repeated",
					_("Waves, row {0}: {1} stands there twice"),
					(row, wave.wave),
					"wave",
					row,
					"D-10",
				)
			)
		elif earlier and wave.cutoff <= earlier[-1].cutoff:
			found.append(
				Problem(
					"order",
					_("Waves, row {0}: put the waves in the order of their cut-offs"),
					(row,),
					"cutoff",
					row,
					"E-4.13c",
				)
			)
		if wave.handler not in handlers:
			found.append(
				Problem(
					"handler",
					_("Waves, row {0}: no app registers the wave handler {1}"),
					(row, wave.handler),
					"handler",
					row,
					"E-4.13c",
				)
			)
		earlier.append(wave)
	if policy.waves and (policy.waves[-1].cutoff, policy.waves[-1].boundary) != (
		policy.order_cutoff,
		policy.cutoff_boundary,
	):
		found.append(
			Problem(
				"cutoff",
				_("The last wave must close at the order cut-off {0}, on the same side of the boundary"),
				(policy.order_cutoff.strftime("%H:%M"),),
				"order_cutoff",
				rule="E-3.4a",
			)
		)
	return found


def _step_problems(step: Step, policy: Policy, roles: Collection[str]) -> Iterable[Problem]:
	if sum(other.step == step.step for other in policy.steps) > 1:
		yield Problem("repeated", _("Steps: {0} stands there twice"), (step.step,), "step", rule=step.rule)
	if not step.owner_role:
		yield Problem(
			"owner", _("Step {0} has no owner: name a role"), (step.step,), "owner_role", rule=step.rule
		)
	for place, role in (("owner_role", step.owner_role), ("escalate_to", step.escalate_to)):
		if role and role not in roles:
			yield Problem(
				"role", _("Step {0}: there is no role {1}"), (step.step, role), place, rule=step.rule
			)
	if step.basis in DURATIONS and step.minutes <= 0:
		yield Problem(
			"minutes",
			_("Step {0} has no time: say how many minutes"),
			(step.step,),
			"minutes",
			rule=step.rule,
		)
	if step.basis in AT_A_TIME and step.at_time is None:
		yield Problem("at_time", _("Step {0} has no time of day"), (step.step,), "at_time", rule=step.rule)
	if step.basis == WAVE and policy.wave(step.step) is None:
		yield Problem(
			"wave",
			_("Step {0} is due with a wave of the same code, which this profile does not have"),
			(step.step,),
			"step",
			rule=step.rule,
		)


def bare_region_name(text: str) -> str:
	"""A province as people write it, without the ending of its kind: 辽宁省 and 辽宁 are one (E-4.15h)."""
	name = text.strip().casefold()
	for ending in REGION_ENDINGS:
		if name.endswith(ending) and len(name) > len(ending) + 1:
			return name[: -len(ending)]
	return name
