"""What Order Ops registers with Frappe."""

app_name = "order_ops"
app_title = "Order Ops"
app_publisher = "Order Ops contributors"
app_description = "Runs orders by the company's rules: every step has a clock, every cut-off binds every channel"
app_email = "order-ops@example.com"
app_license = "MIT"

jinja = {
	"methods": [
		"order_ops.fulfilment.printing.delivery_note_form",
		"order_ops.fulfilment.printing.page_zoom",
	]
}
