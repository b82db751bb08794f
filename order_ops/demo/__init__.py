"""The demo company and its simulated business day, for `bench execute`."""

from __future__ import annotations


def load() -> None:
	"""Create whatever of the demo company is not there yet; a second call changes nothing."""
	from order_ops.demo import company

	company.load()


def play_day() -> dict[str, int]:
	"""Play the last working day and this morning; a second call changes nothing. Returns how much is there."""
	from order_ops.demo import day

	return day.play()


def logins() -> list[tuple[str, str, str]]:
	"""Who may log in to the demo company: user, password, role."""
	from order_ops.demo import company

	return company.logins()
