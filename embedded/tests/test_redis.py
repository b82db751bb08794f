"""With Redis configured, jobs go through RQ; a worker of RQ runs them."""

import json
from pathlib import Path

import pytest

import frappe
from embedded.tests import jobs
from frappe.utils.background_jobs import get_jobs, is_job_enqueued

pytestmark = [pytest.mark.embedded_only, pytest.mark.redis]


@pytest.fixture
def queue(redis):
	"""The site's configuration names the private Redis; for us and for the workers we start."""
	path = Path("common_site_config.json")
	before = path.read_text()
	path.write_text(json.dumps({**json.loads(before), "redis_queue": redis.url}))
	frappe.conf.redis_queue = redis.url
	yield
	path.write_text(before)
	frappe.conf.redis_queue = None


def test_a_job_goes_through_redis(queue, bench, tmp_path):
	notes = tmp_path / "notes"
	job = {"queue": "short", "job_id": "through::redis", "path": str(notes), "text": "done"}
	assert frappe.enqueue(jobs.note, deduplicate=True, **job).id
	assert is_job_enqueued("through::redis")
	assert get_jobs()[frappe.local.site] == ["embedded.tests.jobs.note"]
	assert frappe.enqueue(jobs.note, deduplicate=True, **job) is None
	bench("worker", "--burst")
	assert notes.read_text() == "done\n"
	assert not is_job_enqueued("through::redis")


def test_a_rollback_takes_the_job_with_it(queue, bench, tmp_path):
	notes = tmp_path / "notes"
	frappe.enqueue(jobs.note, enqueue_after_commit=True, path=str(notes), text="never")
	frappe.db.rollback()
	frappe.enqueue(jobs.note, enqueue_after_commit=True, path=str(notes), text="once")
	frappe.db.commit()
	bench("worker", "--burst")
	assert notes.read_text() == "once\n"


def test_a_failing_job_is_logged(queue, bench, tmp_path):
	before = frappe.db.count("Error Log")
	frappe.enqueue(jobs.note, path=str(tmp_path / "no" / "such" / "folder"), text="never")
	bench("worker", "--burst")
	frappe.db.rollback()
	assert frappe.db.count("Error Log") == before + 1
