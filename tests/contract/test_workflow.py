"""Workflows: states, steps, conditions, self approval."""

from collections.abc import Iterator

import pytest

import frappe
from frappe.model.workflow import (
	WorkflowPermissionError,
	WorkflowTransitionError,
	apply_workflow,
	get_transitions,
	get_workflow_name,
)
from tests.making import doctype, doctypes, field, permission, users

DOC, FLOW = "Ops Test Request", "Ops Test Flow"
CLERK, CHIEF = "Ops Test Clerk", "Ops Test Chief"


@pytest.fixture(scope="module", autouse=True)
def made(site: str) -> Iterator[None]:
	"""A submittable DocType with a state field."""
	with doctypes(DOC):
		permissions = [
			permission(CLERK, "read", "write", "create"), permission(CHIEF, "read", "write", "create", "submit", "cancel"),
		]  # fmt: skip
		fields = [
			field("title"),
			field("amount", "Currency"),
			field("workflow_state", "Link", "Workflow State"),
		]
		doctype(DOC, fields, is_submittable=1, permissions=permissions)
		frappe.delete_doc("Workflow", FLOW, ignore_missing=True, force=True)
		frappe.db.commit()
		yield


def state(name: str, doc_status: str, allowed: str, **properties) -> dict:
	if not frappe.db.exists("Workflow State", name):
		frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": name}).insert()
	return {"state": name, "doc_status": doc_status, "allow_edit": allowed, **properties}


def step(before: str, action: str, after: str, allowed: str, **properties) -> dict:
	if not frappe.db.exists("Workflow Action Master", action):
		frappe.get_doc({"doctype": "Workflow Action Master", "workflow_action_name": action}).insert()
	return {"state": before, "action": action, "next_state": after, "allowed": allowed, **properties}


def flow(*more: dict, **properties):
	states = [
		state("OT Draft", "0", CLERK), state("OT Pending", "0", CHIEF), state("OT Refused", "0", CLERK),
		state("OT Approved", "1", CHIEF), state("OT Cancelled", "2", CHIEF),
	]  # fmt: skip
	steps = [
		step("OT Draft", "OT Send", "OT Pending", CLERK, condition="doc.amount > 0"),
		step("OT Pending", "OT Approve", "OT Approved", CHIEF, allow_self_approval=0),
		step("OT Pending", "OT Refuse", "OT Refused", CHIEF), step("OT Refused", "OT Send", "OT Pending", CLERK),
		step("OT Approved", "OT Cancel", "OT Cancelled", CHIEF), *more,
	]  # fmt: skip
	values = {
		"doctype": "Workflow",
		"workflow_name": FLOW,
		"document_type": DOC,
		"is_active": 1,
		"states": states,
	}
	return frappe.get_doc(
		{**values, "transitions": steps, "workflow_state_field": "workflow_state", **properties}
	)


@pytest.fixture(scope="module")
def everybody(made: None) -> Iterator[dict[str, str]]:
	"""A clerk, a chief, and somebody else."""
	with users(clerk=(CLERK,), chief=(CHIEF,), nobody=()) as found:
		yield found


@pytest.fixture
def people(everybody: dict[str, str]) -> Iterator[tuple[str, str]]:
	"""The workflow is in force; a clerk and a chief."""
	flow().insert()
	yield everybody["clerk"], everybody["chief"]
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.clear_cache(doctype=DOC)
	frappe.clear_cache()


def new(**values):
	return frappe.get_doc({"doctype": DOC, "title": "t", "amount": 5, **values})


def actions(doc) -> list[str]:
	return [transition["action"] for transition in get_transitions(doc)]


def test_documents_that_are_there_get_the_first_state():
	doc = new().insert()
	flow().insert()
	assert frappe.db.get_value(DOC, doc.name, "workflow_state") == "OT Draft"
	assert get_workflow_name(DOC) == FLOW
	frappe.db.rollback()
	frappe.clear_cache()


@pytest.mark.parametrize(
	"ends", [("OT Approved", "OT Draft"), ("OT Cancelled", "OT Draft"), ("OT Draft", "OT Cancelled")]
)
def test_steps_that_cannot_be(ends):
	with pytest.raises(frappe.ValidationError):
		flow(step(ends[0], "OT Send", ends[1], CHIEF)).insert()


def test_from_draft_to_cancelled(people):
	clerk, chief = people
	frappe.set_user(clerk)
	doc = new(amount=0).insert()
	assert doc.workflow_state == "OT Draft" and actions(doc) == []
	with pytest.raises(WorkflowTransitionError):
		apply_workflow(doc, "OT Send")
	doc.amount = 5
	doc.save()
	assert actions(doc) == ["OT Send"]
	doc = apply_workflow(doc, "OT Send")
	assert (doc.workflow_state, doc.docstatus, actions(doc)) == ("OT Pending", 0, [])
	frappe.set_user(chief)
	assert actions(doc) == ["OT Approve", "OT Refuse"]
	doc = apply_workflow(doc.as_dict(), "OT Approve")
	assert (doc.workflow_state, doc.docstatus) == ("OT Approved", 1)
	doc = apply_workflow(frappe.as_json(doc.as_dict()), "OT Cancel")
	assert (doc.workflow_state, doc.docstatus) == ("OT Cancelled", 2)
	comments = frappe.get_all(
		"Comment",
		{"reference_name": doc.name, "comment_type": "Workflow"},
		["content", "comment_email"],
		order_by="creation",
	)
	assert [(c.content, c.comment_email) for c in comments] == [
		("OT Pending", clerk),
		("OT Approved", chief),
		("OT Cancelled", chief),
	]


def test_the_state_cannot_be_written_by_hand(people):
	clerk, _chief = people
	frappe.set_user(clerk)
	doc = new().insert()
	for target in ("OT Approved", "OT Refused"):
		doc = frappe.get_doc(DOC, doc.name)
		doc.workflow_state = target
		with pytest.raises(WorkflowPermissionError):
			doc.save()
	for target in ("OT Pending", "OT Approved"):
		with pytest.raises(WorkflowPermissionError):
			new(workflow_state=target).insert()
	frappe.set_user("Administrator")
	doc = frappe.get_doc(DOC, doc.name)
	doc.workflow_state = "OT Approved"
	with pytest.raises(WorkflowPermissionError):
		doc.save()
	assert frappe.db.get_value(DOC, doc.name, "workflow_state") == "OT Draft"


def test_a_step_that_is_allowed_may_be_saved_as_well(people):
	clerk, _chief = people
	frappe.set_user(clerk)
	doc = new().insert()
	doc.workflow_state = "OT Pending"
	doc.save()
	assert frappe.db.get_value(DOC, doc.name, "workflow_state") == "OT Pending"


def test_self_approval(people):
	_clerk, chief = people
	frappe.set_user(chief)
	doc = new().insert()
	frappe.set_user("Administrator")
	doc = apply_workflow(doc, "OT Send")
	frappe.set_user(chief)
	assert "OT Approve" in actions(doc)
	with pytest.raises(frappe.ValidationError, match="Self approval is not allowed"):
		apply_workflow(doc, "OT Approve")
	assert frappe.db.get_value(DOC, doc.name, ["docstatus", "workflow_state"]) == (0, "OT Pending")


def test_submitting_directly_sets_the_submitted_state(people):
	frappe.set_user(people[1])
	doc = new().insert().submit()
	assert (doc.docstatus, doc.workflow_state) == (1, "OT Approved")


def test_who_may_not_read_may_not_ask(people, everybody):
	doc = new().insert()
	frappe.set_user(everybody["nobody"])
	with pytest.raises(frappe.PermissionError):
		get_transitions(doc)
	with pytest.raises(frappe.PermissionError):
		apply_workflow(doc, "OT Send")
