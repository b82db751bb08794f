"""What the desk's tests have its buttons call."""

import frappe


@frappe.whitelist(methods=["POST"])
def close(doc: str) -> str:
	"""An action of Ops Test Ticket that asks for write permission itself, as every action must."""
	ticket = frappe.get_doc("Ops Test Ticket", frappe.parse_json(doc)["name"])
	ticket.check_permission("write")
	ticket.db_set("status", "Closed")
	return "Closed it"


def secret(doc: str) -> str:
	"""Not whitelisted: no button may reach it."""
	raise AssertionError("called")


@frappe.whitelist(methods=["POST"])
def weigh(doc):
	"""An action that answers a dict of Frappe's."""
	return frappe._dict(kilos=3)
