"""Workflows: who may move a document from which state to which."""

from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import cint
from frappe.utils.safe_exec import get_workflow_safe_globals

if TYPE_CHECKING:
	from frappe.model.document import Document


class WorkflowTransitionError(frappe.ValidationError):
	"""No such step from here."""


class WorkflowPermissionError(frappe.ValidationError):
	"""This user may not take the step."""


def get_workflow_name(doctype: str) -> str | None:
	"""The active workflow of a DocType."""
	cache, key = frappe.local.document_cache, ("active workflows", None)
	if key not in cache:
		rows = frappe.db.sql("SELECT `document_type`, `name` FROM `tabWorkflow` WHERE `is_active` = 1")
		cache[key] = dict(rows)
	return cache[key].get(doctype)


def get_workflow(doctype: str) -> "Document":
	"""The active workflow's document."""
	return frappe.get_cached_doc("Workflow", get_workflow_name(doctype))


def _condition_holds(transition: Any, doc: "Document") -> bool:
	values = {"doc": doc.as_dict()}
	return not transition.condition or bool(
		frappe.safe_eval(transition.condition, get_workflow_safe_globals(), values)
	)


def has_approval_access(user: str, doc: "Document", transition: Any) -> bool:
	"""Whether the user is not the one who asked, where self approval is not allowed."""
	return user == "Administrator" or bool(transition.get("allow_self_approval")) or user != doc.get("owner")


def get_transitions(doc: "Document") -> list[dict]:
	"""The steps open to this user in the document's state."""
	if doc.is_new():
		return []
	doc.check_permission("read")
	workflow, roles = get_workflow(doc.doctype), frappe.get_roles()
	current = doc.get(workflow.workflow_state_field)
	return [
		step.as_dict()
		for step in workflow.transitions
		if step.state == current and step.allowed in roles and _condition_holds(step, doc)
	]


@frappe.whitelist()
def apply_workflow(doc: Any, action: str) -> "Document":
	"""Take a step: set the state, and save, submit or cancel."""
	doc = frappe.get_doc(frappe.parse_json(doc)).load_from_db()
	workflow = get_workflow(doc.doctype)
	step = next((step for step in get_transitions(doc) if step.action == action), None)
	if not step:
		frappe.throw(_("Not a valid Workflow Action"), WorkflowTransitionError)
	if not has_approval_access(frappe.session.user, doc, step):
		frappe.throw(_("Self approval is not allowed"))
	doc.set(workflow.workflow_state_field, step.next_state)
	state = _state(workflow, step.next_state)
	move = {(0, 0): doc.save, (1, 1): doc.save, (0, 1): doc.submit, (1, 2): doc.cancel}
	move = move.get((doc.docstatus, cint(state.doc_status)))
	if not move:
		frappe.throw(_("Illegal Document Status for {0}").format(step.next_state))
	move()
	doc.add_comment("Workflow", _(state.state))
	return doc


def _state(workflow: Any, name: str) -> Any:
	return next((state for state in workflow.states if state.state == name), None)


def validate_workflow(doc: "Document") -> None:
	"""The state field moves only along the workflow's steps; submitting without one leads to the submitted state."""
	if not get_workflow_name(doc.doctype):
		return
	workflow, before = get_workflow(doc.doctype), doc.get_doc_before_save()
	field, first = workflow.workflow_state_field, workflow.states[0].state
	current = (before and before.get(field)) or first
	new = doc.get(field) or first
	doc.set(field, new)
	if not _state(workflow, current):
		text = _("{0} is not a valid Workflow State. Please update your Workflow and try again.")
		frappe.throw(text.format(frappe.bold(current)))
	if new != current and not (before and any(step.next_state == new for step in get_transitions(before))):
		text = _("Workflow State transition not allowed from {0} to {1}")
		text = text.format(frappe.bold(_(current)), frappe.bold(_(new)))
		frappe.throw(text, WorkflowPermissionError, title=_("Not permitted"))
	submitted = [state.state for state in workflow.states if state.doc_status == "1"]
	if doc._action == "submit" and new not in submitted:
		doc.set(field, submitted[0])
