"""Workflows."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import forget_workflows


class Workflow(Document):
	"""The states of a DocType and the steps between them."""

	def validate(self) -> None:
		"""States and steps fit together, and the DocType has the field."""
		self.set_active()
		self.validate_states()
		meta = frappe.get_meta(self.document_type)
		if not meta.has_field(self.workflow_state_field):
			frappe.throw(_("{0} has no field {1}").format(_(self.document_type), self.workflow_state_field))

	def set_active(self) -> None:
		"""One workflow is active for a DocType."""
		if int(self.is_active or 0):
			frappe.db.sql(
				"UPDATE `tabWorkflow` SET `is_active` = 0 WHERE `document_type` = %s AND `name` != %s",
				(self.document_type, self.name),
			)

	def validate_states(self) -> None:
		"""A step leads from a known state to a known one, and never back from cancelled or submitted."""
		states = {row.state: int(row.doc_status or 0) for row in self.states}
		for row in self.transitions:
			for state in (row.state, row.next_state):
				if state not in states:
					frappe.throw(_("Row #{0}: {1} is not a state of this workflow").format(row.idx, state))
			before, after = states[row.state], states[row.next_state]
			if before == 2:
				frappe.throw(_("Cannot change state of Cancelled Document. Transition row {0}").format(row.idx))
			if before == 1 and after == 0:
				frappe.throw(_("Submitted Document cannot be converted back to draft. Transition row {0}").format(row.idx))
			if before == 0 and after == 2:
				frappe.throw(_("Cannot cancel before submitting. See Transition {0}").format(row.idx))

	def on_update(self) -> None:
		"""Documents without a state get the first one of their docstatus."""
		forget_workflows()
		frappe.clear_document_cache("Workflow", self.name)
		done: set[str] = set()
		field = self.workflow_state_field
		for row in self.states:
			if row.doc_status not in done:
				done.add(row.doc_status)
				frappe.db.sql(
					f"UPDATE `tab{self.document_type}` SET `{field}` = %s WHERE ifnull(`{field}`, '') = '' AND `docstatus` = %s",
					(row.state, int(row.doc_status or 0)),
				)

	def after_delete(self) -> None:
		"""Read them afresh."""
		forget_workflows()
