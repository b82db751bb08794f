# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The calendars and policy profiles of the regulations (D-03, D-10), a file per profile."""

from __future__ import annotations

from order_ops.setup.policies.bu_parts import BU_PARTS
from order_ops.setup.policies.general import GENERAL
from order_ops.setup.policies.salon import SALON
from order_ops.setup.policies.seller import SELLER
from order_ops.setup.policies.tobacco import TOBACCO
from order_ops.setup.records import make as make_record

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# weekdays and working periods of the day (D-03, E-3.2c)
CALENDARS = {
	"BU-PARTS": (WEEK[:6], [("08:30:00", "17:30:00")]),
	"SALON": (WEEK[:6], [("08:30:00", "18:00:00")]),
	"GENERAL": (WEEK[:5], [("09:00:00", "18:00:00")]),
	"SELLER": (WEEK[:5], [("09:00:00", "18:00:00")]),
	"TOBACCO": (WEEK[:5], [("08:00:00", "12:00:00"), ("13:00:00", "17:00:00")]),
}
PROFILES = (BU_PARTS, GENERAL, SALON, SELLER, TOBACCO)


def make() -> None:
	"""Make the calendars and profiles that are missing."""
	for name, (weekdays, hours) in CALENDARS.items():
		periods = [
			{"weekday": day, "from_time": opens, "to_time": closes}
			for day in weekdays
			for opens, closes in hours
		]
		make_record("Ops Calendar", name, calendar_name=name, periods=periods)
	for profile in PROFILES:
		make_record("Ops Policy Profile", f"{profile['code']}-{profile['version']}", **profile)
