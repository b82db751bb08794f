"""What the customer module refuses; one class per rule."""

import frappe


class CustomerDetailsInvalid(frappe.ValidationError):
	"""A code, number or address that cannot be right (E-4.10c to E-4.10j)."""

	code, rule = "customer_details", "E-4.10"


class CustomerIsKnown(frappe.ValidationError):
	"""Another active customer has the same organisation code or identity card (E-4.11b)."""

	code, rule = "customer_known", "E-4.11b"
	http_status_code = 409


class ContactRecordMissing(frappe.ValidationError):
	"""Data is corrected although nobody spoke with the customer (E-4.11d)."""

	code, rule = "contact_missing", "E-4.11d"


class CorrectionIncomplete(frappe.ValidationError):
	"""A correction without customer, side or reason (E-4.11e)."""

	code, rule = "correction_incomplete", "E-4.11e"


class StillNotRecognised(frappe.ValidationError):
	"""After the correction the customer must be recognised (E-4.11f)."""

	code, rule = "still_not_recognised", "E-4.11f"


class MatchIsFinished(frappe.ValidationError):
	"""The customer of this order has been settled (E-4.11h)."""

	code, rule = "match_finished", "E-4.11h"


class SearchFirst(frappe.ValidationError):
	"""A customer is created only when a search found nobody (E-4.11g)."""

	code, rule = "search_first", "E-4.11g"
