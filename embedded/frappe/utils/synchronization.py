"""Locks between the processes of a bench."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from frappe.context import local


class LockTimeoutError(Exception):
	"""Somebody else held the lock all the time."""


@contextmanager
def filelock(lock_name: str, *, timeout: int = 30) -> Iterator[None]:
	"""Hold a lock of this site for the length of a block."""
	folder = os.path.abspath(os.path.join(local.site_path, "locks"))
	os.makedirs(folder, exist_ok=True)
	try:
		with FileLock(os.path.join(folder, f"{lock_name}.lock"), timeout=timeout):
			yield
	except Timeout as error:
		raise LockTimeoutError(f"Lock {lock_name} was not to be had in {timeout} seconds") from error
