"""Import from CSV and XLSX: every row gets its verdict first; what is taken goes through `Document.insert`."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from typing import Any

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.desk import plain_message
from frappe.desk.form import Form

MAX_ROWS = 5000


def importable(doctype: str) -> list[tuple[str, Any, Any]]:
	"""Headings with the field (and child table) each stands for: children as "Label (Table label)"."""
	form = Form(frappe.new_doc(doctype), is_new=True)
	found = []
	for df in form.meta.fields:
		if not form.editable(df):
			continue
		if df.fieldtype == "Table":
			children = frappe.get_meta(df.options).fields
			found += [
				(f"{F.label_of(c)} ({F.label_of(df)})", c, df) for c in children if form.editable(c, df)
			]
		elif df.fieldtype not in F.TABLES | {"Password", "Attach", "Attach Image"}:
			found.append((F.label_of(df), df, None))
	return [(heading, df, table) for heading, df, table in found if df.fieldtype not in F.TABLES]


def read_rows(filename: str, content: bytes) -> list[list[str]]:
	"""The file's rows as text."""
	if filename.lower().endswith(".xlsx"):
		from openpyxl import load_workbook

		try:
			sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
		except Exception as e:
			frappe.throw(_("This is not an Excel file: {0}").format(e))
		rows = [[cell_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
	else:
		for encoding in ("utf-8-sig", "gb18030"):
			try:
				text = content.decode(encoding)
				break
			except UnicodeDecodeError:
				continue
		else:
			frappe.throw(_("The file is neither UTF-8 nor GBK text"))
		rows = [[cell_text(value) for value in row] for row in csv.reader(io.StringIO(text))]
	return [row for row in rows if any(row)]


def cell_text(value: Any) -> str:
	"""A cell as text; the apostrophe that an export puts before a formula is taken off again."""
	if value is None:
		return ""
	if isinstance(value, datetime) and value.time() == time():
		value = value.date()
	if isinstance(value, float) and value.is_integer():
		value = int(value)
	text = (
		value.isoformat(" ")
		if isinstance(value, datetime)
		else str(value)
		if not isinstance(value, date)
		else value.isoformat()
	)
	return text[1:].strip() if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text.strip()


class Import:
	"""One file for one DocType."""

	def __init__(self, doctype: str, filename: str, content: bytes):
		self.doctype = doctype
		rows = read_rows(filename, content)
		if len(rows) < 2:
			frappe.throw(_("The file has no rows"))
		if len(rows) > MAX_ROWS + 1:
			frappe.throw(_("The file has more than {0} rows; please split it").format(MAX_ROWS))
		self.header, self.rows = rows[0], rows[1:]
		names: dict[str, tuple[Any, Any]] = {}
		for heading, df, table in importable(doctype):
			path = f"{table.fieldname}.{df.fieldname}" if table else df.fieldname
			child = f"{df.label or df.fieldname} ({table.label})" if table else df.label or df.fieldname
			for name in (child, path, heading):
				names[name.strip().lower()] = (df, table)
		self.columns = [names.get(heading.strip().lower()) for heading in self.header]
		if not any(self.columns):
			frappe.throw(_("No column of the file has the name of a field; take the template as a start"))

	def mapping(self) -> list[tuple[str, str]]:
		"""Each column's heading with the field it fills, or nothing."""
		return [
			(
				heading,
				f"{F.label_of(column[0])}" + (f" · {F.label_of(column[1])}" if column[1] else "")
				if column
				else "",
			)
			for heading, column in zip(self.header, self.columns, strict=False)
		]

	def documents(self) -> list[tuple[list[int], dict, list[str]]]:
		"""Documents with the lines they come from and what could not be read; a line without parent values adds a row."""
		found: list[tuple[list[int], dict, list[str]]] = []
		for line, row in enumerate(self.rows, start=2):
			values, child, problems = {}, {}, []
			for text, column in zip(row, self.columns, strict=False):
				if not column or text == "":
					continue
				df, table = column
				into = child.setdefault(table.fieldname, {}) if table else values
				try:
					into[df.fieldname] = self.value(df, text)
				except ValueError as e:
					problems.append(f"{F.label_of(df)}: {e}")
			if values or not found:
				found.append(([], {"doctype": self.doctype, **values}, []))
			lines, doc, all_problems = found[-1]
			lines.append(line)
			all_problems += problems
			for table, fields in child.items():
				doc.setdefault(table, []).append(fields)
		return found

	def value(self, df: Any, text: str) -> Any:
		"""A cell's value; the translated name of an option counts as the option."""
		if df.fieldtype == "Select":
			options = (df.options or "").split("\n")
			return next((option for option in options if text in (option, _(option))), text)
		return F.parsed(df, text)

	def run(self) -> list[dict]:
		"""Insert every document in a savepoint of its own and give the verdicts; the caller commits, or does not."""
		verdicts = []
		for lines, values, problems in self.documents():
			verdict = {"lines": lines, "values": values, "problems": list(problems), "name": ""}
			if not problems:
				self.insert(values, verdict)
			verdicts.append(verdict)
		return verdicts

	def insert(self, values: dict, verdict: dict) -> None:
		"""Insert one document; when it refuses, nothing of it stays and its reason is noted."""
		frappe.db.savepoint("desk_import")
		frappe.clear_messages()
		try:
			doc = frappe.get_doc(values)
			form = Form(doc, is_new=True)
			form.check()
			verdict["problems"] = [self.describe(name, text, form) for name, text in form.errors.items()]
			if not verdict["problems"]:
				verdict["name"] = doc.insert().name
				return
		except (frappe.ValidationError, frappe.PermissionError) as e:
			said = [plain_message(entry.message) for entry in frappe.get_message_log()]
			verdict["problems"] = list(dict.fromkeys(said or [plain_message(str(e)) or type(e).__name__]))
		frappe.db.rollback(save_point="desk_import")
		frappe.clear_messages()

	@staticmethod
	def describe(name: str, text: str, form: Form) -> str:
		"""A field's error with the field's label, and its row's number."""
		df = next(df for path, df, _doc in form.walk() if path == name)
		row = _("Row {0}, ").format(int(name.split(".")[1]) + 1) if "." in name else ""
		return f"{row}{F.label_of(df)}: {text}"
