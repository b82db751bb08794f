"""`frappe.cache`: values that outlive a request, in the memory of this process."""

import threading
import time
from typing import Any

from frappe.context import local

MANY = 10_000


class Cache:
	"""Values by key, the keys being each site's own; some for so many seconds only."""

	def __init__(self) -> None:
		self._values: dict[tuple[str, str], tuple[Any, float]] = {}
		self._lock = threading.RLock()

	def set_value(self, key: str, val: Any, expires_in_sec: int | None = None) -> None:
		"""Keep a value, for so many seconds when they are given."""
		with self._lock:
			now = time.time()
			if len(self._values) > MANY:
				self._values = {kept: pair for kept, pair in self._values.items() if pair[1] > now}
			self._values[local.site, key] = val, now + (expires_in_sec or float("inf"))

	def get_value(self, key: str) -> Any:
		"""The value kept, unless its time is over."""
		value, end = self._values.get((local.site, key), (None, 0))
		return value if end > time.time() else None

	def delete_value(self, key: str) -> None:
		"""Forget a value."""
		self._values.pop((local.site, key), None)

	def clear(self) -> None:
		"""Forget the site's values."""
		with self._lock:
			self._values = {key: kept for key, kept in self._values.items() if key[0] != local.site}


cache = Cache()


def clear_cache(user: str | None = None, doctype: str | None = None) -> None:
	"""Read everything, or what belongs to one user or one DocType, afresh."""
	from frappe import hooks_registry, translate
	from frappe.model import base_document, meta

	if doctype:
		meta.clear_meta_cache(doctype)
		base_document.clear_controllers(doctype)
		clear_document_cache(doctype)
		return
	local.role_permissions = {}
	local.request_cache.clear()
	if local.db:
		local.db.value_cache.clear()
	if user:
		return
	meta.clear_meta_cache()
	base_document.clear_controllers()
	hooks_registry.forget_apps()
	translate.clear_cache()
	local.document_cache.clear()
	cache.clear()


def clear_document_cache(doctype: str, name: str | int | None = None) -> None:
	"""Read a document, or all of a DocType, afresh."""
	for key in [key for key in local.document_cache if key[0] == doctype and name in (None, key[1])]:
		del local.document_cache[key]
