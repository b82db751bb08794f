# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""TOBACCO: cigarette wholesale to retailers with theoretical order, billing and delivery days (T)."""

from __future__ import annotations

from order_ops.setup.policies.shared import BASE, KEEPER, PROCESSING_TIMES, column, duties, modules

ASSISTANT, CLERK = "Sales Assistant", "Order and Billing Clerk"
ACCOUNT_MANAGER, HEAD = "Account Manager", "Marketing Department Manager"
MARKETING = "Marketing department"
FORMS = "Forms of Appendices A to D"

TOBACCO = {
	**BASE,
	"code": "TOBACCO",
	"title": "Cigarette wholesale",
	"is_tobacco": 1,
	"calendar": "TOBACCO",
	"order_cutoff": "17:00:00",
	"confirm_mode": "BeforeSave",
	"review_chain": "Auto",
	"payment_gate": "Block",
	"invoice_trigger": "Paid",
	"settlement_cycle": "BillingDay",
	"special_delivery": 1,
	"cutoffs": [
		{"purpose": "ExpressT0", "at_time": "10:00:00", "rule": "T-3.4.1c"},
		{"purpose": "ExpressT1", "at_time": "17:00:00", "rule": "T-3.4.1d"},
		{"purpose": "PosOrder", "at_time": "18:00:00", "rule": "T-5.1.2.5a"},
		{"purpose": "OnlinePayment", "at_time": "08:30:00", "rule": "T-5.2.1.1b"},
	],
	"channels": column("channel", "C-15", "Phone", "Web", "Allocation", "POS", "Paper Form"),
	"change_routes": [{"route": "Back Office", "role": ASSISTANT, "rule": "T-5.1.2.4a"}],
	"required_fields": [
		*column("field", "T-A.00", "store_code", "store_name", customer_kind="Retailer"),
		*column("field", "C-22", "bank_and_account", customer_kind="Retailer"),
	],
	"shortage_steps": [{"step": "Offer Same Grade", "rule": "T-5.1.1.3c"}],
	"priorities": [
		*BASE["priorities"],
		*column(
			"sort_by", "T-5.7.2.4b", "Customer Class", "Recent Sales", "Arrival", queue="Special Delivery"
		),
	],
	"banks": [{"bank": "ICBC", "voucher_text": "ICBC transfer", "rule": "C-29"}],
	"retention": [
		{"document": FORMS, "medium": "Paper", "years": 3, "least_years": 3, "rule": "T-6a"},
		{"document": FORMS, "medium": "Electronic", "years": 5, "least_years": 5, "rule": "T-6b"},
		*BASE["retention"],
	],
	"steps": PROCESSING_TIMES,
	"duties": duties(
		"T-4.2a",
		Receiving=(MARKETING, ASSISTANT),
		Review=(MARKETING, CLERK),
		Processing=(MARKETING, CLERK),
		Execution=("Haiyan Logistics", KEEPER),
		Tracking=(MARKETING, ACCOUNT_MANAGER),
		Feedback=(MARKETING, ACCOUNT_MANAGER),
		Archiving=(MARKETING, HEAD),
	),
	"modules": modules("T-1a"),
}
