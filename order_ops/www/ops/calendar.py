# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The year of a working calendar: /ops/calendar?name=…&year=… (D-03)."""

from __future__ import annotations

from urllib.parse import urlencode

import frappe
from frappe.utils import cint
from order_ops.timekeeping import clock, year

no_cache = 1
YEARS = range(1970, 2100)


def get_context(context: frappe._dict) -> None:
	"""The calendar for whoever may read it; guests log in first."""
	asked = {key: frappe.form_dict[key] for key in ("name", "year") if frappe.form_dict.get(key)}
	if frappe.session.user == "Guest":
		back = "/ops/calendar" + (f"?{urlencode(asked)}" if asked else "")
		frappe.local.flags.redirect_location = "/login?" + urlencode({"redirect-to": back})
		raise frappe.Redirect
	frappe.has_permission("Ops Calendar", "read", throw=True)
	names = frappe.get_list("Ops Calendar", pluck="name", order_by="name", limit_page_length=0)
	name = asked.get("name") or (names[0] if names else "")
	if name not in names:
		raise frappe.DoesNotExistError(frappe._("There is no calendar {0}").format(name))
	today = clock.today()
	wanted = cint(asked.get("year"))
	context.year = wanted if wanted in YEARS else today.year
	context.names, context.calendar = names, name
	context.form_url = frappe.utils.get_url_to_form("Ops Calendar", name)
	lang = frappe.local.lang or "en"
	context.view = year.view(frappe.get_doc("Ops Calendar", name), context.year, today, lang)
	context.letters = "一二三四五六日" if lang.startswith("zh") else "MTWTFSS"
	context.title = f"{name} {context.year}"
	context.no_header = context.full_width = 1
