# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Waves over REST: what they came to, and why orders stayed open."""

from __future__ import annotations

from typing import Any

import frappe
from order_ops.timekeeping import wave_reports

RUN = wave_reports.RUN


@frappe.whitelist(methods=["GET"])
def runs(
	policy_profile: str | None = None, business_date: str | None = None, unexplained: bool = False
) -> list[dict[str, Any]]:
	"""The last hundred runs the user may see, the newest first; unexplained ones only when asked for (E-4.13e)."""
	filters: dict[str, Any] = {"policy_profile": policy_profile, "business_date": business_date}
	filters = {field: value for field, value in filters.items() if value}
	if frappe.utils.cint(unexplained):
		filters["unexplained"] = (">", 0)
	return frappe.get_list(
		RUN,
		filters=filters,
		fields=[*wave_reports.RUN_FIELDS],
		order_by="business_date desc, closes_at desc, name",
		limit_page_length=100,
	)


@frappe.whitelist(methods=["GET"])
def report(run: str) -> dict[str, Any]:
	"""What went out with a wave, what was held back and why, the late window apart, and what was in time (C-07)."""
	frappe.has_permission(RUN, "read", doc=run, throw=True)
	return wave_reports.report(run)


@frappe.whitelist(methods=["POST"])
def explain(run: str, line: str, text: str) -> dict[str, Any]:
	"""Say why one order of a run stayed open; line is its row or the order (E-4.13e, G4-3.6a)."""
	return wave_reports.explain(run, line, text)
