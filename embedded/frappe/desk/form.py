"""A document's form: what stands where, what the user may change, and how a submitted form becomes a document."""

import json
import re
from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.model.workflow import get_workflow_name
from frappe.permissions import get_permlevel_access
from frappe.utils.jinja import get_jenv

MAX_GRID_COLUMNS = 8
NEVER = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype", "parent"}
SHOWN_EMPTY = {"Check", "Heading", "HTML"}
CONDITIONS = ("depends_on", "mandatory_depends_on", "read_only_depends_on", "collapsible_depends_on")


class Form:
	"""The form of one document, for the session's user."""

	def __init__(self, doc: Any, is_new: bool = False):
		self.doc, self.is_new = doc, is_new
		self.meta = frappe.get_meta(doc.doctype)
		self.errors: dict[str, str] = {}
		self.raw: dict[str, str] = {}
		self.readable = get_permlevel_access(self.meta, "read")
		self.writable = get_permlevel_access(self.meta, "write") if self.may_write() else []

	def may_write(self) -> bool:
		"""Whether this user may change this document in its present state at all."""
		if self.is_new:
			return bool(frappe.has_permission(self.doc.doctype, "create"))
		return int(self.doc.docstatus) < 2 and self.doc.has_permission("write") and may_edit_state(self.doc)

	def editable(self, df: Any, table: Any = None) -> bool:
		"""Whether the user may change this field (of this child table) here."""
		if table is not None and not self.editable(table):
			return False
		if df.fieldtype in F.LAYOUT or df.fieldtype == "Read Only" or df.fieldname in NEVER:
			return False
		if df.hidden or df.read_only or df.permlevel not in self.writable:
			return False
		if df.set_only_once and not self.is_new and self.doc.get(df.fieldname):
			return False
		return int(self.doc.docstatus or 0) == 0 or bool(df.allow_on_submit)

	def visible(self, df: Any) -> bool:
		"""Whether the user may see this field, tab or section."""
		return df is None or (not df.hidden and df.permlevel in self.readable)

	# showing

	def tabs(self) -> list[dict]:
		"""Tabs of sections of columns of boxes; what holds nothing is left out."""
		tables = self.meta.get_table_fields()
		rows = [(frappe.get_meta(df.options).fields, self.doc.get(df.fieldname) or []) for df in tables]
		self.titles = F.link_titles([(self.meta.fields, [self.doc]), *rows])
		tabs: list[dict] = [{"df": None, "sections": [{"df": None, "columns": [[]]}]}]
		for df in self.meta.fields:
			if df.fieldtype == "Tab Break":
				tabs.append({"df": df, "sections": [{"df": None, "columns": [[]]}]})
			elif df.fieldtype == "Section Break":
				tabs[-1]["sections"].append({"df": df, "columns": [[]]})
			elif df.fieldtype == "Column Break":
				tabs[-1]["sections"][-1]["columns"].append([])
			elif self.visible(df):
				box = self.box(df, self.doc)
				if box.editable or box.text or box.rows or df.fieldtype in SHOWN_EMPTY or df.fetch_from:
					tabs[-1]["sections"][-1]["columns"][-1].append(box)
		for tab in tabs:
			for section in tab["sections"]:
				section["columns"] = [column for column in section["columns"] if column]
			tab["sections"] = [s for s in tab["sections"] if s["columns"] and self.visible(s["df"])]
		return [tab for tab in tabs if tab["sections"] and self.visible(tab["df"])]

	def box(self, df: Any, doc: Any, prefix: str = "", table: Any = None) -> Any:
		"""A field with its value, ready to be drawn; a table's box holds its columns and rows."""
		name, editable = prefix + df.fieldname, self.editable(df, table)
		box = frappe._dict(
			df=df, doc=doc, name=name, editable=editable, error=self.errors.get(name, ""), rows=[]
		)
		if df.fieldtype in F.LAYOUT:
			box.html = get_jenv().overlay(autoescape=True).from_string(_(df.options or "")).render(doc=doc)
		elif df.fieldtype in F.TABLES:
			self.fill_table_box(box, doc.get(df.fieldname) or [])
		else:
			box.value = value = None if df.fieldtype == "Password" else doc.get(df.fieldname)
			box.text = self.raw.get(name, F.input_text(df, value))
			box.title = self.titles.get((F.link_target(df, doc), value)) or F.plain(df, value)
		return box

	def fill_table_box(self, box: Any, children: list[Any]) -> None:
		"""A child table: the columns of its grid, and its rows with their further fields."""
		meta = frappe.get_meta(box.df.options)
		fields = [df for df in meta.fields if self.visible(df) and df.fieldtype not in F.LAYOUT | F.TABLES]
		box.columns = [df for df in fields if df.in_list_view][:MAX_GRID_COLUMNS] or fields[:5]
		more = [df for df in fields if df not in box.columns]

		def row(index: str, child: Any) -> dict:
			boxes = [self.box(df, child, f"{box.name}.{index}.", box.df) for df in box.columns + more]
			shown = boxes[: len(box.columns)]
			return {"index": index, "name": child.get("name"), "shown": shown, "more": boxes[len(shown) :]}

		box.rows = [row(str(i), child) for i, child in enumerate(children)]
		if box.editable:
			defaults = frappe.new_doc(meta.name).as_dict()
			box.blank = row("__i__", {key: value for key, value in defaults.items() if key not in NEVER})

	# reading

	def fill(self, form: Any) -> None:
		"""Take over what was typed into the fields the user may change, and into no others."""
		for df in filter(self.editable, self.meta.fields):
			if df.fieldtype in F.TABLES:
				if f"{df.fieldname}.__table" in form:
					self.fill_table(df, form)
			elif df.fieldname in form:
				self.take(df, self.doc, form, df.fieldname, df.fieldname)

	def take(self, df: Any, doc: Any, form: Any, name: str, here: str) -> None:
		"""One field's value from the form; what cannot be read is kept to be shown again."""
		raw = form.getlist(name)[-1]
		try:
			value = F.parsed(df, raw)
		except frappe.ValidationError as e:
			self.errors[here], self.raw[here] = str(e), raw
			return
		if value is None and df.fieldtype in F.NUMBERS:
			value = 0
		unchanged = F.input_text(df, value) == F.input_text(df, doc.get(df.fieldname))
		if not unchanged and not (df.fieldtype == "Password" and not raw):
			doc.set(df.fieldname, value)

	def fill_table(self, df: Any, form: Any) -> None:
		"""The rows of a child table, in the order of the page; a row that is not there any more is gone."""
		fields = frappe.get_meta(df.options).fields
		known = {child.name: child for child in self.doc.get(df.fieldname) or []}
		self.doc.set(df.fieldname, [])
		pattern = re.compile(rf"{df.fieldname}\.(\w+)\.name")
		for number, index in enumerate(match[1] for key in form if (match := pattern.fullmatch(key))):
			child = self.doc.append(df.fieldname, known.get(form[f"{df.fieldname}.{index}.name"]) or {})
			for cdf in fields:
				name = f"{df.fieldname}.{index}.{cdf.fieldname}"
				if name in form and self.editable(cdf, df):
					self.take(cdf, child, form, name, f"{df.fieldname}.{number}.{cdf.fieldname}")

	def check(self) -> None:
		"""Say at the field that it must be filled, before the document itself refuses."""
		for name, df, doc in self.walk():
			if df.reqd and self.editable(df) and doc.get(df.fieldname) in (None, "", []):
				self.errors.setdefault(name, _("Please fill this in"))

	def walk(self) -> Iterator[tuple[str, Any, Any]]:
		"""Every field of the document and of its rows, with its name on the form."""
		for df in self.meta.fields:
			if df.fieldtype not in F.LAYOUT:
				yield df.fieldname, df, self.doc
			if df.fieldtype == "Table" and self.editable(df):
				for i, child in enumerate(self.doc.get(df.fieldname) or []):
					for cdf in frappe.get_meta(df.options).fields:
						if cdf.fieldtype not in F.LAYOUT:
							yield f"{df.fieldname}.{i}.{cdf.fieldname}", cdf, child

	def locate(self, text: str) -> None:
		"""Mark the row and the fields that an error's message names."""
		found = re.search(r"(?:Row|行|第)\s*#?\s*(\d+)", text, re.I)
		row = [str(int(found[1]) - 1)] if found else []
		for name, df, _doc in self.walk():
			if name.split(".")[1:2] == row and df.label and F.label_of(df) in text:
				self.errors.setdefault(name, text)


def may_edit_state(doc: Any) -> bool:
	"""Whether the workflow leaves the document to this user in its present state."""
	name = get_workflow_name(doc.doctype)
	if not name or frappe.session.user == "Administrator":
		return True
	workflow = frappe.get_cached_doc("Workflow", name)
	state = doc.get(workflow.workflow_state_field)
	return not state or any(s.allow_edit in frappe.get_roles() for s in workflow.states if s.state == state)


def new_document(doctype: str, args: dict[str, str]) -> Any:
	"""A new document with its defaults, and the values the address brings for fields the user may fill."""
	if source := args.get("amended_from") or args.get("copy"):
		old = frappe.get_doc(doctype, source)
		old.check_permission("amend" if args.get("amended_from") else "read")
		doc = frappe.copy_doc(old)
		doc.update({"docstatus": 0, "amended_from": args.get("amended_from")})
		return doc
	doc = frappe.new_doc(doctype)
	form = Form(doc, is_new=True)
	for df in filter(form.editable, form.meta.fields):
		if args.get(df.fieldname) and df.fieldtype not in F.TABLES:
			doc.set(df.fieldname, F.parsed(df, args[df.fieldname]))
	return doc


def conditions(df: Any) -> str:
	"""The DocField's conditions for the browser's small evaluator, as JSON."""
	return json.dumps({name: df.get(name) for name in CONDITIONS if df.get(name)}) if df else "{}"
