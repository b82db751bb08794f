"""HTML from people: what may stay and what must go."""

import json
import re
from typing import Any

import nh3

_ATTRIBUTES = {
	"*": {"class", "style", "id", "title", "dir", "lang", "align", "valign", "width", "height"},
	"a": {"href", "target", "name"},
	"img": {"src", "alt"},
	"td": {"colspan", "rowspan"},
	"th": {"colspan", "rowspan"},
}
_TAGS = nh3.ALLOWED_TAGS | {"font", "section", "header", "footer", "u", "s", "strike", "label", "center"}
_TAG = re.compile(r"<[a-zA-Z/!?]")


def sanitize_html(html: Any) -> Any:
	"""The text without scripts, handlers and the like; what has no tag, or is JSON, stays as it is."""
	if not isinstance(html, str) or not _TAG.search(html) or _is_json(html):
		return html
	return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)


def _is_json(text: str) -> bool:
	try:
		return isinstance(json.loads(text), dict | list)
	except ValueError:
		return False
