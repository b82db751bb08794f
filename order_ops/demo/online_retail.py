"""Real orders of a web shop (UCI Online Retail, CC BY 4.0), taken in by the same intake as any other.

	bench --site SITE execute order_ops.demo.online_retail.import_orders --kwargs '{"path": "online_retail.csv.gz"}'

Every line ends as part of an order, as a cancellation or among the rejects with its reason; the three add up to the
number of lines. A second import finds all of it there and changes nothing.
"""

from __future__ import annotations

import csv
import gzip
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import frappe
from order_ops.customers import service as customers
from order_ops.customers.rules import Buyer
from order_ops.demo import raw_speed
from order_ops.demo.retail_lines import COLUMNS, Invoice, Line, Reject, raw, sort_out
from order_ops.listing import service as listing
from order_ops.money import to_decimal
from order_ops.ordering import cancel, intake, rules
from order_ops.ordering.rules import OrderLine

CHANNEL = UNIT = "ONLINE-RETAIL"
REJECTS = "online_retail_rejects.csv"
REJECTS_URL = f"/private/files/{REJECTS}"
BATCH = 200


def import_orders(path: str, limit: int | None = None) -> dict[str, Any]:
	"""Take the orders of the file; returns the three sums, and orders per second beside the raw insert of their rows."""
	invoices, rejects = sort_out(_rows(path), limit)
	_make_channel()
	started = time.perf_counter()
	_make_products(invoices)
	_make_customers(invoices)
	frappe.db.commit()
	sums = {"orders_new": 0, "orders_known": 0, "lines_in_orders": 0, "lines_cancelling": 0}
	for first in range(0, len(invoices), BATCH):
		batch = invoices[first : first + BATCH]
		rejects += _place(batch, sums)
		rejects += _cancel(batch, sums)
		frappe.db.commit()
	seconds = time.perf_counter() - started
	_write_rejects(rejects)
	frappe.db.commit()
	lines = sums["lines_in_orders"] + sums["lines_cancelling"] + len(rejects)
	return {
		"lines": lines,
		**sums,
		"lines_rejected": len(rejects),
		"rejects": _by_reason(rejects),
		"rejects_file": REJECTS_URL,
		"orders": sums["orders_new"] + sums["orders_known"],
		"seconds": round(seconds, 2),
		**raw_speed.compare(CHANNEL, sums["orders_new"], seconds),
	}


def _rows(path: str) -> Iterator[dict[str, str]]:
	opener = gzip.open if path.endswith(".gz") else open
	with opener(path, "rt", encoding="utf-8", newline="") as handle:
		yield from csv.DictReader(handle)


def _make_channel() -> None:
	for doctype, values in (
		("Ops Business Unit", {"code": UNIT, "title": "Online Retail", "policy_code": "GENERAL"}),
		(
			"Ops Channel",
			{
				"code": CHANNEL,
				"title": "Online Retail (UCI)",
				"kind": "File",
				"business_unit": UNIT,
				"policy_code": "GENERAL",
				"runs_clocks": 0,
				"prices_given": 1,
			},
		),
	):
		if not frappe.db.exists(doctype, values["code"]):
			frappe.get_doc({"doctype": doctype, **values}).insert()


def _make_products(invoices: list[Invoice]) -> None:
	"""Products as the file names them first; a price is the order's own, so any of them will do for the list."""
	listing.ensure(
		{
			"article_no": line.article_no,
			"product_name": line.description,
			"price": line.price,
			"business_unit": UNIT,
			"tax_rate": 0,
		}
		for invoice in invoices
		for line in invoice.items
	)


def _make_customers(invoices: list[Invoice]) -> None:
	buyers = {
		invoice.first.customer: Buyer(
			name=f"Customer {invoice.first.customer}", external_id=f"{CHANNEL}:{invoice.first.customer}"
		)
		for invoice in invoices
		if invoice.first.customer
	}
	register = customers.register_for(buyers.values())
	customers.create([buyer for buyer in buyers.values() if register.find(buyer) is None], ask_sap=False)


def _place(batch: list[Invoice], sums: dict[str, int]) -> list[Reject]:
	invoices = [invoice for invoice in batch if invoice.items]
	rejects = []
	for invoice, verdict in zip(
		invoices, intake.place([_request(i) for i in invoices], CHANNEL), strict=True
	):
		lines = [*invoice.items, *invoice.freight]
		if verdict["status"] == intake.REFUSED:
			rejects += [Reject(line.number, raw(line), verdict["message"]) for line in lines]
			continue
		sums["lines_in_orders"] += len(lines)
		sums["orders_new" if verdict["status"] == intake.CREATED else "orders_known"] += 1
	return rejects


def _request(invoice: Invoice) -> dict[str, Any]:
	first = invoice.first
	return {
		"external_id": invoice.number,
		"received_at": first.at,
		"buyer": {"external_id": first.customer} if first.customer else {},
		"ship_to": {"city": first.country},
		"items": [
			{"article_no": line.article_no, "qty": line.qty, "rate": line.price} for line in invoice.items
		],
		"freight_amount": invoice.freight_amount,
		"payment": {"status": "Paid"},
	}


def _cancel(batch: list[Invoice], sums: dict[str, int]) -> list[Reject]:
	"""Cancel on the newest earlier orders of the same customer and product; each cancellation is recorded once."""
	wanted = {_key(line): line for invoice in batch for line in invoice.cancelling}
	known = _known(wanted)
	sums["lines_cancelling"] += len(known)
	fresh = {key: line for key, line in wanted.items() if key not in known}
	open_lines = _open_lines(fresh.values())
	rejects, parts = [], []
	for key, line in fresh.items():
		candidates = open_lines[line.customer, line.article_no]
		taken = rules.allocate_cancellation(-line.qty, candidates.values(), line.at)
		if not taken:
			rejects.append(
				Reject(line.number, raw(line), "no earlier order of this customer has enough of it left")
			)
			continue
		sums["lines_cancelling"] += 1
		for part, (order_line, qty) in enumerate(taken):
			parts.append(_cancellation(f"{key}:{part}", line, order_line, qty))
			candidates[order_line.id] = OrderLine(
				order_line.id, order_line.order, order_line.received_at, order_line.left - qty
			)
	cancel.cancel_quantities(parts)
	return rejects


def _key(line: Line) -> str:
	return f"{CHANNEL}:{line.invoice}:{line.number}"


def _known(wanted: Mapping[str, Line]) -> set[str]:
	keys = [f"{key}:0" for key in wanted]
	found = frappe.get_all(
		cancel.CANCELLATION, filters={"cancellation_key": ("in", keys or [""])}, pluck="cancellation_key"
	)
	return {key.rpartition(":")[0] for key in found}


def _open_lines(lines: Sequence[Line]) -> dict[tuple[str, str], dict[str, OrderLine]]:
	"""What is left of the order lines of these customers and products, in one query."""
	found: dict[tuple[str, str], dict[str, OrderLine]] = defaultdict(dict)
	if not lines:
		return found
	order, item = frappe.qb.DocType(intake.ORDER), frappe.qb.DocType(intake.ITEM)
	query = (
		frappe.qb.from_(item)
		.join(order)
		.on(item.parent == order.name)
		.select(
			item.name,
			item.parent,
			item.product,
			item.qty,
			item.cancelled_qty,
			item.delivered_qty,
			order.received_at,
			order.buyer_external_id,
		)
		.where(order.channel == CHANNEL)
		.where(order.buyer_external_id.isin(sorted({f"{CHANNEL}:{line.customer}" for line in lines})))
		.where(item.product.isin(sorted({line.article_no for line in lines})))
	)
	for row in query.run(as_dict=True):
		left = to_decimal(row.qty) - to_decimal(row.cancelled_qty or 0) - to_decimal(row.delivered_qty or 0)
		customer = row.buyer_external_id.removeprefix(f"{CHANNEL}:")
		found[customer, row.product.upper()][row.name] = OrderLine(
			row.name, row.parent, row.received_at, left
		)
	return found


def _cancellation(key: str, line: Line, order_line: OrderLine, qty: Decimal) -> dict[str, Any]:
	return {
		"cancellation_key": key,
		"sales_order": order_line.order,
		"order_item": order_line.id,
		"product": line.article_no,
		"qty": qty,
		"cancelled_at": line.at,
		"reason": line.invoice,
	}


def _write_rejects(rejects: list[Reject]) -> None:
	"""The rejects with their reasons, in the order of the file, where an administrator can download them."""
	path = Path(frappe.get_site_path("private", "files", REJECTS))
	path.parent.mkdir(parents=True, exist_ok=True)
	with path.open("w", encoding="utf-8-sig", newline="") as handle:
		writer = csv.writer(handle)
		writer.writerow(["line", *COLUMNS, "reason"])
		for reject in sorted(rejects, key=lambda reject: reject.number):
			writer.writerow(
				[reject.number, *(reject.row.get(column, "") for column in COLUMNS), reject.reason]
			)


def _by_reason(rejects: list[Reject]) -> dict[str, int]:
	counts: dict[str, int] = defaultdict(int)
	for reject in rejects:
		counts[reject.reason] += 1
	return dict(sorted(counts.items(), key=lambda count: -count[1]))
