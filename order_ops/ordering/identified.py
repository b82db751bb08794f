"""What an order does once its customer is known (E-4.11b, E-4.11f, E-4.11g)."""

from __future__ import annotations

from datetime import datetime

import frappe
from order_ops import rows
from order_ops.customers import identification
from order_ops.ordering import channels, rules
from order_ops.ordering.intake import ORDER
from order_ops.timekeeping import clocks, events

BUYER_FIELDS = (
	"buyer_kind",
	"buyer_name",
	"buyer_code",
	"buyer_mobile",
	"buyer_tax_no",
	"buyer_external_id",
)

FIELDS = ("status", "channel", "policy_profile", "business_unit", "wave_date", "received_at")


def on_customer_identified(orders: list[str], at: datetime) -> None:
	"""Hook: the customers of these orders were recognised, corrected or created; the orders wait for a representative."""
	matches = {
		match.sales_order: match
		for match in frappe.get_all(
			identification.MATCH,
			filters={"sales_order": ("in", orders)},
			fields=["sales_order", "customer", "result", *BUYER_FIELDS],
		)
	}
	names = dict(
		frappe.get_all(
			"Ops Customer",
			filters={"name": ("in", sorted({match.customer for match in matches.values()}))},
			fields=["name", "customer_name"],
			as_list=True,
		)
	)
	locked = rows.lock_many(ORDER, orders, FIELDS)
	waiting = {n: row for n, row in locked.items() if row.status == rules.RECEIVED and n in matches}
	rows.update_many(
		ORDER,
		{
			name: {
				"status": rules.IDENTIFIED,
				"identification": matches[name].result,
				"customer": matches[name].customer,
				"customer_name": names.get(matches[name].customer),
				**{field: matches[name][field] for field in BUYER_FIELDS},
			}
			for name in waiting
		},
	)
	clocks.stop(identification.STEP, dict.fromkeys(waiting, at))
	clocks.start(
		{
			"policy": row.policy_profile,
			"step": "E-SO",
			"reference_doctype": ORDER,
			"reference_name": name,
			"sales_order": name,
			"business_unit": row.business_unit,
			"started_at": at,
			"business_date": row.wave_date,
			"received_at": row.received_at,
		}
		for name, row in waiting.items()
		if channels.runs_clocks(row.channel)
	)
	events.record(
		{
			"at": at,
			"phase": "Identified",
			"from_status": rules.RECEIVED,
			"to_status": rules.IDENTIFIED,
			"note": matches[name].result,
			"reference_doctype": ORDER,
			"reference_name": name,
			"sales_order": name,
			"rule": "E-4.11b" if matches[name].result == identification.EXISTING else "E-4.11f",
		}
		for name in waiting
	)
