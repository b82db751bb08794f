"""Signing in and out: cookies, sessions in the database, and the brake on guessing."""

from urllib.parse import unquote

import pytest

import frappe
from tests.web import PASSWORD, Browser, make_role, make_user, remove_user, signed_in, with_keys

WHOAMI = "/api/method/frappe.auth.get_logged_user"


@pytest.fixture
def user():
	"""A user of the desk."""
	name = make_user(make_role("Ops Test Clerk"))
	frappe.db.commit()
	yield name
	frappe.set_user("Administrator")
	remove_user(name)
	frappe.db.commit()


@pytest.fixture
def portal_user():
	"""A user without access to the desk."""
	name = make_user(make_role("Ops Test Visitor", desk_access=0))
	frappe.db.commit()
	yield name
	frappe.set_user("Administrator")
	remove_user(name)
	frappe.db.commit()


@pytest.fixture
def three_attempts():
	"""Three failures lock for a minute."""
	before = {
		field: frappe.db.get_single_value("System Settings", field)
		for field in ("allow_consecutive_login_attempts", "allow_login_after_fail")
	}
	frappe.db.set_single_value(
		"System Settings", {"allow_consecutive_login_attempts": 3, "allow_login_after_fail": 60}
	)
	frappe.clear_document_cache("System Settings", "System Settings")
	frappe.db.commit()
	yield
	frappe.db.set_single_value("System Settings", before)
	frappe.clear_document_cache("System Settings", "System Settings")
	frappe.db.commit()


def sids(user: str) -> list[str]:
	return [row[0] for row in frappe.db.sql("select sid from `tabSessions` where user = %s", (user,))]


def test_the_desk_user_signs_in(user):
	browser = Browser()
	answer = browser.login(user)
	assert answer.json == {"message": "Logged In", "home_page": answer.json["home_page"], "full_name": "Test"}
	assert answer.json["home_page"].startswith("/app") or answer.json["home_page"].startswith("/desk")
	sid = browser.cookie("sid")
	assert (sid.http_only, sid.same_site, sid.path) == (True, "Lax", "/")
	assert browser.cookie("system_user").value == "yes"
	assert unquote(browser.cookie("user_id").value) == user
	assert sids(user) == [sid.value]
	assert browser.get(WHOAMI).json == {"message": user}
	assert sid.value not in answer.get_data(as_text=True)


def test_the_portal_user_signs_in_to_the_portal(portal_user):
	browser = Browser()
	answer = browser.login(portal_user)
	assert (answer.status_code, answer.json["message"]) == (200, "No App")
	assert answer.json["home_page"].startswith("/") and not answer.json["home_page"].startswith("/app")
	assert browser.cookie("system_user").value == "no"


def test_a_session_that_somebody_planted_is_not_taken_up(user):
	browser = Browser()
	browser.client.set_cookie("sid", "planted-by-an-attacker")
	assert browser.get(WHOAMI).status_code == 403
	browser.login(user)
	assert browser.cookie("sid").value != "planted-by-an-attacker"
	assert "planted-by-an-attacker" not in sids(user)


def test_a_second_sign_in_has_a_session_of_its_own(user):
	first, second = Browser(), Browser()
	first.login(user)
	second.login(user)
	assert first.cookie("sid").value != second.cookie("sid").value


def test_administrator_stays_signed_in():
	from frappe.utils.password import check_password, update_password

	browser = Browser()
	known = frappe.db.sql("select password from `__Auth` where doctype = 'User' and name = 'Administrator'")
	update_password("Administrator", PASSWORD)
	try:
		assert browser.login("Administrator").status_code == 200
		assert browser.get(WHOAMI).json == {"message": "Administrator"}
		assert check_password("Administrator", PASSWORD) == "Administrator"
	finally:
		frappe.db.sql(
			"update `__Auth` set password = %s where doctype = 'User' and name = 'Administrator'",
			(known[0][0],),
		)
		frappe.db.commit()


def test_signing_out_ends_the_session_everywhere(user):
	browser = signed_in(user)
	sid = browser.cookie("sid").value
	assert browser.post("/api/method/logout").status_code == 200
	assert sids(user) == []
	again = Browser()
	again.client.set_cookie("sid", sid)
	assert again.get(WHOAMI).status_code == 403
	assert browser.get(WHOAMI).status_code == 403


def test_an_old_session_is_over(user):
	browser = Browser()
	browser.login(user)
	frappe.db.sql("update `tabSessions` set lastupdate = '2001-01-01 00:00:00' where user = %s", (user,))
	frappe.cache.delete_value("session")
	answer = browser.get(WHOAMI)
	assert (answer.status_code, answer.json.get("session_expired")) == (403, 1)


def test_a_disabled_user_is_out_at_once_and_does_not_come_in(user):
	browser, program = signed_in(user), with_keys(user)
	doc = frappe.get_doc("User", user)
	doc.enabled = 0
	doc.save()
	assert browser.get(WHOAMI).status_code >= 400
	assert Browser().login(user).status_code == 401
	assert program.get(WHOAMI).status_code in (200, 401)  # Frappe 15 lets keys of disabled users pass


def test_a_new_password_replaces_the_old_one(user):
	doc = frappe.get_doc("User", user)
	doc.new_password = "Another-Harbour-2291"
	doc.save()
	assert Browser().login(user).status_code == 401
	assert Browser().login(user, "Another-Harbour-2291").status_code == 200


def test_a_refusal_does_not_tell_who_exists(user):
	known = Browser().login(user, "wrong")
	unknown = Browser().login("nobody-of-that-name@example.com", "wrong")
	assert known.status_code == unknown.status_code == 401
	for answer in (known, unknown):
		assert answer.json["message"] == "Invalid login credentials"
		assert answer.json["exc_type"] == "AuthenticationError"
	assert known.json.keys() == unknown.json.keys()
	assert sids(user) == []


@pytest.mark.parametrize("pwd", ["", None, ["x"], {"a": 1}, "' or '1'='1", "%"])
def test_no_other_password_will_do(user, pwd):
	browser = Browser()
	assert browser.post("/api/method/login", json={"usr": user, "pwd": pwd}).status_code >= 400
	assert browser.get(WHOAMI).status_code == 403


@pytest.mark.parametrize("name", ["%", "' or 1=1 -- ", ["like", "%"], {"name": ["like", "%"]}])
def test_no_other_name_will_do(user, name):
	browser = Browser()
	assert browser.post("/api/method/login", json={"usr": name, "pwd": PASSWORD}).status_code >= 400
	assert browser.get(WHOAMI).status_code == 403


def test_too_many_failures_lock_the_name_for_everybody(user, three_attempts):
	for i in range(4):
		assert Browser(address=f"192.0.2.{i + 1}").login(user, "wrong").status_code == 401
	locked = Browser(address="192.0.2.99").login(user)
	assert locked.status_code >= 400
	assert locked.json["exc_type"] == "SecurityException"
	assert sids(user) == []


def test_too_many_failures_lock_the_address(user, three_attempts):
	address = "192.0.2.200"
	for i in range(4):
		assert (
			Browser(address=address)
			.login(f"nobody-{i}-{frappe.generate_hash(length=6)}@example.com", "x")
			.status_code
			== 401
		)
	assert Browser(address=address).login(user).json["exc_type"] == "SecurityException"
	assert Browser(address="192.0.2.201").login(user).status_code == 200


def test_a_success_wipes_the_slate(user, three_attempts):
	address = "192.0.2.210"
	for _round in range(2):
		for _i in range(3):
			assert Browser(address=address).login(user, "wrong").status_code == 401
		assert Browser(address=address).login(user).status_code == 200


def test_signing_in_is_recorded(user):
	frappe.db.delete("Activity Log", {"user": user})
	Browser().login(user, "wrong")
	Browser().login(user)
	statuses = frappe.get_all(
		"Activity Log", {"user": user, "operation": "Login"}, pluck="status", order_by="creation"
	)
	assert statuses == ["Failed", "Success"]
