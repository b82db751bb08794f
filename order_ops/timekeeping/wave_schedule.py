# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Which waves are due, and what a scheduler that stood still has missed (D-18)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import frappe
from frappe.query_builder.functions import Max, Min
from frappe.utils import getdate
from order_ops.policy import rules as policy_rules
from order_ops.policy import service as policies
from order_ops.policy.rules import Policy
from order_ops.timekeeping import calendars, wave_rules
from order_ops.timekeeping.rules import wave_time
from order_ops.timekeeping.waves import DONE, FAILED, ORDER, RUN, UNSENT

CATCH_UP_DAYS = 62
RETRY_AFTER = timedelta(minutes=5)

Key = tuple[str, str, date]  # profile, wave, business date
Spans = dict[
	str, dict[str, tuple[date, date]]
]  # business dates of the first and last run, by profile and wave


def due(at: datetime) -> list[Key]:
	"""The waves whose time has come and that are not done, oldest first, with their own business dates (D-18)."""
	found, resting = _unfinished(at)
	done = _done()
	for policy in policies.profiles.all().values():
		if policy.status != policy_rules.DRAFT and policy.waves:
			found |= _closed_since(policy, done, at)
	return sorted(found - resting, key=_place_in_time)


def _closed_since(policy: Policy, done: Spans, at: datetime) -> set[Key]:
	"""The working days after its last run on which each wave has closed under this version (D-10, D-18).

	A wave that never ran begins with the first run of its version, else where the version came into force after
	others; the first version of all begins today.
	"""
	calendar, today = calendars.get(policy.calendar), at.date()
	begins = _begins(policy, done, today)
	found = set()
	for wave in wave_rules.closings(policy):
		ran = done.get(policy.name, {}).get(wave.wave)
		day = max(ran[1] + timedelta(days=1) if ran else begins, today - timedelta(days=CATCH_UP_DAYS))
		while day <= today:
			if calendar.is_working_day(day) and wave_rules.has_closed(wave, day, calendar, at):
				found.add((policy.name, wave.wave, day))
			day += timedelta(days=1)
	governed = {key for key in found if _in_force(policy, _closes(*key))}
	return found if governed != found and _has_open_orders(policy) else governed


def _begins(policy: Policy, done: Spans, today: date) -> date:
	if runs := done.get(policy.name):
		return min(first for first, _last in runs.values())
	known = policies.profiles.all()
	if any(name in known and known[name].code == policy.code for name in done):
		return policy.effective_from.date()
	return today


def _place_in_time(key: Key) -> tuple:
	"""Oldest first; of what closes in one second, waves before the lists and the day itself last."""
	profile, code, _day = key
	codes = [wave.wave for wave in wave_rules.closings(policies.get(profile))]
	return _closes(*key), codes.index(code), profile


def _closes(profile: str, code: str, day: date) -> datetime:
	policy = policies.get(profile)
	wave = wave_rules.closing(policy, code)
	return wave_time(wave, day, calendars.get(policy.calendar))


def _has_time(profile: str, code: str, day: date) -> bool:
	policy = policies.get(profile)
	wave = wave_rules.closing(policy, code)
	return bool(wave) and (not wave.at_close or calendars.get(policy.calendar).is_working_day(day))


def _done() -> Spans:
	"""Between which business dates each wave has run."""
	run = frappe.qb.DocType(RUN)
	query = (
		frappe.qb.from_(run)
		.select(run.policy_profile, run.wave, Min(run.business_date), Max(run.business_date))
		.where(run.status == DONE)
		.groupby(run.policy_profile, run.wave)
	)
	found: Spans = {}
	for profile, wave, first, last in query.run():
		found.setdefault(profile, {})[wave] = (getdate(first), getdate(last))
	return found


def _unfinished(at: datetime) -> tuple[set[Key], set[Key]]:
	"""The runs that were killed or failed, and those among them that failed a moment ago."""
	runs = frappe.get_all(
		RUN,
		filters={"status": ("!=", DONE)},
		fields=["policy_profile", "wave", "business_date", "status", "started_at"],
	)
	keys = {(run.policy_profile, run.wave, run.business_date): run for run in runs}
	# a day may have become a holiday since: there is no close of work any more to wait for
	keys = {key: run for key, run in keys.items() if _has_time(*key)}
	resting = {key for key, run in keys.items() if run.status == FAILED and run.started_at > at - RETRY_AFTER}
	return set(keys), resting


def _in_force(policy: Policy, at: datetime) -> bool:
	return policy_rules.in_force(policies.profiles.all().values(), policy.code, at) == policy


def _has_open_orders(policy: Policy) -> bool:
	"""A version that was replaced still closes the waves of the orders that began under it (D-10)."""
	filters = {"policy_profile": policy.name, "status": ("in", (*UNSENT, "Released")), "docstatus": ("<", 2)}
	return bool(frappe.db.exists(ORDER, filters))
