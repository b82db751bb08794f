# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What fulfilment refuses; one class per rule."""

from __future__ import annotations

import frappe


class StockOverdrawn(frappe.ValidationError):
	"""A posting would leave less than nothing, or promise more than there is (E-4.13a)."""

	code, rule = "stock_overdrawn", "E-4.13a"


class LedgerIsAppendOnly(frappe.ValidationError):
	"""A stock entry or a balance is changed by hand; a correction is a new entry."""

	code, rule = "append_only", "E-4.13a"


class OrderNotReleased(frappe.ValidationError):
	"""A delivery note is asked for an order that is not released (E-4.13f)."""

	code, rule = "order_not_released", "E-4.13f"


class NothingLeftToDeliver(frappe.ValidationError):
	"""A delivery note carries more than was ordered and not yet delivered (E-4.13f)."""

	code, rule = "nothing_left", "E-4.13f"


class StockNotChecked(frappe.ValidationError):
	"""A delivery note is issued without stock for each of its lines (E-4.13a)."""

	code, rule = "stock_not_checked", "E-4.13a"


class WarehouseNotSuitable(frappe.ValidationError):
	"""Another warehouse than the region's without a reason, or one without platform packaging (E-4.15h/i/j)."""

	code, rule = "warehouse", "E-4.15h"


class CarrierNotApproved(frappe.ValidationError):
	"""Shipments use carriers that the platform operations group approved (E-4.15o)."""

	code, rule = "carrier_not_approved", "E-4.15o"


class ShipmentIncomplete(frappe.ValidationError):
	"""Goods are handed over without carrier or tracking number (E-4.15m)."""

	code, rule = "shipment_incomplete", "E-4.15m"


class ShipmentRefused(frappe.ValidationError):
	"""A guard does not let the goods leave (E-4.15l)."""

	code, rule = "shipment_refused", "E-4.15l"


class WrongNoteState(frappe.ValidationError):
	"""A delivery note cannot go from this state to that one (E-4.13f)."""

	code, rule = "note_state", "E-4.13f"


class ListAlreadySent(frappe.ValidationError):
	"""A list that was sent is not changed (E-4.15d, E-4.15e)."""

	code, rule = "list_sent", "E-4.15d"
