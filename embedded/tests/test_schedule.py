"""The embedded host's scheduler: missed runs, two schedulers at once, on and off."""

from datetime import timedelta
from threading import Thread

import pytest

import frappe
from frappe.utils import now_datetime
from frappe.utils.background_jobs import get_jobs
from frappe.utils.scheduler import enqueue_events_for_site

pytestmark = pytest.mark.embedded_only
RUN = "frappe.core.doctype.scheduled_job_type.scheduled_job_type.run_scheduled_job"


@pytest.fixture
def hourly():
	"""A job that was last run three hours ago; every other scheduled job rests meanwhile."""
	resting = frappe.get_all("Scheduled Job Type", {"stopped": 0}, pluck="name")
	for name in resting:
		frappe.db.set_value("Scheduled Job Type", name, "stopped", 1)
	enabled = frappe.db.get_single_value("System Settings", "enable_scheduler")
	frappe.db.set_single_value("System Settings", "enable_scheduler", 1)
	job = frappe.get_doc(
		{
			"doctype": "Scheduled Job Type",
			"method": "frappe.clear_cache",
			"frequency": "Hourly",
			"create_log": 1,
		}
	).insert()
	job.db_set("last_execution", now_datetime() - timedelta(hours=3))
	frappe.db.commit()
	yield job
	frappe.db.rollback()
	frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": job.name})
	frappe.db.delete("Scheduled Job Type", {"name": job.name})
	for name in resting:
		frappe.db.set_value("Scheduled Job Type", name, "stopped", 0)
	frappe.db.set_single_value("System Settings", "enable_scheduler", int(enabled))
	frappe.db.sql("delete from `__jobs`")
	frappe.db.commit()


def queued() -> list[str]:
	"""What waits; the transaction that asked is ended, so that others can write."""
	jobs = get_jobs()[frappe.local.site]
	frappe.db.rollback()
	return jobs


def tick() -> None:
	"""One tick of a scheduler, in a thread since it has a context of its own."""
	site = frappe.local.site
	frappe.db.rollback()
	thread = Thread(target=enqueue_events_for_site, args=(site,))
	thread.start()
	thread.join()


def test_a_missed_run_is_queued_once_and_remembered(hourly, bench):
	tick()
	tick()
	assert queued() == [RUN]
	bench("worker", "--burst")
	assert queued() == []
	ran = frappe.db.get_value("Scheduled Job Type", hourly.name, "last_execution")
	assert now_datetime() - ran < timedelta(minutes=1)
	assert frappe.get_all("Scheduled Job Log", {"scheduled_job_type": hourly.name}, pluck="status") == [
		"Complete"
	]
	tick()
	assert queued() == []


def test_two_schedulers_at_once_queue_it_once(hourly):
	site = frappe.local.site
	frappe.db.rollback()
	threads = [Thread(target=enqueue_events_for_site, args=(site,)) for _ in range(4)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join()
	assert queued() == [RUN]


def test_a_scheduler_switched_off_queues_nothing(hourly):
	frappe.db.set_single_value("System Settings", "enable_scheduler", 0)
	frappe.db.commit()
	tick()
	assert queued() == []
	frappe.db.set_single_value("System Settings", "enable_scheduler", 1)
	frappe.db.commit()
	tick()
	assert queued() == [RUN]
