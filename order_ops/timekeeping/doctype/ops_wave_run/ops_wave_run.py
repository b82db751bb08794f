# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document
from order_ops.timekeeping.append_only import refuse


class OpsWaveRun(Document):
	"""One wave of one business day: its window, its result, what was held back and why (D-18)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.timekeeping.doctype.ops_wave_run_line.ops_wave_run_line import OpsWaveRunLine

		business_date: DF.Date
		closes_at: DF.Datetime | None
		error: DF.SmallText | None
		finished_at: DF.Datetime | None
		held_back: DF.Int
		kind: DF.Literal["Process", "Review", "Send", "Open List", "Day Close"]
		late_window: DF.Int
		lines: DF.Table[OpsWaveRunLine]
		policy_profile: DF.Data
		run_key: DF.Data
		started_at: DF.Datetime | None
		status: DF.Literal["Running", "Done", "Failed"]
		taken: DF.Int
		title: DF.Data | None
		unexplained: DF.Int
		wave: DF.Data
		window_from: DF.Datetime | None
		window_to: DF.Datetime | None
	# end: auto-generated types

	def validate(self) -> None:
		refuse(self)

	def on_trash(self) -> None:
		refuse(self)
