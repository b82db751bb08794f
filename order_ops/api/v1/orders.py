"""Orders over REST: many at once, a verdict for each, safe to send again.

Annotations are evaluated where they stand, before the function called list takes that name; it stands last.
"""

from collections.abc import Callable, Sequence
from typing import Any

import frappe
from frappe import _, client
from frappe.permissions import get_user_permissions
from order_ops.api.v1 import calls
from order_ops.fulfilment import delivery
from order_ops.ordering import cancel as cancellation
from order_ops.ordering import channels, intake, messages, permissions, priority, rules
from order_ops.ordering import release as creation
from order_ops.ordering import review as reviewing
from order_ops.ordering.exceptions import OrderInvalid, PriorityRefused
from order_ops.policy.rules import URGENT
from order_ops.timekeeping import queue as places

ORDER = "Ops Sales Order"
MOST_ORDERS = 500
LONGEST_PAGE = 500
LIST_FIELDS = (
	"name",
	"external_id",
	"channel",
	"status",
	"identification",
	"received_at",
	"business_unit",
	"customer",
	"customer_name",
	"wave",
	"wave_date",
	"promised_ship_date",
	"performance_date",
	"reviewed_at",
	"released_at",
	"shipped_at",
	"signed_at",
	"grand_total",
	"payment_status",
	"dms_order_no",
	"urgency",
	"urgent_asked",
	"held",
)
QUEUE_FIELDS = (
	"name",
	"status",
	"urgency",
	"urgent_asked",
	"held",
	"promised_ship_date",
	"received_at",
	"business_unit",
	"customer_name",
	"wave",
	"wave_date",
)


@frappe.whitelist(methods=["POST"])
def create(channel: str, orders: list | dict | str) -> list[dict[str, Any]]:
	"""Take orders of one channel: created, repeat or refused, one verdict each in the order sent (E-4.10a)."""
	frappe.has_permission(ORDER, "create", throw=True)
	requests = calls.parsed(orders, "orders")
	requests = [requests] if isinstance(requests, dict) else requests
	if not requests or isinstance(requests, str) or not isinstance(requests, Sequence):
		frappe.throw(_("orders must be an order or a list of orders"), OrderInvalid)
	if len(requests) > MOST_ORDERS:
		frappe.throw(_("At most {0} orders in one call").format(MOST_ORDERS), OrderInvalid)
	_check_unit(channel)
	return intake.place(requests, channel)


@frappe.whitelist(methods=["GET"])
def get(order: str) -> dict[str, Any]:
	"""One order with its lines, as far as the user may see it."""
	return client.get(ORDER, order)


@frappe.whitelist(methods=["POST"])
def review(orders: str | list) -> list[dict[str, Any]]:
	"""Pass the review of orders that somebody else entered, a verdict each (C-13, D-13)."""
	frappe.has_permission(ORDER, "write", throw=True)
	reviewing.check_reviewer()
	return _for_permitted(calls.names(orders, "orders"), reviewing.review)


@frappe.whitelist(methods=["POST"])
def release(orders: str | list) -> list[dict[str, Any]]:
	"""Create the sales orders of identified customers, a verdict each (E-4.12a)."""
	frappe.has_permission(ORDER, "submit", throw=True)
	return _for_permitted(calls.names(orders, "orders"), creation.release)


@frappe.whitelist(methods=["POST"])
def cancel(orders: str | list, reason: str = "") -> list[dict[str, Any]]:
	"""Give up orders of which nothing has left, a verdict each (G8-05.2)."""
	frappe.has_permission(ORDER, "cancel", throw=True)
	names = calls.names(orders, "orders")
	return _for_permitted(names, lambda permitted: cancellation.cancel_orders(permitted, reason[:140]))


@frappe.whitelist(methods=["POST"])
def prioritise(orders: str | list, urgency: str, reason: str) -> list[dict[str, Any]]:
	"""Change the priority of orders, with the reason, a verdict each; Urgent waits to be confirmed (G6-03, G1-10c)."""
	frappe.has_permission(ORDER, "write", throw=True)
	names = calls.names(orders, "orders")
	return _for_permitted(names, lambda permitted: priority.change(permitted, urgency, reason[:140]))


@frappe.whitelist(methods=["POST"])
def confirm_urgency(orders: str | list) -> list[dict[str, Any]]:
	"""A supervisor confirms that orders are urgent, never who asked for it, a verdict each (G1-10c, D-13)."""
	frappe.has_permission(ORDER, "write", throw=True)
	return _for_permitted(calls.names(orders, "orders"), priority.confirm)


@frappe.whitelist(methods=["POST"])
def ask_urgency(order: str, reason: str) -> dict[str, Any]:
	"""A customer asks for the own order to be urgent; a supervisor confirms it (G1-10c)."""
	doc = frappe.get_doc(ORDER, order)
	doc.check_permission("read" if permissions.sees_own_only(ORDER, frappe.session.user) else "write")
	verdict = priority.change([doc.name], URGENT, reason[:140])[0]
	if verdict["status"] == "refused":
		frappe.throw(verdict["message"], PriorityRefused)
	return verdict


@frappe.whitelist(methods=["GET"])
def queue(business_unit: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
	"""The open orders the user may see in the order in which they are served, each with its place (C-20, G6-03)."""
	filters = {"status": ("in", rules.QUEUED), **({"business_unit": business_unit} if business_unit else {})}
	fields = [*QUEUE_FIELDS, "policy_profile"]
	found = frappe.get_list(ORDER, filters=filters, fields=fields, limit_page_length=0)
	found.sort(key=lambda order: (*places.place(order), order.name))
	return [
		{"place": number, **{field: order[field] for field in QUEUE_FIELDS}}
		for number, order in enumerate(found[: min(max(1, limit), LONGEST_PAGE)], 1)
	]


@frappe.whitelist(methods=["POST"])
def confirm_receipt(order: str) -> dict[str, Any]:
	"""The customer, or a representative on the customer's word, confirms that the goods arrived (E-4.16a)."""
	doc = frappe.get_doc(ORDER, order)
	doc.check_permission("read" if permissions.sees_own_only(ORDER, frappe.session.user) else "write")
	signed_by = frappe.db.get_value("User", frappe.session.user, "full_name") or frappe.session.user
	verdicts = delivery.confirm_receipt(doc.name, signed_by)
	if not verdicts:
		frappe.throw(_("Nothing of order {0} is on its way [E-4.16a]").format(doc.name), OrderInvalid)
	return {"order": doc.name, "status": frappe.db.get_value(ORDER, doc.name, "status")}


@frappe.whitelist(methods=["POST"])
def say(order: str, text: str) -> dict[str, Any]:
	"""The customer, or a representative on the customer's word, writes about the order: written or repeat (G7-7.2)."""
	doc = frappe.get_doc(ORDER, order)
	doc.check_permission("read" if permissions.sees_own_only(ORDER, frappe.session.user) else "write")
	return messages.say(doc.name, text)


@frappe.whitelist(methods=["POST"])
def answer(order: str, text: str) -> dict[str, Any]:
	"""Answer the buyer of an order: written or repeat; the first answer stops the buyer's clock (G7-7.2)."""
	return messages.answer_buyer(order, text)


@frappe.whitelist(methods=["GET"])
def thread(order: str) -> list[dict[str, Any]]:
	"""What the buyer and the house wrote about an order, the oldest first (G7-7.2)."""
	doc = frappe.get_doc(ORDER, order)
	doc.check_permission("read")
	return messages.thread(doc.name)


def _for_permitted(
	names: Sequence[str], work: Callable[[Sequence[str]], Sequence[dict[str, Any]]]
) -> list[dict]:
	"""A verdict for every name; what the user may not see is refused like what does not exist."""
	filters = {"name": ("in", names)}
	permitted = set(frappe.get_list(ORDER, filters=filters, pluck="name", limit_page_length=0))
	verdicts = {verdict["order"]: verdict for verdict in work([name for name in names if name in permitted])}
	missing = _("There is no order {0} for you")
	return [
		verdicts.get(name)
		or {"order": name, "status": "refused", "code": "not_found", "message": missing.format(name)}
		for name in names
	]


def _check_unit(channel: str) -> None:
	"""Who is restricted to business units takes orders for those only."""
	units = [row.get("doc") for row in get_user_permissions(frappe.session.user).get("Ops Business Unit", ())]
	if units and channels.get(channel).business_unit not in units:
		raise frappe.PermissionError(_("Channel {0} belongs to another business unit").format(channel))


@frappe.whitelist(methods=["GET"])
def list(
	status: str | None = None,
	channel: str | None = None,
	external_id: str | None = None,
	received_from: str | None = None,
	received_to: str | None = None,
	start: int = 0,
	limit: int = 50,
) -> list[dict[str, Any]]:
	"""The orders the user may see, the newest first, page by page."""
	filters = [
		[field, operator, value]
		for field, operator, value in (
			("status", "=", status),
			("channel", "=", channel),
			("external_id", "=", external_id),
			("received_at", ">=", received_from),
			("received_at", "<", received_to),
		)
		if value
	]
	return frappe.get_list(
		ORDER,
		filters=filters,
		fields=[*LIST_FIELDS],
		order_by="received_at desc, name desc",
		limit_start=max(0, start),
		limit_page_length=min(max(1, limit), LONGEST_PAGE),
	)
