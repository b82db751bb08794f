# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the scheduler calls for dispatch lists; a run that was missed is made up for at the next tick (D-18)."""

from __future__ import annotations

from order_ops.fulfilment import dispatch
from order_ops.timekeeping import clock


def prepare_dispatch_lists() -> None:
	"""Every five minutes: draft the shipped lists and logistics sheets that are due soon (E-4.15d, E-4.15e)."""
	dispatch.prepare(clock.now())
