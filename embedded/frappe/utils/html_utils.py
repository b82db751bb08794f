"""HTML from people: what may stay and what must go."""

import json
import re
from typing import Any

import nh3

_ATTRIBUTES = {
	"*": {
		"class",
		"style",
		"id",
		"title",
		"dir",
		"lang",
		"align",
		"valign",
		"width",
		"height",
		"data-fieldname",
	},
	"a": {"href", "target", "name"},
	"img": {"src", "alt"},
	"td": {"colspan", "rowspan"},
	"th": {"colspan", "rowspan"},
}
_TAGS = nh3.ALLOWED_TAGS | {"font", "section", "header", "footer", "u", "s", "strike", "label", "center"}
_TAG = re.compile(r"<[a-zA-Z/!?]")


def sanitize_html(
	html: Any, linkify: bool = False, always_sanitize: bool = False, disallowed_tags: Any = None
) -> Any:
	"""The text without scripts, handlers and the like; what has no tag, or is JSON, stays as it is."""
	if not isinstance(html, str) or (not always_sanitize and (not _TAG.search(html) or _is_json(html))):
		return html
	return nh3.clean(html, tags=_TAGS - set(disallowed_tags or ()), attributes=_ATTRIBUTES, link_rel=None)


def _is_json(text: str) -> bool:
	if text.lstrip()[:1] not in ("{", "["):
		return False
	try:
		json.loads(text)
	except ValueError:
		return False
	return True


def clean_html(html: Any) -> Any:
	"""A piece of HTML with plain tags only."""
	if not isinstance(html, str):
		return html
	return nh3.clean(html, tags={"div", "p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "u", "a", "table", "thead",
		"tbody", "td", "tr", "th", "span"}, link_rel=None)  # fmt: skip


def md_to_html(markdown_text: str) -> str | None:
	"""Markdown as HTML; without a Markdown library the text keeps its lines and is escaped."""
	from frappe.utils.data import escape_html

	paragraphs = re.split(r"\n\s*\n", markdown_text.strip())
	return "\n".join("<p>" + escape_html(part).replace("\n", "<br>") + "</p>" for part in paragraphs)
