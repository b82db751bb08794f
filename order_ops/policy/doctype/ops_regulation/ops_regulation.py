# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.policy import regulations
from order_ops.policy.exceptions import RegulationSuperseded

KEPT = ("title", "title_zh", "effective_from", "profile", "source", "attachment", "text")


class OpsRegulation(Document):
	"""One version of a regulation; a version that another one supersedes stays as it was (G3-7, T-2a)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.policy.doctype.ops_regulation_reference.ops_regulation_reference import (
			OpsRegulationReference,
		)

		attachment: DF.Attach | None
		code: DF.Data
		effective_from: DF.Date
		is_binding: DF.Check
		profile: DF.Data | None
		references: DF.Table[OpsRegulationReference]
		source: DF.SmallText | None
		superseded_by: DF.Link | None
		text: DF.LongText | None
		title: DF.Autocomplete
		title_zh: DF.Data | None
		version: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_superseded_stays()
		self.set_references()

	def on_update(self) -> None:
		regulations.update_links(self.code)

	def after_delete(self) -> None:
		regulations.update_links(self.code)

	def on_trash(self) -> None:
		self.check_never_acknowledged()
		regulations.forget(self.name)

	def validate_superseded_stays(self) -> None:
		"""A version that was followed by another one is read only (G3-7)."""
		before = self.get_doc_before_save()
		if before and before.superseded_by and any(self.has_value_changed(field) for field in KEPT):
			frappe.throw(
				_("Version {0} is superseded by {1} and stays as it is: change that one [G3-7]").format(
					self.name, before.superseded_by
				),
				RegulationSuperseded,
			)

	def set_references(self) -> None:
		"""Which version each reference means today (T-2a)."""
		for row in self.references:
			row.resolves_to = regulations.resolve(row.regulation_code, row.dated)

	def check_never_acknowledged(self) -> None:
		"""What people have acknowledged is not deleted (G5-0)."""
		if frappe.db.exists("Ops Regulation Acknowledgement", {"regulation": self.name}):
			frappe.throw(
				_("{0} was acknowledged by staff and is kept [G5-0]").format(self.name), RegulationSuperseded
			)
