# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The calendars and policy profiles of the regulations (D-03, D-10)."""

from __future__ import annotations

from order_ops.setup.records import make as make_record

REP, LEAD = "E-commerce Sales Rep", "E-commerce Rep Team Leader"
PARTS, KEEPER, FINANCE = "Parts Support Specialist", "Warehouse Keeper", "BU Finance"
MANAGER = "Order Ops Manager"
NOTES = "issue_delivery_notes"  # key of a wave handler
SINCE = "2000-01-01 00:00:00"  # orders of the past have a profile, too

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CALENDARS = {
	"BU-PARTS": (WEEK[:6], "08:30:00", "17:30:00"),
	"GENERAL": (WEEK[:5], "09:00:00", "18:00:00"),
}

BU_PARTS = {
	"code": "BU-PARTS",
	"version": 1,
	"title": "E-commerce business of a parts unit",
	"status": "Active",
	"effective_from": SINCE,
	"is_default": 1,
	"calendar": "BU-PARTS",
	"order_cutoff": "15:00:00",
	"cutoff_boundary": "exclusive",
	"strict_wave": 0,
	"same_day_grace": "Until close of work",
	"review_chain": "None",
	"invoice_trigger": "DeliveryNote",
	"payment_gate": "Warn",
	"require_individual_id": 1,
	"invoice_with_goods": 1,
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
	"steps": [
		{
			"step": "E-MATCH",
			"title": "Recognise the customer",
			"rule": "E-4.11a",
			"basis": "Working time",
			"minutes": 15,
			"warn_minutes": 5,
			"owner_role": REP,
			"escalate_to": LEAD,
		},
		{
			"step": "E-SO",
			"title": "Create the sales order",
			"rule": "E-4.12d",
			"basis": "Working time",
			"minutes": 30,
			"warn_minutes": 10,
			"owner_role": REP,
			"escalate_to": LEAD,
		},
		{
			"step": "E-DN",
			"title": "Issue the delivery note",
			"rule": "E-4.13b",
			"basis": "Working time",
			"minutes": 60,
			"warn_minutes": 15,
			"owner_role": PARTS,
			"escalate_to": MANAGER,
		},
		{
			"step": "E-W1",
			"title": "Done with the noon wave",
			"rule": "E-4.13c",
			"basis": "Wave",
			"lead_minutes": 60,
			"owner_role": PARTS,
			"escalate_to": MANAGER,
		},
		{
			"step": "E-W2",
			"title": "Done with the afternoon wave",
			"rule": "E-4.13d",
			"basis": "Wave",
			"lead_minutes": 60,
			"owner_role": PARTS,
			"escalate_to": MANAGER,
		},
		{
			"step": "E-INV",
			"title": "Issue the invoice",
			"rule": "E-4.14c",
			"basis": "Time of day",
			"at_time": "15:00:00",
			"lead_minutes": 30,
			"warn_minutes": 15,
			"owner_role": FINANCE,
			"escalate_to": MANAGER,
		},
		{
			"step": "E-HANDOVER",
			"title": "Hand over to the carrier",
			"rule": "E-4.15b",
			"basis": "Working time",
			"minutes": 60,
			"warn_minutes": 15,
			"owner_role": KEEPER,
			"escalate_to": MANAGER,
		},
		{
			"step": "E-SHIP",
			"title": "Ship the orders of the day",
			"rule": "E-4.15c",
			"basis": "Time of day",
			"at_time": "15:00:00",
			# 15 for matching, 30 for the order, 60 for the delivery note, 60 for the hand-over
			"minutes": 165,
			"warn_minutes": 30,
			"owner_role": KEEPER,
			"escalate_to": MANAGER,
		},
		{
			"step": "E-SHIPLIST",
			"title": "Send the list of the day's shipments",
			"rule": "E-4.15d",
			"basis": "Close of work",
			"warn_minutes": 30,
			"owner_role": KEEPER,
			"escalate_to": MANAGER,
		},
		{
			"step": "E-LOGINFO",
			"title": "Send the logistics sheet",
			"rule": "E-4.15e",
			"basis": "Next working day at",
			"at_time": "09:00:00",
			"warn_minutes": 60,
			"owner_role": KEEPER,
			"escalate_to": MANAGER,
		},
	],
}

GENERAL = {
	"code": "GENERAL",
	"version": 1,
	"title": "Orders without cut-offs of their own",
	"status": "Active",
	"effective_from": SINCE,
	"calendar": "GENERAL",
	"order_cutoff": "18:00:00",
	"cutoff_boundary": "exclusive",
	"review_chain": "None",
	"invoice_trigger": "Completed",
	"payment_gate": "None",
	"require_individual_id": 0,
	"invoice_with_goods": 0,
	"waves": [],
	"steps": [],
}


def make() -> None:
	"""Make the calendars and profiles that are missing."""
	for name, (weekdays, opens, closes) in CALENDARS.items():
		periods = [{"weekday": day, "from_time": opens, "to_time": closes} for day in weekdays]
		make_record("Ops Calendar", name, calendar_name=name, periods=periods)
	for profile in (BU_PARTS, GENERAL):
		make_record("Ops Policy Profile", f"{profile['code']}-{profile['version']}", **profile)
