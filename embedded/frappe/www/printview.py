"""The print view: a print format, or the plain one made from the DocType's own fields."""

from typing import Any
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import cint
from frappe.website.serve import render_source

no_cache = 1
NOT_PRINTED = (
	"Section Break", "Column Break", "Tab Break", "Button", "Fold", "HTML", "Heading", "Password", "Table", "Table MultiSelect"
)  # fmt: skip


def get_context(context: frappe._dict) -> None:
	"""/printview?doctype=…&name=…&format=…"""
	form = frappe.form_dict
	if not (isinstance(form.doctype, str) and isinstance(form.name, str)):
		raise frappe.DoesNotExistError(_("doctype and name are needed to print"))
	doc = frappe.get_doc(form.doctype, form.name)
	context.update(get_print_page(doc, form.format, cint(form.no_letterhead)))
	context.trigger_print = cint(form.trigger_print)
	query = {
		"doctype": doc.doctype,
		"name": doc.name,
		"format": context.format,
		"no_letterhead": cint(form.no_letterhead),
	}
	context.pdf_query = urlencode({**query, "language": frappe.local.lang})


def get_print_page(
	doc: Any, print_format: str | None = None, no_letterhead: int = 0, language: str | None = None
) -> frappe._dict:
	"""Title, body and style of a printed document, after all checks."""
	validate_print_permission(doc)
	validate_print_for_docstatus(doc)
	record = get_print_format_doc(print_format, doc.meta)
	language = (
		language
		or frappe.form_dict.get("_lang")
		or (record and record.default_print_language)
		or doc.get("language")
	)
	if language and frappe.db.exists("Language", language):
		frappe.local.lang = language
	doc.apply_fieldlevel_read_permissions()
	title, css = f"{_(doc.doctype)} {doc.name}", get_print_style(record)
	body = get_rendered_template(doc, record, no_letterhead)
	return frappe._dict(
		title=title, body=body, css=css, lang=frappe.local.lang, format=record.name if record else "Standard"
	)


def get_html(doc: Any, **options: Any) -> str:
	"""The printed document as one HTML text."""
	source = frappe.read_file(frappe.get_app_path("frappe", "www", "printview.html"))
	return render_source(source, {**get_print_page(doc, **options), "no_toolbar": True})


def validate_print_permission(doc: Any) -> None:
	"""Desk users need `print`, portal users the document's website permission."""
	if frappe.flags.ignore_print_permissions or doc.flags.ignore_permissions:
		return
	if not (doc.has_permission("read") and doc.has_permission("print")) and not frappe.has_website_permission(
		doc
	):
		raise frappe.PermissionError(_("You do not have permission to print {0}").format(_(doc.doctype)))


def validate_print_for_docstatus(doc: Any) -> None:
	"""Drafts and cancelled documents are printed only where Print Settings allow it."""
	settings = frappe.get_cached_doc("Print Settings")
	if not doc.meta.is_submittable or doc.docstatus == 1 or frappe.flags.ignore_print_permissions:
		return
	if doc.docstatus == 0 and not settings.allow_print_for_draft:
		frappe.throw(_("Not allowed to print draft documents"), frappe.PermissionError)
	if doc.docstatus == 2 and not settings.allow_print_for_cancelled:
		frappe.throw(_("Not allowed to print cancelled documents"), frappe.PermissionError)


def get_print_format_doc(print_format_name: str | None, meta: Any) -> Any:
	"""The Print Format asked for, else the DocType's default; None for the plain one."""
	name = print_format_name or meta.get("default_print_format") or "Standard"
	if name == "Standard":
		return None
	record = frappe.get_doc("Print Format", name) if frappe.db.exists("Print Format", name) else None
	if not record or record.doc_type != meta.name or record.disabled:
		raise frappe.DoesNotExistError(
			_("Print Format {0} does not exist").format(frappe.utils.escape_html(str(name)))
		)
	return record


def get_rendered_template(doc: Any, record: Any, no_letterhead: int = 0) -> str:
	"""The body: the format's own HTML file or field, else the plain layout."""
	settings = frappe.get_cached_doc("Print Settings")
	heading = ""
	if doc.meta.is_submittable and (
		doc.docstatus == 2 or (doc.docstatus == 0 and settings.add_draft_heading)
	):
		heading = '<p class="print-status">{}</p>'.format(
			_("CANCELLED") if doc.docstatus == 2 else _("DRAFT")
		)
	doc.run_method("before_print", settings)
	context = {
		"doc": doc,
		"meta": doc.meta,
		"print_settings": settings,
		"no_letterhead": no_letterhead,
		"format": record,
	}
	if record:
		return heading + render_source(get_print_format(record), context)
	plain = frappe.get_template("templates/print_standard.html")
	return heading + plain.render(context, sections=get_sections(doc))


def get_print_format(record: Any) -> str:
	"""The template of a format: the `.html` beside a standard one's JSON wins."""
	scrubbed = frappe.scrub(record.name)
	html = record.html
	if record.standard == "Yes":
		html = (
			frappe.read_file(
				frappe.get_module_path(record.module, "print_format", scrubbed, f"{scrubbed}.html")
			)
			or html
		)
	if not html:
		frappe.throw(_("No template found at path: {0}").format(record.name), frappe.TemplateNotFoundError)
	return html


def get_sections(doc: Any) -> list[frappe._dict]:
	"""The visible, non-empty fields by section, for the plain layout."""
	sections = [frappe._dict(fields=[], tables=[])]
	for df in doc.meta.fields:
		rows = doc.get(df.fieldname)
		if df.fieldtype in ("Section Break", "Tab Break"):
			sections.append(frappe._dict(label=df.label, fields=[], tables=[]))
		elif df.fieldtype == "Table" and rows and _is_printed(df):
			columns = [
				c
				for c in frappe.get_meta(df.options).fields
				if c.fieldtype not in NOT_PRINTED and _is_printed(c)
			]
			columns = [c for c in columns if any(row.get(c.fieldname) not in (None, "") for row in rows)]
			sections[-1].tables.append(frappe._dict(label=df.label, columns=columns, rows=rows))
		elif df.fieldtype not in NOT_PRINTED and _is_printed(df) and rows not in (None, ""):
			sections[-1].fields.append(df)
	return [section for section in sections if section.fields or section.tables]


def _is_printed(df: Any) -> bool:
	return not (df.hidden or df.print_hide)


def get_print_style(record: Any = None) -> str:
	"""The plain style and the format's own on top."""
	css = frappe.read_file(frappe.get_app_path("frappe", "public", "css", "print.css"))
	if not record:
		return css
	margins = [(side, record.get(f"margin_{side}")) for side in ("top", "right", "bottom", "left")]
	rules = "".join(f"margin-{side}: {mm}mm;" for side, mm in margins if mm)
	return "\n".join([css, f".print-format {{ {rules} }}" if rules else "", record.css or ""])
