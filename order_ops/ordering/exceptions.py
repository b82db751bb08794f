"""What the ordering module refuses; one class per rule."""

import frappe


class OrderInvalid(frappe.ValidationError):
	"""An order that lacks something or says something that cannot be (G1-06c, E-4.10)."""

	code, rule = "order_invalid", "G1-06c"


class ChannelClosed(frappe.ValidationError):
	"""No orders are taken through this channel (G3-1.1)."""

	code, rule = "channel_closed", "G3-1.1"


class NotReleasable(frappe.ValidationError):
	"""An order that cannot be created yet: no customer, no SAP number, no address, not paid (E-4.12c, E-4.11g)."""

	code, rule = "not_releasable", "E-4.12c"


class NotReviewable(frappe.ValidationError):
	"""An order that cannot pass a review: not asked for, not identified, or entered by the reviewer (C-13, D-13)."""

	code, rule = "not_reviewable", "C-13"


class ReviewedStays(frappe.ValidationError):
	"""The content of an order changes after its review (C-13)."""

	code, rule = "reviewed_stays", "C-13"


class PriorityRefused(frappe.ValidationError):
	"""A place in the queue changed without reason, or by who may not (G6-03, D-13)."""

	code, rule = "priority_refused", "G6-03"


class NotCancellable(frappe.ValidationError):
	"""An order of which something has left (G8-05.2)."""

	code, rule = "not_cancellable", "G8-05.2"


class MessageRefused(frappe.ValidationError):
	"""A message that is empty, too long, no plain text, or one too many (G7-7.2)."""

	code, rule = "message_refused", "G7-7.2"


class OrderFileInvalid(frappe.ValidationError):
	"""A file that is no table of orders (G1-07a)."""

	code, rule = "order_file", "G1-07a"
