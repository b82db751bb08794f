"""Field types, for the annotations at the head of a controller."""

from datetime import date, datetime, time, timedelta
from typing import TypeVar

Data = Autocomplete = Text = SmallText = LongText = TextEditor = Code = str
Link = DynamicLink = Select = Attach = AttachImage = Color = Password = ReadOnly = str
Int = Check = int
Float = Currency = Percent = float
Date = str | date
Datetime = str | datetime
Time = str | time | timedelta

_Row = TypeVar("_Row")
Table = TableMultiSelect = list[_Row]
