"""What tests of an app stand on."""

import datetime
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import frappe
from frappe.utils import flt, get_datetime, getdate


class FrappeTestCase(unittest.TestCase):
	"""Each class begins as Administrator and leaves nothing behind in the database."""

	TEST_SITE = "test_site"

	@classmethod
	def setUpClass(cls) -> None:
		"""What the class does is undone at its end."""
		super().setUpClass()
		cls.TEST_SITE = getattr(frappe.local, "site", None) or cls.TEST_SITE
		frappe.db.commit()
		cls.addClassCleanup(_leave, frappe.session.user)

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
	def switch_site(self, site: str) -> Iterator[None]:
		"""Not offered."""
		raise NotImplementedError("one site a test")
		yield

	@contextmanager
	def freeze_time(self, time_to_freeze: Any, is_utc: bool = False, *args: Any, **kwargs: Any) -> Iterator[None]:
		"""Stop the clock at an instant of the site's time zone."""
		from zoneinfo import ZoneInfo

		from freezegun import freeze_time
		from frappe.utils import get_system_timezone

		moment = get_datetime(time_to_freeze)
		if not is_utc:
			moment = moment.replace(tzinfo=ZoneInfo(get_system_timezone())).astimezone(datetime.timezone.utc).replace(tzinfo=None)
		with freeze_time(moment, *args, **kwargs):
			yield

	@contextmanager
	def assertQueryCount(self, count: int) -> Iterator[None]:
		"""At most so many statements."""
		before = frappe.db.statements
		yield
		run = frappe.db.statements - before
		self.assertLessEqual(run, count, f"{run} statements, {count} allowed")

	@contextmanager
	def assertRowsRead(self, count: int) -> Iterator[None]:
		"""Not measured here."""
		yield

	def assertDocumentEqual(self, expected: Any, actual: Any) -> None:
		"""All fields of a document, or those of a dict, are equal."""
		if isinstance(expected, frappe.model.document.BaseDocument):
			fields = expected.meta.get_valid_columns() + [df.fieldname for df in expected.meta.get_table_fields()]
			expected = {field: expected.get(field) for field in fields}
		for field, value in expected.items():
			self._compare_field(value, actual.get(field), actual, field)

	def assertSequenceSubset(self, larger: Any, smaller: Any, msg: str | None = None) -> None:
		"""Everything in the one is in the other."""
		self.assertTrue(set(smaller).issubset(set(larger)), msg)

	def _compare_field(self, expected: Any, actual: Any, doc: Any, field: str) -> None:
		message = f"{field} should be the same"
		if isinstance(expected, list):
			self.assertEqual(len(expected), len(actual or []), message)
			for wanted, row in zip(expected, actual or [], strict=True):
				self.assertDocumentEqual(wanted, row)
		elif isinstance(expected, float):
			self.assertAlmostEqual(expected, flt(actual), places=doc.precision(field) or 6, msg=message)
		elif isinstance(expected, datetime.datetime):
			self.assertEqual(expected, get_datetime(actual), message)
		elif isinstance(expected, datetime.date):
			self.assertEqual(expected, getdate(actual), message)
		else:
			self.assertEqual(expected, actual, message)


def _leave(user: str) -> None:
	frappe.db.rollback()
	frappe.local.document_cache.clear()
	frappe.set_user(user)


@contextmanager
def change_settings(doctype: str, settings_dict: dict | None = None, /, commit: bool = False, **settings: Any) -> Iterator[None]:
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
	doc = frappe.get_doc(doctype)
	doc.update(values)
	doc.save(ignore_permissions=True)
	frappe.db.value_cache.clear()
	if commit:
		frappe.db.commit()


@contextmanager
def patch_hooks(overridden_hooks: dict) -> Iterator[None]:
	"""Other hooks for a while."""
	get_hooks = frappe.get_hooks

	def patched(hook: str | None = None, default: Any = "_KEEP_DEFAULT_LIST", app_name: str | None = None) -> Any:
		if hook in overridden_hooks:
			return overridden_hooks[hook]
		return get_hooks(hook, default, app_name) if default != "_KEEP_DEFAULT_LIST" else get_hooks(hook, app_name=app_name)

	frappe.local.request_cache.pop("doc_events", None)
	with patch.object(frappe, "get_hooks", patched):
		yield
	frappe.local.request_cache.pop("doc_events", None)


@contextmanager
def timeout(seconds: int = 30, error_message: str = "Test timed out.") -> Iterator[None]:
	"""Not enforced here."""
	yield
