"""What tests of an app stand on."""

import datetime
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import frappe
from frappe.model.document import BaseDocument
from frappe.utils import flt, get_datetime, get_system_timezone, getdate


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
	def set_user(self, user: str) -> Iterator[None]:
		"""Go on as another user for a while."""
		before = frappe.session.user
		frappe.set_user(user)
		try:
			yield
		finally:
			frappe.set_user(before)

	@contextmanager
	def freeze_time(self, time_to_freeze: Any, is_utc: bool = False, **kwargs: Any) -> Iterator[None]:
		"""Stop the clock at an instant of the site's time zone."""
		from freezegun import freeze_time

		moment = get_datetime(time_to_freeze)
		if not is_utc:
			moment = moment.replace(tzinfo=ZoneInfo(get_system_timezone())).astimezone(datetime.timezone.utc)
		with freeze_time(moment.replace(tzinfo=None), **kwargs):
			yield

	@contextmanager
	def assertQueryCount(self, count: int) -> Iterator[None]:
		"""At most so many statements."""
		before = frappe.db.statements
		yield
		run = frappe.db.statements - before
		self.assertLessEqual(run, count, f"{run} statements, {count} allowed")

	def assertDocumentEqual(self, expected: Any, actual: Any) -> None:
		"""All fields of a document, or those of a dict, are equal."""
		if isinstance(expected, BaseDocument):
			expected = expected.as_dict()
		for field, value in expected.items():
			self._compare_field(value, actual.get(field), actual, field)

	def _compare_field(self, expected: Any, actual: Any, doc: Any, field: str) -> None:
		message = f"{field} should be the same"
		if isinstance(expected, list):
			self.assertEqual(len(expected), len(actual or []), message)
			for wanted, row in zip(expected, actual or [], strict=True):
				self.assertDocumentEqual(wanted, row)
		elif isinstance(expected, float):
			places = doc.precision(field) if isinstance(doc, BaseDocument) else None
			self.assertAlmostEqual(expected, flt(actual), places=places or 6, msg=message)
		elif isinstance(expected, datetime.datetime):
			self.assertEqual(expected, get_datetime(actual), message)
		elif isinstance(expected, datetime.date):
			self.assertEqual(expected, getdate(actual), message)
		else:
			self.assertEqual(expected, actual, message)


@contextmanager
def change_settings(
	doctype: str, settings_dict: dict | None = None, /, commit: bool = False, **settings: Any
) -> Iterator[None]:
	"""Other values in a Single for a while."""
	wanted = {**(settings_dict or {}), **settings}
	doc = frappe.get_doc(doctype)
	before = {key: doc.get(key) for key in wanted}
	_write(doctype, wanted, commit)
	try:
		yield
	finally:
		_write(doctype, before, commit)


def _write(doctype: str, values: dict, commit: bool) -> None:
	frappe.get_doc(doctype).update(values).save(ignore_permissions=True)
	if commit:
		frappe.db.commit()


@contextmanager
def patch_hooks(overridden_hooks: dict) -> Iterator[None]:
	"""Other hooks for a while."""
	get_hooks = frappe.get_hooks

	def patched(hook: str | None = None, *args: Any, **kwargs: Any) -> Any:
		return overridden_hooks[hook] if hook in overridden_hooks else get_hooks(hook, *args, **kwargs)

	with patch.object(frappe, "get_hooks", patched):
		yield
