# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Who has read the regulations that bind him; whoever has not is reminded, never kept from working (G5-0)."""

from __future__ import annotations

from collections.abc import Collection

import frappe
from frappe import _
from order_ops.exchange import service as outbox
from order_ops.exchange.rules import said
from order_ops.policy import regulations, rules
from order_ops.policy import service as policies
from order_ops.problems import _ as mark
from order_ops.rows import insert_many
from order_ops.timekeeping import clock

DOCTYPE = "Ops Regulation Acknowledgement"
RULE = "G5-0"
FALLBACK = "GENERAL"  # its texts bind beside those of these profiles
WITH_FALLBACK = frozenset(("SALON", "SELLER", "TOBACCO"))
NO_PERSON = "Integration User"


def binding() -> dict[str, frappe._dict]:
	"""The versions in force today of the regulations of the profiles that this site uses (G6-02, G8-02)."""
	rows = frappe.get_all(
		regulations.DOCTYPE,
		filters={
			"is_binding": 1,
			"profile": ("in", sorted(_profiles_in_use())),
			"effective_from": ("<=", clock.today()),
		},
		fields=["name", "code", "title", "version", "effective_from"],
		order_by="effective_from, version",
		limit=0,
	)
	newest = {row.code: row for row in rows}
	return {row.name: row for row in newest.values()}


def staff() -> list[str]:
	"""Everybody at a desk whose roles touch orders (G5-0)."""
	roles = {row.role for row in frappe.get_meta("Ops Sales Order").permissions} - {NO_PERSON}
	user, held = frappe.qb.DocType("User"), frappe.qb.DocType("Has Role")
	query = (
		frappe.qb.from_(user)
		.join(held)
		.on((held.parent == user.name) & (held.parenttype == "User"))
		.select(user.name)
		.distinct()
		.where((user.enabled == 1) & (user.user_type == "System User") & (user.name != "Administrator"))
		.where(held.role.isin(sorted(roles)))
		.orderby(user.name)
	)
	return query.run(pluck=True)


def outstanding(users: Collection[str]) -> dict[str, list[str]]:
	"""The regulations that each of these users has not acknowledged in the version in force (G5-0)."""
	names = list(binding())
	read = _read(users, names)
	missing = {user: [name for name in names if (user, name) not in read] for user in users}
	return {user: names for user, names in missing.items() if names}


@frappe.whitelist(methods=["POST"])
def acknowledge(doc: str | dict) -> None:
	"""Button: I have read this version; a second time changes nothing (G5-0)."""
	regulation = frappe.get_doc(regulations.DOCTYPE, frappe.parse_json(doc)["name"])
	regulation.check_permission("read")
	current = regulations.resolve(regulation.code, clock.today())
	if regulation.name != current:
		frappe.throw(_("{0} is not in force: acknowledge {1} [G5-0]").format(regulation.name, current or "-"))
	user = frappe.session.user
	row = {
		"user": user,
		"regulation": regulation.name,
		"acknowledged_at": clock.now(),
		"acknowledgement_key": f"{user}:{regulation.name}",
	}
	insert_many(DOCTYPE, [row], ignore_duplicates=True)
	frappe.msgprint(_("Thank you: {0} is acknowledged").format(_(regulation.title)), indicator="green")


def remind() -> int:
	"""Every day: tell who has not acknowledged a version in force, once per version; returns how many (G5-0)."""
	found = binding()
	messages = [
		{
			"message_key": f"{RULE}:{name}:{user}",
			"event": "Regulation to Acknowledge",
			"rule": RULE,
			"channel": outbox.DESK,
			"recipient_user": user,
			"reference_doctype": regulations.DOCTYPE,
			"reference_name": name,
			"subject": said(
				mark("Please read and acknowledge: {0}, version {1}"),
				said(found[name].title),
				found[name].version,
			),
		}
		for user, names in outstanding(staff()).items()
		for name in names
	]
	outbox.queue(messages)
	return len(messages)


def _read(users: Collection[str], names: Collection[str]) -> set[tuple[str, str]]:
	if not (users and names):
		return set()
	filters = {"user": ("in", list(users)), "regulation": ("in", list(names))}
	rows = frappe.get_all(DOCTYPE, filters=filters, fields=["user", "regulation"], limit=0)
	return {(row.user, row.regulation) for row in rows}


def _profiles_in_use() -> set[str]:
	"""The profiles that are the default or that a business unit or channel names, and what they fall back on."""
	at, known = clock.now(), list(policies.profiles.all().values())
	default = rules.default_in_force(known, at)
	codes = {default.code} if default else set()
	for doctype in ("Ops Business Unit", "Ops Channel"):
		filters = {"policy_code": ("is", "set"), "enabled": 1}
		codes |= set(frappe.get_all(doctype, filters=filters, pluck="policy_code", limit=0))
	codes = {code for code in codes if rules.in_force(known, code, at)}
	return codes | {FALLBACK} if codes & WITH_FALLBACK else codes
