"""The embedded host's own queue: nothing is lost, nothing runs twice, whatever happens to a worker."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import frappe
from embedded.tests import jobs
from frappe.utils.background_jobs import get_jobs, is_job_enqueued

pytestmark = pytest.mark.embedded_only
WORKER = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "worker"]


@pytest.fixture
def notes(tmp_path) -> Path:
	"""The file that the jobs write to."""
	path = tmp_path / "notes"
	path.touch()
	return path


@pytest.fixture
def start_worker():
	"""Start workers; those still there at the end are ended."""
	workers = []

	def start(*options: str) -> subprocess.Popen:
		workers.append(subprocess.Popen([*WORKER, *options]))
		return workers[-1]

	yield start
	for worker in workers:
		worker.kill()
		worker.wait()


def wait_for(condition, seconds: float = 20) -> None:
	"""Until the condition holds."""
	deadline = time.monotonic() + seconds
	while not condition():
		assert time.monotonic() < deadline, "it did not happen in time"
		time.sleep(0.05)


def enqueued(job_id: str) -> bool:
	"""Does it wait or run? The transaction that asks is ended, so that others can write."""
	frappe.db.rollback()
	found = is_job_enqueued(job_id)
	frappe.db.rollback()
	return found


def failed_job(job_id: str) -> str:
	"""What the table says of a job that was given up."""
	frappe.db.rollback()
	rows = frappe.db.sql("select error from `__jobs` where job_id = %s and status = 'failed'", (job_id,))
	return rows[0][0] if rows else ""


def test_a_job_whose_worker_was_killed_runs_again(notes, start_worker):
	frappe.enqueue(jobs.slow, path=str(notes), seconds=1.5, job_id="slow")
	frappe.db.commit()
	worker = start_worker()
	wait_for(lambda: notes.read_text() == "began\n")
	worker.kill()
	worker.wait()
	assert enqueued("slow"), "it still counts as started"
	start_worker("--burst").wait(20)
	assert notes.read_text() == "began\nbegan\nended\n"
	assert not enqueued("slow")


def test_a_worker_told_to_stop_finishes_the_job_in_hand(notes, start_worker):
	frappe.enqueue(jobs.slow, path=str(notes), seconds=1)
	frappe.enqueue(jobs.note, path=str(notes), text="next", job_id="next")
	frappe.db.commit()
	worker = start_worker()
	wait_for(lambda: notes.read_text() == "began\n")
	worker.send_signal(signal.SIGTERM)
	assert worker.wait(20) == 0
	assert notes.read_text() == "began\nended\n"
	start_worker("--burst").wait(20)
	assert notes.read_text() == "began\nended\nnext\n"


def test_two_workers_run_each_job_once(notes, start_worker):
	for number in range(40):
		frappe.enqueue(jobs.note, path=str(notes), text=str(number))
	frappe.db.commit()
	both = [start_worker("--burst"), start_worker("--burst")]
	assert [worker.wait(60) for worker in both] == [0, 0]
	assert sorted(map(int, notes.read_text().split())) == list(range(40))


def test_a_deadlock_is_tried_again(notes, bench):
	frappe.enqueue(jobs.deadlocked, path=str(notes), times=2)
	frappe.db.commit()
	bench("worker", "--burst")
	assert notes.read_text() == "tried\n" * 3


def test_a_deadlock_that_stays_is_given_up(notes, bench):
	frappe.enqueue(jobs.deadlocked, path=str(notes), times=99, job_id="deadlocked")
	frappe.db.commit()
	bench("worker", "--burst")
	assert notes.read_text() == "tried\n" * 6
	assert "QueryDeadlockError" in failed_job("deadlocked")


def test_a_job_over_its_time_is_ended(notes, bench):
	frappe.enqueue(jobs.slow, path=str(notes), seconds=30, timeout=1, job_id="too slow")
	frappe.db.commit()
	began = time.monotonic()
	bench("worker", "--burst")
	assert time.monotonic() - began < 15
	assert notes.read_text() == "began\n"
	assert "JobTimeoutException" in failed_job("too slow")


def test_jobs_run_in_their_order_and_at_front_before(notes, bench):
	for text, at_front in (("first", False), ("second", False), ("urgent", True)):
		frappe.enqueue(jobs.note, path=str(notes), text=text, at_front=at_front)
	frappe.db.commit()
	assert get_jobs()[frappe.local.site] == ["embedded.tests.jobs.note"] * 3
	bench("worker", "--burst")
	assert notes.read_text().split() == ["urgent", "first", "second"]


def test_only_the_queues_asked_for_are_served(notes, bench):
	frappe.enqueue(jobs.note, queue="short", path=str(notes), text="short")
	frappe.enqueue(jobs.note, queue="long", path=str(notes), text="long")
	frappe.db.commit()
	bench("worker", "--burst", "--queue", "long")
	assert notes.read_text() == "long\n"
	bench("worker", "--burst")
	assert notes.read_text() == "long\nshort\n"
