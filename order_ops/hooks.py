"""What Order Ops registers with Frappe."""

app_name = "order_ops"
app_title = "Order Ops"
app_publisher = "Order Ops contributors"
app_description = (
	"Runs orders by the company's rules: every step has a clock, every cut-off binds every channel"
)
app_email = "order-ops@example.com"
app_license = "MIT"

jinja = {
	"methods": [
		"order_ops.billing.printing.invoice_request_form",
		"order_ops.fulfilment.printing.delivery_note_form",
		"order_ops.fulfilment.printing.page_zoom",
		"order_ops.timekeeping.printing.wave_run_form",
	]
}

app_include_js = ["/assets/order_ops/js/rule_links.js"]

before_install = "order_ops.setup.before_install"
after_install = "order_ops.setup.after_install"
after_migrate = "order_ops.setup.after_migrate"
before_uninstall = "order_ops.setup.before_uninstall"
before_tests = "order_ops.tests.before_tests"

scheduler_events = {
	"daily": ["order_ops.oversight.jobs.mind_regulations"],
	"cron": {
		"* * * * *": [
			"order_ops.timekeeping.jobs.release_due_holds",
			"order_ops.timekeeping.jobs.dispatch_waves",
			"order_ops.timekeeping.jobs.sweep_clocks",
			"order_ops.exchange.jobs.flush_outbox",
		],
		"*/5 * * * *": ["order_ops.timekeeping.jobs.run_module_jobs"],
		"17 * * * *": ["order_ops.oversight.jobs.roll_up_evidence"],
	},
}

permission_query_conditions = {
	"Ops Delivery Note": "order_ops.fulfilment.permissions.note_query",
	"Ops Invoice": "order_ops.billing.permissions.invoice_query",
	"Ops Sales Order": "order_ops.ordering.permissions.order_query",
}
has_permission = {
	"Ops Delivery Note": "order_ops.fulfilment.permissions.has_note_permission",
	"Ops Invoice": "order_ops.billing.permissions.has_invoice_permission",
	"Ops Sales Order": "order_ops.ordering.permissions.has_order_permission",
}
has_website_permission = {
	"Ops Delivery Note": "order_ops.fulfilment.permissions.has_note_website_permission",
	"Ops Invoice": "order_ops.billing.permissions.has_invoice_website_permission",
	"Ops Sales Order": "order_ops.ordering.permissions.has_order_website_permission",
}

website_route_rules = [{"from_route": "/orders/<path:name>", "to_route": "order"}]
portal_menu_items = [
	{
		"title": "My Orders",
		"route": "/orders",
		"reference_doctype": "Ops Sales Order",
		"role": "Portal Customer",
	}
]
role_home_page = {"Portal Customer": "orders"}

# Hooks of our own; docs/extending.md says how another app adds to them.

# key of a policy's wave -> fn(window: WaveWindow, orders: list[str]) -> list[WaveVerdict]
order_ops_wave_handlers = {
	"issue_delivery_notes": "order_ops.fulfilment.waves.issue_delivery_notes",
	"send_to_logistics": "order_ops.ordering.waves.send_to_logistics",
}

# module of a policy -> fn(), every five minutes while an active profile uses the module
order_ops_jobs = {"Fulfilment": ["order_ops.fulfilment.dispatch_jobs.prepare_dispatch_lists"]}

# event -> fn(names: list[str], at: datetime), in the transaction of what happened
order_ops_on_event = {
	"*": ["order_ops.timekeeping.steps.on_event"],
	"Clock Warned": ["order_ops.exchange.notices.clocks_warned"],
	"Clock Breached": ["order_ops.exchange.notices.clocks_breached"],
	"Customer Identified": [
		"order_ops.ordering.identified.on_customer_identified",
		"order_ops.ordering.review.pass_automatic",
	],
	"Delivery Note Issued": ["order_ops.billing.requests.with_delivery_notes"],
	"Delivery Note Shipped": [
		"order_ops.fulfilment.payment.goods_left",
		"order_ops.billing.invoices.goods_left",
	],
	"Hold Placed": ["order_ops.exchange.notices.holds_placed"],
	"Hold Released": ["order_ops.customers.identification.holds_released"],
	"Order Cancelled": [
		"order_ops.fulfilment.effects.orders_cancelled",
		"order_ops.billing.invoices.order_cancelled",
	],
	"Order Withdrawn": ["order_ops.customers.identification.orders_withdrawn"],
	"Order Received": ["order_ops.ordering.review.pass_automatic"],
	"Order Released": ["order_ops.fulfilment.effects.order_released"],
	"Wave Closed": ["order_ops.exchange.notices.waves_closed"],
}

# DocType -> what it may do; "DocType:Transition" is what a hold may block and a guard may refuse
order_ops_transitions = {
	"Ops Sales Order": ["Identify", "Review", "Release", "Withdraw", "Cancel", "Deliver"],
	"Ops Customer Match": ["Search", "Verify", "Create", "Settle", "Withdraw"],
	"Ops Delivery Note": ["Wait", "Issue", "Ship", "Sign", "Cancel"],
	"Ops Invoice": ["Issue", "Hand Over", "Receive", "Deliver", "Void"],
	"Ops Dispatch List": ["Send"],
}

# "DocType:Transition" -> fn(names: list[str]) -> dict[str, Refusal]
order_ops_guards = {
	"Ops Sales Order:Withdraw": ["order_ops.customers.identification.guard_withdrawal"],
	"Ops Delivery Note:Ship": [
		"order_ops.fulfilment.payment.guard_shipment",
		"order_ops.billing.invoices.guard_shipment",
	],
	"Ops Sales Order:Cancel": [
		"order_ops.fulfilment.effects.guard_cancellation",
		"order_ops.billing.invoices.guard_cancellation",
	],
}

# channel of a message -> fn(message: dict) -> Outcome
order_ops_message_channels = {
	"Desk": "order_ops.exchange.channels.desk",
	"Mail": "order_ops.exchange.channels.mail",
	"SMS": "order_ops.exchange.simulators.to_file",
	"OA": "order_ops.exchange.simulators.oa",
	"DMS": "order_ops.exchange.simulators.dms",
	"SAP": "order_ops.exchange.simulators.sap",
	"File": "order_ops.exchange.simulators.to_file",
}

# event of a message -> fn(answers: list[Answer]), with what the other system replied
order_ops_on_answer = {
	"Customer Create": ["order_ops.customers.identification.on_sap_answer"],
	"Order Create": ["order_ops.ordering.release.on_dms_answer"],
}
