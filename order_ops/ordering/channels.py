"""The channels and business units of this site as plain values."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document
from order_ops.ordering.exceptions import ChannelClosed
from order_ops.snapshots import Snapshots


@dataclass(frozen=True)
class Channel:
	"""One way by which orders come in."""

	code: str
	kind: str
	enabled: bool
	business_unit: str
	policy_code: str
	runs_clocks: bool
	prices_given: bool


@dataclass(frozen=True)
class Unit:
	"""A business unit, as far as orders need it."""

	code: str
	policy_code: str


def get(code: str) -> Channel:
	"""An open channel by its code; ChannelClosed names what is wrong with any other."""
	channel = channels.get(code)
	if channel is None:
		frappe.throw(_("There is no channel {0}").format(str(code)[:40]), ChannelClosed)
	if not channel.enabled:
		frappe.throw(_("Channel {0} takes no orders: enable it first").format(code), ChannelClosed)
	return channel


def runs_clocks(code: str) -> bool:
	"""Whether steps of this channel's orders are clocked; those of past orders are not."""
	channel = channels.get(code)
	return bool(channel and channel.runs_clocks)


def policy_code_of(unit: str) -> str:
	"""The profile a business unit's orders follow when nobody above says otherwise (D-10)."""
	found = units.get(unit)
	return found.policy_code if found else ""


def _channel(doc: Document) -> Channel:
	return Channel(
		code=doc.name,
		kind=doc.kind,
		enabled=bool(doc.enabled),
		business_unit=doc.business_unit or "",
		policy_code=doc.policy_code or "",
		runs_clocks=bool(doc.runs_clocks),
		prices_given=bool(doc.prices_given),
	)


def _unit(doc: Document) -> Unit:
	return Unit(doc.name, doc.policy_code or "")


channels = Snapshots("Ops Channel", _channel)
units = Snapshots("Ops Business Unit", _unit)
