"""A document's form: what stands where, what the user may change, and how a submitted form becomes a document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.desk.view import permlevels

KINDS = {
	"Int": "number", "Long Int": "number", "Rating": "number", "Duration": "number", "Float": "decimal",
	"Currency": "decimal", "Percent": "decimal", "Check": "check", "Date": "date", "Datetime": "datetime",
	"Time": "time", "Select": "select", "Link": "link", "Dynamic Link": "link", "Attach": "attach",
	"Attach Image": "attach", "Table": "table", "Table MultiSelect": "links", "Password": "password",
	"Phone": "phone", "Color": "color", "HTML": "html", "Heading": "heading", "Code": "code", "JSON": "code",
	"HTML Editor": "code", "Markdown Editor": "code", "Small Text": "text", "Text": "text", "Long Text": "text",
	"Text Editor": "text", "Read Only": "data",
}  # fmt: skip
MAX_GRID_COLUMNS = 8
NEVER = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype", "parent"}


@dataclass
class Box:
	"""One field as it stands on the form."""

	df: Any
	name: str
	value: Any
	text: str
	markup: Markup
	editable: bool
	error: str = ""
	title: str = ""
	rows: list[Row] = field(default_factory=list)
	columns: list[Any] = field(default_factory=list)
	blank: Row | None = None

	@property
	def kind(self) -> str:
		"""Which input the template draws."""
		return KINDS.get(self.df.fieldtype, "data")

	@property
	def label(self) -> str:
		"""The label in the reader's language."""
		return F.label_of(self.df)

	@property
	def choices(self) -> list[tuple[str, str]]:
		"""The options of a Select."""
		return [(option, _(option)) for option in (self.df.options or "").split("\n")]

	@property
	def target(self) -> str:
		"""The DocType a Link leads to."""
		return self.df.options if self.df.fieldtype == "Link" else ""


@dataclass
class Row:
	"""One row of a child table."""

	index: str
	name: str
	shown: list[Box]
	more: list[Box]
	error: str = ""


class Form:
	"""The form of one document, for the session's user."""

	def __init__(self, doc: Any, is_new: bool = False):
		self.doc = doc
		self.meta = frappe.get_meta(doc.doctype)
		self.is_new = is_new
		self.errors: dict[str, str] = {}
		self.raw: dict[str, str] = {}
		self.readable = permlevels(self.meta)
		self.writable = permlevels(self.meta, "write") if self.may_write() else set()

	def may_write(self) -> bool:
		"""Whether this user may change this document in its present state at all."""
		if self.is_new:
			return bool(frappe.has_permission(self.doc.doctype, "create"))
		if int(self.doc.docstatus or 0) == 2 or not self.doc.has_permission("write"):
			return False
		return may_edit_state(self.doc)

	def editable(self, df: Any, table: Any = None) -> bool:
		"""Whether the user may change this field (of this child table) here."""
		parent = table or df
		if table is not None and not self.editable(table):
			return False
		if df.fieldtype in F.LAYOUT or df.fieldtype == "Read Only" or df.fieldname in NEVER or df.hidden:
			return False
		if df.read_only or df.get("is_virtual") or int(parent.permlevel or 0) not in self.writable:
			return False
		if int(df.permlevel or 0) not in self.writable:
			return False
		if not self.is_new and df.set_only_once and self.doc.get(df.fieldname):
			return False
		return int(self.doc.docstatus or 0) == 0 or bool(df.allow_on_submit)

	@property
	def can_save(self) -> bool:
		"""Whether there is anything on this form the user may change."""
		return any(self.editable(df) for df in self.meta.fields)

	def visible(self, df: Any) -> bool:
		"""Whether the user may see this field."""
		return not df.hidden and int(df.permlevel or 0) in self.readable

	# showing ---------------------------------------------------------------------------------------------

	def tabs(self) -> list[dict]:
		"""Tabs of sections of columns of boxes; what holds nothing is left out."""
		titles = self.titles()
		tabs = [{"df": None, "label": _("Details"), "sections": []}]
		tabs[0]["sections"].append(new_section(None))
		for df in self.meta.fields:
			if df.fieldtype == "Tab Break":
				tabs.append({"df": df, "label": F.label_of(df), "sections": [new_section(None)]})
			elif df.fieldtype == "Section Break":
				tabs[-1]["sections"].append(new_section(df))
			elif df.fieldtype == "Column Break":
				tabs[-1]["sections"][-1]["columns"].append([])
			elif self.visible(df) and df.fieldtype not in ("Button", "Fold", "Image"):
				tabs[-1]["sections"][-1]["columns"][-1].append(self.box(df, self.doc, titles))
		for tab in tabs:
			for section in tab["sections"]:
				section["columns"] = [column for column in section["columns"] if column]
				section["error"] = any(box.error for column in section["columns"] for box in column)
			hidden = {
				id(s) for s in tab["sections"] if not s["columns"] or (s["df"] and not self.visible(s["df"]))
			}
			tab["sections"] = [section for section in tab["sections"] if id(section) not in hidden]
			tab["error"] = any(section["error"] for section in tab["sections"])
		return [tab for tab in tabs if tab["sections"] and (tab["df"] is None or self.visible(tab["df"]))]

	def titles(self) -> dict:
		"""The titles of everything this document links to."""
		pairs = F.linked_pairs(self.meta.fields, [self.doc])
		for df in self.meta.get_table_fields():
			pairs |= F.linked_pairs(frappe.get_meta(df.options).fields, self.doc.get(df.fieldname) or [])
		return F.link_titles(pairs)

	def box(self, df: Any, doc: Any, titles: dict, prefix: str = "", table: Any = None) -> Box:
		"""A field with its value, ready to be drawn."""
		name = prefix + df.fieldname
		value = doc.get(df.fieldname)
		editable = self.editable(df, table)
		if df.fieldtype in F.TABLES:
			return self.table_box(df, name, value or [], titles, editable)
		if df.fieldtype == "Password":
			value = ""
		markup = (
			Markup(df.options or "") if df.fieldtype == "HTML" else F.shown(df, value, doc, titles, self.meta)
		)
		target = df.options if df.fieldtype == "Link" else doc.get(df.options or "")
		title = titles.get((target, value)) or (
			F.plain(df, value) if df.fieldtype in ("Link", "Dynamic Link") else ""
		)
		text = self.raw.get(name, F.input_text(df, value) if df.fieldtype not in F.LAYOUT else "")
		return Box(df, name, value, text, markup, editable, self.errors.get(name, ""), title)

	def table_box(self, df: Any, name: str, rows: list, titles: dict, editable: bool) -> Box:
		"""A child table: the columns of its grid, and all its rows."""
		meta = frappe.get_meta(df.options)
		visible = [
			cdf for cdf in meta.fields if self.visible(cdf) and cdf.fieldtype not in F.LAYOUT | F.TABLES
		]
		columns = (
			[cdf for cdf in visible if cdf.in_list_view]
			or [cdf for cdf in visible if cdf.reqd]
			or visible[:5]
		)
		columns = columns[:MAX_GRID_COLUMNS]
		more = [cdf for cdf in visible if cdf not in columns]
		box = Box(df, name, rows, "", Markup(""), editable, self.errors.get(name, ""), columns=columns)
		if df.fieldtype == "Table MultiSelect":
			box.columns = [cdf for cdf in meta.fields if cdf.fieldtype == "Link"][:1]
			more, columns = [], box.columns

		def row(index: str, child: Any) -> Row:
			prefix = f"{name}.{index}."
			boxes = [[self.box(cdf, child, titles, prefix, df) for cdf in part] for part in (columns, more)]
			return Row(index, child.get("name") or "", *boxes, error=self.errors.get(f"{name}.{index}", ""))

		box.rows = [row(str(i), child) for i, child in enumerate(rows)]
		box.error = box.error or next((b.error for r in box.rows for b in r.shown + r.more if b.error), "")
		if editable:
			box.blank = row("__i__", frappe._dict(defaults(meta)))
		return box

	# reading ---------------------------------------------------------------------------------------------

	def fill(self, form: Any) -> None:
		"""Take over what was typed into the fields the user may change, and into no others."""
		for df in self.meta.fields:
			if not self.editable(df):
				continue
			if df.fieldtype in F.TABLES:
				if f"{df.fieldname}.__table" in form:
					self.fill_table(df, form)
			elif df.fieldname in form:
				self.take(df, self.doc, form, df.fieldname, df.fieldname)

	def take(self, df: Any, doc: Any, form: Any, name: str, here: str) -> None:
		"""One field's value from the form; what cannot be read is kept to be shown again."""
		raw = form.getlist(name)[-1]
		if df.fieldtype == "Password" and not raw:
			return
		try:
			value = F.parsed(df, raw)
		except ValueError as e:
			self.errors[here], self.raw[here] = str(e), raw
			return
		if value is None and df.fieldtype in F.NUMBERS:
			value = 0
		if (value or doc.get(df.fieldname)) and F.input_text(df, value) != F.input_text(
			df, doc.get(df.fieldname)
		):
			doc.set(df.fieldname, value)

	def fill_table(self, df: Any, form: Any) -> None:
		"""The rows of a child table, in the order of the page; a row that is not there any more is gone."""
		meta = frappe.get_meta(df.options)
		known = {child.name: child for child in self.doc.get(df.fieldname) or []}
		self.doc.set(df.fieldname, [])
		if df.fieldtype == "Table MultiSelect":
			link = next(cdf for cdf in meta.fields if cdf.fieldtype == "Link")
			for value in filter(None, form.getlist(f"{df.fieldname}.values")):
				self.doc.append(df.fieldname, {link.fieldname: value})
			return
		pattern = re.compile(rf"{re.escape(df.fieldname)}\.(\w+)\.name")
		for number, index in enumerate(match[1] for key in form if (match := pattern.fullmatch(key))):
			child = self.doc.append(df.fieldname, known.get(form[f"{df.fieldname}.{index}.name"]) or {})
			for cdf in meta.fields:
				name = f"{df.fieldname}.{index}.{cdf.fieldname}"
				if name in form and self.editable(cdf, df):
					self.take(cdf, child, form, name, f"{df.fieldname}.{number}.{cdf.fieldname}")

	def check(self) -> None:
		"""Say at the field what is missing or does not exist, before the document itself refuses."""
		for name, df, doc in self.walk():
			value = doc.get(df.fieldname)
			if name in self.errors or df.fieldtype in F.LAYOUT:
				continue
			if df.reqd and self.editable(df) and (value is None or value == "" or value == []):
				self.errors[name] = _("Please fill this in")
			elif df.fieldtype in ("Link", "Dynamic Link") and value:
				target = df.options if df.fieldtype == "Link" else doc.get(df.options)
				if target and not frappe.db.exists(target, value):
					self.errors[name] = _("There is no {0} {1}").format(_(target), value)

	def walk(self) -> Iterator[tuple[str, Any, Any]]:
		"""Every field of the document and of its rows, with its name on the form."""
		for df in self.meta.fields:
			yield df.fieldname, df, self.doc
			if df.fieldtype == "Table" and self.editable(df):
				for i, child in enumerate(self.doc.get(df.fieldname) or []):
					for cdf in frappe.get_meta(df.options).fields:
						yield f"{df.fieldname}.{i}.{cdf.fieldname}", cdf, child

	def locate(self, message: str) -> None:
		"""Mark the row and the fields that an error's message names."""
		text = frappe.utils.strip_html(message)
		found = re.search(r"(?:Row|行)\s*#?\s*(\d+)|第\s*(\d+)\s*行", text, re.I)
		row = int(found[1] or found[2]) - 1 if found else None
		for name, df, _doc in self.walk():
			in_row = name.count(".") == 2
			if df.label and df.fieldtype not in F.LAYOUT and F.label_of(df) in text:
				if in_row == (row is not None) and (not in_row or int(name.split(".")[1]) == row):
					self.errors.setdefault(name, text)


def new_section(df: Any) -> dict:
	"""An empty section with one column."""
	return {"df": df, "label": F.label_of(df) if df and df.label else "", "columns": [[]], "error": False}


def defaults(meta: Any) -> dict[str, Any]:
	"""The default values of a new row."""
	row = frappe.new_doc(meta.name).as_dict()
	return {key: value for key, value in row.items() if key not in NEVER}


def may_edit_state(doc: Any) -> bool:
	"""Whether the workflow leaves the document to this user in its present state."""
	from frappe.model.workflow import get_workflow_name

	name = get_workflow_name(doc.doctype)
	if not name or frappe.session.user == "Administrator":
		return True
	workflow = frappe.get_cached_doc("Workflow", name)
	state = doc.get(workflow.workflow_state_field)
	roles = frappe.get_roles()
	return any(row.allow_edit in roles for row in workflow.states if row.state == state) or not state


def new_document(doctype: str, args: dict[str, str]) -> Any:
	"""A new document with its defaults, and the values the address brings for fields the user may fill."""
	if source := args.get("amended_from") or args.get("copy"):
		old = frappe.get_doc(doctype, source)
		old.check_permission("amend" if args.get("amended_from") else "read")
		doc = frappe.copy_doc(old)
		if args.get("amended_from"):
			doc.amended_from = old.name
		return doc
	doc = frappe.new_doc(doctype)
	form = Form(doc, is_new=True)
	for df in form.meta.fields:
		if args.get(df.fieldname) and form.editable(df) and df.fieldtype not in F.TABLES:
			doc.set(df.fieldname, F.parsed(df, args[df.fieldname]))
	return doc


def conditions(df: Any) -> str:
	"""The DocField's conditions for the browser's small evaluator, as JSON."""
	names = ("depends_on", "mandatory_depends_on", "read_only_depends_on", "collapsible_depends_on")
	return json.dumps({name: df.get(name) for name in names if df.get(name)}) if df else "{}"
