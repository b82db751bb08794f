"""The error of a lock file."""


class LockTimeoutError(Exception):
	"""Somebody else held the lock all the time."""
