"""One line of `scheduler_events`: when it is due, when it last ran, and running it."""

from datetime import datetime

from croniter import CroniterBadCronError, croniter

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime
from frappe.utils.background_jobs import enqueue, is_job_enqueued


class ScheduledJobType(Document):
	def autoname(self) -> None:
		self.name = ".".join(self.method.split(".")[-2:])

	def validate(self) -> None:
		try:
			croniter(self._cron())
		except CroniterBadCronError:
			frappe.throw(f"{self._cron()} is not a valid cron expression", frappe.ValidationError)

	def _cron(self) -> str:
		"""`@daily` and its like, where there is no line of its own."""
		return self.cron_format or f"@{self.frequency.lower()}"

	def get_next_execution(self) -> datetime:
		"""When it is due after it last ran, or after it was registered."""
		return croniter(self._cron(), get_datetime(self.last_execution or self.creation)).get_next(datetime)

	def is_event_due(self, current_time: datetime | None = None) -> bool:
		"""Has its time come?"""
		return self.get_next_execution() <= (current_time or now_datetime())

	def enqueue(self) -> bool:
		"""Put it into the queue when it is due and not there yet."""
		job_id = f"scheduled_job::{self.method}"
		if not self.is_event_due() or is_job_enqueued(job_id):
			return False
		enqueue(f"{__name__}.run_scheduled_job", job_id=job_id, job_type=self.method)
		return True

	def execute(self) -> None:
		"""Run it now; commit or roll back, and remember when and how it went."""
		self.db_set("last_execution", now_datetime(), update_modified=False)
		frappe.db.commit()
		try:
			frappe.get_attr(self.method)()
			frappe.db.commit()
			self.log("Complete")
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title=f"{self.method} failed")
			self.log("Failed", frappe.get_traceback())

	def log(self, status: str, details: str | None = None) -> None:
		"""A Scheduled Job Log: of every failure, and of every run where logs are asked for."""
		if self.create_log or status == "Failed":
			log = {"doctype": "Scheduled Job Log", "scheduled_job_type": self.name, "status": status}
			frappe.get_doc({**log, "details": details}).insert(ignore_permissions=True)
		frappe.db.commit()


def run_scheduled_job(job_type: str) -> None:
	"""Run the scheduled job of this method."""
	frappe.get_doc("Scheduled Job Type", {"method": job_type}).execute()


def sync_jobs() -> None:
	"""Make the Scheduled Job Types what the `scheduler_events` of the installed apps say."""
	events, wanted = dict(frappe.get_hooks("scheduler_events", {})), {}
	for cron, methods in events.pop("cron", {}).items():
		wanted |= {method: ("Cron", cron) for method in methods}
	for frequency, methods in events.items():
		wanted |= {method: (frequency.title(), None) for method in methods}
	present = {row.method: row for row in frappe.get_all("Scheduled Job Type", fields=["*"])}
	for method in present.keys() - wanted.keys():
		frappe.delete_doc("Scheduled Job Type", present[method].name, force=True, ignore_permissions=True)
	for method, (frequency, cron) in wanted.items():
		values = {"frequency": frequency, "cron_format": cron}
		if method not in present:
			new = {"doctype": "Scheduled Job Type", "method": method, "create_log": 1, **values}
			frappe.get_doc(new).insert(ignore_permissions=True)
		elif any(present[method][field] != value for field, value in values.items()):
			job = frappe.get_doc("Scheduled Job Type", present[method].name)
			job.update(values).save(ignore_permissions=True)
