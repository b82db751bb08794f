"""Problems in the reader's language: where it stands, what is wrong, which rule says so."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _
from order_ops.problems import Problem


def words(problem: Problem) -> str:
	"""One problem with its row, for a reader who sees nothing else."""
	if problem.row is None:
		return sentence(problem)
	return _("Row {0}: {1}").format(problem.row, sentence(problem))


def sentence(problem: Problem) -> str:
	"""One problem with its rule; what came from outside cannot become markup."""
	args = (str(arg).replace("<", "‹").replace(">", "›") for arg in problem.args)
	text = _(problem.text).format(*args)
	return f"{text} [{problem.rule}]" if problem.rule else text


def refuse(problems: Iterable[Problem], error: type[frappe.ValidationError]) -> None:
	"""Throw the given error with all problems in it; nothing happens when there is none."""
	if problems := list(problems):
		frappe.throw("<br>".join(words(problem) for problem in problems), error)
