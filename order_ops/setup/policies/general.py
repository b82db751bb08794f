# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""GENERAL: a company that takes orders by phone, fax, mail, online and in person (G1, G2, G3, G5, G6, G8)."""

from __future__ import annotations

from order_ops.setup.policies.shared import (
	APPROVER,
	BASE,
	KEEPER,
	MANAGER,
	PROCESSING_TIMES,
	REVIEWER,
	SALES,
	answer_buyers,
	column,
	duties,
	modules,
	step,
)

PRESCRIBED = 4 * 60  # working minutes of a review or an approval (D-08)

GENERAL = {
	**BASE,
	"code": "GENERAL",
	"title": "Orders without cut-offs of their own",
	"status": "Active",
	"is_template": 1,
	"calendar": "GENERAL",
	"order_cutoff": "18:00:00",
	"review_chain": "ReviewApprove",
	"confirm_mode": "AfterReview",
	"qc_required": 1,
	"channels": [
		*column("channel", "G6-04.1", "Phone", "Fax", "Mail", "Web"),
		*column("channel", "G6-04.2", "Visit", "Oral"),
	],
	"checks": [
		*column("title", "G2-07.1", "Law", "Industry standards", "Company rules", checklist="Order Review"),
		*column("title", "G2-07.2", "Budget", checklist="Order Review"),
		*column("title", "G2-07.3", "Resources", checklist="Order Review"),
		*column("title", "G2-07.4", "Risks", checklist="Order Review"),
		*column("title", "G4-4.2a", "Promotion policy", "Order taker", "Amount", checklist="Order Review"),
		*column("title", "G6-06.1", "Truthfulness", checklist="Order Review"),
		*column(
			"title",
			"G6-06.2",
			"Specification",
			"Quantity",
			"Price",
			"Delivery time",
			"Payment method",
			checklist="Order Review",
		),
		*column("title", "G8-06.3", "Stock", checklist="Order Review"),
	],
	"shortage_steps": [{"step": "Check at Review", "rule": "G8-06.3"}, *BASE["shortage_steps"]],
	"steps": [
		*PROCESSING_TIMES,
		step(
			"G-REVIEW",
			"Review the order",
			"D-08",
			"Working time",
			REVIEWER,
			minutes=PRESCRIBED,
			warn_minutes=60,
			starts_with="Customer Identified",
			stops_with="Order Reviewed",
		),
		step(
			"G-APPROVE",
			"Approve the order",
			"D-08",
			"Working time",
			APPROVER,
			minutes=PRESCRIBED,
			warn_minutes=60,
			starts_with="Order Reviewed",
			stops_with="Order Released",
		),
		answer_buyers(SALES),
	],
	"duties": duties(
		"G2-03",
		Receiving=("Sales department", SALES),
		Review=("Review department", REVIEWER),
		Processing=("Processing department", APPROVER),
		Execution=("Logistics department", KEEPER),
		Tracking=("Tracking department", SALES),
		Feedback=("Feedback department", SALES),
		Archiving=("Order management department", MANAGER),
	),
	"modules": modules("G1-02"),
}
