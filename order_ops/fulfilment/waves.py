# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a wave does with its orders: delivery notes for all that can leave (E-4.13c/d)."""

from __future__ import annotations

from order_ops.fulfilment import delivery
from order_ops.timekeeping.wave_rules import WaveVerdict, WaveWindow


def issue_delivery_notes(run: WaveWindow, order_names: list[str]) -> list[WaveVerdict]:
	"""Wave handler: issue notes for one chunk of orders; orders that have theirs already are not of this wave."""
	return [
		WaveVerdict(
			v.name, taken=v.status == delivery.ISSUED, document=v.note or v.short_note, reason=v.message
		)
		for v in delivery.issue(order_names, wave_run=run.run)
		if v.status != delivery.DONE
	]
