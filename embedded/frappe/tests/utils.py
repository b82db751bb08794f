"""What tests of an app stand on."""

import datetime
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone


class FrappeTestCase(unittest.TestCase):
	"""Each class begins as Administrator and leaves nothing behind in the database."""

	@classmethod
	def setUpClass(cls) -> None:
		"""What the class does is undone at its end."""
		super().setUpClass()
		frappe.db.commit()
		cls.addClassCleanup(frappe.db.rollback)
		cls.addClassCleanup(frappe.set_user, frappe.session.user)

	@contextmanager
	def freeze_time(self, time_to_freeze: Any) -> Iterator[None]:
		"""Stop the clock at an instant of the site's time zone."""
		from freezegun import freeze_time

		moment = get_datetime(time_to_freeze).replace(tzinfo=ZoneInfo(get_system_timezone()))
		with freeze_time(moment.astimezone(datetime.timezone.utc).replace(tzinfo=None)):
			yield

	@contextmanager
	def assertQueryCount(self, count: int) -> Iterator[None]:
		"""At most so many statements."""
		before = frappe.db.statements
		yield
		run = frappe.db.statements - before
		self.assertLessEqual(run, count, f"{run} statements, {count} allowed")


@contextmanager
def patch_hooks(overridden_hooks: dict) -> Iterator[None]:
	"""Other hooks for a while."""
	get_hooks = frappe.get_hooks

	def patched(hook: str | None = None, *args: Any, **kwargs: Any) -> Any:
		return overridden_hooks[hook] if hook in overridden_hooks else get_hooks(hook, *args, **kwargs)

	with patch.object(frappe, "get_hooks", patched):
		yield
