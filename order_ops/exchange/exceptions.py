# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What the exchange refuses; one class per rule."""

from __future__ import annotations

import frappe


class MessageIsImmutable(frappe.ValidationError):
	"""A message in the outbox is edited or deleted by hand."""

	code, rule = "message_immutable", "D-15"


class MessageNotOpen(frappe.ValidationError):
	"""A message is retried or stopped that has been sent already."""

	code, rule = "message_not_open", "D-11"
