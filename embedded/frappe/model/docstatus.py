"""The three states of a document: draft, submitted, cancelled."""


class DocStatus(int):
	"""An int that knows its name."""

	def is_draft(self) -> bool:
		"""Not submitted yet."""
		return self == 0

	def is_submitted(self) -> bool:
		"""Submitted and valid."""
		return self == 1

	def is_cancelled(self) -> bool:
		"""Submitted once, cancelled since."""
		return self == 2

	@classmethod
	def draft(cls) -> "DocStatus":
		"""0"""
		return cls(0)

	@classmethod
	def submitted(cls) -> "DocStatus":
		"""1"""
		return cls(1)

	@classmethod
	def cancelled(cls) -> "DocStatus":
		"""2"""
		return cls(2)
