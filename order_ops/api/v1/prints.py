# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Prints as PDF, drawn by WeasyPrint on both hosts."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

PAPER = """
@page { size: A4; margin: 10mm; }
html, body { margin: 0; padding: 0; background: #fff; }
.print-format { margin: 0 !important; padding: 0 !important; }
.action-banner, .print-hide { display: none !important; }
"""


class PdfNotAvailableError(frappe.ValidationError):
	"""The libraries that draw PDFs are missing on this server."""


@frappe.whitelist(methods=["GET"])
def pdf(doctype: str, name: str, format: str | None = None) -> None:
	"""A document in one of its print formats, as a PDF file (E-4.13i)."""
	doc = readable_document(doctype, name)
	frappe.local.response.filename = f"{doc.name}.pdf".replace("/", "-")
	frappe.local.response.filecontent = pdf_of(doc, format)
	frappe.local.response.type = "pdf"


def readable_document(doctype: str, name: str) -> Any:
	"""The document, if the user may print it; a missing one is refused like a forbidden one."""
	doc = frappe.get_doc(doctype, name) if frappe.db.exists(doctype, name) else None
	if not doc or not (doc.has_permission("print") or frappe.has_website_permission(doc, "print")):
		frappe.throw(_("You may not print {0} {1}").format(_(doctype), name), frappe.PermissionError)
	return doc


def pdf_of(doc: Any, print_format: str | None = None) -> bytes:
	"""A document in one of its print formats, drawn without fetching anything from anywhere."""
	return drawn(
		frappe.get_print(doc.doctype, doc.name, print_format=print_format, no_letterhead=1)
	).write_pdf()


def drawn(html: str) -> Any:
	"""The pages of a printable page."""
	try:
		from weasyprint import CSS, HTML
	except (ImportError, OSError) as problem:
		message = _("PDFs cannot be drawn here: {0}. Print the page from the browser instead.")
		raise PdfNotAvailableError(message.format(problem)) from problem
	return HTML(string=html, url_fetcher=_only_inline).render(stylesheets=[CSS(string=PAPER)])


def _only_inline(url: str, **_options: Any) -> dict[str, Any]:
	"""Style sheets and pictures from elsewhere are left out: a print fetches nothing over the network."""
	if url.startswith("data:"):
		from weasyprint import default_url_fetcher

		return default_url_fetcher(url)
	return {"string": b"", "mime_type": "text/css"}
