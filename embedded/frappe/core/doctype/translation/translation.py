"""Translations that are kept in the database."""

from frappe.model.document import Document


class Translation(Document):
	"""A text in another language."""

	def on_update(self) -> None:
		"""Read them afresh."""
		_forget(self.language)

	def on_trash(self) -> None:
		"""Read them afresh."""
		_forget(self.language)


def _forget(language: str) -> None:
	from frappe.translate import clear_cache

	clear_cache()
