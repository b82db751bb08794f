# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""BU-PARTS: a business unit that sells spare parts in the company mall (E)."""

from __future__ import annotations

from order_ops.setup.policies.shared import BASE, KEEPER, Row, column, duties, modules, step

PLATFORM = "Platform Operations Group"
REP, LEAD = "E-commerce Sales Rep", "E-commerce Rep Team Leader"
PARTS, FINANCE = "Parts Support Specialist", "BU Finance"
NOTES = "issue_delivery_notes"  # key of a wave handler


def _refund(sequence: int, role: str, rule: str, **amounts) -> Row:
	return {"document": "Refund", "sequence": sequence, "role": role, "rule": rule, **amounts}


BU_PARTS = {
	**BASE,
	"code": "BU-PARTS",
	"title": "E-commerce business of a parts unit",
	"status": "Active",
	"is_default": 1,
	"maintained_by": PLATFORM,
	"activated_by": PLATFORM,
	"calendar": "BU-PARTS",
	"order_cutoff": "15:00:00",
	"require_individual_id": 1,
	"invoice_trigger": "DeliveryNote",
	"invoice_with_goods": 1,
	"settlement_cycle": "Monthly",
	"return_window_days": 5,
	"cutoffs": [{"purpose": "InvoiceDone", "at_time": "15:00:00", "rule": "E-4.14c"}],
	"waves": [
		{"wave": "E-W1", "title": "Noon wave", "cutoff": "12:00:00", "handler": NOTES, "rule": "E-4.13c"},
		{
			"wave": "E-W2",
			"title": "Afternoon wave",
			"cutoff": "15:00:00",
			"handler": NOTES,
			"rule": "E-4.13d",
		},
	],
	"channels": column("channel", "E-4.10a", "Mall"),
	"change_routes": [{"route": "Customer", "role": REP, "rule": "C-16"}],
	"required_fields": [
		*column("field", "E-4.10d", "company_name", customer_kind="Organisation"),
		*column("field", "E-4.10e", "organisation_code", customer_kind="Organisation"),
		*column("field", "E-4.10f", "street", "house_no", customer_kind="Organisation"),
		*column(
			"field", "E-4.10g", "responsible_person", "responsible_contact", customer_kind="Organisation"
		),
		*column("field", "E-4.10h", "id_number", customer_kind="Individual"),
		*column("field", "E-4.10i", "postcode", customer_kind="Individual"),
		*column("field", "E-4.10j", "street", "house_no", customer_kind="Individual"),
	],
	"tiers": [
		_refund(1, "Refund Approver L1", "E-4.29b", amount_to=5000),
		_refund(1, "Refund Approver L2", "E-4.29c", amount_from=5000),
		_refund(2, "Sales Department Head", "E-4.30a"),
		_refund(3, FINANCE, "E-4.31a"),
		_refund(4, "HQ Finance", "E-4.32a"),
	],
	"steps": [
		step(
			"E-MATCH",
			"Recognise the customer",
			"E-4.11a",
			"Working time",
			REP,
			LEAD,
			minutes=15,
			warn_minutes=5,
		),
		step(
			"E-SO",
			"Create the sales order",
			"E-4.12d",
			"Working time",
			REP,
			LEAD,
			minutes=30,
			warn_minutes=10,
		),
		step(
			"E-DN",
			"Issue the delivery note",
			"E-4.13b",
			"Working time",
			PARTS,
			minutes=60,
			warn_minutes=15,
		),
		step("E-W1", "Done with the noon wave", "E-4.13c", "Wave", PARTS, lead_minutes=60),
		step("E-W2", "Done with the afternoon wave", "E-4.13d", "Wave", PARTS, lead_minutes=60),
		step(
			"E-INV",
			"Issue the invoice",
			"E-4.14c",
			"Time of day",
			FINANCE,
			at_time="15:00:00",
			lead_minutes=30,
			warn_minutes=15,
		),
		step(
			"E-HANDOVER",
			"Hand over to the carrier",
			"E-4.15b",
			"Working time",
			KEEPER,
			minutes=60,
			warn_minutes=15,
		),
		step(
			"E-SHIP",
			"Ship the orders of the day",
			"E-4.15c",
			"Time of day",
			KEEPER,
			at_time="15:00:00",
			minutes=165,  # 15 for matching, 30 for the order, 60 for the delivery note, 60 for the hand-over
			warn_minutes=30,
		),
		step(
			"E-SHIPLIST",
			"Send the list of the day's shipments",
			"E-4.15d",
			"Close of work",
			KEEPER,
			warn_minutes=30,
		),
		step(
			"E-LOGINFO",
			"Send the logistics sheet",
			"E-4.15e",
			"Next working day at",
			KEEPER,
			at_time="09:00:00",
			warn_minutes=60,
		),
	],
	"duties": duties(
		"E-3.1b",
		Receiving=("E-commerce platform", REP),
		Review=("E-commerce platform", LEAD),
		Processing=("Business unit", PARTS),
		Execution=("Business unit", KEEPER),
		Tracking=("E-commerce platform", "Platform Logistics Group"),
		Feedback=("E-commerce platform", REP),
		Archiving=("E-commerce platform", REP),
	),
	"modules": modules("E-2", "Listing"),
}
