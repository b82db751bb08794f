"""`frappe.cache`: values that outlive a request, in the memory of this process."""

import threading
import time
from typing import Any

from frappe.context import local

MANY = 10_000


class Cache:
	"""Values by key, the keys being each site's own; some for so many seconds only."""

	def __init__(self) -> None:
		self._values: dict[str, tuple[Any, float]] = {}
		self._lock = threading.RLock()

	def make_key(self, key: str) -> str:
		"""The key as it is stored."""
		return f"{local.site}|{key}"

	def set_value(self, key: str, val: Any, expires_in_sec: int | None = None) -> None:
		"""Keep a value."""
		self.setex(self.make_key(key), expires_in_sec or float("inf"), val)

	def get_value(self, key: str, expires: bool = False) -> Any:
		"""The value kept."""
		return self.get(self.make_key(key))

	def delete_value(self, key: str) -> None:
		"""Forget a value."""
		self._values.pop(self.make_key(key), None)

	def clear(self) -> None:
		"""Forget the site's values."""
		with self._lock:
			for key in [key for key in self._values if key.startswith(self.make_key(""))]:
				del self._values[key]

	def get(self, name: str) -> Any:
		"""A value by its stored key, unless it has expired."""
		value, end = self._values.get(name, (None, 0))
		return value if end > time.time() else None

	def setex(self, name: str, time_: float, value: Any) -> None:
		"""Set a value by its stored key, for so many seconds."""
		with self._lock:
			now = time.time()
			if len(self._values) > MANY:
				self._values = {key: kept for key, kept in self._values.items() if kept[1] > now}
			self._values[name] = value, now + time_

	def incrby(self, name: str, amount: int = 1) -> int:
		"""Count, by the stored key; the time to live stays."""
		with self._lock:
			value, end = self._values.get(name, (0, float("inf")))
			self._values[name] = value + amount, end
			return value + amount


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
