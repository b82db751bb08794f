# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What billing refuses; one class per rule."""

from __future__ import annotations

import frappe


class InvoiceExists(frappe.ValidationError):
	"""An order has one invoice request (E-3.4d)."""

	code, rule = "invoice_exists", "E-3.4d"
	http_status_code = 409


class InvoiceLinesWrong(frappe.ValidationError):
	"""Goods and logistics cost do not stand together on the one invoice (E-4.14e)."""

	code, rule = "invoice_lines", "E-4.14e"


class InvoiceNumberMissing(frappe.ValidationError):
	"""An invoice is issued without its number, or with one that is taken (E-4.14a)."""

	code, rule = "invoice_number", "E-4.14a"


class WrongInvoiceState(frappe.ValidationError):
	"""An invoice cannot go from this state to that one (E-4.14a, E-4.14d)."""

	code, rule = "invoice_state", "E-4.14d"


class SamePersonOnBothSides(frappe.ValidationError):
	"""Who hands the invoice over does not confirm that it was received (E-4.14d)."""

	code, rule = "two_persons", "E-4.14d"


class NothingToInvoice(frappe.ValidationError):
	"""An order without anything left on it is not invoiced (E-4.13h)."""

	code, rule = "nothing_to_invoice", "E-4.13h"
