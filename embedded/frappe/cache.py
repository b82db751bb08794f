"""`frappe.cache`: Redis where the bench has one, else the memory of this process."""

import fnmatch
import pickle
import threading
import time
from collections.abc import Callable
from typing import Any

from frappe.context import local

MANY = 10_000


class MemoryStore:
	"""The few commands of Redis that are used here, for one process."""

	def __init__(self) -> None:
		self.values: dict[str, Any] = {}
		self.ends: dict[str, float] = {}
		self.lock = threading.RLock()

	def get(self, key: str) -> Any:
		"""The value, unless it has expired."""
		with self.lock:
			if self.ends.get(key, float("inf")) <= time.time():
				self.delete(key)
			return self.values.get(key)

	def set(self, key: str, value: Any, ex: int | None = None) -> None:
		"""Set a value, for so many seconds when told to."""
		with self.lock:
			self.values[key] = value
			self.ends.pop(key, None)
			if ex:
				self.ends[key] = time.time() + ex
			if len(self.ends) > MANY:
				self.delete(*[each for each, end in self.ends.items() if end <= time.time()])

	def delete(self, *keys: str) -> None:
		"""Forget values."""
		with self.lock:
			for key in keys:
				self.values.pop(key, None)
				self.ends.pop(key, None)

	def incrby(self, key: str, amount: int = 1) -> int:
		"""Count."""
		with self.lock:
			self.values[key] = int(self.get(key) or 0) + amount
			return self.values[key]

	def keys(self, pattern: str) -> list[str]:
		"""The keys that match."""
		with self.lock:
			return [
				key
				for key in list(self.values)
				if fnmatch.fnmatchcase(key, pattern) and self.get(key) is not None
			]


class Cache:
	"""Values by key, the keys being each site's own."""

	def __init__(self) -> None:
		self._memory = MemoryStore()
		self._redis: dict[str, Any] = {}

	def __call__(self) -> "Cache":
		return self

	@property
	def store(self) -> Any:
		"""Redis or memory."""
		url = local.conf.redis_cache if getattr(local, "initialised", False) else None
		if not url:
			return self._memory
		if url not in self._redis:
			import redis

			self._redis[url] = redis.Redis.from_url(url)
		return self._redis[url]

	def make_key(self, key: Any, user: str | bool | None = None, shared: bool = False) -> str:
		"""The key as it is stored."""
		if shared:
			return str(key)
		if user:
			key = f"user:{local.session.user if user is True else user}:{key}"
		return f"{local.conf.db_name or local.site}|{key}"

	def set_value(
		self,
		key: Any,
		val: Any,
		user: str | None = None,
		expires_in_sec: int | None = None,
		shared: bool = False,
	) -> None:
		"""Keep a value."""
		self.store.set(self.make_key(key, user, shared), pickle.dumps(val), ex=expires_in_sec)

	def get_value(
		self, key: Any, generator: Callable | None = None, user: str | None = None, expires: bool = False,
		shared: bool = False, *, use_local_cache: bool = True,
	) -> Any:  # fmt: skip
		"""The value kept; made by `generator` when there is none."""
		stored = self.store.get(self.make_key(key, user, shared))
		if stored is not None:
			return pickle.loads(stored)
		value = generator() if generator else None
		if value is not None:
			self.set_value(key, value, user, shared=shared)
		return value

	def delete_value(
		self, keys: Any, user: str | None = None, make_keys: bool = True, shared: bool = False
	) -> None:
		"""Forget values."""
		for key in keys if isinstance(keys, list | tuple | set) else [keys]:
			self.store.delete(self.make_key(key, user, shared) if make_keys else key)

	delete_key = delete_value

	def delete_keys(self, key: str) -> None:
		"""Forget all values whose key begins so."""
		self.delete_value(self.store.keys(self.make_key(key + "*")), make_keys=False)

	def get(self, key: str) -> Any:
		"""A raw value by its stored key."""
		return self.store.get(key)

	def setex(self, name: str, time: int, value: Any) -> None:
		"""Set a raw value by its stored key, for so many seconds."""
		self.store.set(name, value, ex=time)

	def incrby(self, key: str, amount: int = 1) -> int:
		"""Count, by the stored key."""
		return self.store.incrby(key, amount)


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
	local.cache = {}
	local.role_permissions = {}
	local.user_perms = None
	local.request_cache.clear()
	if local.db is not None:
		local.db.value_cache.clear()
	if user:
		cache.delete_keys(f"user:{user}:")
		return
	meta.clear_meta_cache()
	base_document.clear_controllers()
	hooks_registry.forget_apps()
	translate.clear_cache()
	local.document_cache.clear()
	cache.delete_keys("")


def clear_document_cache(doctype: str, name: str | int | None = None) -> None:
	"""Read a document, or all of a DocType, afresh."""
	for key in [key for key in local.document_cache if key[0] == doctype and name in (None, key[1])]:
		del local.document_cache[key]
