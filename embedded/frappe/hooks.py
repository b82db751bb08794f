"""What the host itself hooks into."""

app_name = "frappe"
app_title = "Frappe Framework"

has_permission = {
	"File": "frappe.core.doctype.file.file.has_permission",
	"Notification Log": "frappe.desk.doctype.notification_log.notification_log.has_permission",
	"User": "frappe.core.doctype.user.user.has_permission",
}
permission_query_conditions = {
	"File": "frappe.core.doctype.file.file.get_permission_query_conditions",
	"Notification Log": "frappe.desk.doctype.notification_log.notification_log.get_permission_query_conditions",
	"User": "frappe.core.doctype.user.user.get_permission_query_conditions",
}

scheduler_events = {"daily": ["frappe.sessions.clear_expired_sessions"]}
