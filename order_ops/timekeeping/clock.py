# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The one place that says what time it is (D-19)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from frappe.utils import get_datetime, now_datetime

_pinned: ContextVar[datetime | None] = ContextVar("order_ops_pinned_clock", default=None)


def now() -> datetime:
	"""The present instant in the site's time zone, to the second (D-19)."""
	return (_pinned.get() or now_datetime()).replace(microsecond=0)


def today() -> date:
	"""The present date in the site's time zone (D-19)."""
	return now().date()


@contextmanager
def pinned(at: datetime | str) -> Iterator[datetime]:
	"""Stop the clock at an instant, for the simulated day and for tests (D-19)."""
	token = _pinned.set(get_datetime(at))
	try:
		yield now()
	finally:
		_pinned.reset(token)
