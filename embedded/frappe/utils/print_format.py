"""Prints for download and for code."""

from typing import Any

import frappe
from frappe import _


@frappe.whitelist(allow_guest=True)
def download_pdf(
	doctype: str,
	name: str,
	format: str | None = None,
	doc: str | None = None,
	no_letterhead: int = 0,
	language: str | None = None,
	letterhead: str | None = None,
) -> None:
	"""The document as a PDF file; the print view's checks apply."""
	content = get_print(doctype, name, format, as_pdf=True, no_letterhead=no_letterhead, language=language)
	frappe.local.response.filename = "{}.pdf".format(name.replace(" ", "-").replace("/", "-"))
	frappe.local.response.filecontent = content
	frappe.local.response.type = "pdf"


def get_print(
	doctype: str | None = None,
	name: str | None = None,
	print_format: str | None = None,
	style: str | None = None,
	as_pdf: bool = False,
	doc: Any = None,
	output: Any = None,
	no_letterhead: int = 0,
	password: str | None = None,
	pdf_options: dict | None = None,
	letterhead: str | None = None,
	language: str | None = None,
) -> str | bytes:
	"""`frappe.get_print`: a document as HTML, or as PDF."""
	from frappe.utils.pdf import get_pdf
	from frappe.www.printview import get_html_and_style_of

	if output is not None or password:
		frappe.throw(_("Joined and locked PDF files are not supported here"))
	language_before = frappe.local.lang
	try:
		html = get_html_and_style_of(
			doc or frappe.get_doc(doctype, name),
			print_format=print_format, style=style, no_letterhead=no_letterhead, language=language,
		)  # fmt: skip
	finally:
		frappe.local.lang = language_before
	return get_pdf(html, pdf_options) if as_pdf else html
