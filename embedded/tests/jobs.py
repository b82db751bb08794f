"""Jobs for the tests of the worker: they leave lines in a file, so that one can see what ran how often."""

import time
from pathlib import Path

import frappe


def note(path: str, text: str) -> None:
	"""Leave a line."""
	with Path(path).open("a") as file:
		file.write(f"{text}\n")


def slow(path: str, seconds: float) -> None:
	"""Say that it began, take time, say that it ended."""
	note(path, "began")
	time.sleep(seconds)
	note(path, "ended")


def deadlocked(path: str, times: int) -> None:
	"""Meet a deadlock the first few times."""
	note(path, "tried")
	if len(Path(path).read_text().splitlines()) <= times:
		raise frappe.QueryDeadlockError("deadlock")
