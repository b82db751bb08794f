"""What a pure rule answers when a value is wrong: code, place, rule and the words, still untranslated."""

from __future__ import annotations

from dataclasses import dataclass, replace


def _(text: str) -> str:
	"""Mark a text for translation; rules know no language, so whoever shows the text translates it."""
	return text


@dataclass(frozen=True)
class Problem:
	"""One thing that is wrong: a code for programs, a text with its arguments for people, and the place."""

	code: str
	text: str
	args: tuple = ()
	field: str = ""
	row: int | None = None
	rule: str = ""

	def at(self, field: str = "", row: int | None = None) -> Problem:
		"""The same problem, placed: the caller knows in which field and row the value stood."""
		return replace(self, field=field or self.field, row=self.row if row is None else row)
