# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from dataclasses import replace

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.policy import rules, service
from order_ops.policy.exceptions import PolicyIncomplete, PolicyIsImmutable


class OpsPolicyProfile(Document):
	"""One version of the regulation that governs an order. Immutable once active: an order keeps a link to
	the version it began under (D-10)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.policy.doctype.ops_policy_cutoff.ops_policy_cutoff import OpsPolicyCutoff
		from order_ops.policy.doctype.ops_policy_module.ops_policy_module import OpsPolicyModule
		from order_ops.policy.doctype.ops_policy_step.ops_policy_step import OpsPolicyStep
		from order_ops.policy.doctype.ops_policy_wave.ops_policy_wave import OpsPolicyWave

		auto_confirm_days: DF.Int
		calendar: DF.Link
		code: DF.Data
		cutoff_boundary: DF.Literal["exclusive", "inclusive"]
		cutoffs: DF.Table[OpsPolicyCutoff]
		effective_from: DF.Datetime
		invoice_trigger: DF.Literal["DeliveryNote", "Paid", "Completed"]
		invoice_with_goods: DF.Check
		is_default: DF.Check
		modules: DF.Table[OpsPolicyModule]
		order_cutoff: DF.Time
		payment_gate: DF.Literal["None", "Warn", "Block"]
		qc_required: DF.Check
		require_individual_id: DF.Check
		review_chain: DF.Literal["None", "Single", "TwoStage", "ReviewApprove", "ReviewConfirm", "Auto"]
		same_day_grace: DF.Literal["Until close of work", "None"]
		send_mode: DF.Literal["Wave", "Immediate", "Both"]
		status: DF.Literal["Draft", "Active", "Retired"]
		steps: DF.Table[OpsPolicyStep]
		strict_wave: DF.Check
		title: DF.Data
		version: DF.Int
		waves: DF.Table[OpsPolicyWave]
	# end: auto-generated types

	def validate(self) -> None:
		self.set_times_of_day()
		self.validate_still_the_same()
		self.validate_complete()

	def on_update(self) -> None:
		self.update_other_defaults()
		service.profiles.changed()

	def on_trash(self) -> None:
		self.check_never_active()
		service.profiles.changed()

	def set_times_of_day(self) -> None:
		"""Steps on other bases have no time of day; the framework gives every new row the present one."""
		for row in self.steps:
			if row.basis not in rules.MAY_HAVE_A_TIME:
				row.at_time = None
		for wave in self.waves:
			if wave.at_close:
				wave.cutoff = None

	def validate_still_the_same(self) -> None:
		"""An active profile is only ever retired, renamed or made the default; a change is a new version (D-10)."""
		before = self.get_doc_before_save()
		if not before or before.status == "Draft":
			return
		if (before.status == "Retired" and self.status != "Retired") or self.status == "Draft":
			frappe.throw(
				_("A profile goes from Draft to Active to Retired: make a new version [D-10]"),
				PolicyIsImmutable,
			)
		free = {"status": self.status, "title": self.title or "", "is_default": bool(self.is_default)}
		if replace(service.snapshot(before), **free) != service.snapshot(self):
			frappe.throw(
				_("Profile {0} governs orders and cannot be changed: make version {1} [D-10]").format(
					self.name, self.version + 1
				),
				PolicyIsImmutable,
			)

	def validate_complete(self) -> None:
		"""Activation is refused while something is missing, and names it (B-01)."""
		if self.status != rules.ACTIVE or not self.has_value_changed("status"):
			return
		steps = [role for row in self.steps for role in (row.owner_role, row.escalate_to) if role]
		found = rules.problems(
			service.snapshot(self),
			has_working_time=bool(
				frappe.db.exists(
					"Ops Calendar Period", {"parent": self.calendar, "parenttype": "Ops Calendar"}
				)
			),
			roles=frappe.get_all("Role", filters={"name": ("in", steps)}, pluck="name") if steps else [],
			handlers=frappe.get_hooks("order_ops_wave_handlers") or {},
		)
		if found:
			frappe.throw(
				"<br>".join(f"{_(p.text).format(*p.args)} [{p.rule or 'D-10'}]" for p in found),
				PolicyIncomplete,
				title=_("Not Ready to Be Activated"),
			)

	def update_other_defaults(self) -> None:
		"""There is one default profile code (D-10)."""
		if not self.is_default:
			return
		others = frappe.get_all(
			"Ops Policy Profile", filters={"is_default": 1, "code": ("!=", self.code)}, pluck="name"
		)
		for name in others:
			frappe.db.set_value("Ops Policy Profile", name, "is_default", 0)

	def check_never_active(self) -> None:
		if self.status != "Draft":
			frappe.throw(
				_("Profile {0} governs orders: retire it instead [D-10]").format(self.name), PolicyIsImmutable
			)
