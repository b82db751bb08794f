# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the timekeeping module refuses; one class per rule."""

from __future__ import annotations

import frappe


class CalendarWithoutWork(frappe.ValidationError):
	"""A calendar without working time cannot say when anything is due."""

	code, rule = "calendar_without_work", "D-03"


class PeriodsOverlap(frappe.ValidationError):
	"""Two working periods of one weekday overlap, or one ends before it begins."""

	code, rule = "periods_overlap", "D-03"


class ExceptionTwice(frappe.ValidationError):
	"""A date stands twice among the holidays and make-up days of a calendar."""

	code, rule = "exception_twice", "D-03"


class NoBreach(frappe.ValidationError):
	"""A step that is not late is given a cause of being late."""

	code, rule = "no_breach", "D-04"


class AppendOnly(frappe.ValidationError):
	"""A record of what happened is changed or deleted."""

	code, rule = "append_only", "G1-20"


class UnknownWave(frappe.ValidationError):
	"""A wave is closed that its profile does not have."""

	code, rule = "unknown_wave", "E-4.13c"


class Held(frappe.ValidationError):
	"""A document that is held is to go on."""

	code, rule = "held", "G1-09"


class HoldInvalid(frappe.ValidationError):
	"""A hold without reason or end, or one that is placed twice."""

	code, rule = "hold_invalid", "G5-2.3"


class NotByWorkflow(frappe.ValidationError):
	"""A state is written instead of reached."""

	code, rule = "not_by_workflow", "G8-03.2"


class NothingToExplain(frappe.ValidationError):
	"""An explanation without words, or for an order that a run did not hold back."""

	code, rule = "nothing_to_explain", "E-4.13e"
