# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a report looks at: profile, business unit, from, to; and no unit that its reader may not see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.permissions import get_user_permissions
from frappe.utils import getdate
from order_ops.policy import service as policies
from order_ops.timekeeping import clock

ORDER, UNIT = "Ops Sales Order", "Ops Business Unit"
DAYS = 30
NOBODY = "?"  # no unit: the one asked for is not the reader's


@dataclass(frozen=True)
class Scope:
	"""The versions of one profile, some business units, an interval [begin, end); None: no bound."""

	profiles: tuple[str, ...] | None = None
	units: tuple[str, ...] | None = None
	begin: datetime | None = None
	end: datetime | None = None

	def of_orders(self, query: Any, order: Any, at: Any, unit: Any = None) -> Any:
		"""Narrow a query of rows that name their order, an instant, and perhaps a business unit."""
		table = frappe.qb.DocType(ORDER)
		if self.profiles is not None or (self.units is not None and unit is None):
			query = query.join(table).on(table.name == order)
		if self.profiles is not None:
			query = query.where(table.policy_profile.isin(list(self.profiles)))
		if self.units is not None:
			query = query.where((table.business_unit if unit is None else unit).isin(list(self.units)))
		return self.between(query, at)

	def orders(self, query: Any, table: Any) -> Any:
		"""Narrow a query of orders, by the instant of their receipt."""
		if self.profiles is not None:
			query = query.where(table.policy_profile.isin(list(self.profiles)))
		if self.units is not None:
			query = query.where(table.business_unit.isin(list(self.units)))
		return self.between(query, table.received_at)

	def between(self, query: Any, at: Any) -> Any:
		"""Narrow a query to the interval."""
		if self.begin:
			query = query.where(at >= self.begin)
		return query.where(at < self.end) if self.end else query

	@property
	def words(self) -> str:
		"""The interval as a report says it."""
		return _("From {0} to {1}").format(self.begin.date(), (self.end - timedelta(days=1)).date())


def of(filters: dict[str, Any] | None) -> Scope:
	"""The scope of a report's filters; without dates the last 30 days."""
	filters = filters or {}
	to: date = getdate(filters.get("to_date") or clock.today())
	start: date = getdate(filters.get("from_date") or to - timedelta(days=DAYS - 1))
	return Scope(
		_versions(filters.get("profile")),
		_units(filters.get("business_unit")),
		datetime.combine(start, time()),
		datetime.combine(to + timedelta(days=1), time()),
	)


def _versions(profile: str | None) -> tuple[str, ...] | None:
	"""All versions of the profile that the filter names one version of."""
	if not profile:
		return None
	code = policies.get(profile).code
	return tuple(policy.name for policy in policies.profiles.all().values() if policy.code == code)


def _units(unit: str | None) -> tuple[str, ...] | None:
	"""The business units the reader asks for and may see; None when he is bound to none and asks for none."""
	bound = {row.get("doc") for row in get_user_permissions(frappe.session.user).get(UNIT, ())}
	if unit:
		return (unit,) if not bound or unit in bound else (NOBODY,)
	return tuple(sorted(bound)) or None
