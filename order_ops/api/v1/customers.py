"""Customers over REST."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from order_ops.api.v1 import calls
from order_ops.customers import service
from order_ops.customers.exceptions import CustomerDetailsInvalid
from order_ops.customers.requests import read_buyer
from order_ops.problems import Problem
from order_ops.reading import Reader
from order_ops.wording import words

MOST_CUSTOMERS = 500
MORE_FIELDS = ("email", "sap_customer_no", "invoice_title", "registered_address_phone", "bank_and_account")


@frappe.whitelist(methods=["POST"])
def upsert(customers: list | str, channel: str | None = None) -> list[dict[str, Any]]:
	"""Create customers or bring them up to date, a verdict each; code, channel number or mobile tells who it is.

	With a channel, external_id is the number the customer has there (E-4.10c-j, E-4.11b, E-4.11g).
	"""
	frappe.has_permission("Ops Customer", "create", throw=True)
	rows = calls.rows(calls.parsed(customers, "customers"), "customers")
	if len(rows) > MOST_CUSTOMERS:
		frappe.throw(_("At most {0} customers in one call").format(MOST_CUSTOMERS), CustomerDetailsInvalid)
	read = [_read(row, channel) for row in rows]
	good = [found for found in read if not isinstance(found, list)]
	results = iter(service.upsert([buyer for buyer, _more in good], [more for _buyer, more in good]))
	return [_refused(found) if isinstance(found, list) else _taken(*next(results)) for found in read]


def _read(row: dict[str, Any], channel: str | None) -> Any:
	reader = Reader()
	buyer = read_buyer(reader, row, "", also=MORE_FIELDS)
	more = {field: text for field in MORE_FIELDS if (text := reader.text(row.get(field), field))}
	problems = reader.problems + service.problems_of_new(buyer)
	return problems or (service.in_channel(buyer, channel), more)


def _refused(problems: list[Problem]) -> dict[str, Any]:
	first = problems[0]
	return {
		"status": "refused",
		"customer": None,
		"code": first.code,
		"field": first.field,
		"rule": first.rule,
		"message": "; ".join(words(problem) for problem in problems),
	}


def _taken(status: str, name: str) -> dict[str, Any]:
	return {"status": status, "customer": name}
