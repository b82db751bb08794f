# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The kinds of holds on every site: made when missing, the administrator's from then on."""

from __future__ import annotations

from order_ops.setup.records import make as make_record

REP, LEAD, MANAGER = "E-commerce Sales Rep", "E-commerce Rep Team Leader", "Order Ops Manager"
PARTS, KEEPER, FINANCE = "Parts Support Specialist", "Warehouse Keeper", "BU Finance"

# kind -> rule, who settles it, who may override it, what it blocks (nothing named: every transition)
KINDS = {
	"Customer Question": ("G5-1.1c", REP, LEAD, ()),
	"Instruction Needed": ("G5-2.3", LEAD, MANAGER, ()),
	"Change Requested": ("G8-05.2", REP, LEAD, ()),
	"Special Situation": ("G1-09", LEAD, MANAGER, ()),
	"Payment Check": ("E-4.17d", FINANCE, MANAGER, ("Ops Sales Order:Deliver", "Ops Delivery Note:Ship")),
	"Invoice Check": ("E-4.14e", FINANCE, MANAGER, ("Ops Invoice:Issue",)),
	"Stock Check": ("E-4.13a", PARTS, LEAD, ("Ops Sales Order:Deliver", "Ops Delivery Note:Issue")),
	"Shipping Stop": ("E-4.15m", KEEPER, LEAD, ("Ops Delivery Note:Ship",)),
}


def make() -> None:
	"""Make the kinds that are missing."""
	for name, (rule, owner, override, blocks) in KINDS.items():
		make_record(
			"Ops Hold Kind",
			name,
			kind_name=name,
			rule=rule,
			owner_role=owner,
			override_role=override,
			blocks="\n".join(blocks) or None,
		)
