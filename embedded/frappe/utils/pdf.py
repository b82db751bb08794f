"""HTML to PDF with WeasyPrint, page size and margins as Frappe reads them from `.print-format`."""

import mimetypes
import os
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import frappe
from frappe import _

BASE_URL = "http://print.invalid/"
RULE = re.compile(r"(?:^|[}\s;/>])\.print-format\s*{([^}]*)}")
NESTED = re.compile(r"@(?:media|supports)[^{]*{(?:[^{}]|{(?:[^{}]|{[^{}]*})*})*}")
SIDES = ("top", "right", "bottom", "left")
DEFAULT_MARGIN = "15mm"
PAGE_NUMBERS = """
#header-html { position: running(page-header); } #footer-html { position: running(page-footer); }
#header-html, #footer-html { width: 100%; display: block !important; }
#header-html .page::after, #footer-html .page::after { content: counter(page); }
#header-html .topage::after, #footer-html .topage::after { content: counter(pages); }
.print-format .visible-pdf { display: block; } .print-format .hidden-pdf, .print-hide, .action-banner { display: none !important; }
html, body { margin: 0; padding: 0; }
.print-format { margin: 0 !important; padding: 0 !important; width: auto !important; min-height: 0 !important; max-width: none !important; }
"""


def get_pdf(html: str, options: dict | None = None, output: Any = None) -> bytes:
	"""The HTML as PDF; `options` may name `page-size`, `orientation` and `margin-*` as for wkhtmltopdf."""
	weasyprint = _weasyprint()
	document = weasyprint.HTML(string=html, base_url=BASE_URL, url_fetcher=_fetcher(weasyprint))
	_running_elements_first(document.etree_element)
	sheet = weasyprint.CSS(string=get_page_css(html, options or {}) + PAGE_NUMBERS)
	return document.write_pdf(stylesheets=[sheet])


def _weasyprint() -> Any:
	"""WeasyPrint; without its system libraries a sentence that says what to do instead."""
	try:
		import weasyprint
	except (ImportError, OSError) as e:
		message = _(
			"PDF files need WeasyPrint and the system libraries libpango-1.0-0, libpangoft2-1.0-0 and "
			"libharfbuzz-subset0. Until they are installed, open the print view and print it from the browser."
		)
		raise frappe.PrintFormatError(f"{message} ({str(e).splitlines()[0]})") from e
	return weasyprint


def get_page_css(html: str, options: dict) -> str:
	"""@page for what the bare `.print-format { }` rules, the options and Print Settings say."""
	found = {f"margin-{side}": DEFAULT_MARGIN for side in SIDES}
	css = NESTED.sub("", "".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.S)))
	for block in RULE.findall(css):
		for declaration in block.split(";"):
			name, separator, value = declaration.replace("!important", "").partition(":")
			if separator:
				_read_declaration(found, name.strip().lower(), value.strip())
	for name, value in options.items():
		_read_declaration(found, name.lower(), str(value))
	margins = " ".join(found[f"margin-{side}"] for side in SIDES)
	return (
		f"@page {{ size: {_page_size(found)}; margin: {margins};"
		" @top-center { content: element(page-header); width: 100%; }"
		" @bottom-center { content: element(page-footer); width: 100%; } }\n"
	)


def _read_declaration(found: dict, name: str, value: str) -> None:
	if not re.fullmatch(r"[\w.% -]+", value):
		return
	if name == "margin":
		parts = value.split()
		top, right, bottom, left = (parts * 4)[:4] if len(parts) in (1, 2, 4) else (*parts[:3], parts[1])
		found.update({"margin-top": top, "margin-right": right, "margin-bottom": bottom, "margin-left": left})
	elif name in (
		*(f"margin-{side}" for side in SIDES),
		"page-size",
		"page-width",
		"page-height",
		"orientation",
	):
		found[name] = value
	elif name == "size":
		found["page-size"] = value


def _page_size(found: dict) -> str:
	if found.get("page-width") and found.get("page-height"):
		return f"{found['page-width']} {found['page-height']}"
	size = found.get("page-size")
	if not size:
		settings = frappe.get_cached_doc("Print Settings")
		size = settings.pdf_page_size or "A4"
		if size == "Custom":
			return f"{settings.pdf_page_width}mm {settings.pdf_page_height}mm"
	landscape = (found.get("orientation") or "").lower() == "landscape"
	return f"{size} landscape" if landscape else size


def _running_elements_first(root: Any) -> None:
	"""Header and footer must precede the text to appear on the first page, wherever the format has them."""
	body = next((e for e in root.iter() if e.tag == "body"), None)
	if body is None:
		return
	parents = {child: parent for parent in body.iter() for child in parent}
	for element in [
		e for e in body.iter() if isinstance(e.tag, str) and e.get("id") in ("header-html", "footer-html")
	]:
		parent, tail = parents[element], element.tail
		element.tail = None
		index = list(parent).index(element)
		parent.remove(element)
		if tail and index:
			parent[index - 1].tail = (parent[index - 1].tail or "") + tail
		elif tail:
			parent.text = (parent.text or "") + tail
		body.insert(0, element)


def _fetcher(weasyprint: Any) -> Any:
	"""Pictures come from the document itself or from this site's files; nothing else is asked for."""
	urls = weasyprint.urls
	own = (BASE_URL, frappe.utils.get_url().rstrip("/") + "/")

	class OwnFiles(urls.URLFetcher):
		def fetch(self, url: str, headers: Any = None) -> Any:
			if url.startswith("data:"):
				return super().fetch(url, headers)
			if not url.startswith(own):
				raise ValueError(f"Prints load nothing from outside: {url}")
			full = get_local_file(unquote(urlsplit(url).path))
			with open(full, "rb") as f:
				mimetype = mimetypes.guess_type(full)[0] or "application/octet-stream"
				return urls.URLFetcherResponse(url, f.read(), {"Content-Type": mimetype})

	return OwnFiles(allowed_protocols=["data"])


def get_local_file(path: str) -> str:
	"""The file behind /assets, /files or, for those who may read it, /private/files."""
	from werkzeug.utils import safe_join

	from frappe.utils.response import may_read_private_file, public_folder

	if path.startswith("/assets/"):
		app, _separator, rest = path.removeprefix("/assets/").partition("/")
		folder = public_folder(app)
	elif path.startswith("/files/"):
		folder, rest = frappe.get_site_path("public"), path.lstrip("/")
	elif path.startswith("/private/files/") and may_read_private_file(path):
		folder, rest = frappe.local.site_path, path.lstrip("/")
	else:
		raise ValueError(f"Not a file of this site: {path}")
	full = folder and safe_join(os.path.abspath(folder), rest)
	if not full or not os.path.isfile(full):
		raise ValueError(f"There is no file {path}")
	return full
