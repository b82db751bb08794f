"""A dict whose keys are attributes as well."""


class _dict(dict):
	"""A dict that gives None for a key it lacks when asked as an attribute."""

	__slots__ = ()
	__getattr__ = dict.get
	__setattr__ = dict.__setitem__
	__delattr__ = dict.__delitem__

	def update(self, d=None, **kwargs) -> "_dict":
		"""Update and return self."""
		super().update(d or (), **kwargs)
		return self

	def copy(self) -> "_dict":
		"""A shallow copy of the same kind."""
		return _dict(self)
