# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the tests of Order Ops share: one base class for Frappe 15 and 16, and a clock they can stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

import frappe
from order_ops.timekeeping import clock

try:  # Frappe 16
	from frappe.tests import IntegrationTestCase as FrameworkTestCase
except ImportError:  # Frappe 15
	from frappe.tests.utils import FrappeTestCase as FrameworkTestCase


class OpsTestCase(FrameworkTestCase):
	"""A test with a site: every test ends as Administrator and with all that it wrote rolled back."""

	def setUp(self) -> None:
		super().setUp()
		frappe.set_user("Administrator")
		self.addCleanup(self._undo)

	def _undo(self) -> None:
		frappe.set_user("Administrator")
		frappe.db.rollback()

	@staticmethod
	def at(instant: datetime | str):
		"""Stop the application's clock: `with self.at("2026-11-20 14:59:59"):`."""
		return clock.pinned(instant)

	@staticmethod
	@contextmanager
	def as_user(user: str) -> Iterator[None]:
		"""Act as another user."""
		before = frappe.session.user
		frappe.set_user(user)
		try:
			yield
		finally:
			frappe.set_user(before)

	@staticmethod
	@contextmanager
	def statements() -> Iterator[set[str]]:
		"""The kinds of statements that are sent inside: `select`, `insert`, `update`, …"""
		sent, said = frappe.db.sql, set()

		def watch(query, *args, **kwargs):
			said.add(str(query).split(maxsplit=1)[0].lower())
			return sent(query, *args, **kwargs)

		with patch.object(frappe.db, "sql", watch):
			yield said

	@staticmethod
	@contextmanager
	def without_commits() -> Iterator[None]:
		"""Let a service that commits on its way run inside the test's transaction."""
		with patch.object(frappe.db, "commit", lambda: None):
			yield


def before_tests() -> None:
	"""Hook: the tests make the records they need, Frappe's generated ones are not wanted."""
	frappe.flags.skip_test_records = True
