"""HTML to PDF with WeasyPrint, page size and margins as Frappe reads them from `.print-format`."""

import mimetypes
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import frappe
from frappe import _
from frappe.utils.response import find_asset, find_file

BASE_URL = "http://print.invalid/"
NESTED = re.compile(r"@(?:media|supports)[^{]*{(?:[^{}]|{(?:[^{}]|{[^{}]*})*})*}")
RULE = re.compile(r"(?:^|[};/])\s*\.print-format\s*{([^}]*)}")
SIDES = ("margin-top", "margin-right", "margin-bottom", "margin-left")


def get_pdf(html: str, options: dict | None = None) -> bytes:
	"""The HTML as PDF; `options` may name `page-size`, `orientation` and `margin-*` as for wkhtmltopdf."""
	try:
		import weasyprint
	except (ImportError, OSError) as e:
		message = _(
			"PDF files need WeasyPrint and the system libraries libpango-1.0-0, libpangoft2-1.0-0 and "
			"libharfbuzz-subset0. Until they are installed, open the print view and print it from the browser."
		)
		raise frappe.PrintFormatError(f"{message} ({str(e).splitlines()[0]})") from e
	document = weasyprint.HTML(string=html, base_url=BASE_URL, url_fetcher=_own_files(weasyprint.urls))
	_running_elements_first(document.etree_element)
	return document.write_pdf(stylesheets=[weasyprint.CSS(string=get_page_css(html, options or {}))])


def get_page_css(html: str, options: dict) -> str:
	"""The page for what the bare `.print-format { }` rules, the options and Print Settings say."""
	found = dict.fromkeys(SIDES, "15mm")
	css = NESTED.sub("", ";".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.S)))
	lines = ";".join(RULE.findall(css)).replace("!important", "").split(";")
	said = [
		(name.strip().lower(), value.strip())
		for name, _colon, value in (line.partition(":") for line in lines)
	]
	for name, value in [*said, *options.items()]:
		if not re.fullmatch(r"[\w.% -]+", str(value)):
			continue
		if name == "margin":
			top, right, bottom, left = (str(value).split() * 4)[:4]
			found.update(zip(SIDES, (top, right, bottom, left), strict=True))
		else:
			found[name] = str(value)
	margins = " ".join(found[side] for side in SIDES)
	sheet = frappe.read_file(frappe.get_app_path("frappe", "public", "css", "pdf.css"))
	return f"@page {{ size: {_page_size(found)}; margin: {margins}; }}\n{sheet}"


def _page_size(found: dict) -> str:
	settings = frappe.get_cached_doc("Print Settings")
	if found.get("page-width") and found.get("page-height"):
		return f"{found['page-width']} {found['page-height']}"
	size = found.get("page-size") or found.get("size") or settings.pdf_page_size or "A4"
	if size == "Custom":
		return f"{settings.pdf_page_width}mm {settings.pdf_page_height}mm"
	return f"{size} landscape" if found.get("orientation", "").lower() == "landscape" else size


def _running_elements_first(root: Any) -> None:
	# header and footer must precede the text to appear on the first page, wherever the format has them
	parents = {child: parent for parent in root.iter() for child in parent}
	body = next(element for element in root.iter() if element.tag == "body")
	for element in [e for e in body.iter() if e.get("id") in ("header-html", "footer-html")]:
		parents[element].remove(element)
		element.tail = None
		body.insert(0, element)


def _own_files(urls: Any) -> Any:
	# pictures come from the document itself or from this site's files; nothing else is asked for
	own = (BASE_URL, frappe.utils.get_url().rstrip("/") + "/")

	class OwnFiles(urls.URLFetcher):
		def fetch(self, url: str, headers: Any = None) -> Any:
			if url.startswith("data:"):
				return super().fetch(url, headers)
			path = unquote(urlsplit(url).path) if url.startswith(own) else ""
			full = find_asset(path, frappe.get_all_apps()) if path.startswith("/assets/") else None
			full = find_file(path) if path.startswith(("/files/", "/private/files/")) else full
			if not full:
				raise ValueError(f"Prints load nothing but files of this site: {url}")
			with open(full, "rb") as f:
				kind = mimetypes.guess_type(full)[0] or "application/octet-stream"
				return urls.URLFetcherResponse(url, f.read(), {"Content-Type": kind})

	return OwnFiles(allowed_protocols=["data"])
