"""REST: documents and functions over HTTP, and what must not be got out of it or into it."""

import json
import time

import pytest

import frappe
from tests.web import (
	Browser,
	make_doctype,
	make_role,
	make_user,
	remove_doctype,
	remove_user,
	signed_in,
	with_keys,
)

NOTE = "Ops Test Note"
URL = f"/api/resource/{NOTE}"
URL_V2 = f"/api/v2/document/{NOTE}"
SECRET = "nobody-else-reads-this"


@pytest.fixture(scope="module")
def people():
	"""A clerk who may write notes but not submit, a manager who may all, a visitor of the portal without rights."""
	frappe.set_user("Administrator")
	clerk_role, portal_role = make_role("Ops Test Clerk"), make_role("Ops Test Visitor", desk_access=0)
	every = {"read": 1, "write": 1, "create": 1, "delete": 1}
	make_doctype(
		NOTE,
		[
			{"fieldname": "title", "fieldtype": "Data", "label": "Title", "reqd": 1},
			{"fieldname": "kind", "fieldtype": "Data", "label": "Kind", "reqd": 1, "default": "Plain"},
			{"fieldname": "amount", "fieldtype": "Currency", "label": "Amount"},
			{"fieldname": "due", "fieldtype": "Date", "label": "Due"},
			{"fieldname": "secret", "fieldtype": "Data", "label": "Secret", "permlevel": 1},
		],
		[
			{"role": "System Manager", **every, "submit": 1, "cancel": 1},
			{"role": "System Manager", "permlevel": 1, "read": 1, "write": 1},
			{"role": clerk_role, **every, "if_owner": 1},
		],
		autoname="field:title",
		is_submittable=1,
	)
	users = frappe._dict(
		clerk=make_user(clerk_role),
		other=make_user(clerk_role),
		manager=make_user("System Manager"),
		visitor=make_user(portal_role),
	)
	users.programs = frappe._dict({name: with_keys(user) for name, user in users.items()})
	frappe.db.commit()
	yield users
	frappe.set_user("Administrator")
	remove_doctype(NOTE)
	for name in ("clerk", "other", "manager", "visitor"):
		remove_user(users[name])
	frappe.db.commit()


@pytest.fixture(autouse=True)
def _clean(people):
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.db.delete(NOTE)
	frappe.db.commit()


def note(people, by: str = "clerk", **values) -> str:
	"""A stored note."""
	frappe.set_user(people[by])
	doc = frappe.get_doc({"doctype": NOTE, "title": f"Note {frappe.generate_hash(length=8)}", **values})
	doc.insert()
	frappe.set_user("Administrator")
	if "secret" in values:
		frappe.db.set_value(NOTE, doc.name, "secret", values["secret"])
	return doc.name


def text(response) -> str:
	return response.get_data(as_text=True)


def said(response) -> str:
	"""The messages for people."""
	return " ".join(json.loads(m)["message"] for m in json.loads(response.json.get("_server_messages", "[]")))


@pytest.mark.parametrize("url", [URL, URL_V2])
def test_a_document_lives_from_post_to_delete(people, url):
	program = people.programs.clerk
	made = program.post(url, json={"title": "Red wire", "amount": "12.5", "due": "2026-11-22"})
	assert made.status_code == 200
	data = made.json["data"]
	assert (data["name"], data["amount"], data["due"], data["docstatus"]) == (
		"Red wire",
		12.5,
		"2026-11-22",
		0,
	)
	assert (data["owner"], data["doctype"]) == (people.clerk, NOTE)
	assert program.get(f"{url}/Red wire").json["data"]["title"] == "Red wire"
	changed = program.put(f"{url}/Red wire", json={"amount": 13})
	assert (changed.status_code, changed.json["data"]["amount"]) == (200, 13)
	removed = program.delete(f"{url}/Red wire")
	assert (removed.status_code, removed.json) == (202, {"data": "ok"})
	assert program.get(f"{url}/Red wire").status_code == 404
	assert not frappe.db.exists(NOTE, "Red wire")


def test_a_form_may_carry_the_document_as_json(people):
	answer = people.programs.clerk.post(URL, data={"data": json.dumps({"title": "By form", "amount": 1})})
	assert (answer.status_code, answer.json["data"]["amount"]) == (200, 1)


def test_lists_take_fields_filters_order_and_pages(people):
	for amount in (1, 2, 3):
		note(people, title=f"N{amount}", amount=amount)
	program = people.programs.clerk
	ask = {"fields": '["name", "amount"]', "order_by": "amount desc"}
	assert program.get(URL, query_string=ask | {"limit_page_length": 2}).json == {
		"data": [{"name": "N3", "amount": 3}, {"name": "N2", "amount": 2}]
	}
	assert program.get(URL, query_string=ask | {"limit_start": 2}).json["data"] == [
		{"name": "N1", "amount": 1}
	]
	for filters in ('[["amount", ">", 2]]', '{"amount": [">", 2]}', f'[["{NOTE}", "amount", ">", 2]]'):
		assert [
			row["name"] for row in program.get(URL, query_string=ask | {"filters": filters}).json["data"]
		] == ["N3"]
	either = ask | {"or_filters": '[["name", "=", "N1"], ["amount", "=", 3]]'}
	assert [row["name"] for row in program.get(URL, query_string=either).json["data"]] == ["N3", "N1"]
	assert program.get(URL_V2, query_string={"limit": 1, "order_by": "name asc"}).json["data"] == [
		{"name": "N1"}
	]
	assert program.get(f"/api/v2/doctype/{NOTE}/count").json == {"data": 3}
	assert program.get(f"/api/v2/doctype/{NOTE}/meta").json["data"]["name"] == NOTE


def test_twenty_rows_unless_more_are_asked_for(people):
	for i in range(21):
		note(people, title=f"Row {i:02}")
	program = people.programs.clerk
	assert len(program.get(URL).json["data"]) == 20
	assert len(program.get(URL, query_string={"limit_page_length": 0}).json["data"]) == 21


def test_errors_have_a_type_a_status_and_words(people):
	program = people.programs.clerk
	empty = program.post(URL, json={"title": "Without", "kind": ""})
	assert (empty.status_code, empty.json["exc_type"]) == (417, "MandatoryError")
	empty = program.post(URL_V2, json={"title": "Without", "kind": ""})
	assert (empty.status_code, empty.json["errors"][0]["type"]) == (417, "MandatoryError")
	missing = program.get(f"{URL}/None such")
	assert (missing.status_code, missing.json["exc_type"]) == (404, "DoesNotExistError")
	assert "None such" in said(missing)
	assert program.get(f"{URL_V2}/None such").json["errors"][0]["type"] == "DoesNotExistError"
	name = note(people)
	taken = program.post(URL, json={"title": name})
	assert (taken.status_code, taken.json["exc_type"]) == (409, "DuplicateEntryError")
	stale = program.put(f"{URL}/{name}", json={"amount": 5, "modified": "2001-01-01 00:00:00"})
	assert (stale.status_code, stale.json["exc_type"]) == (417, "TimestampMismatchError")
	assert program.get("/api/resource/No Such DocType").status_code == 404
	assert program.get("/api/nothing").status_code == 404
	assert program.open("PATCH", f"{URL}/{name}", json={}).status_code in (404, 405)
	assert frappe.db.get_value(NOTE, name, "amount") == 0


def test_functions_are_called_by_their_path():
	guest = Browser()
	assert guest.get("/api/method/ping").json == {"message": "pong"}
	assert guest.get("/api/v2/method/ping").json == {"data": "pong"}
	unknown = guest.get("/api/method/frappe.client.no_such_function")
	assert (unknown.status_code, unknown.json["exc_type"]) == (417, "ValidationError")


@pytest.mark.parametrize(
	"function",
	["frappe.db.sql", "frappe.client.get_list", "frappe.utils.get_site_path", "os.system", "frappe.get_doc"],
)
def test_guests_and_users_call_only_what_was_opened_for_them(people, function):
	assert Browser().get(f"/api/method/{function}").status_code in (403, 417)
	if function != "frappe.client.get_list":
		answer = people.programs.manager.post(
			f"/api/method/{function}", json={"query": "select 1", "doctype": "User"}
		)
		assert answer.status_code in (403, 417)
	assert Browser().get(URL).status_code == 403


def test_arguments_have_the_annotated_type(people):
	answer = people.programs.manager.post(
		"/api/method/frappe.utils.print_format.download_pdf", json={"doctype": {"a": 1}, "name": "x"}
	)
	assert answer.json["exc_type"] == "FrappeTypeError"


def test_get_never_writes(people):
	name = note(people, by="manager")
	program = people.programs.manager
	removal = program.get("/api/method/frappe.client.delete", query_string={"doctype": NOTE, "name": name})
	assert removal.status_code == 403
	answer = program.get(f"{URL_V2}/{name}/method/add_comment", query_string={"text": "by get"})
	assert answer.status_code in (200, 403)
	assert not frappe.db.exists("Comment", {"reference_name": name, "content": "by get"})
	assert frappe.db.exists(NOTE, name)


def test_methods_of_documents_must_be_opened(people):
	name = note(people, by="manager")
	program = people.programs.manager
	for method in ("db_set", "delete", "get_title", "_save", "__init__", "flags"):
		answer = program.post(f"{URL_V2}/{name}/method/{method}", json={"fieldname": "amount", "value": 1})
		assert answer.status_code >= 400, method
		assert program.post(f"{URL}/{name}", data={"run_method": method}).status_code >= 400, method
	assert program.post(f"{URL_V2}/{name}/method/add_comment", json={"text": "by post"}).status_code == 200
	assert frappe.db.exists("Comment", {"reference_name": name, "content": "by post"})
	assert frappe.db.exists(NOTE, name)


def test_without_rights_nothing_is_read_and_nothing_changes(people):
	name = note(people, amount=7)
	before = frappe.db.get_value(NOTE, name, ["amount", "modified"])
	for program in (people.programs.other, people.programs.visitor):
		for url in (URL, URL_V2):
			assert program.get(f"{url}/{name}").status_code == 403
			assert program.put(f"{url}/{name}", json={"amount": 8}).status_code == 403
			assert program.delete(f"{url}/{name}").status_code == 403
	assert people.programs.other.get(URL).json["data"] == []
	assert people.programs.visitor.get(URL).status_code == 403
	assert people.programs.visitor.post(URL, json={"title": "Mine"}).status_code == 403
	assert frappe.db.get_value(NOTE, name, ["amount", "modified"]) == before


def test_fields_of_a_higher_level_are_neither_read_nor_written(people):
	name = note(people, secret=SECRET)
	program = people.programs.clerk
	for url in (URL, URL_V2):
		assert SECRET not in text(program.get(f"{url}/{name}"))
		assert SECRET not in text(program.get(url, query_string={"fields": '["*"]'}))
		assert SECRET not in text(program.get(url, query_string={"fields": '["name", "secret"]'}))
		program.put(f"{url}/{name}", json={"secret": "overwritten"})
		assert frappe.db.get_value(NOTE, name, "secret") == SECRET
		assert SECRET in text(people.programs.manager.get(f"{url}/{name}"))
	guessed = program.get(URL, query_string={"filters": json.dumps([["secret", "like", SECRET[:5] + "%"]])})
	assert guessed.status_code >= 400 or guessed.json["data"] in ([], [{"name": name}])
	program.post(URL, json={"title": "With secret", "secret": "smuggled"})
	assert frappe.db.get_value(NOTE, "With secret", "secret") != "smuggled"


def test_who_when_and_state_are_not_for_the_caller_to_say(people):
	program = people.programs.clerk
	forged = {"owner": people.other, "modified_by": people.other, "creation": "2001-01-01 00:00:00", "idx": 3}
	made = program.post(URL, json={"title": "Forged", **forged, "flags": {"ignore_permissions": 1}})
	row = frappe.db.get_value(NOTE, "Forged", ["owner", "modified_by", "creation"], as_dict=True)
	if made.status_code == 200:
		assert (row.owner, row.modified_by, row.creation.year > 2001) == (people.clerk, people.clerk, True)
	name = note(people)
	for values in (
		{"owner": people.other},
		{"creation": "2001-01-01 00:00:00"},
		{"modified_by": people.other},
	):
		program.put(f"{URL}/{name}", json=values)
	row = frappe.db.get_value(NOTE, name, ["owner", "modified_by", "creation"], as_dict=True)
	assert (row.owner, row.modified_by, row.creation.year > 2001) == (people.clerk, people.clerk, True)
	for values in ({"docstatus": 1}, {"docstatus": 2}, {"docstatus": 1, "flags": {"ignore_permissions": 1}}):
		assert program.put(f"{URL}/{name}", json=values).status_code >= 400
	assert program.post(URL, json={"title": "Submitted at once", "docstatus": 1}).status_code == 403
	assert frappe.db.get_value(NOTE, name, "docstatus") == 0
	assert not frappe.db.exists(NOTE, "Submitted at once")
	program.put(f"{URL}/{name}", json={"doctype": "User", "name": people.other, "first_name": "Changed"})
	assert frappe.db.get_value("User", people.other, "first_name") == "Test"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "<b>bold</b>"])
def test_names_carry_no_markup(people, name):
	assert people.programs.clerk.post(URL, json={"title": name}).status_code >= 400
	assert not frappe.db.count(NOTE)


INJECTIONS = [
	"name; drop table `tabOps Test Note`",
	"name); delete from `tabOps Test Note` -- ",
	"(select password from `__Auth` limit 1)",
	"(select api_key from `tabUser` where api_key is not null limit 1)",
	"name, (select sleep(3))",
	"case when (select count(*) from `tabUser`) > 0 then name else modified end",
	"name union select password from `__Auth`",
	"extractvalue(1, concat(0x7e, (select database())))",
	"if(1=1, sleep(3), 1)",
	"benchmark(5, md5(1))",
	"randomblob(1000000000)",
	"load_extension('x')",
	"name/**/asc,/**/(select/**/1)",
	"`tabUser`.`api_key`",
	"`name` from `tabUser` -- ",
	"1 or 1=1",
	"name` desc, (select 1) -- ",
	"sleep(3)",
	"concat(name, (select user()))",
	"secret'\"`",
]


@pytest.mark.parametrize("payload", INJECTIONS)
def test_no_sql_comes_in_through_a_list(people, payload):
	note(people, by="clerk", title="Mine", secret=SECRET)
	note(people, by="other", title="Theirs", amount=99)
	key = frappe.db.get_value("User", people.manager, "api_key")
	program = people.programs.clerk
	attempts = [
		{"order_by": payload},
		{"order_by": f"amount asc, {payload}"},
		{"group_by": payload},
		{"fields": json.dumps([payload])},
		{"fields": json.dumps([f"{payload} as name"])},
		{"fields": json.dumps([f"count({payload}) as n"])},
		{"filters": json.dumps([[payload, "=", "x"]])},
		{"filters": json.dumps([["name", payload, "x"]])},
		{"filters": json.dumps([["name", "=", payload]])},
		{"filters": json.dumps([["name", "in", [payload]]])},
		{"filters": json.dumps({payload: "x"})},
		{"filters": json.dumps([[payload, "name", "=", "x"]])},
		{"or_filters": json.dumps([[payload, "=", "x"]])},
		{"limit_start": payload},
		{"limit_page_length": payload},
		{"parent": payload},
	]
	started = time.monotonic()
	for attempt in attempts:
		answer = program.get(URL, query_string=attempt)
		body = text(answer)
		assert key not in body, attempt
		assert SECRET not in body, attempt
		assert "$" not in body or ("pbkdf2" not in body and "scrypt" not in body), attempt
		rows = answer.json.get("data") or []
		assert "Theirs" not in json.dumps(rows), attempt
		if rows and attempt.keys() & {"fields", "group_by"}:
			assert "(" not in payload or len(rows) <= 1, attempt
	assert time.monotonic() - started < 20
	assert frappe.db.count(NOTE) == 2


def test_order_does_not_tell_what_may_not_be_read(people):
	note(people, title="A", secret="2")
	note(people, title="B", secret="1")
	for ask in ({"order_by": "secret asc"}, {"group_by": "secret"}, {"fields": '["max(secret) as m"]'}):
		answer = people.programs.clerk.get(URL, query_string=ask)
		assert answer.status_code in (200, 403, 417)
		assert '"m":"2"' not in text(answer)


def test_keys_prove_who_asks(people):
	whoami = "/api/method/frappe.auth.get_logged_user"
	assert people.programs.clerk.get(whoami).json == {"message": people.clerk}
	key = frappe.db.get_value("User", people.clerk, "api_key")
	for header in (
		f"token {key}:wrong",
		"token nobody:nothing",
		f"token {key}",
		"Bearer x",
		f"token {key}:",
		"Basic !!",
	):
		answer = Browser(Authorization=header).get(whoami)
		assert (answer.status_code, answer.json["exc_type"]) == (401, "AuthenticationError"), header
		assert "sid" not in (answer.headers.get("Set-Cookie") or "").replace("sid=;", "").replace(
			"sid=Guest", ""
		)


def test_json_of_another_kind_is_refused(people):
	for body in ('"text"', "5", "[1]", "{broken"):
		answer = people.programs.clerk.post(URL, data=body, content_type="application/json")
		assert answer.status_code >= 400, body
	assert not frappe.db.count(NOTE)


def test_a_session_writes_only_with_its_token(people):
	browser = signed_in(people.clerk)
	token = browser.headers.pop("X-Frappe-CSRF-Token")
	for headers in ({}, {"X-Frappe-CSRF-Token": "wrong"}, {"X-Frappe-CSRF-Token": token[:-1]}):
		answer = browser.post(URL, json={"title": "Forged request"}, headers=headers)
		assert (answer.status_code, answer.json["exc_type"]) == (400, "CSRFTokenError")
	assert browser.get(URL).status_code == 200
	assert not frappe.db.count(NOTE)
	assert (
		browser.post(URL, json={"title": "Meant"}, headers={"X-Frappe-CSRF-Token": token}).status_code == 200
	)
