# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the policy module refuses; one class per rule."""

from __future__ import annotations

import frappe


class PolicyIncomplete(frappe.ValidationError):
	"""A profile is activated although something it needs is missing (B-01)."""

	code, rule = "policy_incomplete", "D-10"


class PolicyIsImmutable(frappe.ValidationError):
	"""A profile that governs or governed orders is changed (D-10)."""

	code, rule = "policy_immutable", "D-10"


class PolicyMissing(frappe.ValidationError):
	"""No profile is in force for an order (D-10)."""

	code, rule = "policy_missing", "D-10"


class RuleBookIsData(frappe.ValidationError):
	"""Somebody writes into the rule book by hand."""

	code, rule = "rule_book", "G3-7"


class RegulationSuperseded(frappe.ValidationError):
	"""A version of a regulation that is or was in force is changed (G3-7)."""

	code, rule = "regulation_superseded", "G3-7"
