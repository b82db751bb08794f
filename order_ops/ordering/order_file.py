"""Order files: preview, a verdict for every row, the good ones taken once (G1-07a)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import frappe
from frappe import _
from order_ops import rows
from order_ops.ordering import intake, tables
from order_ops.ordering.exceptions import OrderFileInvalid
from order_ops.ordering.tables import FileOrder, NoTable
from order_ops.wording import refuse, words

FILE, ROW = "Ops Order File", "Ops Order File Row"
TAKEN, REPEAT, REJECTED = "Taken", "Repeat", "Rejected"
VERDICTS = {intake.CREATED: TAKEN, intake.REPEAT: REPEAT, intake.REFUSED: REJECTED}
CHUNK = 200


@frappe.whitelist(methods=["POST"])
def preview(doc: str | dict) -> dict[str, Any]:
	"""Say what an import would do with every row; no order is taken."""
	file = _permitted(doc)
	if file.status == "Imported":
		frappe.throw(_("{0} was imported; upload a new file").format(file.name), OrderFileInvalid)
	orders = _orders(file)
	frappe.db.savepoint("order_file_preview")
	answers = _place(orders, file.channel)
	frappe.db.rollback(save_point="order_file_preview")
	return _keep(file, orders, answers, "Previewed")


@frappe.whitelist(methods=["POST"])
def import_orders(doc: str | dict) -> dict[str, Any]:
	"""Take the good orders of a file; a second import of it answers with the first result."""
	file = _permitted(doc)
	if file.status == "Imported":
		return _summary(file)
	orders = _orders(file)
	return _keep(file, orders, _place(orders, file.channel), "Imported")


@frappe.whitelist(methods=["GET"])
def template(format: str = "csv") -> None:
	"""An empty file to fill in, with the headings in the user's language."""
	frappe.has_permission(FILE, "create", throw=True)
	headings = tables.headings(chinese=(frappe.local.lang or "en").startswith("zh"))
	if format not in ("csv", "xlsx"):
		frappe.throw(_("format must be csv or xlsx"), OrderFileInvalid)
	frappe.local.response.filename = f"orders.{format}"
	frappe.local.response.filecontent = _as_xlsx(headings) if format == "xlsx" else _as_csv(headings)
	frappe.local.response.type = "download"


def _permitted(doc: str | dict) -> Any:
	"""The order file a button was pressed on, locked, if its user may take orders."""
	name = frappe.parse_json(doc)["name"]
	frappe.db.get_value(FILE, name, "name", for_update=True)
	file = frappe.get_doc(FILE, name)
	file.check_permission("write")
	frappe.has_permission(intake.ORDER, "create", throw=True)
	return file


def _orders(file: Any) -> list[FileOrder]:
	try:
		return tables.orders_of(tables.read(file.file, _content(file)))
	except NoTable as error:
		refuse([error.problem], OrderFileInvalid)
		raise


def check_upload(file_url: str) -> Any:
	"""The upload behind an address, if the user may read it; asked before Frappe attaches it to the document."""
	names = frappe.get_all("File", filters={"file_url": file_url}, pluck="name", order_by="creation")
	for name in names:
		upload = frappe.get_doc("File", name)
		if upload.has_permission("read"):
			return upload
	raise frappe.PermissionError(_("The file {0} is not yours to read").format(file_url))


def _content(file: Any) -> bytes:
	path = Path(check_upload(file.file).get_full_path())
	if path.stat().st_size > tables.LARGEST_FILE:
		refuse([tables.too_large()], OrderFileInvalid)
	return path.read_bytes()


def _place(orders: list[FileOrder], channel: str) -> list[dict[str, Any]]:
	good = [order for order in orders if order.problem is None]
	answers: dict[int, dict[str, Any]] = {}
	for start in range(0, len(good), CHUNK):
		chunk = good[start : start + CHUNK]
		verdicts = intake.place([order.request for order in chunk], channel)
		answers.update({id(order): verdict for order, verdict in zip(chunk, verdicts, strict=True)})
	return [answers.get(id(order)) or _own_verdict(order) for order in orders]


def _own_verdict(order: FileOrder) -> dict[str, Any]:
	problem = {"row": None, "message": words(order.problem)}
	return {"status": intake.REFUSED, "order": None, "problems": [problem]}


def _keep(file: Any, orders: list[FileOrder], answers: list[dict[str, Any]], status: str) -> dict[str, Any]:
	lines = sorted(
		(
			{
				"row_no": number,
				"external_id": order.external_id,
				"verdict": VERDICTS[answer["status"]],
				"sales_order": answer["order"] if status == "Imported" else None,
				"reason": _reason(order, answer),
			}
			for order, answer in zip(orders, answers, strict=True)
			for number in order.rows
		),
		key=lambda line: line["row_no"],
	)
	parent = {"parent": file.name, "parenttype": FILE, "parentfield": "rows"}
	frappe.db.delete(ROW, {"parent": file.name, "parenttype": FILE})
	rows.insert_many(ROW, [{**parent, "idx": idx, **line} for idx, line in enumerate(lines, 1)])
	of_orders = Counter(answer["status"] for answer in answers)
	file.reload()
	file.db_set(
		{
			"status": status,
			"rows_read": len(lines),
			"orders_taken": of_orders[intake.CREATED],
			"orders_repeated": of_orders[intake.REPEAT],
			"rows_rejected": sum(line["verdict"] == REJECTED for line in lines),
		}
	)
	return _summary(file)


def _reason(order: FileOrder, answer: dict[str, Any]) -> str | None:
	"""Why an order was not taken; rows are those of the file, not the lines of the order."""
	if answer["status"] != intake.REFUSED:
		return None
	return "; ".join(
		_("Row {0}: {1}").format(order.rows[problem["row"] - 1], problem["message"])
		if problem["row"]
		else problem["message"]
		for problem in answer["problems"]
	)


def _summary(file: Any) -> dict[str, Any]:
	fields = ("status", "rows_read", "orders_taken", "orders_repeated", "rows_rejected")
	return {field: file.get(field) for field in fields}


def _as_csv(headings: list[str]) -> bytes:
	out = io.StringIO()
	csv.writer(out).writerow(headings)
	return out.getvalue().encode("utf-8-sig")


def _as_xlsx(headings: list[str]) -> bytes:
	from openpyxl import Workbook

	book = Workbook()
	book.active.append(headings)
	book.active.freeze_panes = "A2"
	out = io.BytesIO()
	book.save(out)
	return out.getvalue()
