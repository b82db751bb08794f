# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The day's list of shipments for the representative, and the sheet for the logistics group (E-4.15d, E-4.15e)."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate
from order_ops.exchange import service as exchange
from order_ops.fulfilment import sheet_rules
from order_ops.fulfilment.exceptions import ListAlreadySent
from order_ops.fulfilment.planning import NOTE, NOTE_ITEM
from order_ops.fulfilment.sheet_rules import LOGISTICS_SHEET, SHIPPED_LIST
from order_ops.policy import rules as policy_rules
from order_ops.policy import service as policies
from order_ops.policy.rules import Policy
from order_ops.timekeeping import calendars, clock, clocks, guards
from order_ops.timekeeping import rules as time_rules

LIST, LINE = "Ops Dispatch List", "Ops Dispatch Line"
STEPS = {SHIPPED_LIST: "E-SHIPLIST", LOGISTICS_SHEET: "E-LOGINFO"}
RULES = {SHIPPED_LIST: "E-4.15d", LOGISTICS_SHEET: "E-4.15e"}
PREFIX = {SHIPPED_LIST: "SL", LOGISTICS_SHEET: "LS"}
READERS = {SHIPPED_LIST: "E-commerce Sales Rep", LOGISTICS_SHEET: "Platform Logistics Group"}
CATCH_UP_DAYS = 7
OLDEST_SHIPMENT = timedelta(days=31)

NOTE_FIELDS = (
	"name", "sales_order", "customer_name", "carrier", "tracking_no", "shipped_at", "invoice", "recipient",
	"province", "city", "district", "street", "house_no", "phone", "pieces", "weight_kg", "freight_amount", "warehouse",
)  # fmt: skip


# --- when ----------------------------------------------------------------------------------------------------------


def prepare(at: datetime) -> list[str]:
	"""Draft the lists whose time has come and start their clocks; what was missed is made up for (D-18)."""
	wanted = {
		list_key(kind, unit.name, day): {"kind": kind, "business_unit": unit.name, "business_date": day}
		for unit, policy in _units(at)
		for kind, step in STEPS.items()
		for day in _due_days(policy, policy.step(step), unit, at)
	}
	known = frappe.get_all(LIST, filters={"list_key": ("in", list(wanted) or [""])}, pluck="list_key")
	missing = [values for key, values in wanted.items() if key not in set(known)]
	lists = [frappe.get_doc({"doctype": LIST, **values}) for values in missing]
	return [doc.insert(ignore_permissions=True).name for doc in lists]


def list_key(kind: str, unit: str, day: date) -> str:
	"""One list of a kind per business unit and day."""
	return f"{kind}:{unit}:{getdate(day)}"


def start_clock(doc: Document) -> None:
	"""The list is due at close of work, the sheet at nine on the next working day (E-4.15d, E-4.15e)."""
	policy = _policy(doc.business_unit, datetime.combine(getdate(doc.business_date), time.max))
	step = policy and policy.step(STEPS[doc.kind])
	if not step:
		return
	day = getdate(doc.business_date)
	terms = _terms(policy, step, day)
	doc.db_set("due_at", terms.due_at, update_modified=False)
	clocks.start(
		[
			{
				"policy": policy.name,
				"step": step.step,
				"reference_doctype": LIST,
				"reference_name": doc.name,
				"business_unit": doc.business_unit,
				"started_at": min(clock.now(), terms.warn_at),
				"business_date": day,
			}
		]
	)


def _units(at: datetime) -> list[tuple[frappe._dict, Policy]]:
	"""Business units that ship, with the policy in force."""
	shipping = frappe.get_all("Ops Warehouse", filters={"enabled": 1}, pluck="business_unit", distinct=True)
	units = frappe.get_all(
		"Ops Business Unit",
		filters={"enabled": 1, "name": ("in", shipping or [""])},
		fields=["name", "creation", "policy_code"],
		order_by="name",
	)
	found = ((unit, _policy(unit.name, at)) for unit in units)
	return [(unit, policy) for unit, policy in found if policy]


def _policy(unit: str, at: datetime) -> Policy | None:
	code = frappe.db.get_value("Ops Business Unit", unit, "policy_code")
	return policy_rules.in_force(policies.profiles.all().values(), code, at) if code else None


def _due_days(
	policy: Policy, step: policy_rules.Step | None, unit: frappe._dict, at: datetime
) -> Iterable[date]:
	"""The last days whose list should exist by now; none before the unit's first shipment could be."""
	if not step:
		return
	calendar = calendars.get(policy.calendar)
	first = max(at.date() - timedelta(days=CATCH_UP_DAYS), _first_day(unit, at))
	for offset in range((at.date() - first).days + 1):
		day = first + timedelta(days=offset)
		if calendar.is_working_day(day) and at >= _terms(policy, step, day).warn_at:
			yield day


def _first_day(unit: frappe._dict, at: datetime) -> date:
	first = frappe.get_all(
		NOTE,
		filters={"business_unit": unit.name, "docstatus": 1},
		fields=["issued_at"],
		order_by="issued_at",
		limit=1,
	)
	return getdate(first[0].issued_at) if first and first[0].issued_at else at.date()


def _terms(policy: Policy, step: policy_rules.Step, day: date) -> time_rules.Terms:
	calendar = calendars.get(policy.calendar)
	opening = calendar.opening(calendar.working_day_from(day))
	return time_rules.terms(step, policy, calendar, opening, day)


# --- what ----------------------------------------------------------------------------------------------------------


def collect(doc: Document) -> list[dict[str, Any]]:
	"""What left up to the end of that day and stands on no earlier list of this kind (E-4.15d, E-4.15e)."""
	day = getdate(doc.business_date)
	note, line, other = frappe.qb.DocType(NOTE), frappe.qb.DocType(LINE), frappe.qb.DocType(LIST)
	listed = (
		frappe.qb.from_(line)
		.join(other)
		.on(line.parent == other.name)
		.select(line.delivery_note)
		.where((other.kind == doc.kind) & (other.business_unit == doc.business_unit))
		.where(other.name != (doc.name or ""))
	)
	end = datetime.combine(day + timedelta(days=1), time())
	rows = (
		frappe.qb.from_(note)
		.select(*(note[field] for field in NOTE_FIELDS))
		.where((note.business_unit == doc.business_unit) & note.status.isin(("Shipped", "Signed For")))
		.where((note.shipped_at >= end - OLDEST_SHIPMENT) & (note.shipped_at < end))
		.where(note.name.notin(listed))
		.orderby(note.shipped_at)
		.orderby(note.name)
		.run(as_dict=True)
	)
	return _lines(rows, doc.kind)


def _lines(notes: list[frappe._dict], kind: str) -> list[dict[str, Any]]:
	items = defaultdict(list)
	for row in frappe.get_all(
		NOTE_ITEM,
		filters={"parent": ("in", [note.name for note in notes] or [""]), "parenttype": NOTE},
		fields=["parent", "product_name", "product", "qty"],
		order_by="parent, idx",
	):
		items[row.parent].append(row)
	invoices = dict(
		frappe.get_all(
			"Ops Invoice",
			filters={"name": ("in", sorted({n.invoice for n in notes if n.invoice}) or [""])},
			fields=["name", "invoice_no"],
			as_list=True,
		)
	)
	regions = policies.regions.all()
	lines = []
	for note in notes:
		line = {
			"delivery_note": note.name,
			"sales_order": note.sales_order,
			"customer_name": note.customer_name,
			"products": "; ".join(f"{i.product_name or i.product} × {i.qty:g}" for i in items[note.name]),
			"qty": sum(item.qty for item in items[note.name]),
			"carrier": note.carrier,
			"tracking_no": note.tracking_no,
			"shipped_at": note.shipped_at,
			"invoice_no": invoices.get(note.invoice),
			"warehouse": note.warehouse,
		}
		if kind == LOGISTICS_SHEET:
			region = regions.get(note.province)
			line |= {
				"recipient": note.recipient,
				"province": region.name_zh if region else note.province,
				"city": note.city,
				"address": "".join(filter(None, (note.district, note.street, note.house_no))),
				"phone": note.phone,
				"pieces": note.pieces,
				"weight_kg": note.weight_kg,
				"freight_amount": note.freight_amount,
			}
		lines.append(line)
	return lines


# --- out -----------------------------------------------------------------------------------------------------------


@frappe.whitelist(methods=["POST"])
def send(doc: str | dict) -> str:
	"""Send a list: to the representatives by OA, or to the platform's logistics group (E-4.15d, E-4.15e)."""
	record = frappe.get_doc(LIST, frappe.parse_json(doc)["name"], for_update=True)
	record.check_permission("write")
	if record.status == "Sent":
		frappe.throw(
			_("List {0} was sent already [{1}]").format(record.name, RULES[record.kind]), ListAlreadySent
		)
	guards.require(f"{LIST}:Send", record.name)
	at = clock.now()
	record.update({"status": "Sent", "sent_at": at, "sent_by": frappe.session.user})
	record.flags.sending = True
	record.save()
	clocks.stop(STEPS[record.kind], {record.name: at})
	exchange.queue([_message(record)])
	return record.name


@frappe.whitelist(methods=["POST"])
def download(doc: str | dict) -> None:
	"""Show where the list is to be had as CSV and as workbook (B-08)."""
	record = frappe.get_doc(LIST, frappe.parse_json(doc)["name"])
	record.check_permission("export")
	address = "/api/method/order_ops.api.v1.delivery.sheet?" + urlencode({"name": record.name})
	links = (f'<a href="{address}&format={kind}">{record.name}.{kind}</a>' for kind in ("csv", "xlsx"))
	frappe.msgprint("<br>".join(links), title=_("Download"))


def rows_of(doc: Document) -> list[list[Any]]:
	"""Headings and rows of a list, as its receivers get them (E-4.15p, E-4.15q)."""
	return sheet_rules.table(doc.kind, (line.as_dict() for line in doc.lines))


def as_xlsx(doc: Document) -> bytes:
	"""The list as a workbook (B-08)."""
	from openpyxl import Workbook

	book = Workbook()
	sheet = book.active
	sheet.title = f"{doc.business_date}"
	for number, row in enumerate(rows_of(doc), 1):
		for column, value in enumerate(row, 1):
			cell = sheet.cell(number, column, value)
			if isinstance(value, str):
				cell.data_type = "s"
	sheet.freeze_panes = "A2"
	out = io.BytesIO()
	book.save(out)
	return out.getvalue()


def _message(doc: Document) -> dict[str, Any]:
	number = len(doc.lines)
	subject = {
		SHIPPED_LIST: _("Shipped on {0}: {1} delivery notes") if number else _("Shipped on {0}: none"),
		LOGISTICS_SHEET: _("Logistics sheet of {0}: {1} shipments")
		if number
		else _("Logistics sheet of {0}: none"),
	}[doc.kind]
	return {
		"message_key": f"{RULES[doc.kind]}:{doc.name}",
		"event": f"{doc.kind} Sent",
		"rule": RULES[doc.kind],
		"channel": "OA",
		"recipient_role": READERS[doc.kind],
		"business_unit": doc.business_unit,
		"reference_doctype": LIST,
		"reference_name": doc.name,
		"subject": subject.format(doc.business_date, number),
		"body": "\n".join("  ".join(map(str, row)) for row in rows_of(doc))
		if doc.kind == SHIPPED_LIST
		else None,
		"payload": {"list": doc.name, "kind": doc.kind, "lines": number},
	}
