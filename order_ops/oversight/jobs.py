# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the scheduler calls."""

from __future__ import annotations

import frappe
from order_ops.oversight import acknowledgements, evidence
from order_ops.policy import regulations


def roll_up_evidence() -> None:
	"""Every hour: hand the counting to one worker (G1-20)."""
	frappe.enqueue(evidence.roll_up, queue="long", job_id="order_ops_roll_up_evidence", deduplicate=True)


def mind_regulations() -> None:
	"""Every day: versions that begin today, and whoever has not acknowledged what is in force (T-2a, G5-0)."""
	regulations.refresh()
	acknowledgements.remind()
