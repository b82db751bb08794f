# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

from __future__ import annotations

from frappe.model.document import Document


class OpsCalendar(Document):
	"""Working periods, holidays and make-up working days (D-03)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF
		from order_ops.timekeeping.doctype.ops_calendar_exception.ops_calendar_exception import (
			OpsCalendarException,
		)
		from order_ops.timekeeping.doctype.ops_calendar_period.ops_calendar_period import OpsCalendarPeriod

		calendar_name: DF.Data
		exceptions: DF.Table[OpsCalendarException]
		periods: DF.Table[OpsCalendarPeriod]
	# end: auto-generated types
