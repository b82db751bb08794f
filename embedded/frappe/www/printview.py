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
	context.update(get_print_page(doc, form.format))
	context.trigger_print = cint(form.trigger_print)
	query = {"doctype": doc.doctype, "name": doc.name, "format": context.format, "language": context.lang}
	context.pdf_query = urlencode(query)


def get_print_page(doc: Any, print_format: str | None, language: str | None = None) -> frappe._dict:
	"""Title, body and style of a printed document, after all checks."""
	validate_print_permission(doc)
	record = get_print_format_doc(print_format, doc.meta)
	own = record.default_print_language if record else None
	language = language or frappe.form_dict.get("_lang") or own or doc.get("language")
	if language and frappe.db.exists("Language", language):
		frappe.local.lang = language
	heading = validate_print_for_docstatus(doc)
	doc.apply_fieldlevel_read_permissions()
	return frappe._dict(
		title=f"{_(doc.doctype)} {doc.name}", body=heading + get_rendered_template(doc, record),
		css=get_print_style(record), lang=frappe.local.lang, format=record.name if record else "Standard",
	)  # fmt: skip


def get_html(doc: Any, *options: Any) -> str:
	"""The printed document as one HTML text."""
	return frappe.get_template("www/printview.html").render(get_print_page(doc, *options), no_toolbar=True)


def validate_print_permission(doc: Any) -> None:
	"""Desk users need `print`, portal users the document's website permission."""
	if frappe.flags.ignore_print_permissions or doc.flags.ignore_permissions:
		return
	by_role = doc.has_permission("read") and doc.has_permission("print")
	if not by_role and not frappe.has_website_permission(doc):
		raise frappe.PermissionError(_("You do not have permission to print {0}").format(_(doc.doctype)))


def validate_print_for_docstatus(doc: Any) -> str:
	"""Drafts and cancelled documents are printed only where Print Settings allow it, and say what they are."""
	settings = frappe.get_cached_doc("Print Settings")
	if not doc.meta.is_submittable or doc.docstatus == 1:
		return ""
	if doc.docstatus == 0 and not settings.allow_print_for_draft:
		frappe.throw(_("Not allowed to print draft documents"), frappe.PermissionError)
	if doc.docstatus == 2 and not settings.allow_print_for_cancelled:
		frappe.throw(_("Not allowed to print cancelled documents"), frappe.PermissionError)
	heading = _("CANCELLED") if doc.docstatus == 2 else _("DRAFT") if settings.add_draft_heading else ""
	return f'<p class="print-status">{heading}</p>' if heading else ""


def get_print_format_doc(print_format_name: str | None, meta: Any) -> Any:
	"""The Print Format asked for, else the DocType's default; None for the plain one."""
	name = str(print_format_name or meta.get("default_print_format") or "Standard")
	if name == "Standard":
		return None
	if frappe.db.exists("Print Format", {"name": name, "doc_type": meta.name, "disabled": 0}):
		return frappe.get_doc("Print Format", name)
	message = _("Print Format {0} does not exist").format(frappe.utils.escape_html(name))
	raise frappe.DoesNotExistError(message)


def get_rendered_template(doc: Any, record: Any) -> str:
	"""The body: the format's own template, else the plain layout."""
	settings = frappe.get_cached_doc("Print Settings")
	doc.run_method("before_print", settings)
	context = {"doc": doc, "meta": doc.meta, "print_settings": settings}
	if record:
		return render_source(get_print_format(record), {**context, "format": record})
	return frappe.get_template("templates/print_standard.html").render(context, sections=get_sections(doc))


def get_print_format(record: Any) -> str:
	"""The template of a format: the `.html` beside a standard one's JSON wins."""
	html, scrubbed = record.html, frappe.scrub(record.name)
	if record.standard == "Yes":
		path = frappe.get_module_path(record.module, "print_format", scrubbed, f"{scrubbed}.html")
		html = frappe.read_file(path) or html
	if not html:
		frappe.throw(_("No template found at path: {0}").format(record.name), frappe.TemplateNotFoundError)
	return html


def get_sections(doc: Any) -> list[frappe._dict]:
	"""The visible, non-empty fields by section, for the plain layout."""
	sections = [frappe._dict(fields=[], tables=[])]
	for df in doc.meta.fields:
		value = doc.get(df.fieldname)
		if df.fieldtype in ("Section Break", "Tab Break"):
			sections.append(frappe._dict(label=df.label, fields=[], tables=[]))
		elif df.fieldtype == "Table" and value and not (df.hidden or df.print_hide):
			columns = [
				c for c in frappe.get_meta(df.options).fields if any(_is_printed(row, c) for row in value)
			]
			sections[-1].tables.append(frappe._dict(label=df.label, columns=columns, rows=value))
		elif _is_printed(doc, df):
			sections[-1].fields.append(df)
	return [section for section in sections if section.fields or section.tables]


def _is_printed(doc: Any, df: Any) -> bool:
	shown = not (df.hidden or df.print_hide) and df.fieldtype not in NOT_PRINTED
	return shown and doc.get(df.fieldname) not in (None, "")


def get_print_style(record: Any = None) -> str:
	"""The plain style and the format's own on top."""
	css = frappe.read_file(frappe.get_app_path("frappe", "public", "css", "print.css"))
	if not record:
		return css
	margins = [(side, record.get(f"margin_{side}")) for side in ("top", "right", "bottom", "left")]
	rules = "".join(f"margin-{side}: {mm}mm;" for side, mm in margins if mm)
	return "\n".join([css, f".print-format {{ {rules} }}" if rules else "", record.css or ""])
