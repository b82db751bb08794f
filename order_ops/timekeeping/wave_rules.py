# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Cut-offs and waves: which wave and which day an order belongs to (D-01, E-3.4, E-4.13c/d, C-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from order_ops.policy import rules as policy_rules
from order_ops.policy.rules import Policy
from order_ops.timekeeping.rules import Calendar, arrives_late, clock_start


def before(at: datetime, cutoff: time, boundary: str) -> bool:
	"""Whether an instant lies before a cut-off of its day; 15:00:00 does not, unless inclusive (D-01)."""
	clock_time = at.time().replace(microsecond=0)
	return clock_time < cutoff or (boundary == policy_rules.INCLUSIVE and clock_time == cutoff)


def promised_ship_date(received_at: datetime, policy: Policy, calendar: Calendar) -> date:
	"""The same working day before the cut-off, else the next working day (E-3.4a, E-3.4b)."""
	day = received_at.date()
	if calendar.is_working_day(day) and before(received_at, policy.order_cutoff, policy.cutoff_boundary):
		return day
	return calendar.next_working_day(day)


def wave_of(
	received_at: datetime, waves: tuple[policy_rules.Wave, ...], calendar: Calendar
) -> tuple[str, date]:
	"""The wave and the business date an order belongs to (E-4.13c, E-4.13d)."""
	day = received_at.date()
	if calendar.is_working_day(day):
		for wave in waves:
			if before(received_at, wave.cutoff, wave.boundary):
				return wave.wave, day
	return (waves[0].wave if waves else ""), calendar.next_working_day(day)


def wave_window(
	code: str, business_date: date, waves: tuple[policy_rules.Wave, ...], calendar: Calendar
) -> tuple[datetime, datetime]:
	"""From the wave before it, on the previous working day for the first one, to its own cut-off (E-4.13c)."""
	index = [wave.wave for wave in waves].index(code)
	day_before = business_date if index else calendar.previous_working_day(business_date)
	opens = datetime.combine(day_before, waves[index - 1].cutoff)
	return opens, datetime.combine(business_date, waves[index].cutoff)


@dataclass(frozen=True)
class WaveWindow:
	"""One wave of one business day, as its handlers see it (E-4.13c/d)."""

	run: str
	policy_profile: str
	wave: str
	title: str
	business_date: date
	window_from: datetime
	window_to: datetime


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
	late_window: bool
	clock_start: datetime


def plan_order(received_at: datetime, policy: Policy, calendar: Calendar) -> OrderPlan:
	"""Wave, dates and the start of the first clock of an order (E-3.4a/b, E-4.13c/d, D-09, C-07)."""
	promised = promised_ship_date(received_at, policy, calendar)
	wave, wave_date = wave_of(received_at, policy.waves, calendar) if policy.waves else ("", promised)
	start = clock_start(received_at, wave_date, calendar)
	late = any(arrives_late(step, start, wave_date, calendar) for step in policy.steps)
	return OrderPlan(wave, wave_date, promised, late, start)
