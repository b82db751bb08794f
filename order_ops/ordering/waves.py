"""What a send wave does with its orders: all that were reviewed go to the logistics centres (G4-3.6.1)."""

from __future__ import annotations

from order_ops.ordering import release
from order_ops.timekeeping.wave_rules import WaveVerdict, WaveWindow


def send_to_logistics(run: WaveWindow, orders: list[str]) -> list[WaveVerdict]:
	"""Wave handler: release one chunk of reviewed orders; what is refused is held back with its reason."""
	return [
		WaveVerdict(verdict["order"], verdict["status"] != "refused", reason=verdict.get("message", ""))
		for verdict in release.release(orders)
	]
