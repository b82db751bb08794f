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
NOT_IMPORTED = F.TABLES | {"Password", "Attach", "Attach Image"}


def importable(doctype: str) -> list[tuple[str, Any, Any]]:
	"""Headings with the field (and child table) each stands for: children as "Label (Table label)"."""
	form, found = Form(frappe.new_doc(doctype), is_new=True), []
	for df in filter(form.editable, form.meta.fields):
		if df.fieldtype == "Table":
			children = frappe.get_meta(df.options).fields
			found += [
				(f"{F.label_of(c)} ({F.label_of(df)})", c, df) for c in children if form.editable(c, df)
			]
		else:
			found.append((F.label_of(df), df, None))
	return [row for row in found if row[1].fieldtype not in NOT_IMPORTED]


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
		try:
			text = content.decode("utf-8-sig")
		except UnicodeDecodeError:
			text = content.decode("gb18030", errors="replace")
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
	text = str(value) if not isinstance(value, date) else value.isoformat().replace("T", " ")
	return text[1:].strip() if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text.strip()


class Import:
	"""One file for one DocType."""

	def __init__(self, doctype: str, filename: str, content: bytes):
		self.doctype = doctype
		header, *self.rows = read_rows(filename, content) or [[]]
		if not 0 < len(self.rows) <= MAX_ROWS:
			message = (
				_("The file has more than {0} rows; please split it")
				if self.rows
				else _("The file has no rows")
			)
			frappe.throw(message.format(MAX_ROWS))
		names: dict[str, tuple[Any, Any]] = {}
		for heading, df, table in importable(doctype):
			path = f"{table.fieldname}.{df.fieldname}" if table else df.fieldname
			english = f"{df.label} ({table.label})" if table else df.label or ""
			names |= {name.strip().lower(): (df, table) for name in (english, path, heading)}
		self.columns = [names.get(heading.strip().lower()) for heading in header]
		if not any(self.columns):
			frappe.throw(_("No column of the file has the name of a field; take the template as a start"))
		labels = [
			" · ".join(F.label_of(df) for df in column if df) if column else "" for column in self.columns
		]
		self.mapping = list(zip(header, labels, strict=True))

	def documents(self) -> list[dict]:
		"""Documents with their lines and problems; a line without values of its own adds rows to the one above."""
		found: list[dict] = []
		for line, row in enumerate(self.rows, start=2):
			values, children, problems = {}, {}, []
			for text, column in zip(row, self.columns, strict=False):
				if column and text:
					df, table = column
					try:
						into = children.setdefault(table.fieldname, {}) if table else values
						into[df.fieldname] = self.value(df, text)
					except ValueError as e:
						problems.append(f"{F.label_of(df)}: {e}")
			if values or not found:
				found.append(
					{"lines": [], "problems": [], "values": {"doctype": self.doctype, **values}, "name": ""}
				)
			found[-1]["lines"].append(line)
			found[-1]["problems"] += problems
			for table, child in children.items():
				found[-1]["values"].setdefault(table, []).append(child)
		return found

	@staticmethod
	def value(df: Any, text: str) -> Any:
		"""A cell's value; the translated name of an option counts as the option."""
		if df.fieldtype == "Select":
			return next(
				(o for o in (df.options or "").split("\n") if text in (o, F.option_text(df, o))), text
			)
		return F.parsed(df, text)

	def run(self) -> list[dict]:
		"""Insert every document in a savepoint of its own and say what became of it; the caller commits, or not."""
		verdicts = self.documents()
		for verdict in verdicts:
			if verdict["problems"]:
				continue
			frappe.db.savepoint("desk_import")
			frappe.clear_messages()
			try:
				doc = frappe.get_doc(verdict["values"])
				form = Form(doc, is_new=True)
				form.check()
				labels = {name: (df, name.split(".")) for name, df, _doc in form.walk()}
				for name, text in form.errors.items():
					df, path = labels[name]
					row = _("Row {0}, ").format(int(path[1]) + 1) if len(path) > 1 else ""
					verdict["problems"].append(f"{row}{F.label_of(df)}: {text}")
				if not verdict["problems"]:
					verdict["name"] = doc.insert().name
			except (frappe.ValidationError, frappe.PermissionError) as e:
				verdict["problems"] = explain(e).split("\n")
			if verdict["problems"]:
				frappe.db.rollback(save_point="desk_import")
		frappe.clear_messages()
		return verdicts
