# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Who is told of delivery notes that no wave issued, and of stock that came in (E-4.13g, E-4.15g, D-15)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

import frappe
from order_ops.exchange import service as exchange
from order_ops.exchange.rules import said
from order_ops.fulfilment.planning import NOTE, NOTE_ITEM
from order_ops.problems import _

PROCESSED_RULE = "E-4.13g"
TOLD_OF_NOTES = ("BU Finance", "Warehouse Keeper")
LISTED = 200


def notes_issued(names: Collection[str], at: datetime) -> None:
	"""Finance and the keeper get the list of what was issued outside a wave (E-4.13g)."""
	key = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:20]
	_tell(key, {"name": ("in", list(names))}, _("{0} delivery notes issued"))


def stock_arrived(places: Collection[tuple[str, str]], at: datetime) -> None:
	"""The specialist learns which Short notes wait for what just came in (E-4.15g)."""
	products = sorted({product for _warehouse, product in places})
	note, item = frappe.qb.DocType(NOTE), frappe.qb.DocType(NOTE_ITEM)
	rows = (
		frappe.qb.from_(item)
		.join(note)
		.on(item.parent == note.name)
		.select(note.name, note.business_unit, note.sales_order, note.warehouse, item.product)
		.where((note.status == "Short") & item.product.isin(products or [""]))
		.orderby(note.creation)
		.run(as_dict=True)
	)
	waiting = defaultdict(dict)
	for row in rows:
		if (row.warehouse, row.product) in places:
			waiting[row.business_unit][row.name] = row
	exchange.queue(
		{
			"message_key": f"E-4.15g:{unit}:{at:%Y%m%d%H%M%S}",
			"event": "Stock Arrived",
			"rule": "E-4.15g",
			"channel": "Desk",
			"recipient_role": "Parts Support Specialist",
			"business_unit": unit,
			"subject": said(_("Stock arrived: {0} delivery notes wait for it"), len(notes)),
			"body": [[row.name, row.sales_order, row.product] for row in notes.values()],
		}
		for unit, notes in waiting.items()
	)


def _tell(key: str, filters: dict, subject: str) -> None:
	by_unit = defaultdict(list)
	fields = ["name", "sales_order", "business_unit", "warehouse", "customer_name"]
	for note in frappe.get_all(NOTE, filters=filters, fields=fields, order_by="name"):
		by_unit[note.business_unit].append(note)
	exchange.queue(
		{
			"message_key": f"{PROCESSED_RULE}:{key}:{unit}:{role}",
			"event": "Orders Processed",
			"rule": PROCESSED_RULE,
			"channel": "Desk",
			"recipient_role": role,
			"business_unit": unit,
			"subject": said(subject, len(notes)),
			"body": _listing(notes),
			"payload": {"delivery_notes": [note.name for note in notes]},
		}
		for unit, notes in by_unit.items()
		for role in TOLD_OF_NOTES
	)


def _listing(notes: list[frappe._dict]) -> list:
	lines: list = [[n.name, n.sales_order, n.customer_name, n.warehouse] for n in notes[:LISTED]]
	if len(notes) > LISTED:
		lines.append(said(_("and {0} more"), len(notes) - LISTED))
	return lines
