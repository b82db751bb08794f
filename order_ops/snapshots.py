# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Configuration documents as plain values, read once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

import frappe
from frappe.model.document import Document

T = TypeVar("T")


class Snapshots(Generic[T]):
	"""All documents of a small DocType as plain values: one statement per request, a document only when it changed.

	The value of a document is kept for the life of the process under its name and the instant of its last change,
	so another process, a rollback or a restart can never leave an old value behind.
	"""

	def __init__(self, doctype: str, build: Callable[[Document], T]) -> None:
		self.doctype = doctype
		self.build = build
		self.memo = "order_ops_" + doctype.lower().replace(" ", "_")
		self.built: dict[tuple[str, str, datetime], T] = {}

	def all(self) -> dict[str, T]:
		"""Every document by name."""
		known = getattr(frappe.local, self.memo, None)
		if known is None:
			known = {
				row.name: self._value(row.name, row.modified)
				for row in frappe.get_all(self.doctype, fields=["name", "modified"], order_by="name")
			}
			setattr(frappe.local, self.memo, known)
		return known

	def get(self, name: str) -> T | None:
		"""One document by name."""
		return self.all().get(name)

	def changed(self) -> None:
		"""To be called when a document is saved or deleted: this request reads anew, after a rollback again."""
		self.forget()
		frappe.db.after_rollback.add(self.forget)

	def forget(self) -> None:
		"""Read anew at the next call."""
		setattr(frappe.local, self.memo, None)

	def _value(self, name: str, modified: datetime) -> T:
		key = (frappe.local.site, name, modified)
		if key not in self.built:
			self.built[key] = self.build(frappe.get_doc(self.doctype, name))
		return self.built[key]
