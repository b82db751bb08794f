"""Scheduled jobs: registered from hooks, due by their cron line, run once however often they were missed."""

from datetime import datetime

import pytest
from freezegun import freeze_time

import frappe

NOON = datetime(2026, 3, 2, 12, 0, 0)


@pytest.fixture
def job_type():
	"""A scheduled job of the test's own; it fails, since its function wants arguments."""
	doc = frappe.get_doc(
		{
			"doctype": "Scheduled Job Type",
			"method": "frappe.client.get",
			"frequency": "Cron",
			"cron_format": "*/15 * * * *",
			"create_log": 1,
		}
	).insert()
	frappe.db.commit()
	yield doc
	frappe.db.rollback()
	frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": doc.name})
	frappe.db.delete("Scheduled Job Type", {"name": doc.name})
	frappe.db.commit()


def scheduled_by_hooks() -> dict[str, tuple[str, str | None]]:
	"""Method -> its frequency and cron line, as the app's hooks say."""
	jobs = {}
	for frequency, methods in frappe.get_hooks("scheduler_events", app_name="order_ops").items():
		if frequency == "cron":
			for cron, functions in methods.items():
				jobs.update({function: ("Cron", cron) for function in functions})
		else:
			jobs.update({function: (frequency.replace("_", " ").title(), None) for function in methods})
	return jobs


def test_the_apps_jobs_are_registered_and_importable():
	wanted = scheduled_by_hooks()
	assert wanted
	rows = frappe.get_all(
		"Scheduled Job Type",
		filters={"method": ("like", "order_ops.%")},
		fields=["method", "frequency", "cron_format", "stopped"],
	)
	registered = {row.method: (row.frequency, row.cron_format or None) for row in rows}
	assert registered == wanted
	assert not any(row.stopped for row in rows)
	for method in registered:
		assert callable(frappe.get_attr(method))


def test_a_job_is_due_at_the_next_time_after_it_last_ran(job_type):
	job_type.last_execution = datetime(2026, 3, 2, 11, 50)
	assert job_type.get_next_execution() == NOON
	assert not job_type.is_event_due(datetime(2026, 3, 2, 11, 59, 59))
	assert job_type.is_event_due(NOON)


def test_runs_missed_for_a_week_are_one_run(job_type):
	job_type.last_execution = datetime(2026, 2, 23, 12, 0)
	assert job_type.is_event_due(NOON)
	job_type.last_execution = NOON
	assert not job_type.is_event_due(datetime(2026, 3, 2, 12, 14))


def test_a_run_is_remembered_and_a_failure_logged(job_type):
	with freeze_time("2026-03-02 04:00:00"):
		started = frappe.utils.now_datetime()
		job_type.execute()
	assert (
		frappe.utils.get_datetime(frappe.db.get_value(job_type.doctype, job_type.name, "last_execution"))
		== started
	)
	logs = frappe.get_all("Scheduled Job Log", {"scheduled_job_type": job_type.name}, ["status", "details"])
	assert [log.status for log in logs] == ["Failed"]
	assert "TypeError" in logs[0].details


def test_a_malformed_cron_line_is_refused(job_type):
	job_type.cron_format = "every now and then"
	with pytest.raises(frappe.ValidationError):
		job_type.save()
