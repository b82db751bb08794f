# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

import frappe
from frappe.model.document import Document
from order_ops.timekeeping import clock, wave_reports
from order_ops.timekeeping.append_only import refuse, refuse_change
from order_ops.wording import retold

WRITTEN_BY_THE_RUN = (
	"sales_order",
	"result",
	"document",
	"reason",
	"late_window",
	"explained_by",
	"explained_at",
)


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
		in_time: DF.Int
		kind: DF.Literal["Process", "Review", "Send", "Open List", "Day Close"]
		late_window: DF.Int
		lines: DF.Table[OpsWaveRunLine]
		overdue: DF.Int
		policy_profile: DF.Data
		run_key: DF.Data
		started_at: DF.Datetime | None
		status: DF.Literal["Running", "Done", "Failed"]
		taken: DF.Int
		title: DF.Autocomplete | None
		unexplained: DF.Int
		wave: DF.Data
		window_from: DF.Datetime | None
		window_to: DF.Datetime | None
	# end: auto-generated types

	def onload(self) -> None:
		"""Reasons are read in the reader's language; the rows keep theirs (D-18)."""
		for row in self.lines:
			row.reason = retold(row.reason or "")

	def validate(self) -> None:
		self.set_reasons()
		self.validate_only_explained()
		self.set_explained()

	def on_update(self) -> None:
		self.update_explained()

	def on_trash(self) -> None:
		refuse(self)

	def set_reasons(self) -> None:
		"""A form that was read in another language sends its words back."""
		before = {row.name: row.reason or "" for row in self.get_doc_before_save().lines}
		for row in self.lines:
			if row.name in before and row.reason == retold(before[row.name]):
				row.reason = before[row.name]

	def validate_only_explained(self) -> None:
		"""A run is a record; people add why an order stayed open, and change nothing else (D-18, E-4.13e)."""
		refuse_change(self, but=("lines",))
		before = {row.name: row for row in self.get_doc_before_save().lines}
		if [row.name for row in self.lines] != list(before) or any(
			str(row.get(field) or "") != str(before[row.name].get(field) or "")
			for row in self.lines
			for field in WRITTEN_BY_THE_RUN
		):
			refuse(self)

	def set_explained(self) -> None:
		"""Who explains, and when, is written down with it (E-4.13e)."""
		before = {row.name: row.explanation or "" for row in self.get_doc_before_save().lines}
		self.flags.given = {
			row.name: row.explanation or ""
			for row in self.lines
			if (row.explanation or "") != before[row.name]
		}
		for row in self.lines:
			if row.name in self.flags.given:
				row.explanation = wave_reports.checked(row.explanation or "", row.result)
				row.update({"explained_by": frappe.session.user, "explained_at": clock.now()})

	def update_explained(self) -> None:
		"""The number of orders that still lack an explanation, and the timelines of those that have one now."""
		if self.flags.given:
			self.unexplained = wave_reports.after_explaining(self.name, self.flags.given)
