"""Random calendars and spans, and the oracle that counts them minute by minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import strategies as st

from order_ops.timekeeping.rules import Calendar, Period

FIRST = date(2026, 11, 9)  # a Monday
DAYS = 21
MINUTE = timedelta(minutes=1)

# a few hundred cases each time, ten thousand behind bin/test --long
CASES = pytest.mark.parametrize("cases", [150, pytest.param(10_000, marks=pytest.mark.long)])


def periods() -> st.SearchStrategy[tuple[Period, ...]]:
	"""Up to three periods of a day, in whole minutes, apart from each other or touching the ends of the day."""
	return st.lists(st.integers(0, 287), max_size=6, unique=True).map(
		lambda marks: tuple(
			(begin * 300, end * 300)
			for begin, end in zip(*[iter(sorted(marks)[: len(marks) // 2 * 2])] * 2, strict=True)
		)
	)


weeks = st.lists(periods(), min_size=7, max_size=7).filter(any).map(tuple)
exceptions = st.dictionaries(
	st.integers(-1, DAYS).map(lambda days: FIRST + timedelta(days=days)), periods() | st.just(()), max_size=9
)
calendars = st.builds(Calendar, st.just("drawn"), weeks, exceptions)
instants = st.integers(0, DAYS * 1440 - 1).map(lambda n: datetime.combine(FIRST, time()) + n * MINUTE)


@dataclass(frozen=True)
class Span:
	"""A calendar, and sorted instants in it: the start, the pauses, the end."""

	calendar: Calendar
	marks: tuple[datetime, ...]

	@property
	def start(self) -> datetime:
		return self.marks[0]

	@property
	def end(self) -> datetime:
		return self.marks[-1]

	@property
	def pauses(self) -> list[tuple[datetime, datetime]]:
		"""The instants between start and end, two by two."""
		inner = self.marks[1:-1]
		return list(zip(inner[::2], inner[1::2], strict=True))


spans = st.builds(
	Span,
	calendars,
	st.integers(0, 4).flatmap(
		lambda pauses: st.lists(instants, min_size=2 + 2 * pauses, max_size=2 + 2 * pauses).map(
			lambda marks: tuple(sorted(marks))
		)
	),
)


class Oracle:
	"""Knows of every minute whether it is worked, and nothing else."""

	def __init__(self, calendar: Calendar) -> None:
		self.calendar = calendar
		self.days: dict[tuple[Period, ...], bytes] = {}

	def works(self, minute: datetime) -> int:
		"""1 in working time, else 0."""
		return self.day(minute.date())[minute.hour * 60 + minute.minute]

	def day(self, day: date) -> bytes:
		"""The 1,440 minutes of one date."""
		worked = self.calendar.exceptions.get(day, self.calendar.week[day.weekday()])
		if worked not in self.days:
			self.days[worked] = bytes(
				any(begin <= minute * 60 < end for begin, end in worked) for minute in range(1440)
			)
		return self.days[worked]

	def minutes(self, start: datetime, end: datetime) -> Iterator[int]:
		"""Each minute from start to end."""
		first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
		day = start.date()
		while day < end.date():
			yield from self.day(day)[first:]
			day, first = day + timedelta(days=1), 0
		yield from self.day(day)[first:last]

	def between(self, start: datetime, end: datetime) -> int:
		"""Worked minutes between two instants."""
		return sum(self.minutes(start, end)) if start < end else 0
