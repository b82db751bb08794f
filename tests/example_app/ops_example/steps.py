"""A step kind: so many minutes before close of work of the day it starts on, or of the next working day."""

from __future__ import annotations

from datetime import datetime, timedelta

from order_ops.policy.rules import Policy, Step
from order_ops.timekeeping.rules import Calendar


def before_close(step: Step, policy: Policy, calendar: Calendar, started_at: datetime) -> datetime:
	"""When the step is due; what starts too late is due on the next working day."""
	day = calendar.working_day_from(started_at.date())
	due = calendar.close_of_work(day) - timedelta(minutes=step.minutes)
	if due <= started_at:
		due = calendar.close_of_work(calendar.next_working_day(day)) - timedelta(minutes=step.minutes)
	return due
