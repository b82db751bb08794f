"""Problems in the reader's language: where it stands, what is wrong, which rule says so."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _
from order_ops.problems import Problem
from order_ops.problems import _ as mark

# Reasons that are kept in the language of whoever caused them, and read by others.
KEPT = (
	mark("Short of stock: {0} [E-4.15g]"),
	mark("The rest is short of stock [E-4.15g]"),
	mark("Waiting for the customer"),
	mark("No delivery note yet"),
	mark("Not reviewed by {0}"),
	mark("Sent after close of work, at {0}"),
	mark("Still {0}"),
)


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


def retold(reason: str, lang: str | None = None) -> str:
	"""A kept reason in the reader's language, or that of a form, where it was kept in English."""
	for template in KEPT:
		before, place, after = template.partition("{0}")
		if reason.startswith(before) and reason.endswith(after) and (place or reason == template):
			kept = reason[len(before) : len(reason) - len(after)]
			return _(template, lang).format(_(kept, lang))
	return _(reason, lang)


def refuse(problems: Iterable[Problem], error: type[frappe.ValidationError]) -> None:
	"""Throw the given error with all problems in it; nothing happens when there is none."""
	if problems := list(problems):
		frappe.throw("<br>".join(words(problem) for problem in problems), error)
