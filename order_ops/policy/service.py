# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The profiles of this site as snapshots, and which of them governs an order (D-10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_datetime, get_time
from order_ops.policy import rules
from order_ops.policy.exceptions import PolicyMissing
from order_ops.policy.rules import Cutoff, Policy, Region, Step, Wave
from order_ops.snapshots import Snapshots


def get(name: str) -> Policy:
	"""The snapshot of one version of a profile, by its name (D-10)."""
	policy = profiles.get(name)
	if not policy:
		raise PolicyMissing(_("There is no policy profile {0} [D-10]").format(name))
	return policy


def resolve(*codes: str | None, at: datetime) -> Policy:
	"""The profile of an order received at an instant: the first code given decides, in the order channel,
	customer, business unit; without any the default profile governs (D-10)."""
	code = next(filter(None, codes), None)
	if code is None:
		policy = rules.default_in_force(profiles.all().values(), at)
		if not policy:
			raise PolicyMissing(
				_("No policy profile is marked as default and in force at {0} [D-10]").format(at)
			)
		return policy
	policy = rules.in_force(profiles.all().values(), code, at)
	if not policy:
		raise PolicyMissing(
			_("Policy profile {0} has no version in force at {1}: activate one [D-10]").format(code, at)
		)
	return policy


def check_code(code: str | None) -> None:
	"""Refuse the code of a profile that does not exist, in whatever state (D-10)."""
	if code and all(policy.code != code for policy in profiles.all().values()):
		frappe.throw(_("There is no policy profile with the code {0} [D-10]").format(code), PolicyMissing)


def snapshot(doc: Document) -> Policy:
	"""A profile document as a plain value, whether it was read or is about to be saved (D-10)."""
	return Policy(
		name=doc.name or "",
		code=doc.code or "",
		version=cint(doc.version),
		calendar=doc.calendar or "",
		order_cutoff=get_time(doc.order_cutoff),
		title=doc.title or "",
		status=doc.status,
		effective_from=get_datetime(doc.effective_from),
		is_default=bool(cint(doc.is_default)),
		cutoff_boundary=doc.cutoff_boundary,
		strict_wave=bool(cint(doc.strict_wave)),
		same_day_grace=doc.same_day_grace,
		review_chain=doc.review_chain,
		invoice_trigger=doc.invoice_trigger,
		payment_gate=doc.payment_gate,
		require_individual_id=bool(cint(doc.require_individual_id)),
		qc_required=bool(cint(doc.qc_required)),
		invoice_with_goods=bool(cint(doc.invoice_with_goods)),
		auto_confirm_days=cint(doc.auto_confirm_days),
		send_mode=doc.send_mode,
		waves=tuple(_wave(row) for row in doc.waves),
		cutoffs=tuple(
			Cutoff(row.purpose, get_time(row.at_time), row.boundary, row.rule or "") for row in doc.cutoffs
		),
		modules=tuple(row.module for row in doc.modules),
		steps=tuple(_step(row) for row in doc.steps),
	)


def regions_of(texts: Iterable[str | None]) -> dict[str | None, Region | None]:
	"""The regions customers mean by 辽宁, 辽宁省 or Liaoning; None for what is none (E-4.15h)."""
	known = {
		rules.bare_region_name(name): region
		for region in regions.all().values()
		for name in (region.name, region.name_zh)
	}
	return {text: known.get(rules.bare_region_name(text or "")) for text in texts}


@frappe.whitelist(methods=["POST"])
def new_version(doc: str | dict) -> str:
	"""A draft of the next version of a profile, to be changed and activated (D-10)."""
	frappe.has_permission("Ops Policy Profile", "create", throw=True)
	source = frappe.get_doc("Ops Policy Profile", frappe.parse_json(doc)["name"])
	draft = frappe.copy_doc(source)
	versions = [policy.version for policy in profiles.all().values() if policy.code == source.code]
	draft.update({"version": max(versions) + 1, "status": "Draft", "is_default": 0})
	draft.insert()
	frappe.msgprint(_("Draft {0} is ready to be changed").format(draft.name))
	return draft.name


def _wave(row: Document) -> Wave:
	return Wave(
		wave=row.wave,
		title=row.title,
		cutoff=time.max if cint(row.at_close) else get_time(row.cutoff),
		boundary=row.boundary,
		handler=row.handler or "",
		rule=row.rule or "",
		kind=row.kind,
		at_close=bool(cint(row.at_close)),
		minutes_before_close=cint(row.minutes_before_close),
		feeds=row.feeds or "",
		lead_minutes=cint(row.lead_minutes),
	)


def _step(row: Document) -> Step:
	return Step(
		step=row.step,
		title=row.title,
		basis=row.basis,
		rule=row.rule or "",
		minutes=cint(row.minutes),
		at_time=None if row.at_time in (None, "") else get_time(row.at_time),
		lead_minutes=cint(row.lead_minutes),
		owner_role=row.owner_role or "",
		escalate_to=row.escalate_to or "",
		warn_minutes=cint(row.warn_minutes),
		wave_kind=row.wave_kind or "",
		day_of_month=cint(row.day_of_month),
		holiday_rule=row.holiday_rule or rules.NEXT_DAY,
		step_kind=row.step_kind or "",
		urgency=row.urgency or "",
		starts_with=row.starts_with or "",
		stops_with=row.stops_with or "",
	)


def _region(doc: Document) -> Region:
	return Region(doc.name, doc.region_name_zh, bool(cint(doc.is_remote)))


profiles = Snapshots("Ops Policy Profile", snapshot)
regions = Snapshots("Ops Region", _region)
