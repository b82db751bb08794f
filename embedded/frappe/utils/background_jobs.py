"""Background jobs: `enqueue` and the worker; RQ where Redis is configured, else a table in the site's database.

In the table a job belongs to the transaction that enqueued it, and goes in the transaction of its own work: it is
neither lost nor done twice. What of it a job committed itself before its worker died is run again.
"""

import pickle
import signal
import time
import traceback
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

from filelock import FileLock, Timeout

import frappe

QUEUE_TIMEOUTS = {"short": 300, "default": 300, "long": 1500}
MAX_RETRIES = 5
POLL_SECONDS = 0.5
RECOVER_SECONDS = 10
KEEP_FAILED_SECONDS = 7 * 86400
LOCKS = Path("..", "config", "pids")


class JobTimeoutException(Exception):
	"""The job took longer than it may."""


def enqueue(
	method: str | Callable, queue: str = "default", timeout: int | None = None, is_async: bool = True,
	now: bool = False, enqueue_after_commit: bool = False, *, at_front: bool = False, job_id: str | None = None,
	deduplicate: bool = False, **kwargs: Any,
) -> Any:  # fmt: skip
	"""Run a function later, in a worker, as the present user; with `now` run it here and return its result."""
	if now or not is_async:
		return frappe.call(method, **kwargs)
	if queue not in QUEUE_TIMEOUTS:
		frappe.throw(f"Queue should be one of {', '.join(QUEUE_TIMEOUTS)}")
	if deduplicate and not job_id:
		frappe.throw("`job_id` is required to deduplicate jobs")
	if deduplicate and is_job_enqueued(job_id):
		return None
	path = method if isinstance(method, str) else f"{method.__module__}.{method.__qualname__}"
	job = {"site": frappe.local.site, "method": path, "user": frappe.session.user, "arguments": kwargs}
	place = {"job_id": job_id or frappe.generate_hash(length=20), "at_front": at_front}
	place["timeout"] = timeout or QUEUE_TIMEOUTS[queue]
	if not frappe.conf.redis_queue:
		_insert(queue, job, **place)
	elif enqueue_after_commit:
		frappe.db.after_commit.add(lambda: _push(queue, job, **place))
	else:
		_push(queue, job, **place)
	return None if enqueue_after_commit else frappe._dict(id=place["job_id"])


def _insert(queue: str, job: dict, job_id: str, timeout: int, at_front: bool) -> None:
	"""Put the job into the table: it is there when this transaction commits, and only then."""
	row = {
		"name": frappe.generate_hash(length=20), "job_id": job_id, "queue": queue, "status": "queued",
		"position": -time.time() if at_front else time.time(), "method": job["method"], "user": job["user"],
		"arguments": b64encode(pickle.dumps(job["arguments"])).decode(), "timeout": timeout, "attempts": 0,
	}  # fmt: skip
	columns, marks = ", ".join(f"`{name}`" for name in row), ", ".join(["%s"] * len(row))
	frappe.db.sql(f"insert into `__jobs` ({columns}) values ({marks})", tuple(row.values()))


def _unfinished(condition: str = "1 = 1", *values: Any) -> list[frappe._dict]:
	where = f"`status` in ('queued', 'started') and {condition}"
	return frappe.db.sql(f"select * from `__jobs` where {where} order by `position`", values, as_dict=True)


def is_job_enqueued(job_id: str) -> bool:
	"""Is a job of this id waiting or running?"""
	if frappe.conf.redis_queue:
		from rq.job import Job

		(job,) = Job.fetch_many([_rq_id(job_id)], rq_queue("default").connection)
		return bool(job) and job.get_status().value in ("queued", "started")
	return bool(_unfinished("`job_id` = %s", job_id))


def get_jobs(site: str | None = None, queue: str | None = None, key: str = "method") -> dict[str, list[str]]:
	"""The methods (or users) of this site's jobs that wait or run."""
	if frappe.conf.redis_queue:
		jobs = [job.kwargs | {"queue": name} for name in QUEUE_TIMEOUTS for job in rq_queue(name).get_jobs()]
	else:
		jobs = [{"site": frappe.local.site, **job} for job in _unfinished()]
	found = defaultdict(list)
	for job in jobs:
		if job["site"] == (site or frappe.local.site) and queue in (None, job["queue"]):
			found[job["site"]].append(job[key])
	return found


@contextmanager
def site_context(site: str, user: str = "Administrator") -> Iterator[None]:
	"""A context of its own for one job: connected, as this user, rolled back and gone afterwards."""
	frappe.init(site, force=True)
	frappe.connect()
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.db.rollback()
		frappe.destroy()


def execute_job(
	site: str, method: str, user: str, arguments: dict, on_done: Callable[[], None] | None = None
) -> Any:
	"""Run one job and commit; a deadlock is tried again, any other error rolls back and goes to the Error Log."""
	again = frappe.QueryDeadlockError, frappe.QueryTimeoutError, frappe.RetryBackgroundJobError
	for attempt in range(MAX_RETRIES + 1):
		with site_context(site, user):
			try:
				result = frappe.get_attr(method)(**arguments)
				if on_done:
					on_done()
				frappe.db.commit()
				return result
			except Exception as error:
				frappe.db.rollback()
				if attempt == MAX_RETRIES or not isinstance(error, again):
					frappe.log_error(title=method)
					frappe.db.commit()
					raise
		time.sleep(min(0.1 * 2**attempt, 2))


class Worker:
	"""Takes jobs from the tables of the sites, one at a time, until told to stop."""

	def __init__(self, sites: Callable[[], list[str]], queues: list[str] | None = None) -> None:
		self.sites = sites
		self.queues = queues or list(QUEUE_TIMEOUTS)
		self.stopping = False
		self.recovered: dict[str, float] = {}
		LOCKS.mkdir(parents=True, exist_ok=True)
		self.token = f"worker-{frappe.generate_hash(length=12)}"
		# the kernel lets go of it however we end: that is how others know
		self.alive = FileLock(LOCKS.resolve() / self.token)

	def run(self, burst: bool = False) -> None:
		"""Work until SIGTERM or SIGINT, after the job in hand; with burst until nothing is left."""
		for number in (signal.SIGTERM, signal.SIGINT):
			signal.signal(number, self._stop)
		signal.signal(signal.SIGALRM, _time_is_up)
		with self.alive:
			while not self.stopping:
				take = self.run_next if burst else self._try_next
				busy = [site for site in self.sites() if take(site)]
				if not busy and burst:
					break
				if not busy:
					time.sleep(POLL_SECONDS)
		Path(self.alive.lock_file).unlink(missing_ok=True)

	def _stop(self, number: int, frame: FrameType | None) -> None:
		self.stopping = True

	def _try_next(self, site: str) -> bool:
		"""A site whose database does not answer is said so and asked again later."""
		try:
			return self.run_next(site)
		except Exception:
			traceback.print_exc()
			return False

	def run_next(self, site: str) -> bool:
		"""Take one job of this site and run it; False when there is none."""
		with site_context(site):
			if time.monotonic() - self.recovered.get(site, 0) > RECOVER_SECONDS:
				self.recovered[site] = time.monotonic()
				self.recover()
			frappe.local.read_only = True  # until there is something to claim
			job = self._claim()
		if not job:
			return False
		if job.attempts > MAX_RETRIES:
			_give_up(site, job.name, f"Its worker died {MAX_RETRIES} times.")
			return True
		signal.setitimer(signal.ITIMER_REAL, job.timeout)
		try:
			arguments, done = pickle.loads(b64decode(job.arguments)), "delete from `__jobs` where `name` = %s"
			# the row goes in the transaction of the job's work
			execute_job(site, job.method, job.user, arguments, lambda: frappe.db.sql(done, job.name))
		except Exception:
			_give_up(site, job.name, frappe.get_traceback())
		finally:
			signal.setitimer(signal.ITIMER_REAL, 0)
		return True

	def _claim(self) -> frappe._dict | None:
		"""The first waiting job becomes ours; of two workers that want it one gets it."""
		for queue in self.queues:
			waiting = frappe.db.sql(
				"select `name` from `__jobs` where `status` = 'queued' and `queue` = %s order by `position` limit 1",
				(queue,),
			)
			if waiting:
				mine = "`status` = 'started', `worker` = %s, `attempts` = `attempts` + 1"
				frappe.db.sql(
					f"update `__jobs` set {mine} where `name` = %s and `status` = 'queued'",
					(self.token, waiting[0][0]),
				)
				ours = _unfinished("`name` = %s and `worker` = %s", waiting[0][0], self.token)
				frappe.db.commit()
				if ours:
					return ours[0]
		return None

	def recover(self) -> None:
		"""Started jobs whose worker is gone wait again; failures of last week are forgotten."""
		frappe.db.sql(
			"delete from `__jobs` where `status` = 'failed' and abs(`position`) < %s",
			(time.time() - KEEP_FAILED_SECONDS,),
		)
		for token in {job.worker for job in _unfinished("`status` = 'started'")} - {self.token}:
			if _has_ended(token):
				frappe.db.sql(
					"update `__jobs` set `status` = 'queued' where `worker` = %s and `status` = 'started'",
					(token,),
				)
		frappe.db.commit()


def _has_ended(token: str) -> bool:
	"""Is the lock of this worker free?"""
	path = LOCKS / token
	try:
		with FileLock(path, timeout=0):
			path.unlink(missing_ok=True)
			return True
	except Timeout:
		return False


def _give_up(site: str, name: str, error: str) -> None:
	with site_context(site):
		frappe.db.sql(
			"update `__jobs` set `status` = 'failed', `error` = %s where `name` = %s", (error, name)
		)
		frappe.db.commit()


def _time_is_up(number: int, frame: FrameType | None) -> None:
	raise JobTimeoutException("The job took longer than its timeout.")


def rq_queue(name: str) -> Any:
	"""The RQ queue of this name."""
	import rq
	from redis import Redis

	return rq.Queue(f"{frappe.conf.bench_id or 'order-ops'}:{name}", Redis.from_url(frappe.conf.redis_queue))


def _rq_id(job_id: str) -> str:
	"""RQ takes letters, digits, `_` and `-` only, and all sites share its ids."""
	return sha256(f"{frappe.local.site}::{job_id}".encode()).hexdigest()


def _push(queue: str, job: dict, job_id: str, timeout: int, at_front: bool) -> None:
	options = {"timeout": timeout, "at_front": at_front, "job_id": _rq_id(job_id)}
	kept = {"result_ttl": 0, "failure_ttl": KEEP_FAILED_SECONDS}
	rq_queue(queue).enqueue_call(execute_job, kwargs=job, **options, **kept)


def start_worker(
	sites: Callable[[], list[str]], queues: list[str] | None = None, burst: bool = False
) -> None:
	"""Be a worker: of RQ where Redis is configured for the bench, else of the sites' own tables."""
	frappe.init("")
	if not frappe.conf.redis_queue:
		frappe.destroy()
		Worker(sites, queues).run(burst)
		return
	import rq

	wanted = [rq_queue(name) for name in queues or QUEUE_TIMEOUTS]
	rq.Worker(wanted, connection=wanted[0].connection).work(burst=burst, logging_level="WARNING")
