"""A clock counted anew from its events is the same clock, whatever happened to it (D-04)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import frappe
from order_ops.timekeeping import clocks
from tests.properties.drawn import CASES

START = datetime(2026, 11, 20, 9)  # a Friday; the 22nd is a Sunday
STEPS = ("E-MATCH", "E-SO", "E-INV", "E-SHIP", "E-SHIPLIST", "E-LOGINFO", "E-W2", "PROMISE")
COUNTED = (
	"status", "started_at", "stopped_at", "due_at", "warn_at", "paused_at", "paused_seconds", "elapsed_seconds",
	"breached_at", "on_time", "first_due_at", "warn_seconds",
)  # fmt: skip
SCRAMBLED = {
	"due_at": datetime(2020, 1, 1),
	"warn_at": datetime(2020, 1, 1),
	"paused_at": datetime(2020, 1, 1),
	"paused_seconds": 12345,
	"elapsed_seconds": 12345,
	"breached_at": datetime(2020, 1, 1),
	"on_time": 50,
	"status": clocks.RUNNING,
}

# what happens, how many minutes after the thing before, and to which step
happenings = st.lists(
	st.tuples(
		st.sampled_from(("pause", "resume", "pause", "resume", "sweep", "stop", "cancel")),
		st.integers(0, 400) | st.integers(0, 4000),
		st.sampled_from((*STEPS, *STEPS, "")),
	),
	max_size=12,
)


def start(name: str, at: datetime) -> None:
	"""A clock of every kind: working time, time of day, close of work, next day, wave, and a promise by the wall."""
	about = {
		"reference_doctype": "Ops Sales Order",
		"reference_name": name,
		"sales_order": name,
		"started_at": at,
	}
	day = {"received_at": START, "business_date": START.date()}
	clocks.start({"policy": "BU-PARTS-1", "step": step, **about, **day} for step in STEPS[:-1])
	clocks.start_until([{"step": "PROMISE", "due_at": at + timedelta(hours=9), **about}])


def happen(name: str, what: str, at: datetime, step: str) -> None:
	"""One thing happens to the clocks of a step, or of all."""
	of = [step] if step else list(STEPS)
	if what == "pause":
		clocks.pause(of, [name], at, "waiting")
	elif what == "resume":
		clocks.resume(of, [name], at)
	elif what == "stop":
		clocks.stop(of, {name: at})
	elif what == "cancel":
		clocks.cancel([name], at, of)
	else:
		clocks.sweep(at)


def rows(name: str) -> dict[str, dict]:
	found = frappe.get_all("Ops Clock", {"reference_name": name}, ["name", *COUNTED])
	return {row.pop("name"): dict(row) for row in found}


@CASES
def test_a_clock_counted_anew_is_the_same_clock(site, cases):
	"""D-04: pauses, breaches, ends and gifts of time all leave what counting anew needs."""

	@given(happenings, st.integers(0, 600))
	@settings(max_examples=max(cases // 8, 60))  # eight clocks each
	def holds(what_happens, minutes):
		frappe.db.rollback()
		frappe.db.delete("Ops Clock")
		start("SO-DRAWN", START + timedelta(minutes=minutes))
		at = START + timedelta(minutes=minutes)
		for what, later, step in what_happens:
			at += timedelta(minutes=later)
			happen("SO-DRAWN", what, at, step)
		before = rows("SO-DRAWN")
		assert len(before) == len(STEPS)
		clocks.recompute(list(before))
		assert rows("SO-DRAWN") == before
		for name in before:
			frappe.db.set_value("Ops Clock", name, SCRAMBLED, update_modified=False)
		clocks.recompute(list(before))
		assert rows("SO-DRAWN") == before

	holds()


@pytest.mark.parametrize("step", STEPS)
def test_a_pause_gives_a_clock_the_time_it_had_left(site, step):
	"""D-04, E-4.15g: with and without a budget, stopped while it stands still or after."""
	at = START + timedelta(hours=1)
	for number, stopped_in_pause in enumerate((False, True)):
		name = f"SO-LEFT-{number}"
		start(name, START)
		frappe.db.delete("Ops Clock", {"reference_name": name, "step": ("!=", step)})
		(first,) = rows(name).values()
		moment = START + timedelta(minutes=5)
		clocks.pause(step, [name], moment, "waiting")
		end = at + timedelta(days=3)
		if stopped_in_pause:
			clocks.stop(step, {name: end})
		else:
			clocks.resume(step, [name], end)
			clocks.stop(step, {name: end + timedelta(minutes=4)})
		(row,) = rows(name).values()
		assert (row["status"], row["paused_at"]) == ("Met", None)
		assert row["due_at"] > max(end, first["due_at"])
