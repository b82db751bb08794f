"""The scheduler: puts the scheduled jobs that are due into the queue, each once however often it was missed."""

import signal
import threading
from collections.abc import Callable

import frappe
from frappe.utils.background_jobs import site_context
from frappe.utils.synchronization import filelock

TICK_SECONDS = 60


def start_scheduler(sites: Callable[[], list[str]]) -> None:
	"""Tick until SIGTERM or SIGINT."""
	stop = threading.Event()
	for number in (signal.SIGTERM, signal.SIGINT):
		signal.signal(number, lambda number, frame: stop.set())
	while True:
		for site in sites():
			enqueue_events_for_site(site)
		if stop.wait(TICK_SECONDS):
			return


def enqueue_events_for_site(site: str) -> None:
	"""One tick for one site; an error is logged there and does not stop the others."""
	with site_context(site):
		try:
			if not is_scheduler_inactive():
				enqueue_events()
				frappe.db.commit()
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title="Scheduler")
			frappe.db.commit()


def enqueue_events() -> list[str]:
	"""Queue every job that is due; of two schedulers that tick at once the second finds them queued."""
	queued = []
	with filelock("scheduler", timeout=30):
		for name in frappe.get_all(
			"Scheduled Job Type", filters={"stopped": 0}, order_by="name", pluck="name"
		):
			job_type = frappe.get_doc("Scheduled Job Type", name)
			if job_type.enqueue():
				queued.append(job_type.method)
		frappe.db.commit()
	return queued


def is_scheduler_inactive() -> bool:
	"""Is the site in maintenance, or its scheduler switched off in its configuration or System Settings?"""
	conf = frappe.conf
	if conf.maintenance_mode or conf.pause_scheduler or conf.disable_scheduler:
		return True
	return not frappe.db.get_single_value("System Settings", "enable_scheduler")
