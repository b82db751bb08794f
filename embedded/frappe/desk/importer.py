"""Import from CSV and XLSX: every row gets its verdict first; what is taken goes through `Document.insert`."""

import csv
import io
from datetime import date, datetime, time
from typing import Any

import frappe
from frappe import _
from frappe.desk import explain
from frappe.desk import fields as F
from frappe.desk.form import Form

MAX_ROWS = 5000
NOT_IMPORTED = F.TABLES | F.FILES | {"Password"}


def importable(doctype: str) -> list[tuple[str, Any, Any]]:
	"""Headings with the field (and child table) each stands for: children as "Label (Table label)"."""
	form, found = Form(frappe.new_doc(doctype), is_new=True), []
	for df in filter(form.editable, form.meta.fields):
		if df.fieldtype == "Table":
			children = [child for child in frappe.get_meta(df.options).fields if form.editable(child, df)]
			found += [(f"{F.label_of(child)} ({F.label_of(df)})", child, df) for child in children]
		else:
			found.append((F.label_of(df), df, None))
	return [row for row in found if row[1].fieldtype not in NOT_IMPORTED]


def read_rows(filename: str, content: bytes) -> list[list[str]]:
	"""The file's rows as text."""
	if filename.lower().endswith(".xlsx"):
		from openpyxl import load_workbook

		try:
			page = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
		except Exception as e:
			frappe.throw(_("This is not an Excel file: {0}").format(e))
		rows = page.iter_rows(values_only=True)
	else:
		try:
			text = content.decode("utf-8-sig")
		except UnicodeDecodeError:
			text = content.decode("gb18030", errors="replace")
		rows = csv.reader(io.StringIO(text))
	texts = ([cell_text(value) for value in row] for row in rows)
	return [row for row in texts if any(row)]


def cell_text(value: Any) -> str:
	"""A cell as text; the apostrophe that an export puts before a formula is taken off again."""
	if isinstance(value, datetime) and value.time() == time():
		value = value.date()
	if isinstance(value, float) and value.is_integer():
		value = int(value)
	text = value.isoformat().replace("T", " ") if isinstance(value, date) else str(value or "").strip()
	return text[1:].strip() if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


class Import:
	"""One file for one DocType."""

	def __init__(self, doctype: str, filename: str, content: bytes):
		self.doctype = doctype
		header, *self.rows = read_rows(filename, content) or [[]]
		if not self.rows:
			frappe.throw(_("The file has no rows"))
		if len(self.rows) > MAX_ROWS:
			frappe.throw(_("The file has more than {0} rows; please split it").format(MAX_ROWS))
		names: dict[str, tuple[Any, Any, str]] = {}
		for heading, df, table in importable(doctype):
			path = f"{table.fieldname}.{df.fieldname}" if table else df.fieldname
			english = f"{df.label} ({table.label})" if table else df.label or ""
			names |= {name.strip().lower(): (df, table, heading) for name in (english, path, heading)}
		self.columns = [names.get(heading.strip().lower()) for heading in header]
		if not any(self.columns):
			frappe.throw(_("No column of the file has the name of a field; take the template as a start"))
		self.mapping = [
			(name, column[2] if column else "") for name, column in zip(header, self.columns, strict=True)
		]

	def documents(self) -> list[dict]:
		"""Documents with their lines and problems; a line without values of its own adds rows to the one above."""
		found: list[dict] = []
		for line, row in enumerate(self.rows, start=2):
			values, children, problems = {}, {}, []
			for text, column in zip(row, self.columns, strict=False):
				if not column or not text:
					continue
				df, table, heading = column
				into = children.setdefault(table.fieldname, {}) if table else values
				try:
					into[df.fieldname] = F.parsed(df, text)
				except frappe.ValidationError as e:
					problems.append(f"{heading}: {e}")
			if values or not found:
				found.append({"lines": [], "problems": [], "values": {"doctype": self.doctype, **values}})
			found[-1]["lines"].append(line)
			found[-1]["problems"] += problems
			for table, child in children.items():
				found[-1]["values"].setdefault(table, []).append(child)
		return found

	def run(self) -> list[dict]:
		"""Insert every document in a savepoint of its own and say what became of it; the caller commits, or not."""
		verdicts = self.documents()
		for verdict in verdicts:
			if verdict["problems"]:
				continue
			frappe.db.savepoint("desk_import")
			try:
				verdict["name"] = frappe.get_doc(verdict["values"]).insert().name
			except (frappe.ValidationError, frappe.PermissionError) as e:
				frappe.db.rollback(save_point="desk_import")
				verdict["problems"] = explain(e).split("\n")
			frappe.clear_messages()
		return verdicts
