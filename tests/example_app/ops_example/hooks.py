"""What the example registers with Frappe, for Order Ops."""

app_name = "ops_example"
app_title = "Ops Example"
app_publisher = "Order Ops contributors"
app_description = "A step kind and a guard for Order Ops"
app_email = "order-ops@example.com"
app_license = "MIT"
required_apps = ["order_ops"]

# a policy's step of basis Other names the key; its minutes say how long before close of work
order_ops_step_kinds = {"before_close": "ops_example.steps.before_close"}

order_ops_guards = {"Ops Sales Order:Release": ["ops_example.guards.papers_for_abroad"]}
