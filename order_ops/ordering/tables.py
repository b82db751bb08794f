"""Tables of orders, CSV or XLSX: one row per order line, rows with one order number are one order. Pure."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from order_ops.problems import Problem, _

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000

# column of a file -> place in the request; the second name is the heading a Chinese user writes
COLUMNS: dict[str, tuple[str, str]] = {
	"external_id": ("external_id", "订单号"),
	"received_at": ("received_at", "下单时间"),
	"article_no": ("items.article_no", "货号"),
	"qty": ("items.qty", "数量"),
	"rate": ("items.rate", "单价"),
	"buyer_kind": ("buyer.kind", "客户类型"),
	"buyer_name": ("buyer.name", "客户名称"),
	"buyer_code": ("buyer.code", "证件号码"),
	"buyer_mobile": ("buyer.mobile", "客户手机"),
	"buyer_tax_no": ("buyer.tax_no", "税号"),
	"buyer_external_id": ("buyer.external_id", "渠道客户号"),
	"recipient": ("ship_to.recipient", "收货人"),
	"phone": ("ship_to.phone", "收货电话"),
	"province": ("ship_to.province", "省份"),
	"city": ("ship_to.city", "城市"),
	"district": ("ship_to.district", "区县"),
	"street": ("ship_to.street", "街道"),
	"house_no": ("ship_to.house_no", "门牌号"),
	"postcode": ("ship_to.postcode", "邮编"),
	"freight_amount": ("freight_amount", "运费"),
	"special_requirements": ("special_requirements", "特殊要求"),
	"urgency": ("urgency", "紧急程度"),
	"invoice_kind": ("invoice.kind", "发票类型"),
	"invoice_title": ("invoice.title", "发票抬头"),
	"payment_status": ("payment.status", "付款状态"),
}
REQUIRED = ("external_id", "article_no", "qty")
LINE = ("article_no", "qty", "rate")
HEADINGS = {name: column for column, (_path, zh) in COLUMNS.items() for name in (column, zh)}
WORDS = {
	"单位": "Organisation", "个人": "Individual", "普通": "Normal", "特殊": "Special", "紧急": "Urgent", "加急": "Urgent",
	"未付": "Unpaid", "已付": "Paid", "普票": "Ordinary", "专票": "Special", "全电": "Fully Electronic",
}  # fmt: skip
CHOICES = ("buyer_kind", "urgency", "invoice_kind", "payment_status")


class NoTable(ValueError):
	"""What was uploaded cannot be read as a table of orders; carries the problem."""

	def __init__(self, problem: Problem) -> None:
		super().__init__(problem.code)
		self.problem = problem


@dataclass
class FileOrder:
	"""The rows of one order of a file and the request they make."""

	external_id: str
	rows: list[int]
	request: dict[str, Any]
	problem: Problem | None = None


def read(name: str, content: bytes) -> list[list[Any]]:
	"""The cells of a file, by its ending; NoTable names what is wrong with the file as a whole."""
	if len(content) > LARGEST_FILE:
		raise NoTable(too_large())
	if name.lower().endswith(".csv"):
		cells = _read_csv(content)
	elif name.lower().endswith(".xlsx"):
		cells = _read_xlsx(content)
	else:
		raise NoTable(_whole("file_type", _("{0} is neither CSV nor XLSX"), name[-60:]))
	if len(cells) > MOST_ROWS + 1:
		raise NoTable(_whole("too_many", _("The file has more than {0} rows; split it"), MOST_ROWS))
	if len(cells) < 2:
		raise NoTable(_whole("empty", _("The file has no rows below its headings")))
	return cells


def orders_of(cells: Sequence[Sequence[Any]]) -> list[FileOrder]:
	"""The orders of a table, in the order of their first rows; every row belongs to exactly one of them."""
	columns = _columns(cells[0])
	found: dict[str, FileOrder] = {}
	for number, row in enumerate(cells[1:], 2):
		values = {column: _cell(column, row[i]) for i, column in columns.items() if i < len(row)}
		if all(value in (None, "") for value in values.values()):
			continue
		key = str(values.get("external_id") or "").strip()
		key = key.removesuffix(".0") if isinstance(values.get("external_id"), float) else key
		if not key:
			problem = Problem(
				"missing", _("The order number is missing"), (), "external_id", number, "G1-07a"
			)
			found[f"row {number}"] = FileOrder("", [number], {}, problem)
			continue
		order = found.setdefault(key.casefold(), FileOrder(key, [], {}))
		_add(order, number, values)
	if not found:
		raise NoTable(_whole("empty", _("The file has no rows below its headings")))
	return [*found.values()]


def too_large() -> Problem:
	"""Why a file is not even opened."""
	return _whole("too_large", _("The file is larger than {0} MB; split it"), LARGEST_FILE // 1024**2)


def headings(chinese: bool) -> list[str]:
	"""The first row of an empty file to fill in."""
	return [zh if chinese else column for column, (_path, zh) in COLUMNS.items()]


def _columns(headings: Sequence[Any]) -> dict[int, str]:
	if sum(heading not in (None, "") for heading in headings) > MOST_COLUMNS:
		raise NoTable(_whole("too_many_columns", _("The file has more than {0} columns"), MOST_COLUMNS))
	found: dict[int, str] = {}
	for i, heading in enumerate(headings):
		text = str(heading or "").strip()
		if not text:
			continue
		column = HEADINGS.get(text) or HEADINGS.get(text.lower())
		if column is None:
			raise NoTable(_whole("unknown_column", _("There is no column {0}; see the template"), text[:40]))
		if column in found.values():
			raise NoTable(_whole("repeated_column", _("Column {0} stands there twice"), text[:40]))
		found[i] = column
	if missing := [column for column in REQUIRED if column not in found.values()]:
		raise NoTable(_whole("missing_column", _("The file lacks the column {0}"), ", ".join(missing)))
	return found


def _add(order: FileOrder, number: int, values: dict[str, Any]) -> None:
	header = {column: value for column, value in values.items() if column not in LINE}
	request = _nested(header)
	line = {column: values.get(column) for column in LINE if values.get(column) not in (None, "")}
	if not order.rows:
		order.request = {**request, "external_id": order.external_id, "items": []}
	elif order.problem is None:
		first = {k: v for k, v in order.request.items() if k != "items"}
		if {**request, "external_id": order.external_id} != first:
			text = _("The row differs from row {0} of the same order; only article, quantity and price may")
			order.problem = Problem("differs", text, (order.rows[0],), "external_id", number, "G1-07a")
	order.rows.append(number)
	order.request["items"].append(line)


def _nested(values: dict[str, Any]) -> dict[str, Any]:
	nested: dict[str, Any] = {}
	for column, value in values.items():
		if value in (None, ""):
			continue
		group, _dot, field = COLUMNS[column][0].rpartition(".")
		(nested.setdefault(group, {}) if group else nested)[field] = value
	return nested


def _cell(column: str, value: Any) -> Any:
	if isinstance(value, str):
		value = value.strip()
		return WORDS.get(value, value) if column in CHOICES else value
	return value


def _read_csv(content: bytes) -> list[list[Any]]:
	for encoding in ("utf-8-sig", "gb18030"):
		try:
			text = content.decode(encoding)
			break
		except UnicodeDecodeError:
			continue
	else:
		raise NoTable(_whole("encoding", _("The file is neither UTF-8 nor GB 18030 text")))
	if "\x00" in text:
		raise NoTable(_whole("encoding", _("The file is no text: it contains zero bytes")))
	first = text.split("\n", 1)[0]
	delimiter = max(",;\t", key=first.count)
	try:
		return list(_limited(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)))
	except csv.Error as error:
		raise NoTable(_whole("csv", _("The file is no valid CSV: {0}"), str(error)[:80])) from None


def _read_xlsx(content: bytes) -> list[list[Any]]:
	from openpyxl import load_workbook
	from openpyxl.utils.exceptions import InvalidFileException

	try:
		with zipfile.ZipFile(io.BytesIO(content)) as archive:
			if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
				raise NoTable(
					_whole(
						"too_large", _("The file unpacks to more than {0} MB"), LARGEST_UNPACKED // 1024**2
					)
				)
		book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
		return list(_limited(book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)))
	except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
		if isinstance(error, NoTable):
			raise
		raise NoTable(_whole("xlsx", _("The file is no valid XLSX workbook"))) from None


def _limited(rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
	for number, row in enumerate(rows):
		if number > MOST_ROWS + 1:
			return
		yield [value[: LONGEST_CELL + 1] if isinstance(value, str) else value for value in row]


def _whole(code: str, text: str, *args: object) -> Problem:
	return Problem(code, text, args, "file", rule="G1-07a")
