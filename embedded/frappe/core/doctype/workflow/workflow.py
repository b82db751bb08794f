"""Workflows."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

POSSIBLE = ((0, 0), (0, 1), (1, 1), (1, 2))


class Workflow(Document):
	"""The states of a DocType and the steps between them."""

	def validate(self) -> None:
		"""States and steps fit together, and the DocType has the field."""
		states = {row.state: cint(row.doc_status) for row in self.states}
		for row in self.transitions:
			if row.state not in states or row.next_state not in states:
				frappe.throw(_("Row #{0}: a state is not among those of this workflow").format(row.idx))
			if (states[row.state], states[row.next_state]) not in POSSIBLE:
				frappe.throw(_("Row #{0}: no document can go this way").format(row.idx))
		if not frappe.get_meta(self.document_type).has_field(self.workflow_state_field):
			frappe.throw(_("{0} has no field {1}").format(_(self.document_type), self.workflow_state_field))
		if cint(self.is_active):
			others = {"document_type": self.document_type, "name": ("!=", self.name)}
			frappe.db.set_value("Workflow", others, "is_active", 0)

	def on_update(self) -> None:
		"""Documents without a state get the first one of their docstatus."""
		table, field = f"`tab{self.document_type}`", self.workflow_state_field
		for row in {row.doc_status: row for row in reversed(self.states)}.values():
			query = f"UPDATE {table} SET `{field}` = %s WHERE ifnull(`{field}`, '') = '' AND `docstatus` = %s"
			frappe.db.sql(query, (row.state, cint(row.doc_status)))
