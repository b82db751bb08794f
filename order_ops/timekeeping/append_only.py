# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Records of what happened are written by services and changed by nobody, Administrator included (G1-20)."""

from __future__ import annotations

from collections.abc import Collection

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.timekeeping.exceptions import AppendOnly

NO_VALUE = ("Section Break", "Column Break", "Tab Break")


def refuse(doc: Document) -> None:
	"""Refuse to insert, change or delete a record by hand."""
	frappe.throw(
		_("{0} {1} is a record of what happened and stays as it is [G1-20]").format(
			_(doc.doctype), doc.name or ""
		),
		AppendOnly,
	)


def refuse_change(doc: Document, but: Collection[str]) -> None:
	"""Refuse every change of a record by hand, except that of some fields."""
	fields = [
		df.fieldname for df in doc.meta.fields if df.fieldtype not in NO_VALUE and df.fieldname not in but
	]
	if doc.is_new() or any(doc.has_value_changed(field) for field in fields):
		refuse(doc)
