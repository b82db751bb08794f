# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""SALON: a distributor with order clerks, finance's review and logistics centres (G4)."""

from __future__ import annotations

from order_ops.setup.policies.shared import (
	BASE,
	KEEPER,
	PROCESSING_TIMES,
	Row,
	column,
	duties,
	modules,
	step,
)

CLERK, LEAD = "Customer Service Clerk", "Order Desk Team Leader"
FINANCE, LEADER = "Finance Reviewer", "Company Leader"

LEAD_MINUTES = (
	15  # what comes later waits for the next review (G4-4.3a); before close of work nothing does (G4-3.6.2a)
)
SENDING = 10  # minutes that a send wave, which begins at its time, may take (G4-3.6.1)
LIST_AGAIN = 30  # minutes before close of work at which finance sees what is left (G4-3.6.2a)

# review wave, its time and rule, send wave, its time and rule; the last ones close with work (C-02)
WAVES = (
	("S-REV-1", "First review", "09:30:00", "G4-4.3a", "S-SEND-1", "First sending", "10:00:00", "G4-3.6.1b"),
	(
		"S-REV-2",
		"Second review",
		"11:30:00",
		"G4-4.3b",
		"S-SEND-2",
		"Second sending",
		"12:00:00",
		"G4-3.6.1c",
	),
	("S-REV-3", "Third review", "15:00:00", "G4-4.3c", "S-SEND-3", "Third sending", "15:30:00", "G4-3.6.1d"),
	("S-REV-4", "Last review", "", "G4-4.3d", "S-SEND-4", "Last sending", "", "G4-3.6.1e"),
)


def _wave(code: str, title: str, time: str, rule: str, **more) -> Row:
	when = {"cutoff": time} if time else {"at_close": 1}
	return {"wave": code, "title": title, "rule": rule, **when, **more}


SALON = {
	**BASE,
	"code": "SALON",
	"title": "Distribution to hair salons",
	"calendar": "SALON",
	"order_cutoff": "18:00:00",
	"review_chain": "TwoStage",
	"cutoffs": [{"purpose": "PerformanceDate", "at_time": "16:00:00", "rule": "G4-2.4"}],
	"waves": [
		*(
			_wave(
				code, title, time, rule, kind="Review", feeds=send, lead_minutes=LEAD_MINUTES if time else 0
			)
			for code, title, time, rule, send, *_sending in WAVES
		),
		*(
			_wave(code, title, time, rule, kind="Send", minutes_before_close=0 if time else 15)
			for *_review, code, title, time, rule in WAVES
		),
	],
	"channels": [
		{"channel": "Web", "preferred": 1, "rule": "G4-2.1"},
		*column("channel", "G6-04.1", "Phone", "Fax", "Mail"),
		*column("channel", "G6-04.2", "Visit", "Oral"),
	],
	"required_fields": column(
		"field",
		"G4-2.2a",
		"company_name",
		"street",
		"responsible_person",
		"responsible_contact",
		customer_kind="Salon",
	),
	"checks": column(
		"title", "G4-4.2a", "Promotion policy", "Order taker", "Amount", checklist="Order Review"
	),
	"penalties": [
		{
			"occasion": "Review Error",
			"sanction": "Fine",
			"amount": 20,
			"highest": 20,
			"confirmed_by": LEADER,
			"rule": "G4-4.4",
		},
		{"occasion": "Order Data", "sanction": "Record", "confirmed_by": LEAD, "rule": "G4-2.3"},
	],
	"steps": [
		*PROCESSING_TIMES,
		*(
			step(
				code,
				title,
				rule,
				"Wave",
				FINANCE,
				LEADER,
				warn_minutes=10 if time else LIST_AGAIN,
			)
			for code, title, time, rule, *_sending in WAVES
		),
		*(
			step(code, title, rule, "Wave", CLERK, LEAD, minutes=SENDING, warn_minutes=SENDING // 2)
			for *_review, code, title, _time, rule in WAVES
		),
		step(
			"S-DAY",
			"Send the orders of the day",
			"G4-3.6.2b",
			"Close of work",
			CLERK,
			LEAD,
			warn_minutes=LIST_AGAIN,
			starts_with="Order Received",
			stops_with="Order Released",
		),
	],
	"duties": duties(
		"G4-3.6a",
		Receiving=("Customer service", CLERK),
		Review=("Finance department", FINANCE),
		Processing=("Customer service", CLERK),
		Execution=("Logistics centre", KEEPER),
		Tracking=("Customer service", CLERK),
		Feedback=("Customer service", CLERK),
		Archiving=("Customer service", LEAD),
	),
	"modules": modules("G1-02"),
}
