# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Two policy profiles or versions side by side: /ops/policy?left=…&right=… (G3-7)."""

from __future__ import annotations

from urllib.parse import urlencode

import frappe
from frappe.utils import cint
from order_ops.policy import comparison
from order_ops.policy.comparison import PROFILE

no_cache = 1


def get_context(context: frappe._dict) -> None:
	"""The comparison for whoever may read profiles; guests log in first."""
	asked = {key: frappe.form_dict[key] for key in ("left", "right", "only") if frappe.form_dict.get(key)}
	if frappe.session.user == "Guest":
		back = "/ops/policy" + (f"?{urlencode(asked)}" if asked else "")
		frappe.local.flags.redirect_location = "/login?" + urlencode({"redirect-to": back})
		raise frappe.Redirect
	frappe.has_permission(PROFILE, "read", throw=True)
	profiles = frappe.get_list(
		PROFILE,
		fields=["name", "code", "version", "title", "status", "is_default", "effective_from"],
		order_by="code, version",
		limit_page_length=0,
	)
	for row in profiles:
		row.url = frappe.utils.get_url_to_form(PROFILE, row.name)
	known = {row.name: row for row in profiles}
	for name in (asked.get("left"), asked.get("right")):
		if name and name not in known:
			raise frappe.DoesNotExistError(frappe._("There is no policy profile {0} [D-10]").format(name))
	right = known[asked["right"]] if "right" in asked else _first(profiles)
	left = known[asked["left"]] if "left" in asked else _beside(right, profiles)
	context.profiles, context.left, context.right = profiles, left, right
	context.only = cint(asked.get("only"))
	context.parts = comparison.compare(*(frappe.get_doc(PROFILE, row.name) for row in (left, right)))
	context.differences = sum(part.differences for part in context.parts)
	context.title = frappe._("Compare Policy Profiles")
	context.no_header = context.full_width = 1


def _first(profiles: list[frappe._dict]) -> frappe._dict:
	"""The default profile, or any."""
	if not profiles:
		raise frappe.DoesNotExistError(frappe._("There is no policy profile"))
	return next((row for row in profiles if row.is_default), profiles[0])


def _beside(right: frappe._dict, profiles: list[frappe._dict]) -> frappe._dict:
	"""The version before it, else another profile, else the same one."""
	before = [row for row in profiles if row.code == right.code and row.version < right.version]
	others = [row for row in profiles if row.code != right.code]
	return before[-1] if before else (others or [right])[0]
