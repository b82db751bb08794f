"""The desk's forms in a real browser: conditions, links, rows, and nothing evaluated as code."""

from collections.abc import Iterator

import pytest

import frappe
from tests.web import make_doctype, remove_doctype

pytestmark = [pytest.mark.browser, pytest.mark.embedded_only]
VISIT, LINE, THING = "Ops Test Visit", "Ops Test Visit Line", "Ops Test Thing"
CONDITIONS = [
	("urgent", {"urgent": 1}, True),
	("urgent", {"urgent": "0"}, False),
	('eval:doc.kind=="Repair"', {"kind": "Repair"}, True),
	("eval:doc.kind != 'Repair' && doc.qty > 3", {"kind": "Sale", "qty": "12"}, True),
	("eval:(doc.a || doc.b) && !doc.c", {"a": "", "b": "x", "c": 0}, True),
	('eval:["A", "B"].includes(doc.kind)', {"kind": "C"}, False),
	('eval:in_list(["A", "B"], doc.kind)', {"kind": "B"}, True),
	("eval:doc.lines.length", {"lines": []}, False),
	("eval:doc.price <= 2.5", {"price": "2.50"}, True),
	("eval:doc.missing == null", {}, True),
	# what the parser does not know hides nothing and runs nothing
	("eval:window.hacked = 1", {}, True),
	("eval:doc.constructor.constructor('window.hacked = 1')()", {}, True),
	("eval:fetch('/api')", {}, True),
]


@pytest.fixture(scope="module")
def doctypes(site: str) -> Iterator[None]:
	"""A form with conditions, a link that fetches, and a table."""
	text = {"fieldtype": "Data", "in_list_view": 1}
	rights = {"role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1}
	make_doctype(THING, [{**text, "fieldname": "title", "label": "Title"}], [rights], autoname="field:title")
	fetched = {"fieldtype": "Data", "fetch_from": "thing.title", "in_list_view": 1}
	link = {"fieldname": "thing", "label": "Thing", "fieldtype": "Link", "options": THING, "in_list_view": 1}
	make_doctype(LINE, [link, {**fetched, "fieldname": "thing_title", "label": "Thing Title"}], [], istable=1)
	choice = {"fieldname": "kind", "label": "Kind", "fieldtype": "Select", "options": "Sale\nRepair"}
	condition = 'eval:doc.kind=="Repair"'
	reason = {
		"fieldname": "reason",
		"label": "Reason",
		"depends_on": condition,
		"mandatory_depends_on": condition,
	}
	lines = {"fieldname": "lines", "label": "Lines", "fieldtype": "Table", "options": LINE}
	subject = {"fieldname": "subject", "label": "Subject", "fieldtype": "Data", "reqd": 1}
	make_doctype(VISIT, [subject, choice, {**reason, "fieldtype": "Data"}, lines], [rights])
	frappe.get_doc({"doctype": THING, "title": "Pump"}).insert()
	frappe.db.commit()
	yield
	for name in (VISIT, LINE, THING):
		remove_doctype(name)


@pytest.fixture
def form(doctypes, visit):
	"""The form of a new visit."""
	window = visit(viewport={"width": 1280, "height": 900})
	window.login("Administrator", "admin")
	window.page.goto("/app/ops-test-visit/new", wait_until="networkidle")
	return window


def test_conditions_are_read_by_a_parser_of_our_own(form):
	page = form.page
	for text, doc, expected in CONDITIONS:
		assert page.evaluate("([text, doc]) => window.deskCondition(text, doc)", [text, doc]) is expected, (
			text
		)
	assert page.evaluate("window.hacked === undefined")
	assert not form.troubles


def test_a_document_is_written_by_hand(form):
	page = form.page
	reason = page.locator("[data-fieldname=reason]")
	assert not reason.is_visible()
	page.select_option("select[name=kind]", "Repair")
	assert reason.is_visible() and reason.locator(".must").is_visible()
	page.click(".js-add")
	page.click("td[data-fieldname=thing] select")
	page.keyboard.type("Pum")
	page.click(".select2-results__option:has-text('Pump')")
	page.click(".js-save")
	page.wait_for_selector("[data-fieldname=subject] .problem")
	page.fill("input[name=subject]", "First visit")
	assert page.locator("tbody.row-group").count() == 1
	form.troubles.clear()  # the refused save
	page.click(".js-save")
	page.wait_for_url(lambda url: not url.endswith("/new"))
	assert not form.troubles and not form.strangers
	frappe.db.rollback()
	doc = frappe.get_doc(VISIT, {"subject": "First visit"})
	assert (doc.subject, doc.kind, doc.lines[0].thing, doc.lines[0].thing_title) == (
		"First visit",
		"Repair",
		"Pump",
		"Pump",
	)
