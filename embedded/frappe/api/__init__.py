"""REST: /api and /api/v1 as Frappe has always spoken it, /api/v2 as it speaks now."""

import json
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Submount
from werkzeug.wrappers import Request, Response

import frappe
from frappe.api.v1 import url_rules as v1_rules
from frappe.api.v2 import url_rules as v2_rules
from frappe.utils.response import build_response, json_response

URL_MAP = Map(
	[
		Submount("/api", v1_rules),
		Submount("/api/v1", [rule.empty() for rule in v1_rules]),
		Submount("/api/v2", v2_rules),
	],
	strict_slashes=False,
	merge_slashes=False,
)


def handle(request: Request) -> Response:
	"""Route a REST request; what the endpoint returns becomes `data`."""
	try:
		endpoint, arguments = URL_MAP.bind_to_environ(request.environ).match()
	except NotFound as e:
		raise frappe.DoesNotExistError from e
	if "doctype" in arguments:
		frappe.get_meta(arguments["doctype"])
	data = endpoint(**arguments)
	if isinstance(data, Response):
		return data
	if data is not None:
		frappe.local.response["data"] = data
	if is_v2(request) and not frappe.local.response.get("type"):
		body = {
			key: value
			for key, value in frappe.local.response.items()
			if key not in ("docs", "http_status_code")
		}
		if log := messages():
			body["messages"] = log
		return json_response(body, frappe.local.response.get("http_status_code") or 200)
	return build_response()


def is_v2(request: Request) -> bool:
	"""Does the caller expect the newer shape of replies?"""
	return request.path.startswith("/api/v2/")


def messages() -> list[dict[str, Any]]:
	"""What was said to the user during this request."""
	return [json.loads(m) if isinstance(m, str) else m for m in frappe.local.message_log]
