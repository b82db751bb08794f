"""Prints for download and for code."""

from typing import Any

import frappe
from frappe.utils.pdf import get_pdf
from frappe.www.printview import get_html


@frappe.whitelist(allow_guest=True)
def download_pdf(
	doctype: str, name: str, format: str | None = None, no_letterhead: int = 0, language: str | None = None
) -> None:
	"""The document as a PDF file; the print view's checks apply."""
	content = get_print(doctype, name, format, as_pdf=True, no_letterhead=no_letterhead, language=language)
	filename = f"{name}.pdf".replace(" ", "-").replace("/", "-")
	frappe.local.response.update(type="pdf", filename=filename, filecontent=content)


def get_print(
	doctype: str | None = None, name: str | None = None, print_format: str | None = None, style: str | None = None,
	as_pdf: bool = False, doc: Any = None, *, no_letterhead: int = 0, pdf_options: dict | None = None,
	letterhead: str | None = None, language: str | None = None,
) -> str | bytes:  # fmt: skip
	"""`frappe.get_print`: a document as HTML, or as PDF."""
	before, doc = frappe.local.lang, doc or frappe.get_doc(doctype, name)
	try:
		html = get_html(doc, print_format=print_format, no_letterhead=no_letterhead, language=language)
	finally:
		frappe.local.lang = before
	return get_pdf(html, pdf_options) if as_pdf else html
