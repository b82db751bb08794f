"""Script Reports: who may run them, what they get, what they answer; and scripts that an app adds to the desk."""

import json

import pytest

import frappe
from frappe.desk.query_report import get_script, run
from tests.web import make_user, remove_user, signed_in

REPORT, OF = "Rule Evidence", "Ops Rule"


@pytest.fixture(scope="module")
def people():
	"""An auditor, who may run the report, and a keeper, who may not."""
	frappe.set_user("Administrator")
	users = {"auditor": make_user("Order Ops Auditor"), "keeper": make_user("Warehouse Keeper")}
	frappe.db.commit()
	yield users
	frappe.set_user("Administrator")
	for user in users.values():
		remove_user(user)
	frappe.db.commit()


@pytest.fixture(autouse=True)
def back_to_administrator():
	yield
	frappe.set_user("Administrator")


def test_a_report_answers_columns_and_rows_by_field_name():
	answer = run(REPORT, {"from_date": "2026-11-20", "to_date": "2026-11-20"})
	names = [column["fieldname"] for column in answer["columns"]]
	assert names[0] == "rule" and answer["columns"][0]["options"] == OF
	assert all(row["rule"] for row in answer["result"])
	assert "2026-11-20" in answer["message"]


def test_filters_may_come_as_json():
	answer = run(REPORT, json.dumps({"from_date": "2026-11-21", "to_date": "2026-11-21"}))
	assert "2026-11-21" in answer["message"]


def test_a_chart_comes_with_the_rows():
	chart = run("Stage Times", {})["chart"]
	assert len(chart["data"]["labels"]) == len(chart["data"]["datasets"][0]["values"]) == 4


def test_the_filters_of_the_file_are_those_of_the_page():
	found = {row.fieldname: row for row in get_script(REPORT)["filters"]}
	assert found["business_unit"].options == "Ops Business Unit"
	assert found["from_date"].fieldtype == "Date"


def test_a_report_is_for_those_whose_roles_stand_on_it(people):
	frappe.set_user(people["auditor"])
	assert run(REPORT, {})["result"]
	frappe.set_user(people["keeper"])
	with pytest.raises(frappe.PermissionError):
		run(REPORT, {})
	with pytest.raises(frappe.PermissionError):
		get_script(REPORT)


def test_a_filter_is_no_way_to_a_document_one_may_not_read(people):
	for name, title in (("SEEN", "Seen"), ("UNSEEN", "Unseen")):
		if not frappe.db.exists("Ops Business Unit", name):
			frappe.get_doc(doctype="Ops Business Unit", code=name, title=title).insert()
	frappe.get_doc(
		doctype="User Permission", user=people["auditor"], allow="Ops Business Unit", for_value="SEEN"
	).insert()
	frappe.clear_cache(user=people["auditor"])
	try:
		frappe.set_user(people["auditor"])
		run(REPORT, {"business_unit": "SEEN"})
		with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
			run(REPORT, {"business_unit": "UNSEEN"})
	finally:
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.clear_cache(user=people["auditor"])


def test_a_report_over_rest(people):
	path = "/api/method/frappe.desk.query_report.run"
	query = {"report_name": REPORT, "filters": json.dumps({"happened": 1})}
	answer = signed_in(people["auditor"]).get(path, query_string=query)
	assert answer.status_code == 200
	assert "columns" in answer.json["message"]
	assert signed_in(people["keeper"]).get(path, query_string=query).status_code == 403


def test_a_desk_page_brings_the_scripts_that_apps_add(people):  # hook app_include_js
	browser = signed_in(people["keeper"])
	script = "/assets/order_ops/js/rule_links.js"
	page = browser.get("/app/ops-rule", follow_redirects=True)
	assert page.status_code == 200
	assert f'src="{script}' in page.get_data(as_text=True)
	found = browser.get(script)
	if found.status_code != 404:  # a bench's assets are served in front of the application
		assert "rule-link" in found.get_data(as_text=True)


@pytest.mark.embedded_only
def test_the_page_of_a_report_and_its_file(people):
	browser = signed_in(people["auditor"])
	page = browser.get("/app/query-report/Rule Evidence?happened=0&business_unit=")
	text = page.get_data(as_text=True)
	assert page.status_code == 200
	assert 'href="/app/ops-rule/E-4.12c"' in text
	assert 'name="from_date"' in text
	file = browser.get("/app/query-report/Rule Evidence?_export=csv")
	lines = file.get_data().decode("utf-8-sig").splitlines()
	assert file.headers["Content-Disposition"].startswith("attachment")
	assert lines[0].startswith("Rule ID,") and len(lines) > 591
	assert signed_in(people["keeper"]).get("/app/query-report/Rule Evidence").status_code == 403
	assert browser.get("/app/query-report/Nothing").status_code == 404


@pytest.mark.embedded_only
def test_a_workspace_leads_to_reports(people):
	page = signed_in(people["auditor"]).get("/app/order-oversight").get_data(as_text=True)
	assert 'href="/app/query-report/Step%20Coverage"' in page
	page = signed_in(people["keeper"]).get("/app/_all").get_data(as_text=True)
	assert "query-report" not in page
