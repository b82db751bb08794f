"""Problems in the reader's language: where it stands, what is wrong, which rule says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

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
	mark("{0} is held by {1} ({2}), which {3} releases [{4}]"),
	mark("Customer {0} is {1}: no order can be created for it [E-4.12c]"),
	mark("Customer {0} has no SAP number yet: the order waits for SAP's answer [E-4.11g]"),
	mark("Order {0} lacks {1}: complete the delivery address [G1-06c]"),
	mark("{0}: order {1} is not paid, and its policy lets only paid goods leave [C-34]"),
	mark("No {0} warehouse of {1} has platform packaging: tick it on one of them [{2}]"),
	mark("{1} has no {0} warehouse: create one [{2}]"),
)
RULED = re.compile(r"(.*?)( \[[^\]]+\])?", re.DOTALL)  # a reason, and the rule that stands behind it
PLACE = re.compile(r"\\\{(\d)\\\}")  # of an argument, in an escaped template


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
	body, rule = RULED.fullmatch(reason).groups("")
	for template in KEPT:
		text, tail = (reason, "") if template.endswith("]") else (body, rule)
		if found := _pattern(template).fullmatch(text):
			args = [_(found[f"a{n}"], lang) for n in range(len(found.groups()))]
			return _(template, lang).format(*args) + tail
	return _(reason, lang)


@cache
def _pattern(template: str) -> re.Pattern[str]:
	return re.compile(PLACE.sub(r"(?P<a\1>.+?)", re.escape(template)))


def refuse(problems: Iterable[Problem], error: type[frappe.ValidationError]) -> None:
	"""Throw the given error with all problems in it; nothing happens when there is none."""
	if problems := list(problems):
		frappe.throw("<br>".join(words(problem) for problem in problems), error)
