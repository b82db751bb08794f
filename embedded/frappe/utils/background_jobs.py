"""Background jobs: `enqueue` and the worker; RQ where Redis is configured, else a table in the site's database."""

import fcntl
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

import frappe

QUEUE_TIMEOUTS = {"short": 300, "default": 300, "long": 1500}
MAX_RETRIES = 5
POLL_SECONDS = 0.5
RECOVER_SECONDS = 10
KEEP_FAILED_DAYS = 7

# One row is one job that is queued, started or failed; a job that succeeded leaves none.
JOBS_TABLE = """create table if not exists `__jobs` (
	`name` varchar(140) not null primary key,
	`job_id` varchar(255),
	`queue` varchar(140) not null,
	`status` varchar(20) not null,
	`position` decimal(21,6) not null,
	`method` varchar(255) not null,
	`user` varchar(140) not null,
	`arguments` longtext not null,
	`timeout` int not null,
	`attempts` int not null,
	`worker` varchar(140),
	`error` longtext
)"""


class JobTimeoutException(Exception):
	"""The job took longer than it may."""


def create_job_table() -> None:
	"""Make the table of jobs where it is missing."""
	frappe.db.sql_ddl(JOBS_TABLE)


def enqueue(
	method: str | Callable,
	queue: str = "default",
	timeout: int | None = None,
	is_async: bool = True,
	now: bool = False,
	enqueue_after_commit: bool = False,
	*,
	at_front: bool = False,
	job_id: str | None = None,
	deduplicate: bool = False,
	**kwargs: Any,
) -> Any:
	"""Run a function later, in a worker, as the present user; with `now` run it here and return its result."""
	if now or not is_async:
		return frappe.call(method, **kwargs)
	if queue not in QUEUE_TIMEOUTS:
		frappe.throw(f"Queue should be one of {', '.join(QUEUE_TIMEOUTS)}")
	if deduplicate:
		if not job_id:
			frappe.throw("`job_id` is required to deduplicate jobs")
		if is_job_enqueued(job_id):
			return None
	path = method if isinstance(method, str) else f"{method.__module__}.{method.__qualname__}"
	job = {
		"method": path,
		"queue": queue,
		"timeout": timeout or QUEUE_TIMEOUTS[queue],
		"at_front": at_front,
		"user": frappe.session.user,
		"job_id": job_id or frappe.generate_hash(length=20),
		"arguments": kwargs,
	}
	if not frappe.conf.redis_queue:
		_insert(**job)
	elif enqueue_after_commit:
		frappe.db.after_commit.add(lambda: _push(**job))
	else:
		_push(**job)
	return None if enqueue_after_commit else frappe._dict(id=job["job_id"])


def _insert(
	method: str, queue: str, timeout: int, at_front: bool, user: str, job_id: str, arguments: dict
) -> None:
	"""Put the job into the table: it is there when this transaction commits, and only then."""
	now = time.time()
	frappe.db.sql(
		"""insert into `__jobs`
		(`name`, `job_id`, `queue`, `status`, `position`, `method`, `user`, `arguments`, `timeout`, `attempts`)
		values (%s, %s, %s, 'queued', %s, %s, %s, %s, %s, 0)""",
		(
			frappe.generate_hash(length=20),
			job_id,
			queue,
			-now if at_front else now,
			method,
			user,
			b64encode(pickle.dumps(arguments)).decode(),
			timeout,
		),
	)


def is_job_enqueued(job_id: str) -> bool:
	"""Is a job of this id waiting or running?"""
	if frappe.conf.redis_queue:
		return _rq_status(job_id) in ("queued", "started")
	return bool(
		frappe.db.sql(
			"select `name` from `__jobs` where `job_id` = %s and `status` in ('queued', 'started') limit 1",
			(job_id,),
		)
	)


def get_jobs(site: str | None = None, queue: str | None = None, key: str = "method") -> dict[str, list[str]]:
	"""The methods (or users) of the jobs that wait or run, by site."""
	jobs = defaultdict(list)
	if frappe.conf.redis_queue:
		for name in [queue] if queue else QUEUE_TIMEOUTS:
			for job in rq_queue(name).get_jobs():
				if job.kwargs["site"] == (site or frappe.local.site):
					jobs[job.kwargs["site"]].append(job.kwargs[key])
		return jobs
	rows = frappe.db.sql(
		"select `queue`, `method`, `user` from `__jobs` where `status` in ('queued', 'started') order by `position`",
		as_dict=True,
	)
	for row in rows:
		if queue in (None, row.queue):
			jobs[frappe.local.site].append(row[key])
	return jobs


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
				if attempt == MAX_RETRIES or not _worth_another_try(error):
					frappe.log_error(title=method)
					frappe.db.commit()
					raise
		time.sleep(min(0.1 * 2**attempt, 2))


def _worth_another_try(error: Exception) -> bool:
	return isinstance(
		error, frappe.QueryDeadlockError | frappe.QueryTimeoutError | frappe.RetryBackgroundJobError
	)


class Worker:
	"""Takes jobs from the tables of the sites, one at a time, until told to stop."""

	def __init__(self, sites: Callable[[], list[str]], queues: list[str] | None = None) -> None:
		self.sites = sites
		self.queues = queues or list(QUEUE_TIMEOUTS)
		self.stopping = False
		self.recovered_at = 0.0
		self.lock = WorkerLock()

	def run(self, burst: bool = False) -> None:
		"""Work until SIGTERM or SIGINT, after the job in hand; with burst until nothing is left."""
		for number in (signal.SIGTERM, signal.SIGINT):
			signal.signal(number, self._stop)
		signal.signal(signal.SIGALRM, _time_is_up)
		while not self.stopping:
			busy = [site for site in self.sites() if (self.run_next if burst else self._try_next)(site)]
			if not busy and burst:
				break
			if not busy:
				time.sleep(POLL_SECONDS)
		self.lock.release()

	def _try_next(self, site: str) -> bool:
		"""A site whose database does not answer is said so and asked again later."""
		try:
			return self.run_next(site)
		except Exception:
			traceback.print_exc()
			return False

	def _stop(self, number: int, frame: FrameType | None) -> None:
		self.stopping = True

	def run_next(self, site: str) -> bool:
		"""Take one job of this site and run it; False when there is none."""
		if time.monotonic() - self.recovered_at > RECOVER_SECONDS:
			self.recover()
		with site_context(site):
			frappe.local.read_only = True  # until there is something to claim
			claim = self._claim()
		if not claim:
			return False
		if claim.attempts > MAX_RETRIES:
			self._finish_failed(site, claim, f"Given up: its worker died {MAX_RETRIES} times.")
			return True
		signal.setitimer(signal.ITIMER_REAL, claim.timeout)
		try:
			arguments = pickle.loads(b64decode(claim.arguments))
			execute_job(site, claim.method, claim.user, arguments, lambda: _remove(claim.name))
		except Exception:
			self._finish_failed(site, claim, frappe.get_traceback())
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
			if not waiting:
				continue
			name = waiting[0][0]
			frappe.db.sql(
				"""update `__jobs` set `status` = 'started', `worker` = %s, `attempts` = `attempts` + 1
				where `name` = %s and `status` = 'queued'""",
				(self.lock.token, name),
			)
			ours = frappe.db.sql(
				"select * from `__jobs` where `name` = %s and `worker` = %s and `status` = 'started'",
				(name, self.lock.token),
				as_dict=True,
			)
			frappe.db.commit()
			if ours:
				return ours[0]
		return None

	def _finish_failed(self, site: str, claim: frappe._dict, error: str) -> None:
		with site_context(site):
			frappe.db.sql(
				"update `__jobs` set `status` = 'failed', `worker` = null, `error` = %s where `name` = %s",
				(error, claim.name),
			)
			frappe.db.commit()

	def recover(self) -> None:
		"""Started jobs whose worker is gone wait again; failures of last week are forgotten."""
		self.recovered_at = time.monotonic()
		for site in self.sites():
			with site_context(site):
				frappe.db.sql(
					"delete from `__jobs` where `status` = 'failed' and abs(`position`) < %s",
					(time.time() - KEEP_FAILED_DAYS * 86400,),
				)
				for (token,) in frappe.db.sql(
					"select distinct `worker` from `__jobs` where `status` = 'started'"
				):
					if token != self.lock.token and WorkerLock.is_free(token):
						frappe.db.sql(
							"""update `__jobs` set `status` = 'queued', `worker` = null
							where `worker` = %s and `status` = 'started'""",
							(token,),
						)
				frappe.db.commit()


class WorkerLock:
	"""A locked file says that a worker lives: the kernel lets go of it however the worker ends."""

	folder = Path("..", "config", "pids")

	def __init__(self) -> None:
		self.folder.mkdir(parents=True, exist_ok=True)
		self.token = f"worker-{frappe.generate_hash(length=12)}"
		self.path = self.folder.resolve() / f"{self.token}.lock"
		self.file = self.path.open("w")
		fcntl.flock(self.file, fcntl.LOCK_EX)

	def release(self) -> None:
		"""The worker ends in peace."""
		self.path.unlink(missing_ok=True)
		self.file.close()

	@classmethod
	def is_free(cls, token: str) -> bool:
		"""Has the worker of this token ended?"""
		path = cls.folder / f"{token}.lock"
		if not path.exists():
			return True
		with path.open("w") as file:
			try:
				fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
			except BlockingIOError:
				return False
		path.unlink(missing_ok=True)
		return True


def _remove(name: str) -> None:
	"""The job is done: its row goes in the transaction of its work."""
	frappe.db.sql("delete from `__jobs` where `name` = %s", (name,))


def _time_is_up(number: int, frame: FrameType | None) -> None:
	raise JobTimeoutException("The job took longer than its timeout.")


# Redis


def rq_queue(name: str) -> Any:
	"""The RQ queue of this name."""
	import rq
	from redis import Redis

	return rq.Queue(f"{frappe.conf.bench_id or 'order-ops'}:{name}", Redis.from_url(frappe.conf.redis_queue))


def _rq_id(job_id: str) -> str:
	"""RQ takes letters, digits, `_` and `-` only, and all sites share its ids."""
	return sha256(f"{frappe.local.site}::{job_id}".encode()).hexdigest()


def _rq_status(job_id: str) -> str | None:
	from rq.exceptions import NoSuchJobError
	from rq.job import Job as RQJob

	try:
		return RQJob.fetch(_rq_id(job_id), rq_queue("default").connection).get_status().value
	except NoSuchJobError:
		return None


def _push(
	method: str, queue: str, timeout: int, at_front: bool, user: str, job_id: str, arguments: dict
) -> None:
	rq_queue(queue).enqueue_call(
		execute_job,
		kwargs={"site": frappe.local.site, "method": method, "user": user, "arguments": arguments},
		timeout=timeout,
		at_front=at_front,
		job_id=_rq_id(job_id),
		result_ttl=0,
		failure_ttl=KEEP_FAILED_DAYS * 86400,
	)


def start_worker(
	sites: Callable[[], list[str]], queues: list[str] | None = None, burst: bool = False
) -> None:
	"""Be a worker: of RQ where Redis is configured for the bench, else of the sites' own tables."""
	frappe.init("")
	redis_url = frappe.conf.redis_queue
	if not redis_url:
		frappe.destroy()
		Worker(sites, queues).run(burst)
		return
	import rq

	wanted = [rq_queue(name) for name in queues or QUEUE_TIMEOUTS]
	rq.Worker(wanted, connection=wanted[0].connection).work(burst=burst, logging_level="WARNING")
