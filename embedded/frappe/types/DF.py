"""Field types, for the annotations at the head of a controller."""

from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

Data = Text = SmallText = LongText = TextEditor = Code = HTMLEditor = MarkdownEditor = str
Link = DynamicLink = Select = Attach = AttachImage = Autocomplete = Barcode = Color = str
Icon = Password = Phone = ReadOnly = Signature = str
Int = Check = int
Float = Currency = Percent = Duration = Rating = float
Date = str | date
Datetime = str | datetime
Time = str | time | timedelta
JSON = Any

_Row = TypeVar("_Row")
Table = list[_Row]
TableMultiSelect = list[_Row]
