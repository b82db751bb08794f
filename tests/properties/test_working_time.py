"""Working time agrees with counting minute by minute, whatever the calendar (D-03, D-04, D-09)."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from order_ops.policy import rules as policy_rules
from order_ops.policy.rules import Policy, Step, Wave
from order_ops.timekeeping import rules
from order_ops.timekeeping.rules import Calendar, NoWorkingTime
from tests.properties.drawn import CASES, FIRST, MINUTE, Oracle, calendars, instants, periods, spans

pytestmark = pytest.mark.no_site

LONGEST = 2000  # minutes of a budget


@CASES
def test_time_between_two_instants_pauses_taken_off(cases):
	"""D-04: what a step took is what was worked and not paused."""

	@given(spans)
	@settings(max_examples=cases)
	def holds(span):
		oracle = Oracle(span.calendar)
		counted = oracle.between(span.start, span.end)
		assert span.calendar.working_between(span.start, span.end) == counted * 60
		assert span.calendar.working_between(span.end, span.start) == 0
		paused = rules.stood_still(span.pauses, span.start, span.calendar)
		assert paused == sum(oracle.between(*pause) for pause in span.pauses) * 60
		took = rules.measured(span.start, span.end, span.calendar, paused)
		assert took == counted * 60 - paused
		assert rules.measured(span.start, span.end, None) == (span.end - span.start).total_seconds()

	holds()


@CASES
def test_the_instant_by_which_so_much_is_worked(cases):
	"""D-03, D-04: found minute by minute; it lies in working time; elapsed and remaining make the budget."""

	@given(calendars, instants, st.integers(0, LONGEST), st.floats(0, 1))
	@settings(max_examples=cases)
	def holds(calendar, start, minutes, part):
		due = calendar.add_working(start, minutes * 60)
		oracle, minute, left = Oracle(calendar), start, minutes
		while left or not (minutes or oracle.works(minute)):
			left -= oracle.works(minute)
			minute += MINUTE
		assert due == minute
		assert calendar.is_deadline(due)
		at = start + int((due - start).total_seconds() * part) * timedelta(seconds=1)
		elapsed = rules.measured(start, at, calendar)
		assert elapsed + calendar.working_between(at, due) == minutes * 60
		assert not minutes or not rules.is_late(at, due, minutes * 60, elapsed)

	holds()


@CASES
def test_a_step_has_left_after_its_pauses_what_it_had_before(cases):
	"""D-04, E-4.15g: the minutes of the pauses are not counted, whenever they lie."""

	@given(spans, st.integers(1, LONGEST), st.integers(0, 200))
	@settings(max_examples=cases)
	def holds(span, left, warn):
		calendar, oracle = span.calendar, Oracle(span.calendar)
		paused = rules.stood_still(span.pauses, span.start, calendar)
		minutes = oracle.between(span.start, span.end) - paused // 60 + left
		terms = rules.after_pauses(calendar, span.start, minutes * 60, span.end, warn * 60, paused)
		minute = span.end
		while left:
			left -= oracle.works(minute)
			minute += MINUTE
		assert terms.due_at == minute
		assert calendar.is_deadline(terms.due_at)
		assert oracle.between(terms.warn_at, terms.due_at) == min(warn, minutes + paused // 60)
		deadline = calendar.deadline_from(span.end)
		moved = rules.after_pauses(calendar, span.start, 0, deadline, 0, paused).due_at
		assert oracle.between(deadline, moved) * 60 == paused
		assert calendar.is_deadline(moved)

	holds()


clock_times = st.integers(0, 287).map(lambda n: time(n // 12, n % 12 * 5))
steps = st.builds(
	Step,
	step=st.just("W1"),
	title=st.just("x"),
	basis=st.sampled_from(
		(
			policy_rules.TIME_OF_DAY,
			policy_rules.CLOSE_OF_WORK,
			policy_rules.NEXT_WORKING_DAY,
			policy_rules.WAVE,
			policy_rules.NEXT_WAVE,
			policy_rules.DAY_OF_MONTH,
			policy_rules.OTHER,
			policy_rules.WORKING_TIME,
		)
	),
	minutes=st.integers(0, 600),
	at_time=clock_times,
	lead_minutes=st.integers(0, 300),
	wave_kind=st.sampled_from((policy_rules.SEND, policy_rules.REVIEW)),
	day_of_month=st.integers(1, 31),
	holiday_rule=st.sampled_from(
		(policy_rules.NEXT_DAY, policy_rules.PREVIOUS_WORKING_DAY, policy_rules.AS_IT_IS)
	),
)


@st.composite
def policies(draw):
	"""A policy of four waves, two of each kind, strict or graceful."""
	times = sorted(draw(st.lists(clock_times, min_size=4, max_size=4, unique=True)))
	waves = tuple(
		Wave(
			f"W{n}",
			"x",
			at,
			kind=(policy_rules.SEND, policy_rules.REVIEW)[n % 2],
			at_close=n > 2,
			minutes_before_close=draw(st.integers(0, 120)),
			boundary=draw(st.sampled_from((policy_rules.EXCLUSIVE, policy_rules.INCLUSIVE))),
		)
		for n, at in enumerate(times)
	)
	strict, grace = draw(st.booleans()), draw(st.sampled_from((policy_rules.GRACE, "None")))
	return Policy("P", "P", 1, "drawn", time(15), strict_wave=strict, same_day_grace=grace, waves=waves)


@CASES
def test_a_deadline_lies_in_working_time_and_leaves_its_lead(cases):
	"""D-03, D-09: on every basis; a strict profile leaves no lead."""

	@given(calendars, policies(), steps, instants, st.integers(0, 10_000))
	@settings(max_examples=cases)
	def holds(calendar, policy, step, start, minutes_later):
		def kind(_step, _policy, _calendar, started_at):
			return started_at + minutes_later * MINUTE

		try:
			terms = rules.terms(step, policy, calendar, start, kind=kind)
		except NoWorkingTime:
			raise AssertionError("there is working time every week") from None
		assert calendar.is_deadline(terms.due_at), terms
		if step.basis == policy_rules.WORKING_TIME:
			return
		if step.lead_minutes and not policy.strict_wave:
			assert calendar.working_between(start, terms.due_at) >= step.lead_minutes * 60
		without = rules.terms(replace(step, lead_minutes=0), policy, calendar, start, kind=kind)
		if policy.strict_wave:
			assert terms == without
		assert terms.due_at >= without.due_at
		if step.basis in (policy_rules.NEXT_WAVE, policy_rules.DAY_OF_MONTH, policy_rules.OTHER):
			assert terms.due_at >= start

	holds()


@CASES
def test_the_day_of_a_month_is_the_next_one_by_its_holiday_rule(cases):
	"""E-4.17h, D-09: the 25th, or the working day that its rule names, and never one that is over."""

	@given(
		calendars,
		instants,
		st.integers(1, 28),
		st.sampled_from((policy_rules.NEXT_DAY, policy_rules.PREVIOUS_WORKING_DAY)),
	)
	@settings(max_examples=cases)
	def holds(calendar, start, number, holiday_rule):
		step = Step("X", "x", policy_rules.DAY_OF_MONTH, day_of_month=number, holiday_rule=holiday_rule)
		due = rules.terms(step, Policy("P", "P", 1, "x", time(15)), calendar, start).due_at
		back = holiday_rule == policy_rules.PREVIOUS_WORKING_DAY
		possible = []
		for month in (10, 11, 12, 13, 14):
			day = date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, number)
			while not calendar.periods(day):
				day += timedelta(days=-1 if back else 1)
			possible.append(calendar.close_of_work(day))
		assert due == min(at for at in possible if at > start)

	holds()


@CASES
def test_a_calendar_that_exceptions_leave_without_work_ends_in_an_error(cases):
	"""D-03: refused or found, never a loop, in both directions."""

	@given(periods().filter(bool), st.integers(0, 6), st.integers(0, 60), st.integers(0, 6))
	@settings(max_examples=min(cases, 1000))
	def holds(worked, weekday, weeks, offset):
		week = tuple(worked if day == weekday else () for day in range(7))
		first = FIRST + timedelta(days=weekday)
		off = {first + timedelta(weeks=n): () for n in range(weeks)}
		calendar = Calendar("erased", week, off)
		day, back_from = first - timedelta(days=offset), first + timedelta(weeks=weeks, days=-1)
		for seek, wanted in (
			(lambda: calendar.working_day_from(day), first + timedelta(weeks=weeks)),
			(lambda: calendar.previous_working_day(back_from), first - timedelta(weeks=1)),
			(
				lambda: calendar.next_opening(datetime.combine(day, time())).date(),
				first + timedelta(weeks=weeks),
			),
			(
				lambda: calendar.add_working(datetime.combine(day, time()), 60).date(),
				first + timedelta(weeks=weeks),
			),
		):
			try:
				assert seek() == wanted
			except NoWorkingTime:
				assert weeks > 52

	holds()
	for nothing in ((), ((3600, 3600),)):
		with pytest.raises(NoWorkingTime):
			Calendar("empty", (nothing,) * 7)
