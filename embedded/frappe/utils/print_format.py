"""Prints for download and for code."""

import frappe
from frappe.utils.pdf import get_pdf
from frappe.www.printview import get_html


@frappe.whitelist(allow_guest=True)
def download_pdf(doctype: str, name: str, format: str | None = None, language: str | None = None) -> None:
	"""The document as a PDF file; the print view's checks apply."""
	content = get_print(doctype, name, format, as_pdf=True, language=language)
	filename = f"{name}.pdf".replace(" ", "-").replace("/", "-")
	frappe.local.response.update(type="pdf", filename=filename, filecontent=content)


def get_print(
	doctype: str, name: str, print_format: str | None = None, *, as_pdf: bool = False, no_letterhead: int = 1,
	language: str | None = None,
) -> str | bytes:  # fmt: skip
	"""`frappe.get_print`: a document as HTML, or as PDF; there are no letter heads here."""
	before, doc = frappe.local.lang, frappe.get_doc(doctype, name)
	try:
		html = get_html(doc, print_format, language)
	finally:
		frappe.local.lang = before
	return get_pdf(html) if as_pdf else html
