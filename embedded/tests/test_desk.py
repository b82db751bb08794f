"""The desk, as a browser sees it: permissions, saving, buttons, escaping, import and export."""

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

import frappe
from tests.web import PASSWORD, make_doctype, make_role, make_user, remove_doctype, remove_user

pytestmark = pytest.mark.embedded_only
TICKET, ROW, PAPER = "Ops Test Ticket", "Ops Test Ticket Row", "Ops Test Paper"
CLERK, READER, CHIEF, NOBODY = "Ops Test Clerk", "Ops Test Reader", "Ops Test Chief", "Ops Test Nobody"
EVIL = "<script>alert(1)</script>"
SESSIONS: dict[str, tuple[str, str]] = {}
RIGHTS = "read write create delete report export import print share email".split()


class Browser(TestClient):
	"""A signed-in browser before the whole application."""

	def __init__(self, user: str) -> None:
		from frappe.asgi import app

		super().__init__(app, base_url=f"http://{frappe.local.site}", follow_redirects=False)
		if user == "Guest":
			return
		if user not in SESSIONS:
			assert self.post("/api/method/login", data={"usr": user, "pwd": PASSWORD}).status_code == 200
			found = re.search(r'data-csrf="(\w+)"', self.get("/app/_all").text)
			SESSIONS[user] = (self.cookies["sid"], found[1] if found else "")
		sid, self.token = SESSIONS[user]
		self.cookies.clear()
		self.cookies.set("sid", sid)

	def request(self, *args, **kwargs) -> object:
		"""One request: it sees what the test wrote before, and the test sees what it wrote."""
		frappe.db.commit()
		answer = super().request(*args, **kwargs)
		frappe.db.rollback()
		return answer

	def send_form(self, path: str, **values) -> object:
		"""Post a form with the session's token."""
		return self.post(path, data={"csrf_token": self.token, **values})


def allow(role: str, *rights: str) -> dict:
	"""A permission rule with these rights and no others."""
	return {"role": role, **{right: int(right in rights) for right in RIGHTS}}


def field(fieldname: str, fieldtype: str = "Data", **more) -> dict:
	"""A DocField."""
	return {
		"fieldname": fieldname,
		"label": fieldname.replace("_", " ").title(),
		"fieldtype": fieldtype,
		**more,
	}


@pytest.fixture(scope="module")
def world(site: str) -> Iterator[dict[str, str]]:
	"""Two DocTypes with roles, users and a workflow."""
	for role in (CLERK, READER, CHIEF, NOBODY):
		make_role(role)
	make_doctype(
		ROW, [field("part", reqd=1, in_list_view=1), field("qty", "Float", in_list_view=1)], [], istable=1
	)
	fields = [
		field("subject", reqd=1, in_list_view=1),
		field("status", "Select", options="Open\nClosed", default="Open", in_standard_filter=1),
		field("amount", "Currency", read_only=1),
		field("secret_note", permlevel=1),
		field("rows", "Table", options=ROW),
	]
	make_doctype(
		TICKET,
		fields,
		[allow(CLERK, *RIGHTS), allow(READER, "read", "report")],
		title_field="subject",
		search_fields="subject",
		allow_import=1,
		track_changes=1,
		states=[{"title": "Open", "color": "Orange"}, {"title": "Closed", "color": "Green"}],
		actions=[
			{"label": "Close", "action_type": "Server Action", "action": "embedded.tests.desk_actions.close"},
			{"label": "Leak", "action_type": "Server Action", "action": "embedded.tests.desk_actions.secret"},
			{"label": "Weigh", "action_type": "Server Action", "action": "embedded.tests.desk_actions.weigh"},
		],
	)
	make_doctype(
		PAPER,
		[field("subject"), field("workflow_state", "Link", options="Workflow State")],
		[allow(CLERK, *RIGHTS), allow(CHIEF, *RIGHTS)],
	)
	make_workflow()
	users = {
		"clerk": make_user(CLERK),
		"reader": make_user(READER),
		"chief": make_user(CHIEF),
		"other": make_user(NOBODY),
		"customer": make_user(),
	}
	frappe.db.commit()
	yield users
	for user in users.values():
		remove_user(user)
	frappe.delete_doc("Workflow", "Ops Test Papers", force=True)
	for name in (TICKET, ROW, PAPER):
		remove_doctype(name)
	frappe.db.commit()


def make_workflow() -> None:
	"""Draft goes to Done by the chief."""
	for doctype, names in (
		("Workflow State", ("Ops Test Draft", "Ops Test Done")),
		("Workflow Action Master", ("Finish",)),
	):
		for name in names:
			if not frappe.db.exists(doctype, name):
				key = "workflow_state_name" if doctype == "Workflow State" else "workflow_action_name"
				frappe.get_doc({"doctype": doctype, key: name}).insert()
	frappe.get_doc(
		{
			"doctype": "Workflow",
			"workflow_name": "Ops Test Papers",
			"document_type": PAPER,
			"is_active": 1,
			"workflow_state_field": "workflow_state",
			"states": [
				{"state": "Ops Test Draft", "doc_status": "0", "allow_edit": CLERK},
				{"state": "Ops Test Done", "doc_status": "0", "allow_edit": CHIEF},
			],
			"transitions": [
				{
					"state": "Ops Test Draft",
					"action": "Finish",
					"next_state": "Ops Test Done",
					"allowed": CHIEF,
					"allow_self_approval": 1,
				}
			],
		}
	).insert()


@pytest.fixture
def ticket(world: dict[str, str]) -> Iterator[object]:
	"""A ticket with two rows."""
	rows = [{"part": "P-1", "qty": 1}, {"part": "P-2", "qty": 2}]
	doc = frappe.get_doc(
		{"doctype": TICKET, "subject": "Pump", "amount": 12.5, "secret_note": "hush", "rows": rows}
	).insert()
	frappe.db.commit()
	yield doc
	frappe.delete_doc(TICKET, doc.name, force=True, ignore_missing=True)
	frappe.db.commit()


def path_of(doc: object) -> str:
	"""The address of a document."""
	return f"/app/{doc.doctype.lower().replace(' ', '-')}/{doc.name}"


def values_of(doc: object, **changes) -> dict:
	"""What its form would send."""
	return {"modified": str(frappe.db.get_value(doc.doctype, doc.name, "modified")), "_do": "save", **changes}


def test_guests_are_sent_to_the_login_page_and_back(world):
	answer = Browser("Guest").get("/app/ops-test-ticket?status=Open")
	assert answer.status_code == 302
	assert answer.headers["location"] == "/login?redirect-to=/app/ops-test-ticket%3Fstatus%3DOpen"


def test_portal_users_do_not_get_in(world):
	assert Browser(world["customer"]).get("/app/ops-test-ticket").headers["location"] == "/"


def test_the_list_respects_permissions(world, ticket):
	assert "Pump" in Browser(world["reader"]).get("/app/ops-test-ticket").text
	refused = Browser(world["other"]).get("/app/ops-test-ticket")
	assert refused.status_code == 403
	assert "Pump" not in refused.text


def test_the_list_shows_no_field_above_the_reader(world, ticket):
	browser = Browser(world["reader"])
	page = browser.get("/app/ops-test-ticket?cols=subject,secret_note").text
	assert "Pump" in page and "hush" not in page and "Secret Note" not in page
	assert browser.get("/app/ops-test-ticket?sort=secret_note__asc").status_code == 200
	assert browser.get("/app/ops-test-ticket?filter=secret_note__contains%3Dh").status_code == 400
	assert "hush" not in browser.get(path_of(ticket)).text


def test_the_list_filters_searches_sorts_and_pages(world, ticket):
	browser = Browser(world["clerk"])
	for number in range(25):
		frappe.get_doc({"doctype": TICKET, "subject": f"Valve {number:02}", "status": "Closed"}).insert()
	frappe.db.commit()

	def shown(query):
		return re.findall(
			r'class="row-link" href="[^"]+">([^<]+)', browser.get("/app/ops-test-ticket?" + query).text
		)

	assert shown("status=Open") == ["Pump"]
	assert shown("q=pum") == ["Pump"]
	assert shown("filter=subject__startswith%3DPu") == ["Pump"]
	assert shown(
		"filter=subject__eq%3DPump+OR+subject__contains%3D%22Valve+0%22&sort=subject__asc&q=Pump"
	) == ["Pump"]
	assert len(shown("sort=subject__desc")) == 20
	assert shown("sort=subject__desc")[0] == "Valve 24"
	assert len(shown("page=2")) == 6
	for name in frappe.get_all(TICKET, {"subject": ["like", "Valve%"]}, pluck="name"):
		frappe.delete_doc(TICKET, name, force=True)
	frappe.db.commit()


def test_an_address_that_cannot_be_read_is_refused_and_harms_nothing(world, ticket):
	browser = Browser(world["clerk"])
	queries = (
		'name=["; drop table", 1]',
		'name=["like", {"a": 1}]',
		"status=[1",
		"amount=1,x",
		"filter=((",
		"page_size=7",
	)
	for query in (*queries, "creation=yesterday"):
		assert browser.get("/app/ops-test-ticket?" + query).status_code in (200, 400, 417), query
	assert browser.get("/app/ops-test-ticket?page=-3&sort=x__desc&cols=none").status_code == 200
	for path in (
		"/app/nothing",
		"/app/ops-test-ticket/nothing",
		"/app/ops-test-ticket-row",
		"/app/static/../admin.py",
	):
		assert browser.get(path).status_code == 404, path


def test_a_form_is_saved_with_its_rows(world, ticket):
	first, second = ticket.rows
	answer = Browser(world["clerk"]).send_form(
		path_of(ticket),
		**values_of(
			ticket,
			**{
				"subject": "Pump, mended", "rows.__table": "1", "rows.1.name": second.name, "rows.1.part": "P-2",
				"rows.1.qty": "7", "rows.new1.name": "", "rows.new1.part": "P-9", "rows.new1.qty": "1,000",
			},
		),
	)  # fmt: skip
	assert answer.status_code == 303, answer.text
	doc = frappe.get_doc(TICKET, ticket.name)
	assert doc.subject == "Pump, mended"
	assert [(row.part, row.qty) for row in doc.rows] == [("P-2", 7), ("P-9", 1000)]
	assert doc.rows[0].name == second.name and not frappe.db.exists(ROW, first.name)


def test_a_stale_form_is_refused_and_keeps_what_was_typed(world, ticket):
	stale = values_of(ticket, subject="Mine")
	frappe.db.set_value(TICKET, ticket.name, "subject", "Theirs")
	frappe.db.commit()
	answer = Browser(world["clerk"]).send_form(path_of(ticket), **stale)
	assert answer.status_code == 422
	assert "changed by somebody else" in answer.text and 'value="Mine"' in answer.text
	assert frappe.db.get_value(TICKET, ticket.name, "subject") == "Theirs"


def test_fields_one_may_not_write_cannot_be_posted(world, ticket):
	answer = Browser(world["clerk"]).send_form(
		path_of(ticket),
		**values_of(ticket, amount="1", secret_note="seen", owner="Guest", docstatus="1", name="x"),
	)
	assert answer.status_code == 303
	doc = frappe.get_doc(TICKET, ticket.name)
	assert (doc.amount, doc.secret_note, doc.owner, doc.docstatus) == (12.5, "hush", "Administrator", 0)


def test_who_only_reads_gets_no_form_and_cannot_save(world, ticket):
	browser = Browser(world["reader"])
	page = browser.get(path_of(ticket)).text
	assert "js-save" not in page and ' name="subject"' not in page and "Pump" in page
	assert browser.send_form(path_of(ticket), **values_of(ticket, subject="No")).status_code == 403
	assert frappe.db.get_value(TICKET, ticket.name, "subject") == "Pump"
	assert browser.get("/app/ops-test-ticket/new").status_code == 403


def test_errors_stand_at_their_field_and_row(world, ticket):
	answer = Browser(world["clerk"]).send_form(
		path_of(ticket),
		**values_of(
			ticket,
			**{
				"subject": "",
				"rows.__table": "1",
				"rows.0.name": "",
				"rows.0.part": "P",
				"rows.0.qty": "many",
			},
		),
	)
	assert answer.status_code == 422
	assert "many is not a number" in answer.text and "Please fill this in" in answer.text
	assert 'value="many"' in answer.text


def test_without_the_token_nothing_is_written(world, ticket):
	browser = Browser(world["clerk"])
	answer = browser.post(path_of(ticket), data=values_of(ticket, subject="Forged"))
	assert answer.status_code == 400
	assert frappe.db.get_value(TICKET, ticket.name, "subject") == "Pump"
	assert browser.post("/app/_api/ops-test-ticket/action?name=delete&pks=" + ticket.name).status_code == 400
	assert frappe.db.exists(TICKET, ticket.name)


def test_values_are_escaped_everywhere(world, ticket):
	browser = Browser(world["clerk"])
	frappe.db.set_value(TICKET, ticket.name, "subject", EVIL)
	frappe.db.set_value(ROW, ticket.rows[0].name, "part", EVIL)
	frappe.db.commit()
	browser.send_form(path_of(ticket), _do="comment", _value=EVIL)
	pages = (
		path_of(ticket),
		"/app/ops-test-ticket",
		"/app/ops-test-ticket?status=" + EVIL,
		"/app/ops-test-ticket?q=" + EVIL,
	)
	for page in (*pages, f"/app/ops-test-ticket/{EVIL}", "/app/" + EVIL):
		assert EVIL not in browser.get(page).text, page
	assert "&lt;script&gt;" in browser.get(path_of(ticket)).text


def test_an_action_is_called_only_with_permission(world, ticket):
	assert Browser(world["other"]).send_form(path_of(ticket), _do="action", _value="Close").status_code == 403
	assert (
		Browser(world["reader"]).send_form(path_of(ticket), _do="action", _value="Close").status_code == 403
	)
	assert frappe.db.get_value(TICKET, ticket.name, "status") == "Open"
	clerk = Browser(world["clerk"])
	assert clerk.send_form(path_of(ticket), _do="action", _value="Leak").status_code == 403
	assert clerk.send_form(path_of(ticket), _do="action", _value="frappe.client.delete").status_code == 403
	assert clerk.send_form(path_of(ticket), _do="action", _value="Weigh").status_code == 303
	assert clerk.send_form(path_of(ticket), _do="action", _value="Close").status_code == 303
	assert frappe.db.get_value(TICKET, ticket.name, "status") == "Closed"
	assert "Closed it" in clerk.get(path_of(ticket)).text


def test_workflow_buttons_are_those_allowed_now(world):
	paper = frappe.get_doc({"doctype": PAPER, "subject": "Plan"}).insert()
	frappe.db.commit()
	clerk, chief = Browser(world["clerk"]), Browser(world["chief"])
	assert 'data-value="Finish"' not in clerk.get(path_of(paper)).text
	assert clerk.send_form(path_of(paper), _do="workflow", _value="Finish").status_code == 417
	assert 'data-value="Finish"' in chief.get(path_of(paper)).text
	assert chief.send_form(path_of(paper), _do="workflow", _value="Finish").status_code == 303
	assert frappe.db.get_value(PAPER, paper.name, "workflow_state") == "Ops Test Done"
	page = chief.get(path_of(paper)).text
	assert 'data-value="Finish"' not in page
	assert clerk.send_form(path_of(paper), **values_of(paper, subject="Late")).status_code == 403
	frappe.delete_doc(PAPER, paper.name, force=True)


def test_comments_and_changes_are_told(world, ticket):
	browser = Browser(world["clerk"])
	browser.send_form(path_of(ticket), **values_of(ticket, subject="Pump 2"))
	browser.send_form(path_of(ticket), _do="comment", _value="Please hurry")
	page = browser.get(path_of(ticket)).text
	assert "Please hurry" in page
	assert re.search(r"changed <b>Subject</b> from <b>Pump</b> to <b>Pump 2</b>", page)


def import_file(browser: Browser, text: str) -> str:
	"""Upload a file; the preview."""
	files = {"file": ("tickets.csv", text.encode(), "text/csv")}
	return browser.post(
		"/app/ops-test-ticket/import", data={"csrf_token": browser.token, "_do": "preview"}, files=files
	).text


def test_import_gives_a_verdict_for_every_row_and_takes_the_good_ones(world):
	browser = Browser(world["clerk"])
	text = "Subject,Status,Part (Rows),Qty (Rows),Amount\nOne,Open,P-1,2,99\n,,P-2,3,\n,,,4,\nTwo,Nonsense,,,\nThree,Closed,,,\n"
	page = import_file(browser, text)
	assert frappe.db.count(TICKET, {"subject": ["in", ["One", "Two", "Three"]]}) == 0
	assert page.count('pill-red">') == 2 and page.count('pill-green">') == 1
	assert "Value missing for" in page and "Amount" in page
	token = re.search(r'name="token" value="(\w+)"', page)[1]
	done = browser.send_form("/app/ops-test-ticket/import", _do="import", token=token)
	assert done.status_code == 200 and "Imported" in done.text
	assert frappe.get_all(TICKET, {"subject": ["in", ["One", "Two", "Three"]]}, pluck="subject") == ["Three"]
	page = import_file(browser, "Subject,Status,Part (Rows),Qty (Rows),Amount\nOne,Open,P-1,2,99\n,,P-2,3,\n")
	token = re.search(r'name="token" value="(\w+)"', page)[1]
	browser.send_form("/app/ops-test-ticket/import", _do="import", token=token)
	one = frappe.get_doc(TICKET, {"subject": "One"})
	assert [(row.part, row.qty) for row in one.rows] == [("P-1", 2), ("P-2", 3)]
	assert not one.amount  # a column one may not write is left out
	other = Browser(world["reader"])
	assert other.get("/app/ops-test-ticket/import").status_code == 403
	for name in frappe.get_all(TICKET, pluck="name"):
		frappe.delete_doc(TICKET, name, force=True)
	frappe.db.commit()


def export(browser: Browser, fmt: str) -> bytes:
	"""The whole list as a file."""
	address = "/app/_api/ops-test-ticket/action?name=export&all=1&_list_query="
	form = {
		"csrf_token": browser.token,
		"scope": "all",
		"format": fmt,
		"fields": ["name", "subject", "amount"],
	}
	return browser.post(address, data=form).content


def test_export_neutralises_formulas_and_keeps_numbers(world, ticket):
	from openpyxl import load_workbook

	frappe.db.set_value(TICKET, ticket.name, "subject", "=1+1")
	frappe.db.commit()
	browser = Browser(world["clerk"])
	rows = list(csv.DictReader(io.StringIO(export(browser, "csv").decode("utf-8-sig"))))
	assert rows[0]["Subject"] == "'=1+1" and float(rows[0]["Amount"]) == 12.5
	cells = list(load_workbook(io.BytesIO(export(browser, "xlsx"))).active.values)
	assert cells[1][cells[0].index("Subject")] == "'=1+1" and cells[1][cells[0].index("Amount")] == 12.5
	reader = Browser(world["reader"])
	assert (
		reader.post(
			"/app/_api/ops-test-ticket/action?name=export&all=1", data={"csrf_token": reader.token}
		).status_code
		== 400
	)


def test_bulk_delete_is_all_or_nothing(world, ticket):
	browser = Browser(world["clerk"])
	headers = {"X-Frappe-CSRF-Token": browser.token}
	address = f"/app/_api/ops-test-ticket/action?name=delete&pks={ticket.name}&pks=nobody"
	assert browser.post(address, headers=headers).status_code == 400
	assert frappe.db.exists(TICKET, ticket.name)
	assert browser.post(address.removesuffix("&pks=nobody"), headers=headers).status_code == 200
	frappe.db.rollback()
	assert not frappe.db.exists(TICKET, ticket.name)


def test_links_offer_only_what_one_may_read(world, ticket):
	def look(user):
		return Browser(world[user]).get("/app/_api/link/ops-test-ticket", params={"q": "Pum"})

	assert [row["id"] for row in look("clerk").json()["results"]] == [ticket.name]
	assert look("other").status_code == 403


def test_pages_load_nothing_from_elsewhere(world, ticket):
	browser = Browser(world["clerk"])
	for page in ("/app/ops-test-ticket", path_of(ticket), "/app/ops-test-ticket/import", "/app/_all"):
		text = browser.get(page).text
		assert not re.search(
			r"""(?:src|href|@import)\s*[=(]?\s*["']?(?:https?:)?//(?!ops|test\.localhost)""", text
		), page


def test_the_language_is_switched_for_browser_and_user(world):
	browser = Browser(world["clerk"])
	assert browser.send_form("/app/_lang", lang="zh", back="//evil.example").headers["location"] == "/app/"
	assert "新建" in browser.get("/app/ops-test-ticket").text
	assert frappe.db.get_value("User", world["clerk"], "language") == "zh"
	browser.send_form("/app/_lang", lang="en", back="/app/")


def test_workspaces_show_figures_of_what_one_may_see(world, ticket):
	content = [
		{"type": "header", "data": {"text": "<b>Now</b>", "col": 12}},
		{"type": "number_card", "data": {"number_card_name": "Ops Test Open", "col": 3}},
		{"type": "shortcut", "data": {"shortcut_name": "Tickets", "col": 3}},
		{"type": "chart", "data": {"chart_name": "Ops Test Chart", "col": 12}},
		{"type": "chart", "data": {"chart_name": "Ops Test Average", "col": 12}},
	]
	filters = json.dumps([[TICKET, "status", "=", "Open", False]])
	frappe.get_doc(
		{"doctype": "Number Card", "name": "Ops Test Open", "label": "Ops Test Open", "type": "Document Type",
		"document_type": TICKET, "function": "Count", "filters_json": filters}
	).insert()  # fmt: skip
	frappe.get_doc(
		{"doctype": "Dashboard Chart", "chart_name": "Ops Test Chart", "chart_type": "Group By", "type": "Bar",
		"document_type": TICKET, "group_by_type": "Count", "group_by_based_on": "status", "filters_json": "[]"}
	).insert()  # fmt: skip
	frappe.get_doc(
		{"doctype": "Dashboard Chart", "chart_name": "Ops Test Average", "chart_type": "Average", "type": "Bar",
		"document_type": TICKET, "based_on": "creation", "value_based_on": "amount", "filters_json": "[]",
		"timespan": "Last Month", "time_interval": "Daily"}
	).insert()  # fmt: skip
	space = frappe.get_doc(
		{"doctype": "Workspace", "label": "Ops Test Space", "title": "Ops Test Space", "public": 1,
		"content": json.dumps(content), "shortcuts": [{"label": "Tickets", "type": "DocType", "link_to": TICKET}]}
	).insert()  # fmt: skip
	frappe.db.commit()
	page = Browser(world["reader"]).get("/app/ops-test-space").text
	assert "Now" in page and re.search(r'Ops Test Open</span><span class="figure-value">1<', page)
	assert "&#34;values&#34;: [1.0]" in page
	assert "&#34;values&#34;: [12.5]" in page  # days without tickets have no average
	hidden = Browser(world["other"]).get("/app/ops-test-space").text
	assert "Ops Test Open" not in hidden and "Tickets" not in hidden
	for doctype, name in (
		("Workspace", space.name),
		("Number Card", "Ops Test Open"),
		("Dashboard Chart", "Ops Test Chart"),
		("Dashboard Chart", "Ops Test Average"),
	):
		frappe.delete_doc(doctype, name, force=True)
	frappe.db.commit()


def test_the_bell_shows_what_is_new_for_this_user(world, ticket):
	log, reader = "Notification Log", world["reader"]
	for user, subject in ((reader, f"Pump is late {EVIL}"), (world["other"], "Not for you")):
		values = {"doctype": log, "for_user": user, "subject": subject, "document_type": TICKET}
		frappe.get_doc({**values, "document_name": ticket.name}).insert(ignore_permissions=True)
	browser = Browser(reader)
	page = browser.get(path_of(ticket)).text
	assert "Pump is late" in page and "Not for you" not in page and EVIL not in page
	assert '<span class="bell-count">1</span>' in page and f'href="{path_of(ticket)}" data-read=' in page
	frappe.db.set_value(log, {"for_user": reader}, "read", 1)
	assert "bell-count" not in browser.get(path_of(ticket)).text
	frappe.db.delete(log, {"for_user": ("in", (reader, world["other"]))})
	frappe.db.commit()


def test_texts_of_the_program_are_read_in_ones_own_language(world, ticket):
	from frappe.desk import fields

	frappe.local.lang = "zh"
	df = frappe._dict(fieldtype="Autocomplete", fieldname="title", parent=TICKET)
	assert fields.plain(df, "Yes") == "是"
	assert fields.plain(frappe._dict(df, fieldtype="Data"), "Yes") == "Yes"
	frappe.local.lang = "en"


def test_a_form_shows_what_the_document_prepares_for_it(world, ticket, monkeypatch):
	from frappe.model.document import Document

	monkeypatch.setattr(Document, "onload", lambda doc: doc.set("subject", "Prepared"), raising=False)
	assert "Prepared" in Browser(world["reader"]).get(path_of(ticket)).text
	assert frappe.db.get_value(TICKET, ticket.name, "subject") == "Pump"
