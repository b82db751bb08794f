# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Working time, and when a step is due (D-01, D-03, D-04, D-09, C-07). Whole seconds throughout."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate

from order_ops.policy import rules as policy_rules
from order_ops.policy.rules import Policy, Step

FIRST_MONDAY = date(1, 1, 1)
LAST_SECOND = time(23, 59, 59)
YEAR = 366  # days: a calendar that has no work for a year has none
HORIZON = YEAR + 7  # days that are searched for work: the year, and the free days of the week before it

Period = tuple[int, int]  # working seconds of a day: from, up to but not including


class NoWorkingTime(ValueError):
	"""A calendar without a single working period cannot say when anything is due (D-03)."""


@dataclass(frozen=True)
class Calendar:
	"""Working periods of the week, with holidays and make-up days (D-03, E-3.2c).

	Counts through prefix sums over the week and over the exceptions, so a span of years costs no more than
	one of minutes.
	"""

	name: str
	week: tuple[tuple[Period, ...], ...]
	exceptions: Mapping[date, tuple[Period, ...]] = field(default_factory=dict)

	def __post_init__(self) -> None:
		if len(self.week) != 7 or not any(_length(periods) for periods in self.week):
			raise NoWorkingTime(self.name)

	@cached_property
	def _week_sums(self) -> list[int]:
		return [0, *accumulate(_length(periods) for periods in self.week)]

	@cached_property
	def _exception_days(self) -> list[int]:
		return sorted(day.toordinal() for day in self.exceptions)

	@cached_property
	def _exception_sums(self) -> list[int]:
		changes = []
		for ordinal in self._exception_days:
			day = date.fromordinal(ordinal)
			changes.append(_length(self.exceptions[day]) - _length(self.week[day.weekday()]))
		return [0, *accumulate(changes)]

	def periods(self, day: date) -> tuple[Period, ...]:
		"""The working periods of one date, in seconds since its midnight."""
		found = self.exceptions.get(day)
		return self.week[day.weekday()] if found is None else found

	def is_working_day(self, day: date) -> bool:
		"""Whether anybody works on that date (E-3.2c)."""
		return _length(self.periods(day)) > 0

	def is_working(self, at: datetime) -> bool:
		"""Whether the instant lies inside working time; the second of closing does not."""
		second = _second(at)
		return any(start <= second < end for start, end in self.periods(at.date()))

	def is_deadline(self, at: datetime) -> bool:
		"""Whether work may be due at the instant: inside working time, its last second included (D-03)."""
		second = _second(at)
		return any(start <= second <= end for start, end in self.periods(at.date()))

	def opening(self, day: date) -> datetime:
		"""When work begins on a working day."""
		return _at(day, self._periods_of_working_day(day)[0][0])

	def close_of_work(self, day: date) -> datetime:
		"""The end of the last shift of a working day: "before going off work" (D-03)."""
		return _at(day, self._periods_of_working_day(day)[-1][1])

	def working_day_from(self, day: date) -> date:
		"""The date itself when it is a working day, else the next one; NoWorkingTime after a year without (D-03)."""
		return self._seek(day, 1)

	def next_working_day(self, day: date) -> date:
		"""The first working day after a date."""
		return self.working_day_from(day + timedelta(days=1))

	def previous_working_day(self, day: date) -> date:
		"""The last working day before a date."""
		return self._seek(day - timedelta(days=1), -1)

	def next_opening(self, at: datetime) -> datetime:
		"""The instant itself inside working time, else the next opening."""
		at = at.replace(microsecond=0)
		second, day = _second(at), at.date()
		for start, end in self.periods(day):
			if second < end:
				return max(at, _at(day, start))
		return self.opening(self.next_working_day(day))

	def deadline_from(self, at: datetime) -> datetime:
		"""The instant itself where work may be due, else the next opening (D-03)."""
		at = at.replace(microsecond=0)
		return at if self.is_deadline(at) else self.next_opening(at)

	def working_between(self, start: datetime, end: datetime) -> int:
		"""Working seconds between two instants; none when the end lies before the start (D-04)."""
		return max(0, self._position(end) - self._position(start))

	def add_working(self, start: datetime, seconds: int) -> datetime:
		"""The instant by which so many working seconds have passed; always inside working time (D-04)."""
		if seconds <= 0:
			return self.next_opening(start)
		day, second = start.date(), _second(start)
		for begin, end in self.periods(day):
			begin = max(begin, second)
			if end > begin:
				if seconds <= end - begin:
					return _at(day, begin + seconds)
				seconds -= end - begin
		# the last day whose beginning lies before what is left
		low = day.toordinal() + 1
		target, step = self._before_day(low) + seconds, 7
		while self._before_day(low + step) < target:
			step *= 2
		ordinal = (
			low + bisect_left(range(step + 1), target, key=lambda days: self._before_day(low + days)) - 1
		)
		day = date.fromordinal(ordinal)
		seconds = target - self._before_day(ordinal)
		for begin, end in self.periods(day):
			if seconds <= end - begin:
				return _at(day, begin + seconds)
			seconds -= end - begin
		raise AssertionError("the target lies inside this day")  # pragma: no cover

	def _position(self, at: datetime) -> int:
		second = _second(at)
		today = sum(max(0, min(second, end) - start) for start, end in self.periods(at.date()))
		return self._before_day(at.toordinal()) + today

	def _before_day(self, ordinal: int) -> int:
		weeks, weekday = divmod(ordinal - FIRST_MONDAY.toordinal(), 7)
		exceptions = self._exception_sums[bisect_left(self._exception_days, ordinal)]
		return weeks * self._week_sums[7] + self._week_sums[weekday] + exceptions

	def _seek(self, day: date, step: int) -> date:
		for _days in range(HORIZON):
			if self.is_working_day(day):
				return day
			day += timedelta(days=step)
		raise NoWorkingTime(f"{self.name}, {day}")

	def _periods_of_working_day(self, day: date) -> tuple[Period, ...]:
		periods = self.periods(day)
		if not periods:
			raise NoWorkingTime(f"{self.name}, {day}")
		return periods


@dataclass(frozen=True)
class Refusal:
	"""Why a guard does not let a document make a transition; the message is already translated."""

	code: str
	message: str
	rule: str = ""


def wave_time(wave: policy_rules.Wave, day: date, calendar: Calendar) -> datetime:
	"""When a wave of a working day closes: at its cut-off, or so long before close of work (G4-3.6.1e)."""
	if wave.at_close:
		return calendar.close_of_work(day) - timedelta(minutes=wave.minutes_before_close)
	return datetime.combine(day, wave.cutoff)


def clock_start(received_at: datetime, business_date: date, calendar: Calendar) -> datetime:
	"""Orders after the day's cut-off start their clocks when their business day opens (D-09, E-4.11a)."""
	if received_at.date() >= business_date:
		return received_at.replace(microsecond=0)
	return calendar.opening(calendar.working_day_from(business_date))


# a step kind of another app: when the step is due (hook order_ops_step_kinds)
StepKind = Callable[[Step, Policy, Calendar, datetime], datetime]


@dataclass(frozen=True)
class Terms:
	"""When one step of one document is due, and from when its owner is warned."""

	due_at: datetime
	warn_at: datetime
	budget_seconds: int = 0
	late_window: bool = False


def terms(
	step: Step,
	policy: Policy,
	calendar: Calendar,
	started_at: datetime,
	business_date: date | None = None,
	received_at: datetime | None = None,
	kind: StepKind | None = None,
) -> Terms:
	"""When a step that started now is due, on whichever basis its policy counts (D-04, D-09, C-07).

	A deadline lies in working time and leaves the lead of its step, unless the waves of the profile are strict.
	"""
	warn = step.warn_minutes * 60
	if step.basis == policy_rules.WORKING_TIME:
		return working_terms(calendar, started_at, step.minutes * 60, warn)
	if step.basis == policy_rules.ELAPSED_TIME:
		return elapsed_terms(started_at, step.minutes * 60, warn)
	late = False
	if step.basis == policy_rules.NEXT_WAVE:
		due = _next_wave(step, policy, calendar, started_at)
	elif step.basis == policy_rules.DAY_OF_MONTH:
		due = _day_of_month(step, calendar, started_at)
	elif step.basis == policy_rules.OTHER:
		if kind is None:
			raise LookupError(f"No app registers the step kind {step.step_kind} of step {step.step}")
		due = calendar.deadline_from(kind(step, policy, calendar, started_at))
	else:
		day = calendar.working_day_from(business_date or started_at.date())
		due, late = _deadline(step, policy, calendar, day, received_at or started_at)
	if step.lead_minutes and not policy.strict_wave:
		due = max(due, calendar.add_working(started_at, step.lead_minutes * 60))
	return Terms(due, due - timedelta(seconds=warn), 0, late)


def working_terms(calendar: Calendar, started_at: datetime, seconds: int, warn_seconds: int) -> Terms:
	"""So many working seconds from the start (D-04)."""
	warn_at = calendar.add_working(started_at, max(0, seconds - warn_seconds))
	return Terms(calendar.add_working(started_at, seconds), warn_at, seconds)


def elapsed_terms(started_at: datetime, seconds: int, warn_seconds: int) -> Terms:
	"""So many seconds from the start, working or not (D-04)."""
	due = started_at + timedelta(seconds=seconds)
	return Terms(due, due - timedelta(seconds=min(seconds, warn_seconds)), seconds)


def after_pauses(
	calendar: Calendar | None,
	started_at: datetime,
	budget_seconds: int,
	first_due_at: datetime,
	warn_seconds: int,
	paused_seconds: int,
) -> Terms:
	"""When a step that stood still so long is due: it has left what it had left when it stopped (D-04, E-4.15g)."""
	if budget_seconds:
		seconds = budget_seconds + paused_seconds
		if calendar:
			return working_terms(calendar, started_at, seconds, warn_seconds)
		return elapsed_terms(started_at, seconds, warn_seconds)
	if not calendar:
		due = first_due_at + timedelta(seconds=paused_seconds)
	elif paused_seconds:
		due = calendar.add_working(first_due_at, paused_seconds)
	else:
		due = calendar.deadline_from(first_due_at)
	return Terms(due, due - timedelta(seconds=warn_seconds))


def stood_still(
	pauses: Iterable[tuple[datetime, datetime]], started_at: datetime, calendar: Calendar | None
) -> int:
	"""The seconds of a step's pauses, in working time where it has a calendar; none before its start (D-04)."""
	return sum(measured(max(begin, started_at), end, calendar) for begin, end in pauses)


def within_days(day: date, days: int) -> datetime:
	"""The last instant of so many calendar days; the day it begins with is day 0 (D-05)."""
	return datetime.combine(day + timedelta(days=days), LAST_SECOND)


def measured(start: datetime, end: datetime, calendar: Calendar | None, paused_seconds: int = 0) -> int:
	"""The time a step took, in working seconds where it has a calendar, pauses taken off (D-04)."""
	if calendar:
		return max(0, calendar.working_between(start, end) - paused_seconds)
	return max(0, int((end - start).total_seconds()) - paused_seconds)


def is_late(at: datetime, due_at: datetime, budget_seconds: int, measured_seconds: int) -> bool:
	"""A duration is met while measured time <= N (D-04); a deadline is missed at its very second (D-01)."""
	return measured_seconds > budget_seconds if budget_seconds else at >= due_at


def _deadline(
	step: Step, policy: Policy, calendar: Calendar, day: date, received_at: datetime
) -> tuple[datetime, bool]:
	if step.basis == policy_rules.CLOSE_OF_WORK:
		return calendar.close_of_work(day), False
	if step.basis == policy_rules.NEXT_WORKING_DAY:
		return _at_time_or_close(calendar, calendar.next_working_day(day), step.at_time), False
	if step.basis == policy_rules.WAVE:
		due = _clip(calendar, day, wave_time(policy.wave(step.step), day, calendar).time())
		if step.minutes:
			due = min(calendar.add_working(due, step.minutes * 60), calendar.close_of_work(day))
		return due, False
	due = _clip(calendar, day, step.at_time)
	late = arrives_late(step, clock_start(received_at, day, calendar), day, calendar)
	graceful = policy.same_day_grace == policy_rules.GRACE and not policy.strict_wave
	return (calendar.close_of_work(day) if late and graceful else due), late


def _next_wave(step: Step, policy: Policy, calendar: Calendar, started_at: datetime) -> datetime:
	"""The first wave of its kind after the start, or at it where the wave takes its own second (D-01)."""
	waves = [wave for wave in policy.waves if wave.kind == step.wave_kind]
	today = calendar.working_day_from(started_at.date())
	for day in (today, calendar.next_working_day(today)):
		for wave in waves:
			at = _clip(calendar, day, wave_time(wave, day, calendar).time())
			if at > started_at or (at == started_at and wave.boundary == policy_rules.INCLUSIVE):
				return at
	raise LookupError(f"Profile {policy.name} has no wave of kind {step.wave_kind} for step {step.step}")


def _day_of_month(step: Step, calendar: Calendar, started_at: datetime) -> datetime:
	"""The next day of that number, the last day of a shorter month; on a free day as its holiday rule says."""
	month = started_at.date().replace(day=1)
	for _month in range(YEAR // 28):
		day = month.replace(day=min(step.day_of_month, monthrange(month.year, month.month)[1]))
		due = _on_day(step, calendar, day)
		if due > started_at:
			return due
		month = (month + timedelta(days=31)).replace(day=1)
	raise NoWorkingTime(f"{calendar.name}, {month}")


def _on_day(step: Step, calendar: Calendar, day: date) -> datetime:
	if not calendar.is_working_day(day):
		if step.holiday_rule == policy_rules.AS_IT_IS:
			return calendar.deadline_from(datetime.combine(day, step.at_time or LAST_SECOND))
		earlier = step.holiday_rule == policy_rules.PREVIOUS_WORKING_DAY
		day = calendar.previous_working_day(day) if earlier else calendar.next_working_day(day)
	return _at_time_or_close(calendar, day, step.at_time)


def arrives_late(step: Step, start: datetime, day: date, calendar: Calendar) -> bool:
	"""Whether the chain of steps cannot end by the deadline of the day: received after 12:15 (C-07, E-4.15c)."""
	if step.basis != policy_rules.TIME_OF_DAY or not step.minutes or step.at_time is None:
		return False
	return calendar.add_working(start, step.minutes * 60) > datetime.combine(day, step.at_time)


def _at_time_or_close(calendar: Calendar, day: date, at_time: time | None) -> datetime:
	return _clip(calendar, day, at_time) if at_time else calendar.close_of_work(day)


def _clip(calendar: Calendar, day: date, at_time: time) -> datetime:
	"""A time of day, moved into the working time of its day."""
	at = datetime.combine(day, at_time)
	return calendar.deadline_from(min(max(at, calendar.opening(day)), calendar.close_of_work(day)))


def _length(periods: tuple[Period, ...]) -> int:
	return sum(end - start for start, end in periods)


def _second(at: datetime) -> int:
	return at.hour * 3600 + at.minute * 60 + at.second


def _at(day: date, second: int) -> datetime:
	return datetime.combine(day, time()) + timedelta(seconds=second)
