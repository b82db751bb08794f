# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""SELLER: a seller on somebody else's platform (G7)."""

from __future__ import annotations

from order_ops.setup.policies.shared import (
	BASE,
	PROCESSING_TIMES,
	answer_buyers,
	column,
	duties,
	modules,
	step,
)

SELLER_ROLE, OPERATOR = "Marketplace Seller", "Marketplace Operator"
SHOP = ("Shop", SELLER_ROLE)

# what a platform may do about delays: a person decides, the fine is free up to the platform's highest (B-29)
_DELAYS = (("Late Acceptance", "Warning"), ("Late Shipping", "Fine"), ("Late After-sales", "Shop Closure"))

SELLER = {
	**BASE,
	"code": "SELLER",
	"title": "Seller on a marketplace",
	"calendar": "SELLER",
	"order_cutoff": "18:00:00",
	"qc_required": 1,
	"qc_form": "Short",
	"settlement_cycle": "Cycle",
	"return_window_days": 7,
	"channels": column("channel", "G7-2.1a", "Platform"),
	"change_routes": column("route", "G7-2.3", "Buyer Agreement", "Platform Application", role=SELLER_ROLE),
	"penalties": [
		{"occasion": occasion, "sanction": sanction, "confirmed_by": OPERATOR, "rule": "G7-6.1"}
		for occasion, sanction in _DELAYS
	],
	"steps": [
		*PROCESSING_TIMES,
		step(
			"SELLER-ACCEPT",
			"Accept the order",
			"G7-2.1a",
			"Elapsed time",
			SELLER_ROLE,
			OPERATOR,
			minutes=24 * 60,
			warn_minutes=240,
			starts_with="Order Received",
			stops_with="Order Released",
		),
		step(
			"SELLER-SHIP",
			"Prepare and ship the goods",
			"G7-3.1",
			"Elapsed time",
			SELLER_ROLE,
			OPERATOR,
			minutes=48 * 60,
			warn_minutes=480,
			starts_with="Order Released",
			stops_with="Order Shipped",
		),
		answer_buyers(SELLER_ROLE, OPERATOR),
	],
	"duties": duties(
		"G7-2.1a",
		Receiving=SHOP,
		Review=SHOP,
		Processing=SHOP,
		Execution=SHOP,
		Tracking=SHOP,
		Feedback=SHOP,
		Archiving=("Marketplace", OPERATOR),
	),
	"modules": modules("G1-02"),
}
