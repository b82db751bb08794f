"""The print view: a print format, or the plain one made from the DocType's own fields."""

import os
from typing import Any
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import cint
from frappe.website.serve import render_source

no_cache = 1
STANDARD = "templates/print_standard.html"
NOT_PRINTED = frozenset(
	(
		"Section Break",
		"Column Break",
		"Tab Break",
		"Button",
		"Fold",
		"HTML",
		"Heading",
		"Password",
		"Table MultiSelect",
	)
)


def get_context(context: frappe._dict) -> None:
	"""/printview?doctype=…&name=…&format=…"""
	form = frappe.form_dict
	if not (isinstance(form.doctype, str) and isinstance(form.name, str) and form.doctype and form.name):
		frappe.throw(_("doctype and name are needed to print"), frappe.DoesNotExistError)
	doc = frappe.get_doc(form.doctype, form.name)
	page = get_print_page(doc, form.format, no_letterhead=cint(form.no_letterhead), style=form.style)
	context.update(page)
	context.toolbar = not cint(form.get("trigger_print")) and not form.get("embedded")
	context.trigger_print = cint(form.get("trigger_print"))
	context.pdf_query = urlencode(
		{"doctype": doc.doctype, "name": doc.name, "format": page.format, "language": frappe.local.lang,
		"no_letterhead": cint(form.no_letterhead)}
	)  # fmt: skip


def get_print_page(
	doc: Any,
	print_format: str | None = None,
	no_letterhead: int = 0,
	style: str | None = None,
	language: str | None = None,
) -> frappe._dict:
	"""Title, body and style of a printed document, after all checks."""
	validate_print_permission(doc)
	validate_print_for_docstatus(doc)
	record = get_print_format_doc(print_format, doc.meta)
	set_print_language(record, doc, language)
	hide_unreadable_fields(doc)
	return frappe._dict(
		title=_(doc.doctype) + " " + str(doc.name),
		body=get_rendered_template(doc, record, no_letterhead),
		css=get_print_style(record, style),
		lang=frappe.local.lang,
		layout_direction="ltr",
		format=record.name if record else "Standard",
	)


def get_html_and_style_of(doc: Any, **options: Any) -> str:
	"""The printed document as one HTML text."""
	page = get_print_page(doc, **options)
	source = frappe.get_app_path("frappe", "www", "printview.html")
	with open(source, encoding="utf-8") as f:
		return render_source(f.read(), page)


def validate_print_permission(doc: Any) -> None:
	"""Desk users need `print`, portal users the document's website permission."""
	if frappe.flags.ignore_print_permissions or doc.flags.ignore_permissions:
		return
	if all(doc.has_permission(ptype) for ptype in ("read", "print")) or frappe.has_website_permission(doc):
		return
	raise frappe.PermissionError(_("You do not have permission to print {0}").format(_(doc.doctype)))


def hide_unreadable_fields(doc: Any) -> None:
	"""Empty the fields of permission levels that the user may not read."""
	visible = doc.get_permlevel_access("read")
	for row in (doc, *doc.get_all_children()):
		for df in row.meta.get_high_permlevel_fields():
			if df.permlevel not in visible:
				row.set(df.fieldname, None)


def validate_print_for_docstatus(doc: Any) -> None:
	"""Drafts and cancelled documents are printed only where Print Settings allow it."""
	if not doc.meta.is_submittable or frappe.flags.ignore_print_permissions:
		return
	settings = frappe.get_cached_doc("Print Settings")
	if doc.docstatus == 0 and not cint(settings.allow_print_for_draft):
		frappe.throw(_("Not allowed to print draft documents"), frappe.PermissionError)
	if doc.docstatus == 2 and not cint(settings.allow_print_for_cancelled):
		frappe.throw(_("Not allowed to print cancelled documents"), frappe.PermissionError)


def get_print_format_doc(print_format_name: str | None, meta: Any) -> Any:
	"""The Print Format asked for, else the DocType's default; None for the plain one."""
	name = (
		print_format_name or frappe.form_dict.get("format") or meta.get("default_print_format") or "Standard"
	)
	if not isinstance(name, str) or name == "Standard":
		return None
	if not frappe.db.exists("Print Format", name):
		frappe.throw(
			_("Print Format {0} does not exist").format(frappe.utils.escape_html(name)),
			frappe.DoesNotExistError,
		)
	record = frappe.get_doc("Print Format", name)
	if record.doc_type != meta.name or record.disabled:
		frappe.throw(
			_("Print Format {0} is not for {1}").format(name, _(meta.name)), frappe.DoesNotExistError
		)
	return record


def set_print_language(record: Any, doc: Any, language: str | None = None) -> None:
	"""What the caller asks for, else the format's language, else the document's."""
	lang = (
		language
		or frappe.form_dict.get("_lang")
		or (record and record.default_print_language)
		or doc.get("language")
	)
	if lang and frappe.db.exists("Language", lang):
		frappe.local.lang = lang


def get_rendered_template(doc: Any, record: Any, no_letterhead: int = 0) -> str:
	"""The body: the format's own HTML file or field, else the plain layout."""
	settings = frappe.get_cached_doc("Print Settings")
	if doc.meta.is_submittable and doc.docstatus != 1:
		add_heading = doc.docstatus == 2 or cint(settings.add_draft_heading)
		heading = (_("CANCELLED") if doc.docstatus == 2 else _("DRAFT")) if add_heading else None
	else:
		heading = None
	doc.run_method("before_print", frappe._dict(settings.as_dict()))
	context = {
		"doc": doc, "meta": doc.meta, "print_settings": settings, "no_letterhead": no_letterhead, "letter_head": None,
		"print_heading_template": None, "format": record, "status_heading": heading, "print_format": record,
	}  # fmt: skip
	if not record:
		context["sections"] = get_sections(doc)
		return render_source('{% include "' + STANDARD + '" %}', context)
	html = render_source(get_print_format_source(record), context)
	return f'<h2 class="print-status">{heading}</h2>{html}' if heading else html


def get_print_format_source(record: Any) -> str:
	"""The template of a format: the `.html` beside a standard one's JSON wins."""
	if record.standard == "Yes" and record.module:
		scrubbed = frappe.scrub(record.name)
		path = frappe.get_module_path(record.module, "print_format", scrubbed, scrubbed + ".html")
		if os.path.isfile(path):
			with open(path, encoding="utf-8") as f:
				return f.read()
	if not record.html:
		frappe.throw(_("No template found at path: {0}").format(record.name), frappe.TemplateNotFoundError)
	return record.html


def get_sections(doc: Any) -> list[frappe._dict]:
	"""The visible, non-empty fields by section, for the plain layout."""
	sections = [frappe._dict(label=None, fields=[], tables=[])]
	for df in doc.meta.fields:
		if df.fieldtype in ("Section Break", "Tab Break"):
			sections.append(frappe._dict(label=df.label if not df.hidden else None, fields=[], tables=[]))
		elif (
			df.fieldtype in NOT_PRINTED
			or df.hidden
			or df.print_hide
			or doc.get(df.fieldname) in (None, "", [])
		):
			continue
		elif df.fieldtype == "Table":
			columns = [
				c for c in frappe.get_meta(df.options).fields
				if c.fieldtype not in (*NOT_PRINTED, "Table") and not c.hidden and not c.print_hide
				and any(row.get(c.fieldname) not in (None, "") for row in doc.get(df.fieldname))
			]  # fmt: skip
			sections[-1].tables.append(
				frappe._dict(label=df.label, columns=columns, rows=doc.get(df.fieldname))
			)
		else:
			sections[-1].fields.append(df)
	return [s for s in sections if s.fields or s.tables]


def get_print_style(record: Any = None, style: str | None = None) -> str:
	"""The plain style and the format's own on top."""
	with open(frappe.get_app_path("frappe", "public", "css", "print.css"), encoding="utf-8") as f:
		css = f.read()
	if not record:
		return css
	margins = "".join(
		f"margin-{side}: {record.get('margin_' + side)}mm;" for side in ("top", "right", "bottom", "left")
		if record.get("margin_" + side)
	)  # fmt: skip
	if margins:
		css += f"\n.print-format {{ {margins} }}"
	return css + "\n" + (record.css or "")
