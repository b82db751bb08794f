# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The ways orders come in on every site."""

from __future__ import annotations

from order_ops.setup.records import make as make_record

CHANNELS = [
	{"code": "MALL", "title": "Company mall", "kind": "Mall", "prices_given": 1},
	{"code": "DESK", "title": "Desk", "kind": "Desk"},
	{"code": "FILE", "title": "Order file", "kind": "File"},
]


def make() -> None:
	"""Make the channels that are missing."""
	for channel in CHANNELS:
		make_record("Ops Channel", channel["code"], **channel)
