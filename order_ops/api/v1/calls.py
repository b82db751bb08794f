# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What calls for many documents share: reading names and rows, and a verdict for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

import frappe
from frappe import _

MOST_ROWS = 2000


def parsed(value: Any, field: str) -> Any:
	"""A value sent as JSON or as text of it, or a refusal that names the field."""
	try:
		return frappe.parse_json(value)
	except ValueError:
		frappe.throw(_("{0} is no valid JSON").format(field), frappe.ValidationError)


def rows(value: Any, field: str) -> list[dict]:
	"""A list of rows, or a refusal that names the field."""
	found = parsed(value, field) or []
	if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
		frappe.throw(_("{0} must be a list of rows").format(field), frappe.ValidationError)
	_check_number(found)
	return found


def names(value: Any, field: str) -> list[str]:
	"""One name or a list of names, each once, or a refusal that names the field."""
	if isinstance(value, str):
		value = parsed(value, field) if value.startswith("[") else [value]
	if not isinstance(value, list) or not value or not all(isinstance(n, str) and n for n in value):
		frappe.throw(_("{0} must be a name or a list of names").format(field), frappe.ValidationError)
	_check_number(value)
	return list(dict.fromkeys(value))


def for_permitted(
	doctype: str, asked: list[str], work: Callable[[list[str]], Iterable[Any]]
) -> list[dict[str, Any]]:
	"""A verdict for every name; what the user may not see is refused like what does not exist."""
	permitted = set(
		frappe.get_list(doctype, filters={"name": ("in", asked)}, pluck="name", limit_page_length=0)
	)
	verdicts = {verdict.name: asdict(verdict) for verdict in work([n for n in asked if n in permitted])}
	missing = _("There is no {0} {1} for you")
	return [
		verdicts.get(name)
		or {"name": name, "status": "refused", "message": missing.format(_(doctype), name), "rule": ""}
		for name in asked
	]


def _check_number(found: list) -> None:
	if len(found) > MOST_ROWS:
		frappe.throw(_("At most {0} rows in one call").format(MOST_ROWS), frappe.ValidationError)
