"""Notices to a user: who sees them, and how they are read."""

from collections.abc import Iterator

import pytest

import frappe
from tests.web import make_role, make_user, remove_user, signed_in

LOG = "Notification Log"
METHOD = "/api/method/frappe.desk.doctype.notification_log.notification_log."


@pytest.fixture
def reader() -> Iterator[str]:
	"""A user of the desk."""
	name = make_user(make_role("Ops Test Clerk"))
	frappe.db.commit()
	yield name
	frappe.set_user("Administrator")
	frappe.db.delete(LOG, {"for_user": name})
	remove_user(name)
	frappe.db.commit()


def notify(user: str, **values: str) -> str:
	"""Leave a notice."""
	values = {"subject": "A &lt;b&gt; is late", "type": "Alert", "for_user": user, **values}
	return frappe.get_doc({"doctype": LOG, **values}).insert(ignore_permissions=True).name


def test_a_notice_keeps_what_it_says(reader: str) -> None:
	name = notify(reader, email_content="<p>one</p>", document_type="User", document_name=reader)
	doc = frappe.get_doc(LOG, name)
	assert (doc.subject, doc.email_content, doc.read) == ("A &lt;b&gt; is late", "<p>one</p>", 0)
	assert (doc.document_type, doc.document_name, doc.for_user) == ("User", reader, reader)


def test_everybody_lists_their_own(reader: str) -> None:
	mine, _other = notify(reader), notify("Administrator")
	frappe.set_user(reader)
	assert frappe.get_list(LOG, pluck="name") == [mine]


def test_reading_one_and_all(reader: str) -> None:
	first, second, third = (notify(reader) for _n in range(3))
	other = notify("Administrator")
	browser = signed_in(reader)
	unread = {"for_user": reader, "read": 0}
	assert browser.post(METHOD + "mark_as_read", data={"docname": first}).status_code == 200
	assert set(frappe.get_all(LOG, unread, pluck="name")) == {second, third}
	assert browser.post(METHOD + "mark_all_as_read").status_code == 200
	assert not frappe.get_all(LOG, unread)
	assert not frappe.db.get_value(LOG, other, "read")
	frappe.delete_doc(LOG, other, force=True)
	frappe.db.commit()
