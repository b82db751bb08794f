"""A hold that was placed while somebody was about to act: who locks the order afterwards sees it."""

import threading

import pytest

import frappe
from order_ops.fulfilment import delivery
from order_ops.ordering import cancel, release
from order_ops.tests import factories
from order_ops.timekeeping import holds
from tests.journeys.test_intake_race import _remove

CHANNEL, ORDER = "TEST-RACE", "Ops Sales Order"


def _act(site, path, act, order, read, placed, answers):
	"""A transaction that began, and read the order, before the hold was there."""
	frappe.init(site, sites_path=path)
	frappe.connect()
	try:
		assert frappe.db.get_value(ORDER, order, "held") == 0
		assert not holds.open_holds([order])
		read.set()
		assert placed.wait(30)
		answers.append(act(order))
		frappe.db.commit()
	finally:
		read.set()
		frappe.destroy()


@pytest.mark.parametrize(
	"make, act",
	[
		(factories.make_order, lambda order: release.release([order])[0]),
		(factories.make_order, lambda order: cancel.cancel_orders([order])[0]),
		(factories.make_released_order, lambda order: vars(delivery.issue([order])[0])),
	],
	ids=["release", "withdraw", "deliver"],
)
def test_a_hold_is_seen_by_who_began_before_it(make, act):  # G1-09, G8-03.2
	if frappe.db.db_type == "sqlite":
		pytest.skip("SQLite has one transaction at a time")
	factories.make_channel(CHANNEL)
	factories.make_customer()
	order = make("HOLD-RACE", channel=CHANNEL).name
	frappe.db.commit()
	read, placed, answers = threading.Event(), threading.Event(), []
	arguments = (frappe.local.site, frappe.local.sites_path, act, order, read, placed, answers)
	thread = threading.Thread(target=_act, args=arguments)
	try:
		thread.start()
		assert read.wait(30)
		spec = {"kind": "Instruction Needed", "reference_name": order, "reason": "wait"}
		(hold,) = holds.place([spec])
		frappe.db.commit()
		placed.set()
		thread.join(60)
		(answer,) = answers
		assert (answer["status"], hold["name"] in answer["message"]) == ("refused", True), answer
	finally:
		frappe.db.rollback()
		frappe.db.delete("Ops Hold", {"sales_order": order})
		frappe.db.delete("Ops Message", {"reference_name": ("in", (order, hold["name"]))})
		customers = frappe.get_all(
			"Ops Customer", {"organisation_code": factories.BUYER["code"]}, pluck="name"
		)
		frappe.db.delete("Ops Customer Address", {"parent": ("in", customers)})
		frappe.db.delete("Ops Customer", {"name": ("in", customers)})
		frappe.db.commit()
		_remove()
