# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from dataclasses import replace

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.policy import modules, rules, service
from order_ops.policy.exceptions import PolicyIncomplete, PolicyIsImmutable


class OpsPolicyProfile(Document):
	"""One version of the regulation that governs an order. Immutable once active: an order keeps a link to
	the version it began under (D-10)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.policy.doctype.ops_policy_bank.ops_policy_bank import OpsPolicyBank
		from order_ops.policy.doctype.ops_policy_change_route.ops_policy_change_route import (
			OpsPolicyChangeRoute,
		)
		from order_ops.policy.doctype.ops_policy_channel.ops_policy_channel import OpsPolicyChannel
		from order_ops.policy.doctype.ops_policy_check.ops_policy_check import OpsPolicyCheck
		from order_ops.policy.doctype.ops_policy_cutoff.ops_policy_cutoff import OpsPolicyCutoff
		from order_ops.policy.doctype.ops_policy_duty.ops_policy_duty import OpsPolicyDuty
		from order_ops.policy.doctype.ops_policy_module.ops_policy_module import OpsPolicyModule
		from order_ops.policy.doctype.ops_policy_payment_gate.ops_policy_payment_gate import (
			OpsPolicyPaymentGate,
		)
		from order_ops.policy.doctype.ops_policy_penalty.ops_policy_penalty import OpsPolicyPenalty
		from order_ops.policy.doctype.ops_policy_priority.ops_policy_priority import OpsPolicyPriority
		from order_ops.policy.doctype.ops_policy_required_field.ops_policy_required_field import (
			OpsPolicyRequiredField,
		)
		from order_ops.policy.doctype.ops_policy_retention.ops_policy_retention import OpsPolicyRetention
		from order_ops.policy.doctype.ops_policy_shortage_step.ops_policy_shortage_step import (
			OpsPolicyShortageStep,
		)
		from order_ops.policy.doctype.ops_policy_step.ops_policy_step import OpsPolicyStep
		from order_ops.policy.doctype.ops_policy_tier.ops_policy_tier import OpsPolicyTier
		from order_ops.policy.doctype.ops_policy_wave.ops_policy_wave import OpsPolicyWave

		activated_by: DF.Link
		auto_confirm_days: DF.Int
		banks: DF.Table[OpsPolicyBank]
		calendar: DF.Link
		change_allowed_until: DF.Literal["Never", "Review", "DeliveryNote", "Shipment"]
		change_routes: DF.Table[OpsPolicyChangeRoute]
		channels: DF.Table[OpsPolicyChannel]
		checks: DF.Table[OpsPolicyCheck]
		code: DF.Data
		confirm_mode: DF.Literal["None", "OnReceipt", "AfterReview", "BeforeSave"]
		copy_as: DF.Data | None
		cutoff_boundary: DF.Literal["exclusive", "inclusive"]
		cutoffs: DF.Table[OpsPolicyCutoff]
		duties: DF.Table[OpsPolicyDuty]
		effective_from: DF.Datetime
		express_measure: DF.Literal["WorkingHours", "ModeDay"]
		invoice_request_author: DF.Literal["WithDeliveryNote", "PartsSpecialist", "WarehouseKeeper"]
		invoice_trigger: DF.Literal["DeliveryNote", "Paid", "Completed"]
		invoice_with_goods: DF.Check
		is_default: DF.Check
		is_template: DF.Check
		is_tobacco: DF.Check
		keeper_may_correct_request: DF.Check
		maintained_by: DF.Link
		manifest_release: DF.Literal["AfterBilling", "AtOnce"]
		modules: DF.Table[OpsPolicyModule]
		no_reason_days: DF.Int
		order_cutoff: DF.Time
		payment_gate: DF.Literal["None", "Warn", "Block"]
		payment_gates: DF.Table[OpsPolicyPaymentGate]
		penalties: DF.Table[OpsPolicyPenalty]
		priorities: DF.Table[OpsPolicyPriority]
		qc_form: DF.Literal["Full", "Short"]
		qc_required: DF.Check
		refund_submit_gate: DF.Literal["AfterStockInAndInvoice", "AtOnce"]
		refusal_signed_by: DF.Link | None
		require_individual_id: DF.Check
		required_fields: DF.Table[OpsPolicyRequiredField]
		retention: DF.Table[OpsPolicyRetention]
		return_inspector_role: DF.Link | None
		return_window_days: DF.Int
		review_chain: DF.Literal["None", "Single", "TwoStage", "ReviewApprove", "ReviewConfirm", "Auto"]
		same_day_grace: DF.Literal["Until close of work", "None"]
		send_mode: DF.Literal["Wave", "Immediate", "Both"]
		settlement_cycle: DF.Literal["Monthly", "BillingDay", "Promptly", "Cycle"]
		settlement_day: DF.Int
		settlement_days: DF.Int
		shortage_steps: DF.Table[OpsPolicyShortageStep]
		special_delivery: DF.Check
		special_without_order: DF.Literal["OnlyWithApprovedForm", "Never", "Always"]
		status: DF.Literal["Draft", "Active", "Retired"]
		steps: DF.Table[OpsPolicyStep]
		strict_wave: DF.Check
		tiers: DF.Table[OpsPolicyTier]
		title: DF.Autocomplete
		undecided_debit: DF.Literal["Hold", "Retry", "ReturnSupply"]
		version: DF.Int
		waves: DF.Table[OpsPolicyWave]
		window_start: DF.Literal["Receipt", "Shipment"]
	# end: auto-generated types

	def validate(self) -> None:
		self.set_times_of_day()
		self.validate_keeper()
		self.validate_still_the_same()
		self.validate_default_stays()
		self.validate_complete()

	def on_update(self) -> None:
		self.update_other_defaults()
		service.profiles.changed()
		self.update_modules()

	def on_trash(self) -> None:
		self.check_never_active()
		self.check_role(self.maintained_by)
		service.profiles.changed()

	def set_times_of_day(self) -> None:
		"""Other steps have no time of day; the framework gives every new row the present one."""
		for row in self.steps:
			if row.basis not in rules.MAY_HAVE_A_TIME:
				row.at_time = None
		for wave in self.waves:
			if wave.at_close:
				wave.cutoff = None

	def validate_keeper(self) -> None:
		"""Only its keepers edit a profile, only who may activates and retires it (E-3.1a)."""
		before = self.get_doc_before_save()
		turned = self.status != (before.status if before else rules.DRAFT)
		if turned:
			self.check_role((before or self).activated_by)
		if not before or self.differs_from(before, "status"):
			self.check_role((before or self).maintained_by)

	def validate_still_the_same(self) -> None:
		"""An active profile is only ever retired, renamed or made the default; a change is a new version (D-10)."""
		before = self.get_doc_before_save()
		if not before or before.status == rules.DRAFT:
			return
		if (before.status == rules.RETIRED and self.status != rules.RETIRED) or self.status == rules.DRAFT:
			frappe.throw(
				_("A profile goes from Draft to Active to Retired: make a new version [D-10]"),
				PolicyIsImmutable,
			)
		if self.differs_from(before, "status", "title", "is_default"):
			frappe.throw(
				_("Profile {0} governs orders and cannot be changed: make version {1} [D-10]").format(
					self.name, self.version + 1
				),
				PolicyIsImmutable,
			)

	def validate_default_stays(self) -> None:
		"""The last active version of the default profile is not retired: orders would have none (D-10)."""
		before = self.get_doc_before_save()
		if not before or before.status != rules.ACTIVE or self.status != rules.RETIRED:
			return
		versions = [policy for policy in service.profiles.all().values() if policy.code == self.code]
		others = any(policy.status == rules.ACTIVE and policy.name != self.name for policy in versions)
		if not others and any(policy.is_default for policy in versions):
			text = _(
				"{0} is the default profile: activate its next version first, or make another the default [D-10]"
			)
			frappe.throw(text.format(self.code), PolicyIsImmutable)

	def validate_complete(self) -> None:
		"""Activation is refused while something is missing, and names it (B-01)."""
		if self.status != rules.ACTIVE or not self.has_value_changed("status"):
			return
		if found := service.readiness_of(self):
			frappe.throw("<br>".join(found), PolicyIncomplete, title=_("Not Ready to Be Activated"))

	def update_other_defaults(self) -> None:
		"""There is one default profile code (D-10)."""
		if not self.is_default:
			return
		others = frappe.get_all(
			"Ops Policy Profile", filters={"is_default": 1, "code": ("!=", self.code)}, pluck="name"
		)
		for name in others:
			frappe.db.set_value("Ops Policy Profile", name, "is_default", 0)

	def update_modules(self) -> None:
		"""Menus show the modules of the profiles in use (E-2, T-1a)."""
		if self.status != rules.DRAFT and self.has_value_changed("status"):
			modules.follow()

	def check_never_active(self) -> None:
		if self.status != rules.DRAFT:
			frappe.throw(
				_("Profile {0} governs orders: retire it instead [D-10]").format(self.name), PolicyIsImmutable
			)

	def check_role(self, role: str) -> None:
		if role not in frappe.get_roles():
			text = _("Only {0} may do this with profile {1} [E-3.1a]")
			frappe.throw(text.format(_(role), self.name or self.code), frappe.PermissionError)

	def differs_from(self, before: Document, *but: str) -> bool:
		"""Whether anything else than these fields is another than before."""
		mine, other = service.snapshot(self), service.snapshot(before)
		return replace(other, **{field: getattr(mine, field) for field in but}) != mine
