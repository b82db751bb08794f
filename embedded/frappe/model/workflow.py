"""Workflows: who may move a document from which state to which."""

import json
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import cint

if TYPE_CHECKING:
	from frappe.model.document import Document


class WorkflowStateError(frappe.ValidationError):
	"""The document has no workflow state."""


class WorkflowTransitionError(frappe.ValidationError):
	"""No such step from here."""


class WorkflowPermissionError(frappe.ValidationError):
	"""This user may not take the step."""


def get_workflow_name(doctype: str) -> str | None:
	"""The active workflow of a DocType."""
	cache = frappe.local.document_cache
	if ("active workflows", None) not in cache:
		rows = frappe.db.sql("SELECT `document_type`, `name` FROM `tabWorkflow` WHERE `is_active` = 1")
		cache["active workflows", None] = dict(rows)
	return cache["active workflows", None].get(doctype)


def forget_workflows() -> None:
	"""Ask the database again which workflows are active."""
	frappe.clear_document_cache("active workflows")


def get_workflow(doctype: str) -> "Document":
	"""The active workflow's document."""
	return frappe.get_cached_doc("Workflow", get_workflow_name(doctype))


def get_workflow_state_field(workflow_name: str) -> str | None:
	"""The field that holds the state."""
	return frappe.get_cached_doc("Workflow", workflow_name).workflow_state_field


def is_transition_condition_satisfied(transition: Any, doc: "Document") -> bool:
	"""Whether the condition of a step holds."""
	if not transition.condition:
		return True
	from frappe.utils.safe_exec import get_workflow_safe_globals

	return bool(frappe.safe_eval(transition.condition, get_workflow_safe_globals(), {"doc": doc.as_dict()}))


def has_approval_access(user: str, doc: "Document", transition: Any) -> bool:
	"""Whether the user is not the one who asked, where self approval is not allowed."""
	return user == "Administrator" or bool(transition.get("allow_self_approval")) or user != doc.get("owner")


@frappe.whitelist()
def get_transitions(doc: Any, workflow: Any = None, raise_exception: bool = False) -> list[dict]:
	"""The steps open to this user in the document's state."""
	from frappe.model.document import Document

	if not isinstance(doc, Document):
		doc = frappe.get_doc(frappe.parse_json(doc))
		doc.load_from_db()
	if doc.is_new():
		return []
	doc.check_permission("read")
	workflow = workflow or get_workflow(doc.doctype)
	current = doc.get(workflow.workflow_state_field)
	if not current:
		if raise_exception:
			raise WorkflowStateError
		frappe.throw(_("Workflow State not set"), WorkflowStateError)
	roles = frappe.get_roles()
	return [
		transition.as_dict()
		for transition in workflow.transitions
		if transition.state == current and transition.allowed in roles and is_transition_condition_satisfied(transition, doc)
	]


@frappe.whitelist()
def apply_workflow(doc: Any, action: str) -> "Document":
	"""Take a step: set the state, and save, submit or cancel."""
	doc = frappe.get_doc(frappe.parse_json(doc))
	doc.load_from_db()
	workflow = get_workflow(doc.doctype)
	user = frappe.session.user
	transition = next((t for t in get_transitions(doc, workflow) if t.action == action), None)
	if not transition:
		frappe.throw(_("Not a valid Workflow Action"), WorkflowTransitionError)
	if not has_approval_access(user, doc, transition):
		frappe.throw(_("Self approval is not allowed"))
	doc.set(workflow.workflow_state_field, transition.next_state)
	state = _state(workflow, transition.next_state)
	if state.update_field:
		doc.set(state.update_field, state.update_value)
	_move(doc, cint(state.doc_status))
	doc.add_comment("Workflow", _(state.state))
	return doc


def _move(doc: "Document", docstatus: int) -> None:
	step = (int(doc.docstatus), docstatus)
	if step in ((0, 0), (1, 1)):
		doc.save()
	elif step == (0, 1):
		doc.submit()
	elif step == (1, 2):
		doc.cancel()
	else:
		frappe.throw(_("Illegal Document Status for {0}").format(doc.get("workflow_state") or doc.name))


def _state(workflow: Any, name: str) -> Any:
	return next((state for state in workflow.states if state.state == name), None)


@frappe.whitelist()
def can_cancel_document(doctype: str) -> bool:
	"""Whether the cancel button is shown beside the workflow's own steps."""
	workflow = get_workflow(doctype)
	return not any(state.doc_status == "2" for state in workflow.states)


def validate_workflow(doc: "Document") -> None:
	"""The state field moves only along the workflow's steps."""
	name = get_workflow_name(doc.doctype)
	if not name or frappe.flags.in_install == "frappe":
		return
	workflow = frappe.get_cached_doc("Workflow", name)
	field = workflow.workflow_state_field
	before = doc.get_doc_before_save()
	first = workflow.states[0].state
	current = (before.get(field) if before else None) or first
	new = doc.get(field)
	if not new:
		new = first
		doc.set(field, new)
	state = _state(workflow, current)
	if not state:
		frappe.throw(_("{0} is not a valid Workflow State. Please update your Workflow and try again.").format(frappe.bold(current)))
	if new == current:
		return
	if not before:
		raise_not_allowed(current, new)
	if not any(t.next_state == new for t in get_transitions(before, workflow)):
		raise_not_allowed(current, new)


def raise_not_allowed(current: str, new: str) -> None:
	"""The refusal of a step."""
	frappe.throw(
		_("Workflow State transition not allowed from {0} to {1}").format(frappe.bold(_(current)), frappe.bold(_(new))),
		WorkflowPermissionError,
		title=_("Not permitted"),
	)


def set_workflow_state_on_submit(doc: "Document") -> None:
	"""A document submitted without a step gets the first submitted state."""
	if not (name := get_workflow_name(doc.doctype)):
		return
	workflow = frappe.get_cached_doc("Workflow", name)
	current = _state(workflow, doc.get(workflow.workflow_state_field))
	submitted = [state.state for state in workflow.states if state.doc_status == "1"]
	if submitted and not (current and current.doc_status == "1"):
		doc.set(workflow.workflow_state_field, submitted[0])


@frappe.whitelist()
def bulk_workflow_approval(docnames: Any, doctype: str, action: str) -> None:
	"""Take the same step with many documents; those that fail are named."""
	failed, done = [], []
	for name in frappe.parse_json(docnames):
		frappe.db.savepoint("bulk_workflow")
		try:
			apply_workflow(frappe.get_doc(doctype, name).as_dict(), action)
			done.append(name)
		except frappe.ValidationError as error:
			frappe.db.rollback(save_point="bulk_workflow")
			failed.append(f"{name}: {error}")
	if done:
		frappe.msgprint(_("{0} succeeded: {1}").format(_(action), ", ".join(done)), indicator="green")
	if failed:
		frappe.msgprint(failed, title=_("Some documents failed"), as_list=True, indicator="red")


@frappe.whitelist()
def get_common_transition_actions(docs: Any, doctype: str) -> list[str]:
	"""The steps that all these documents can take."""
	common: list[str] | None = None
	for name in json.loads(docs) if isinstance(docs, str) else docs:
		doc = frappe.get_doc(doctype, name["name"] if isinstance(name, dict) else name)
		open_actions = [t.action for t in get_transitions(doc) if has_approval_access(frappe.session.user, doc, t)]
		common = open_actions if common is None else [action for action in common if action in open_actions]
	return common or []
