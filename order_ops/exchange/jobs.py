# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the scheduler calls."""

from __future__ import annotations

from order_ops.exchange import service


def flush_outbox() -> None:
	"""Every minute: send what is due (D-11)."""
	service.flush()
