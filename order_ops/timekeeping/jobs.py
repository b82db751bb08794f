# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the scheduler calls; a run that was missed is made up for at the next tick (D-18)."""

from __future__ import annotations

import frappe
from order_ops.policy import service as policies
from order_ops.timekeeping import clock, clocks, events, holds, wave_schedule, waves


def sweep_clocks() -> None:
	"""Every minute: warn and mark what is late (D-04)."""
	clocks.sweep(clock.now())


def release_due_holds() -> None:
	"""Every minute, before the waves: release the holds whose time has come (G5-2.3)."""
	holds.release_due(clock.now())


def dispatch_waves() -> None:
	"""Every minute: hand the waves that are due to one worker (D-18)."""
	if wave_schedule.due(clock.now()):
		frappe.enqueue(close_due_waves, queue="long", job_id="order_ops_close_due_waves", deduplicate=True)


def close_due_waves() -> None:
	"""Close what is due, oldest first; a wave that fails is reported and does not hold up the next one (D-18)."""
	for profile, wave, business_date in wave_schedule.due(clock.now()):
		try:
			waves.close(profile, wave, business_date)
		except Exception:
			frappe.log_error(
				title=f"Wave {wave} of {business_date} stopped half-way", reference_doctype=waves.RUN
			)
			frappe.db.commit()


def run_module_jobs() -> None:
	"""Every five minutes: the jobs of the modules that the profiles use; one that fails does not stop the others.

	They are functions without arguments, registered under their module in the hook order_ops_jobs, and decide by the
	policy whether there is anything to do, so a changed time needs no code.
	"""
	used = policies.modules_in_use()
	for module, paths in events.hooked("order_ops_jobs").items():
		for path in paths if module in used else ():
			try:
				frappe.get_attr(path)()
				frappe.db.commit()
			except Exception:
				frappe.db.rollback()
				frappe.log_error(title=f"Job {path} of {module} failed")
				frappe.db.commit()


def recount_clocks(calendar: str) -> None:
	"""After a calendar was changed: count the clocks that go by it and still run anew (D-04)."""
	clocks.recompute(clocks.open_by_calendar(calendar))
