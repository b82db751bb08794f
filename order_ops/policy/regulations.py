# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Which version of a regulation applies, and what refers to which (T-2a, G3-7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate, nowdate
from order_ops.rows import update_many

DOCTYPE, REFERENCE = "Ops Regulation", "Ops Regulation Reference"


@dataclass(frozen=True)
class Version:
	"""One version of a regulation."""

	name: str
	code: str
	version: int
	effective_from: date


def in_force(versions: Iterable[Version], code: str, on: date) -> Version | None:
	"""The version of a regulation that is in force on a day: the newest that has begun (T-2a)."""
	begun = [v for v in versions if v.code == code and v.effective_from <= on]
	return max(begun, key=_age, default=None)


def successors(versions: Iterable[Version]) -> dict[str, str | None]:
	"""The version that follows each version of one regulation."""
	ordered = sorted(versions, key=_age)
	return {
		version.name: following.name if following else None
		for version, following in zip(ordered, [*ordered[1:], None], strict=True)
	}


def resolve(code: str, dated: date | str | None = None) -> str | None:
	"""The version that a reference means: that of its date, or without a date today's newest one (T-2a)."""
	found = in_force(_versions(code), code, getdate(dated or nowdate()))
	return found.name if found else None


def update_links(*codes: str) -> None:
	"""Say on every version which one supersedes it, and on every reference which version it means (T-2a)."""
	changed = {}
	for code in codes:
		versions = _versions(code)
		rows = frappe.get_all(DOCTYPE, filters={"code": code}, fields=["name", "superseded_by"], limit=0)
		kept = {row.name: row.superseded_by for row in rows}
		changed |= {
			name: {"superseded_by": following}
			for name, following in successors(versions).items()
			if (kept[name] or None) != following
		}
	update_many(DOCTYPE, changed)
	_resolve_references(codes)


def forget(name: str) -> None:
	"""Let go of a version that is deleted; its predecessor and the references are worked out anew afterwards."""
	frappe.db.set_value(DOCTYPE, {"superseded_by": name}, "superseded_by", None)
	frappe.db.set_value(REFERENCE, {"resolves_to": name}, "resolves_to", None)


def refresh() -> None:
	"""Every day: a version that begins today is the one that undated references mean (T-2a)."""
	_resolve_references(set(frappe.get_all(REFERENCE, pluck="regulation_code", limit=0)))


@frappe.whitelist(methods=["POST"])
def new_version(doc: str | dict) -> str:
	"""Button: the next version of a regulation, to be changed before it begins (G3-7)."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	source = frappe.get_doc(DOCTYPE, frappe.parse_json(doc)["name"])
	source.check_permission("read")
	newest = max(_versions(source.code), key=_age)
	draft = frappe.copy_doc(source)
	begins = frappe.utils.add_days(max(newest.effective_from, getdate(nowdate())), 1)
	draft.update({"version": newest.version + 1, "effective_from": begins, "superseded_by": None})
	draft.insert()
	frappe.msgprint(_("Version {0} begins on {1}: change its text until then").format(draft.name, begins))
	return draft.name


def _age(version: Version) -> tuple[date, int]:
	return version.effective_from, version.version


def _versions(code: str) -> list[Version]:
	fields = ["name", "code", "version", "effective_from"]
	rows = frappe.get_all(DOCTYPE, filters={"code": code}, fields=fields, limit=0)
	return [Version(row.name, row.code, row.version, getdate(row.effective_from)) for row in rows]


def _resolve_references(codes: Iterable[str]) -> None:
	filters = {"regulation_code": ("in", sorted(codes))}
	fields = ["name", "regulation_code", "dated", "resolves_to"]
	changes = {}
	for row in frappe.get_all(REFERENCE, filters=filters, fields=fields, limit=0) if codes else ():
		means = resolve(row.regulation_code, row.dated)
		if (row.resolves_to or None) != means:
			changes[row.name] = {"resolves_to": means}
	update_many(REFERENCE, changes)
