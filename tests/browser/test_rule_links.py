"""A rule's ID in what people read leads to its page in the rule book; a report is found, filtered and read."""

import pytest

import frappe

pytestmark = [pytest.mark.browser, pytest.mark.embedded_only]
ADD = """([name, text]) => {
	const box = document.createElement("div");
	box.className = name;
	box.textContent = text;
	document.querySelector(".content").append(box);
}"""


@pytest.fixture
def window(visit):
	"""A window of the Administrator."""
	found = visit(viewport={"width": 1280, "height": 900})
	found.login("Administrator", "admin")
	return found


def test_a_refusal_leads_to_its_rule(window):  # G1-20
	page = window.page
	page.goto("/app/ops-calendar/BU-PARTS", wait_until="networkidle")
	add = "document.querySelector('.content')"
	assert page.evaluate(f"!!{add}")
	page.evaluate(ADD, ["note", "Customer X is not identified [E-4.12c, D-05] <b>"])
	link = page.locator("a.rule-link", has_text="E-4.12c")
	assert link.get_attribute("href") == "/app/ops-rule/E-4.12c"
	assert page.locator(".note", has_text="is not identified").inner_text() == (
		"Customer X is not identified [E-4.12c, D-05] <b>"
	)
	assert page.locator("a.rule-link", has_text="D-05").count() == 1
	link.click()
	page.wait_for_url("**/app/ops-rule/E-4.12c")
	assert "E-4.12c" in page.inner_text("h1")
	assert not window.troubles and not window.strangers


def test_what_is_no_rule_and_what_people_type_stays_as_it_is(window):
	page = window.page
	page.goto("/app/ops-calendar/BU-PARTS", wait_until="networkidle")
	for name, text in (("note", "Pump [X-12] and [E-] and [ISO-9001]"), ("elsewhere", "See [E-4.12c]")):
		page.evaluate(ADD, [name, text])
	page.fill("textarea[name=_value]", "As [E-4.12c] says")
	page.wait_for_timeout(50)
	assert page.locator("a.rule-link").count() == 0
	assert page.input_value("textarea[name=_value]") == "As [E-4.12c] says"


def test_a_comment_that_names_a_rule_leads_to_it(window):
	page = window.page
	page.goto("/app/ops-rule/E-3.4a", wait_until="networkidle")
	page.fill("textarea[name=_value]", "Compare [E-3.4b]")
	page.click(".comment-form button")
	page.wait_for_selector(".timeline a.rule-link")
	assert page.get_attribute(".timeline a.rule-link", "href") == "/app/ops-rule/E-3.4b"
	frappe.db.delete("Comment", {"reference_doctype": "Ops Rule"})
	frappe.db.commit()


def test_a_report_from_its_workspace(window):  # E-1
	page = window.page
	page.goto("/app/order-oversight", wait_until="networkidle")
	page.click(".block-shortcut a:has-text('Step Coverage')")
	page.wait_for_selector("table.report")
	assert page.locator("table.report tbody tr").count() >= 33
	page.click("table.report a.ref:has-text('E-4.11a')")
	page.wait_for_url("**/app/ops-rule/E-4.11a")
	page.goto("/app/query-report/Stage%20Times", wait_until="networkidle")
	assert page.locator("table.report tbody tr").count() == 5
	page.wait_for_selector(".chart svg")
	assert not window.troubles and not window.strangers
