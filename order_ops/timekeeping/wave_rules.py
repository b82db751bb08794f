# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Cut-offs and waves: which wave and which day an order belongs to, and what closes on a day (D-01, C-01, C-02)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from order_ops.policy import rules as policy_rules
from order_ops.policy.rules import PROCESS, REVIEW, SEND, Policy, Wave
from order_ops.problems import _
from order_ops.timekeeping.rules import Calendar, arrives_late, clock_start, wave_time

# What closes beside the waves of the profile: lists for finance, and the day itself.
LIST, DAY = "Open List", "Day Close"
DAY_CLOSE = "DAY"


@dataclass(frozen=True)
class WaveWindow:
	"""One wave of one business day, as its handlers see it: its orders were received, or for a send wave reviewed,
	from window_from up to but not including window_to; it closes at closes_at."""

	run: str
	policy_profile: str
	wave: str
	title: str
	business_date: date
	window_from: datetime
	window_to: datetime
	kind: str = PROCESS
	closes_at: datetime = datetime.min


@dataclass(frozen=True)
class WaveVerdict:
	"""What a handler did with one order of a wave: took it, or held it back and why."""

	order: str
	taken: bool
	document: str = ""
	reason: str = ""


@dataclass(frozen=True)
class OrderPlan:
	"""What follows from the instant an order was received, whatever its channel."""

	wave: str
	wave_date: date
	promised_ship_date: date
	performance_date: date
	late_window: bool
	clock_start: datetime


@dataclass(frozen=True)
class Sending:
	"""How a reviewed order goes to logistics: with which wave, and whether at once (C-02, C-03)."""

	wave: str
	day: date
	at_once: bool = False


# --- cut-offs ------------------------------------------------------------------------------------------------------


def before(at: datetime, cutoff: time, boundary: str) -> bool:
	"""Whether an instant lies before a cut-off of its day; 15:00:00 does not, unless inclusive (D-01)."""
	return _before(at, datetime.combine(at.date(), cutoff), boundary)


def promised_ship_date(received_at: datetime, policy: Policy, calendar: Calendar) -> date:
	"""The same working day before the cut-off, else the next working day (E-3.4a, E-3.4b)."""
	day = received_at.date()
	if calendar.is_working_day(day) and before(received_at, policy.order_cutoff, policy.cutoff_boundary):
		return day
	return calendar.next_working_day(day)


def performance_date(received_at: datetime, policy: Policy) -> date:
	"""The day an order counts for: from the cut-off of any day the next calendar day (G4-2.4, C-01)."""
	cutoff = policy.cutoff(policy_rules.PERFORMANCE_DATE)
	if cutoff is None or before(received_at, cutoff.at_time, cutoff.boundary):
		return received_at.date()
	return received_at.date() + timedelta(days=1)


def plan_order(received_at: datetime, policy: Policy, calendar: Calendar) -> OrderPlan:
	"""Wave, dates and the start of the first clock of an order (E-3.4a/b, E-4.13c/d, G4-2.4, D-09, C-07)."""
	promised = promised_ship_date(received_at, policy, calendar)
	wave, wave_date = wave_of(received_at, policy.waves, calendar)
	if not wave:
		wave_date = promised
	start = clock_start(received_at, wave_date, calendar)
	late = any(arrives_late(step, start, wave_date, calendar) for step in policy.steps)
	return OrderPlan(wave, wave_date, promised, performance_date(received_at, policy), late, start)


# --- the waves of an order -----------------------------------------------------------------------------------------


def wave_of(received_at: datetime, waves: Iterable[Wave], calendar: Calendar) -> tuple[str, date]:
	"""The wave that processes or reviews an order, and its business date (E-4.13c/d, G4-4.3); no code without one."""
	asked = [wave for wave in waves if wave.kind != SEND]
	day = received_at.date()
	if calendar.is_working_day(day):
		for wave in _in_order(asked, day, calendar):
			if _before(received_at, _asked_until(wave, day, calendar), wave.boundary):
				return wave.wave, day
	day = calendar.next_working_day(day)
	return next((wave.wave for wave in _in_order(asked, day, calendar)), ""), day


def sending(reviewed_at: datetime, policy: Policy, calendar: Calendar) -> Sending | None:
	"""The send wave after a review, and whether the order waits for it; None without send waves (C-02, C-03).

	Who is reviewed after the last wave of a day goes at once: everything leaves before close of work (G4-3.6.2b).
	"""
	waves = [wave for wave in policy.waves if wave.kind == SEND]
	if not waves:
		return None
	day, late = reviewed_at.date(), False
	if calendar.is_working_day(day):
		for wave in _in_order(waves, day, calendar):
			if _before(reviewed_at, wave_time(wave, day, calendar), wave.boundary):
				return _sent(policy, wave, day)
		late = reviewed_at < calendar.close_of_work(day)
	day = calendar.next_working_day(day)
	return _sent(policy, _in_order(waves, day, calendar)[0], day, late)


def _sent(policy: Policy, wave: Wave, day: date, late: bool = False) -> Sending:
	if policy.send_mode == policy_rules.SEND_AT_ONCE:
		return Sending("", day, True)
	return Sending(wave.wave, day, late or policy.send_mode == policy_rules.SEND_BOTH)


# --- what closes on a day ------------------------------------------------------------------------------------------


def closings(policy: Policy) -> tuple[Wave, ...]:
	"""Everything that closes on a working day of a profile: its waves, finance's open lists, the day (E-4.13e).

	Where orders are only ever sent at once there are no send waves to close (C-03).
	"""
	if not policy.waves:
		return ()
	waves = [
		wave for wave in policy.waves if wave.kind != SEND or policy.send_mode != policy_rules.SEND_AT_ONCE
	]
	rule = "G4-3.6a" if sends(policy) else "E-4.13e"
	day = Wave(DAY_CLOSE, _("Business day close"), time(), kind=DAY, at_close=True, rule=rule)
	return (*waves, *_open_lists(policy), day)


def closing(policy: Policy, code: str) -> Wave | None:
	"""One of them by its code."""
	return next((wave for wave in closings(policy) if wave.wave == code), None)


def in_order(policy: Policy, day: date, calendar: Calendar) -> list[Wave]:
	"""What closes on a working day, in the order of time; the day itself stands last."""
	return _in_order(closings(policy), day, calendar)


def has_closed(wave: Wave, day: date, calendar: Calendar, at: datetime) -> bool:
	"""Whether the time of a wave has come: at its very second, or after it when inclusive (D-01)."""
	return not _before(at, wave_time(wave, day, calendar), wave.boundary)


def wave_window(wave: Wave, day: date, policy: Policy, calendar: Calendar) -> tuple[datetime, datetime]:
	"""From the wave of its kind before it, on the previous working day for the first one, to its own time (E-4.13c)."""
	if wave.kind in (LIST, DAY):
		asked = [other for other in policy.waves if other.kind != SEND] or policy.waves
		first = _in_order(asked, day, calendar)[0]
		return wave_window(first, day, policy, calendar)[0], wave_time(wave, day, calendar)
	return _asked_until(*wave_before(wave, day, policy, calendar), calendar), _asked_until(
		wave, day, calendar
	)


def wave_before(wave: Wave, day: date, policy: Policy, calendar: Calendar) -> tuple[Wave, date]:
	"""The wave of the same kind before a wave, with its business date."""
	same = [other for other in policy.waves if other.kind == wave.kind]
	place = (today := _in_order(same, day, calendar)).index(wave)
	if place:
		return today[place - 1], day
	yesterday = calendar.previous_working_day(day)
	return _in_order(same, yesterday, calendar)[-1], yesterday


def sends(policy: Policy) -> bool:
	"""Whether orders of a profile go to logistics with waves of their own (G4-3.6)."""
	return any(wave.kind == SEND for wave in policy.waves)


def passed(wave: Wave, day: date, policy: Policy, calendar: Calendar) -> list[str]:
	"""The codes of the waves of a kind that have closed when this one closes, it included."""
	ordered = _in_order([other for other in policy.waves if other.kind == wave.kind], day, calendar)
	return [other.wave for other in ordered[: ordered.index(wave) + 1]]


def _open_lists(policy: Policy) -> list[Wave]:
	"""Finance sees what is left to review at the last send wave before close of work, and again when the last review is
	nearly due (G4-3.6.2a)."""
	last = next((wave for wave in policy.waves if wave.kind == REVIEW and wave.at_close), None)
	sent = [wave.cutoff for wave in policy.waves if wave.kind == SEND and not wave.at_close]
	if not last or not sent:
		return []
	rule = "G4-3.6.2a"
	lists = [Wave("LIST-1", _("To review before close of work"), max(sent), kind=LIST, rule=rule)]
	step = policy.step(last.wave)
	if step and step.warn_minutes:
		title = _("Still to review before close of work")
		again = Wave("LIST-2", title, time(), kind=LIST, rule=rule, at_close=True)
		lists.append(replace(again, minutes_before_close=step.warn_minutes))
	return lists


def _in_order(waves: Iterable[Wave], day: date, calendar: Calendar) -> list[Wave]:
	return sorted(waves, key=lambda wave: wave_time(wave, day, calendar))


def _asked_until(wave: Wave, day: date, calendar: Calendar) -> datetime:
	"""Until when an order comes early enough for a wave (G4-4.3a)."""
	return wave_time(wave, day, calendar) - timedelta(minutes=wave.lead_minutes)


def _before(at: datetime, limit: datetime, boundary: str) -> bool:
	at = at.replace(microsecond=0)
	return at < limit or (boundary == policy_rules.INCLUSIVE and at == limit)


# --- how much was in time -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InTime:
	"""One step of the orders of a wave, those of the late window apart (C-07)."""

	step: str
	late_window: bool
	met: int
	breached: int
	open: int

	@property
	def rate(self) -> float | None:
		"""The share of what is decided that was in time, in per cent; None while nothing is."""
		decided = self.met + self.breached
		return round(100 * self.met / decided, 1) if decided else None


def in_time(clocks: Iterable[tuple[str, str, str]], late_orders: Collection[str]) -> list[InTime]:
	"""Clocks, (step, order, status) each, counted by step, the orders of the late window apart (C-07, E-4.15c)."""
	counts: dict[tuple[str, bool], list[int]] = {}
	for step, order, status in clocks:
		of = counts.setdefault((step, order in late_orders), [0, 0, 0])
		of[("Met", "Breached").index(status) if status in ("Met", "Breached") else 2] += 1
	return [InTime(step, late, *of) for (step, late), of in sorted(counts.items())]
