"""REST: /api and /api/v1 as Frappe has always spoken it, /api/v2 as it speaks now."""

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
	data, out = endpoint(**arguments), frappe.local.response
	if data is not None:
		out["data"] = data
	if not is_v2(request) or out.get("type"):
		return build_response()
	status = out.pop("http_status_code", 200)
	return json_response(
		{**out, **({"messages": frappe.local.message_log} if frappe.local.message_log else {})}, status
	)


def is_v2(request: Request) -> bool:
	"""Does the caller expect the newer shape of replies?"""
	return request.path.startswith("/api/v2/")
