"""Web pages: sign-in, errors, languages, and what a link or a name must not be able to do."""

from urllib.parse import quote, urlsplit

import pytest

import frappe
from tests.web import Browser, make_role, make_user, remove_user, signed_in

ELSEWHERE = [
	"https://evil.example",
	"//evil.example",
	"///evil.example",
	"/\\evil.example",
	"\\\\evil.example",
	"/\t/evil.example",
	"/%0d%0aLocation: https://evil.example",
	" //evil.example",
	"/@evil.example/..//evil.example",
]
MARKUP = "Eve <img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def visitor():
	"""A portal user whose name is an attack."""
	frappe.set_user("Administrator")
	user = make_user(make_role("Ops Test Visitor", desk_access=0))
	frappe.db.set_value("User", user, {"full_name": MARKUP, "first_name": MARKUP})
	frappe.db.commit()
	yield user
	frappe.set_user("Administrator")
	remove_user(user)
	frappe.db.commit()


def text(response) -> str:
	return response.get_data(as_text=True)


def leads_elsewhere(location: str | None) -> bool:
	"""Would a browser leave the site? It drops tabs and line ends and reads \\ as /."""
	seen = "".join(c for c in location or "" if c not in "\t\r\n").strip().replace("\\", "/")
	parts = urlsplit(seen)
	return seen.startswith("//") or (
		bool(parts.scheme) and parts.hostname not in ("localhost", frappe.local.site)
	)


def test_the_sign_in_page_is_for_everybody():
	page = Browser().get("/login")
	assert (page.status_code, page.mimetype) == (200, "text/html")
	assert "password" in text(page)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_sign_in_link_never_leads_to_another_site(visitor, target):
	page = text(Browser().get("/login", query_string={"redirect-to": target}))
	assert f'href="{target}' not in page and f"href='{target}" not in page
	assert "alert(1)</script>" not in page
	answer = signed_in(visitor).get("/login", query_string={"redirect-to": target})
	assert not leads_elsewhere(answer.headers.get("Location"))


@pytest.mark.embedded_only  # Frappe 15.55 takes these for addresses of its own
@pytest.mark.parametrize(
	"target", ["http:evil.example", "javascript:alert(1)", "data:text/html,x", "https:/evil.example"]
)
def test_a_sign_in_link_is_a_path(visitor, target):
	answer = signed_in(visitor).get("/login", query_string={"redirect-to": target})
	assert not leads_elsewhere(answer.headers.get("Location"))


def test_the_sign_in_link_is_no_script(visitor):
	for payload in ('"><script>alert(1)</script>', "'-alert(1)-'", "</script><script>alert(1)</script>"):
		page = text(Browser().get("/login", query_string={"redirect-to": "/" + payload}))
		assert payload not in page


def test_guests_are_sent_to_the_sign_in(visitor):
	refused = Browser().get("/me")
	assert refused.status_code == 403
	assert "/login" in text(refused)
	desk = Browser().get("/app")
	assert desk.status_code in (301, 302, 303, 307)
	assert urlsplit(desk.headers["Location"]).path == "/login"
	assert signed_in(visitor).get("/app").status_code in (301, 302, 403)


@pytest.mark.embedded_only  # Frappe 15.55 shows a name as it was stored; it is cleaned when it is saved
def test_my_page_shows_my_name_and_not_what_it_contains(visitor):
	page = signed_in(visitor).get("/me")
	assert page.status_code == 200
	assert "<img src=x" not in text(page)


def test_missing_pages_say_so():
	for path in (
		"/no-such-page",
		"/no/such/page",
		"/..",
		"/www/login.py",
		"/login.py",
		"/templates/web.html",
		"/%00",
	):
		page = Browser().get(path)
		assert page.status_code in (400, 404), path
		assert "import frappe" not in text(page)


@pytest.mark.parametrize(
	"payload",
	[
		"{{ 99991 * 99989 }}",
		"{% set x = 99991 * 99989 %}{{ x }}",
		"${99991*99989}",
		"{{ frappe.db.sql('select 99991*99989') }}",
	],
)
def test_text_of_users_is_never_a_template(visitor, payload):
	for path in (f"/{quote(payload)}", f"/login?redirect-to=/{quote(payload)}", f"/me?name={quote(payload)}"):
		assert "9998000099" not in text(Browser().get(path))
	frappe.db.set_value("User", visitor, {"full_name": payload, "first_name": payload})
	page = text(signed_in(visitor).get("/me"))
	frappe.db.set_value("User", visitor, {"full_name": MARKUP, "first_name": MARKUP})
	assert "9998000099" not in page


def test_a_page_is_not_a_script_in_its_address():
	for path in (
		"/<script>alert(1)</script>",
		"/%3Cscript%3Ealert(1)%3C/script%3E",
		'/"><script>alert(1)</script>',
	):
		assert "<script>alert(1)" not in text(Browser().get(path))


def test_the_language_is_the_requests_or_the_users(visitor):
	assert 'lang="zh"' in text(Browser().get("/login?_lang=zh"))
	frappe.db.set_value("User", visitor, "language", "zh")
	page = text(signed_in(visitor, **{"Accept-Language": "en"}).get("/me"))
	frappe.db.set_value("User", visitor, "language", None)
	assert 'lang="zh"' in page
	assert "<script>alert" not in text(
		Browser().get("/login", query_string={"_lang": '"><script>alert(1)</script>'})
	)


@pytest.mark.embedded_only  # Frappe 15.55 serves guests in the site's language
def test_guests_read_the_language_of_their_browser():
	assert 'lang="zh"' in text(Browser(**{"Accept-Language": "zh-CN,zh;q=0.9"}).get("/login"))
	assert 'lang="en"' in text(Browser(**{"Accept-Language": "en-GB,en;q=0.5"}).get("/login"))
	chosen = Browser(**{"Accept-Language": "en"})
	chosen.client.set_cookie("preferred_language", "zh")
	assert 'lang="zh"' in text(chosen.get("/login"))


def test_an_error_shows_no_source():
	page = Browser().get("/printview?doctype=User&name[]=x")
	assert 'File "' not in text(page)


def test_pages_of_a_user_are_not_kept_by_anybody(visitor):
	page = signed_in(visitor).get("/me")
	assert "public" not in page.headers.get("Cache-Control", "")


@pytest.mark.embedded_only  # behind a bench nginx adds these
def test_pages_are_framed_and_sniffed_by_nobody():
	headers = Browser().get("/login").headers
	assert headers["X-Content-Type-Options"] == "nosniff"
	assert headers["X-Frame-Options"] == "SAMEORIGIN"
	assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
	assert Browser().get("/assets/frappe/css/web.css").status_code == 200
