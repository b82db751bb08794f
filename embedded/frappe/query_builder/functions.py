"""SQL functions for `frappe.qb`."""

# ruff: noqa: F403, F405

from typing import Any

from pypika.functions import *
from pypika.functions import AggregateFunction, Function
from pypika.terms import CustomFunction

Ifnull = IfNull
Concat_ws = CustomFunction("CONCAT_WS", ["separator", "a", "b"])
Locate = CustomFunction("LOCATE", ["part", "text"])
DateFormat = CustomFunction("DATE_FORMAT", ["value", "pattern"])
UnixTimestamp = CustomFunction("unix_timestamp", ["value"])


class Round(Function):
	"""ROUND(value, places)."""

	def __init__(self, term: Any, decimal: int = 0, **kwargs: Any):
		super().__init__("ROUND", term, decimal, **kwargs)


class GroupConcat(AggregateFunction):
	"""GROUP_CONCAT(value), with commas."""

	def __init__(self, column: Any, alias: str | None = None):
		super().__init__("GROUP_CONCAT", column, alias=alias)
