"""SQL functions for `frappe.qb`."""

# ruff: noqa: F403, F405

from pypika.functions import *
from pypika.terms import CustomFunction

Ifnull = IfNull
Concat_ws = CustomFunction("CONCAT_WS", ["separator", "a", "b"])
Locate = CustomFunction("LOCATE", ["part", "text"])
DateFormat = CustomFunction("DATE_FORMAT", ["value", "pattern"])
UnixTimestamp = CustomFunction("unix_timestamp", ["value"])
