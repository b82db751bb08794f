# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsPolicyProfile(Document):
	"""One version of the regulation that governs an order. Immutable once active: an order keeps a link to the version it began under (D-10)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.policy.doctype.ops_policy_step.ops_policy_step import OpsPolicyStep
		from order_ops.policy.doctype.ops_policy_wave.ops_policy_wave import OpsPolicyWave

		auto_confirm_days: DF.Int
		calendar: DF.Link
		code: DF.Data
		cutoff_boundary: DF.Literal["exclusive", "inclusive"]
		effective_from: DF.Datetime
		invoice_trigger: DF.Literal["DeliveryNote", "Paid", "Completed"]
		invoice_with_goods: DF.Check
		is_default: DF.Check
		order_cutoff: DF.Time
		payment_gate: DF.Literal["None", "Warn", "Block"]
		qc_required: DF.Check
		require_individual_id: DF.Check
		review_chain: DF.Literal["None", "Single", "TwoStage", "ReviewApprove", "ReviewConfirm", "Auto"]
		same_day_grace: DF.Literal["Until close of work", "None"]
		status: DF.Literal["Draft", "Active", "Retired"]
		steps: DF.Table[OpsPolicyStep]
		strict_wave: DF.Check
		title: DF.Data
		version: DF.Int
		waves: DF.Table[OpsPolicyWave]
	# end: auto-generated types
