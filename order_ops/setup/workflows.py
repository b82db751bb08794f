# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The approval flows: made when missing, so that what an administrator changes in them stays.

A flow that is there already gets the states it lacks, with the transitions from and to them, and keeps all it has.

What a transition does follows in the controllers, so that buttons, bulk actions and REST pass the same place.
"""

from __future__ import annotations

import frappe
from order_ops.setup.records import make as make_record
from order_ops.setup.records import missing

REP, LEAD, MANAGER = "E-commerce Sales Rep", "E-commerce Rep Team Leader", "Order Ops Manager"
PARTS, KEEPER, FINANCE = "Parts Support Specialist", "Warehouse Keeper", "BU Finance"
CLERK, DESK_LEAD = "Customer Service Clerk", "Order Desk Team Leader"
REVIEWERS = (DESK_LEAD, "Finance Reviewer", "Order Reviewer")

# How a list colours a state; the others are grey.
STYLES = {
	**dict.fromkeys(("Received", "Draft", "Requested", "Short", "Partly Shipped"), "Warning"),
	**dict.fromkeys(("Identified", "Reviewed", "Shipped", "Handed Over"), "Info"),
	**dict.fromkeys(("Released", "Issued", "With Goods"), "Primary"),
	**dict.fromkeys(("Signed For", "Delivered"), "Success"),
	**dict.fromkeys(("Cancelled", "Voided"), "Danger"),
}

# Whether the policy of an order asks for a review (C-13).
UNREVIEWED = 'not doc.review_chain or doc.review_chain == "None"'
REVIEWED = 'doc.review_chain and doc.review_chain != "None"'

# DocType -> states (state, docstatus, role that may edit) and transitions (from, action, to, roles, condition)
WORKFLOWS = {
	"Ops Sales Order": {
		"states": [
			("Received", 0, REP),
			("Identified", 0, REP),
			("Reviewed", 0, DESK_LEAD),
			("Released", 1, REP),
			("Partly Shipped", 1, REP),
			("Shipped", 1, REP),
			("Signed For", 1, REP),
			("Closed", 1, REP),
			("Cancelled", 2, REP),
			("Withdrawn", 0, REP),
		],
		"transitions": [
			("Identified", "Create Order", "Released", (REP, LEAD, MANAGER), UNREVIEWED),
			("Identified", "Pass Review", "Reviewed", (*REVIEWERS, LEAD, MANAGER), REVIEWED),
			("Reviewed", "Create Order", "Released", (CLERK, REP, LEAD, MANAGER), ""),
			("Received", "Withdraw Order", "Withdrawn", (CLERK, REP, LEAD, MANAGER), ""),
			("Identified", "Withdraw Order", "Withdrawn", (CLERK, REP, LEAD, MANAGER), ""),
			("Reviewed", "Withdraw Order", "Withdrawn", (CLERK, REP, LEAD, MANAGER), ""),
			("Released", "Cancel Order", "Cancelled", (REP, LEAD, MANAGER), ""),
		],
	},
	"Ops Delivery Note": {
		"states": [
			("Draft", 0, PARTS),
			("Short", 0, PARTS),
			("Issued", 1, KEEPER),
			("Shipped", 1, KEEPER),
			("Signed For", 1, KEEPER),
			("Cancelled", 2, PARTS),
		],
		"transitions": [
			("Draft", "Issue", "Issued", (PARTS,), ""),
			("Draft", "Wait for Stock", "Short", (PARTS,), ""),
			("Short", "Issue", "Issued", (PARTS,), ""),
			("Issued", "Hand Over to Carrier", "Shipped", (KEEPER,), ""),
			("Shipped", "Signed For", "Signed For", (KEEPER, PARTS), ""),
			("Issued", "Cancel Note", "Cancelled", (PARTS,), ""),
		],
	},
	"Ops Invoice": {
		"states": [
			("Requested", 0, FINANCE),
			("Issued", 1, FINANCE),
			("Handed Over", 1, KEEPER),
			("With Goods", 1, KEEPER),
			("Delivered", 1, FINANCE),
			("Voided", 2, FINANCE),
		],
		"transitions": [
			("Requested", "Issue Invoice", "Issued", (FINANCE,), "doc.invoice_no"),
			("Issued", "Hand Over Invoice", "Handed Over", (FINANCE,), ""),
			("Handed Over", "Receive Invoice", "With Goods", (KEEPER,), ""),
			("Issued", "Void Invoice", "Voided", (FINANCE,), ""),
			("Handed Over", "Void Invoice", "Voided", (FINANCE,), ""),
		],
	},
}


def make() -> None:
	"""Make the flows that are missing, with the states and actions they use."""
	for doctype, flow in WORKFLOWS.items():
		_make_masters(flow)
		if frappe.db.exists("Workflow", doctype):
			_complete_workflow(doctype, flow)
		else:
			_make_workflow(doctype, flow)


def remove() -> None:
	"""Remove the flows, and the states and actions that no other flow uses."""
	names = list(WORKFLOWS)
	for child in ("Workflow Document State", "Workflow Transition"):
		frappe.db.delete(child, {"parent": ("in", names)})
	frappe.db.delete("Workflow", {"name": ("in", names)})
	used_states = frappe.get_all("Workflow Document State", pluck="state")
	used_actions = frappe.get_all("Workflow Transition", pluck="action")
	for flow in WORKFLOWS.values():
		_delete("Workflow State", {state for state, *_rest in flow["states"]} - set(used_states))
		_delete(
			"Workflow Action Master",
			{action for _from, action, *_rest in flow["transitions"]} - set(used_actions),
		)


def _make_masters(flow: dict) -> None:
	for state in missing("Workflow State", [state for state, *_rest in flow["states"]]):
		make_record("Workflow State", state, workflow_state_name=state, style=STYLES.get(state))
	actions = dict.fromkeys(action for _from, action, *_rest in flow["transitions"])
	for action in missing("Workflow Action Master", list(actions)):
		make_record("Workflow Action Master", action, workflow_action_name=action)


def _make_workflow(doctype: str, flow: dict) -> None:
	make_record(
		"Workflow",
		doctype,
		workflow_name=doctype,
		document_type=doctype,
		workflow_state_field="status",
		is_active=1,
		send_email_alert=0,
		override_status=0,  # lists show the state's own name: with 1 a bench says Draft for every draft
		states=_states(flow),
		transitions=_transitions(flow),
	)


def _complete_workflow(doctype: str, flow: dict) -> None:
	workflow = frappe.get_doc("Workflow", doctype)
	known = {row.state for row in workflow.states}
	lacking = {state for state, *_rest in flow["states"]} - known
	if not lacking:
		return
	for row in _states(flow):
		if row["state"] in lacking:
			workflow.append("states", row)
	for row in _transitions(flow):
		if {row["state"], row["next_state"]} & lacking and {
			row["state"],
			row["next_state"],
		} <= known | lacking:
			workflow.append("transitions", row)
	workflow.save(ignore_permissions=True)


def _states(flow: dict) -> list[dict]:
	return [
		{"state": state, "doc_status": str(docstatus), "allow_edit": role}
		for state, docstatus, role in flow["states"]
	]


def _transitions(flow: dict) -> list[dict]:
	return [
		{
			"state": state,
			"action": action,
			"next_state": next_state,
			"allowed": role,
			"allow_self_approval": 1,
			"condition": condition,
		}
		for state, action, next_state, roles, condition in flow["transitions"]
		for role in roles
	]


def _delete(doctype: str, names: set[str]) -> None:
	if names:
		frappe.db.delete(doctype, {"name": ("in", sorted(names))})
