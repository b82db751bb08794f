"""Background jobs: `enqueue` and what the worker does, in terms of Frappe's API."""

import pytest

import frappe
from frappe.utils.background_jobs import is_job_enqueued

JOB = "frappe.client.insert"


def comment(content: str, **values) -> dict:
	"""The arguments of a job that leaves a Comment behind."""
	return {"doc": {"doctype": "Comment", "comment_type": "Info", "content": content, **values}}


@pytest.fixture
def marker():
	"""A text that only this test's comments have; they go with the test."""
	marker = f"job {frappe.generate_hash(length=12)}"
	yield marker
	frappe.db.rollback()
	frappe.db.delete("Comment", {"content": marker})
	frappe.db.commit()


@pytest.fixture
def clerk():
	"""A user who may comment."""
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": f"{frappe.generate_hash(length=10)}@example.com",
			"first_name": "Clerk",
			"send_welcome_email": 0,
			"roles": [{"role": "System Manager"}],
		}
	).insert(ignore_permissions=True)
	yield user.name
	frappe.set_user("Administrator")
	frappe.delete_doc("User", user.name, force=True, ignore_permissions=True)
	frappe.db.commit()


def comments(marker: str) -> list:
	"""What the workers left so far."""
	frappe.db.commit()
	return frappe.get_all("Comment", {"content": marker}, ["name", "owner"])


def test_now_runs_here_and_returns_the_result(marker):
	doc = frappe.enqueue(JOB, now=True, **comment(marker))
	assert doc.content == marker
	frappe.db.rollback()
	assert not comments(marker), "a job run now belongs to the caller's transaction"


def test_a_job_runs_after_the_commit_as_the_user_who_asked(marker, clerk, bench):
	frappe.set_user(clerk)
	assert frappe.enqueue(JOB, queue="short", enqueue_after_commit=True, **comment(marker)) is None
	frappe.set_user("Administrator")
	frappe.db.commit()
	bench("worker", "--burst", "--queue", "short")
	assert [row.owner for row in comments(marker)] == [clerk]


def test_a_rollback_takes_the_job_with_it(marker, bench):
	job_id = frappe.generate_hash()
	frappe.enqueue(JOB, queue="short", enqueue_after_commit=True, job_id=job_id, **comment(marker))
	frappe.db.rollback()
	assert not is_job_enqueued(job_id)
	bench("worker", "--burst", "--queue", "short")
	assert not comments(marker)


def test_a_function_can_be_given_instead_of_its_path(marker, bench):
	frappe.enqueue(frappe.client.insert, queue="short", enqueue_after_commit=True, **comment(marker))
	frappe.db.commit()
	bench("worker", "--burst", "--queue", "short")
	assert len(comments(marker)) == 1


def test_deduplicate_keeps_one_job_of_an_id(marker, bench):
	job_id = f"test::{frappe.generate_hash()}"
	for _ in range(2):
		frappe.enqueue(
			JOB, queue="short", job_id=job_id, deduplicate=True, enqueue_after_commit=True, **comment(marker)
		)
		frappe.db.commit()
	assert is_job_enqueued(job_id)
	bench("worker", "--burst", "--queue", "short")
	assert not is_job_enqueued(job_id)
	assert len(comments(marker)) == 1


def test_deduplicate_needs_an_id():
	with pytest.raises(Exception, match="job_id"):
		frappe.enqueue(JOB, deduplicate=True)


def test_an_unknown_queue_is_refused():
	with pytest.raises(Exception, match=r"(?i)queue"):
		frappe.enqueue(JOB, queue="no such queue")


def test_a_failing_job_writes_nothing_but_an_error_log(marker, bench):
	before = frappe.db.count("Error Log", {"method": ("like", f"%{JOB}%")})
	frappe.enqueue(
		JOB, queue="short", enqueue_after_commit=True, **comment(marker, comment_type="No such type")
	)
	frappe.db.commit()
	bench("worker", "--burst", "--queue", "short")
	assert not comments(marker)
	assert frappe.db.count("Error Log", {"method": ("like", f"%{JOB}%")}) == before + 1
