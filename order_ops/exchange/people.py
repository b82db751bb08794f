# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Who stands behind a role or a user of a message, and in which language they read (E-3.2b, D-15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import frappe

NOT_PEOPLE = ("Administrator", "Guest")


@dataclass(frozen=True)
class Person:
	"""One user who gets a message."""

	user: str
	email: str
	language: str


def recipients(messages: Sequence[dict]) -> dict[str, list[Person]]:
	"""For each message the user it names, or everybody who holds its role and may see its business unit (E-3.2b)."""
	holders = _holders({message["recipient_role"] for message in messages if message["recipient_role"]})
	named = {message["recipient_user"] for message in messages if message["recipient_user"]}
	people = _people(named.union(*holders.values()))
	bound = _bound_to_units(people)
	found = {}
	for message in messages:
		if message["recipient_user"]:
			users = [message["recipient_user"]]
		else:
			users = [
				user
				for user in holders.get(message["recipient_role"], ())
				if _may_see(bound.get(user, ()), message["business_unit"], message["reference_doctype"])
			]
		found[message["name"]] = [people[user] for user in users if user in people]
	return found


def site_language() -> str:
	"""The language of texts that nobody in particular reads."""
	return frappe.get_system_settings("language") or "en"


def _holders(roles: Collection[str]) -> dict[str, list[str]]:
	holders = defaultdict(list)
	if roles:
		for row in frappe.get_all(
			"Has Role",
			filters={"role": ("in", list(roles)), "parenttype": "User", "parent": ("not in", NOT_PEOPLE)},
			fields=["role", "parent"],
			order_by="parent",
		):
			holders[row.role].append(row.parent)
	return holders


def _people(users: Collection[str]) -> dict[str, Person]:
	if not users:
		return {}
	language = site_language()
	rows = frappe.get_all(
		"User",
		filters={"name": ("in", list(users)), "enabled": 1, "user_type": "System User"},
		fields=["name", "email", "language"],
	)
	return {row.name: Person(row.name, row.email, row.language or language) for row in rows}


def _bound_to_units(users: Collection[str]) -> dict[str, list[frappe._dict]]:
	bound = defaultdict(list)
	if users:
		for row in frappe.get_all(
			"User Permission",
			filters={"user": ("in", list(users)), "allow": "Ops Business Unit"},
			fields=["user", "for_value", "apply_to_all_doctypes", "applicable_for"],
		):
			bound[row.user].append(row)
	return bound


def _may_see(bound: Sequence[frappe._dict], unit: str | None, doctype: str | None) -> bool:
	units = {row.for_value for row in bound if row.apply_to_all_doctypes or row.applicable_for == doctype}
	return not unit or not units or unit in units
