# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The profiles of this site as snapshots, and which of them governs an order (D-10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime, time
from typing import Any, TypeVar

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, get_datetime, get_time, getdate, nowdate
from order_ops.money import money
from order_ops.policy import readiness, rules
from order_ops.policy.exceptions import PolicyIncomplete, PolicyMissing
from order_ops.policy.readiness import Site
from order_ops.policy.rules import Policy, Region
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


def check_tobacco(code: str | None, is_tobacco: bool) -> None:
	"""Refuse a tobacco unit without a profile for tobacco, and that profile for any other unit (T-1b)."""
	if is_tobacco != any(policy.is_tobacco for policy in profiles.all().values() if policy.code == code):
		text = (
			_("A tobacco enterprise needs a policy profile for tobacco [T-1b]")
			if is_tobacco
			else _("Policy profile {0} is for tobacco enterprises only [T-1b]").format(code)
		)
		frappe.throw(text, PolicyMissing)


def snapshot(doc: Document) -> Policy:
	"""A profile document as a plain value, whether it was read or is about to be saved (D-10)."""
	tables = {table: tuple(_plain(kind, row) for row in doc.get(table)) for table, kind in TABLES.items()}
	return _plain(Policy, doc, modules=tuple(row.module for row in doc.modules), **tables)


def modules_in_use() -> frozenset[str]:
	"""The modules that the active profiles of this site need, and those that all stand on (E-2, T-1a)."""
	return rules.modules_in_use(profiles.all().values())


def readiness_of(doc: Document) -> list[str]:
	"""What keeps a profile from being activated, in the reader's language (B-01)."""
	policy = snapshot(doc)
	calendar = {"parent": policy.calendar, "parenttype": "Ops Calendar"}
	site = Site(
		has_working_time=bool(frappe.db.exists("Ops Calendar Period", calendar)),
		roles=_there("Role", (role for *_place, role in readiness.named_roles(policy))),
		modules=_there("Module Def", policy.modules),
		handlers=frappe.get_hooks("order_ops_wave_handlers") or {},
		step_kinds=frappe.get_hooks("order_ops_step_kinds") or {},
	)
	versions = [other for other in profiles.all().values() if other.code == policy.code]
	found = readiness.problems(policy, site, versions)
	return [
		_(p.text).format(*(_(arg) if isinstance(arg, str) else arg for arg in p.args))
		+ f" [{p.rule or 'D-10'}]"
		for p in found
	]


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
	"""A draft of the next version of a profile, to be changed and activated (D-10).

	It takes effect the day after it is made, or after the version before it, unless its keeper says otherwise (G3-7).
	"""
	source = _readable(doc)
	versions = [policy for policy in profiles.all().values() if policy.code == source.code]
	last = max(policy.effective_from for policy in versions).date()
	begins = get_datetime(add_days(max(last, getdate(nowdate())), 1))
	return _draft_of(source, version=max(policy.version for policy in versions) + 1, effective_from=begins)


@frappe.whitelist(methods=["POST"])
def copy_profile(doc: str | dict) -> str:
	"""A draft of a new profile with the code entered on the form, kept by who made it (G3-0, G3-7)."""
	source = _readable(doc)
	code = (frappe.parse_json(doc).get("copy_as") or "").strip()
	if not code:
		frappe.throw(_("Enter the code of the copy first [G3-7]"), PolicyIncomplete)
	if any(policy.code == code for policy in profiles.all().values()):
		frappe.throw(_("There is a profile {0} already: make a new version of it [G3-7]").format(code))
	mine = frappe.get_roles()
	if not source.is_template and source.maintained_by not in mine:
		text = _("Profile {0} is no template: only {1} may copy it [G3-0]")
		frappe.throw(text.format(source.name, _(source.maintained_by)), frappe.PermissionError)
	keeper = next((role for role in (source.maintained_by, *KEEPERS) if role in mine), source.maintained_by)
	kept = {"maintained_by": keeper, "activated_by": keeper}
	name = _draft_of(source, code=code, version=1, is_template=0, copy_as=None, **kept)
	if source.copy_as:
		frappe.db.set_value("Ops Policy Profile", source.name, "copy_as", None, update_modified=False)
	return name


def _there(doctype: str, names: Iterable[str]) -> set[str]:
	names = list(dict.fromkeys(filter(None, names)))
	return set(frappe.get_all(doctype, filters={"name": ("in", names)}, pluck="name")) if names else set()


def _readable(doc: str | dict) -> Document:
	frappe.has_permission("Ops Policy Profile", "create", throw=True)
	source = frappe.get_doc("Ops Policy Profile", frappe.parse_json(doc)["name"])
	source.check_permission("read")
	return source


def _draft_of(source: Document, **values) -> str:
	draft = frappe.copy_doc(source)
	draft.update({"status": rules.DRAFT, "is_default": 0, **values})
	draft.insert()
	frappe.msgprint(_("Draft {0} is ready to be changed").format(draft.name))
	return draft.name


def _plain(kind: type[T], doc: Document, **more) -> T:
	"""A document or a row of it as a dataclass: each field by its annotation, empty ones as its kind of nothing."""
	values = {
		field.name: CASTS[field.type](doc.get(field.name)) for field in fields(kind) if field.type in CASTS
	}
	return kind(**values, **more)


def _region(doc: Document) -> Region:
	return Region(doc.name, doc.region_name_zh, bool(cint(doc.is_remote)))


T = TypeVar("T")
KEEPERS = ("Order Ops Manager", "Platform Operations Group")  # roles that may make profiles

CASTS: dict[str, Callable[[Any], Any]] = {
	"str": lambda value: value or "",
	"int": cint,
	"bool": lambda value: bool(cint(value)),
	"Decimal": lambda value: money(value or 0),
	"datetime": get_datetime,
	"time": lambda value: time.max if value in (None, "") else get_time(value),
	"time | None": lambda value: None if value in (None, "") else get_time(value),
}
TABLES = {
	"waves": rules.Wave,
	"cutoffs": rules.Cutoff,
	"steps": rules.Step,
	"channels": rules.Channel,
	"change_routes": rules.ChangeRoute,
	"required_fields": rules.RequiredField,
	"checks": rules.Check,
	"tiers": rules.Tier,
	"payment_gates": rules.PaymentGate,
	"shortage_steps": rules.ShortageStep,
	"priorities": rules.Priority,
	"banks": rules.Bank,
	"duties": rules.Duty,
	"penalties": rules.Penalty,
	"retention": rules.Retention,
}

profiles = Snapshots("Ops Policy Profile", snapshot)
regions = Snapshots("Ops Region", _region)
