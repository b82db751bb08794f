"""The embedded host's web side where a contract test cannot see it: routes, replies, limits, pages, paper."""

import threading
from io import BytesIO

import pytest
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request

import frappe
import frappe.app
from tests.web import Browser, make_role, make_user, remove_user, signed_in

pytestmark = pytest.mark.embedded_only


@pytest.fixture
def hooks(monkeypatch):
	"""Hooks of an app that is not there; requests see them, too."""
	given = {}
	real = frappe.hooks_registry.get_hooks

	def get_hooks(hook=None, default=[], app_name=None):  # noqa: B006
		return given[hook] if hook in given else real(hook, default, app_name)

	monkeypatch.setattr(frappe, "get_hooks", get_hooks)
	return given


@pytest.fixture
def request_of(monkeypatch):
	"""Put a request into this test's own context."""

	def make(path="/", method="GET", address="192.0.2.77", **form):
		frappe.local.request = Request(EnvironBuilder(path, method=method).get_environ())
		frappe.local.request_ip = address
		frappe.local.form_dict = frappe._dict(form)
		frappe.local.response = frappe._dict()

	yield make
	frappe.local.request = frappe.local.request_ip = None
	frappe.local.form_dict, frappe.local.response = frappe._dict(), frappe._dict(docs=[])
	frappe.local.message_log = []


def test_a_route_rule_fills_the_form(hooks, request_of):
	from frappe.website.router import resolve_route

	hooks["website_route_rules"] = [
		{"from_route": "/parcels/<name>", "to_route": "parcel", "defaults": {"kind": "x"}}
	]
	request_of("/parcels/P-1")
	assert resolve_route("parcels/P-1") == "parcel"
	assert (frappe.form_dict.name, frappe.form_dict.kind) == ("P-1", "x")
	assert resolve_route("elsewhere") == "elsewhere"


def test_the_menu_is_for_the_users_roles(hooks):
	from frappe.website.utils import get_portal_menu

	hooks["portal_menu_items"] = [
		{"title": "Mine", "route": "/mine"},
		{"title": "Theirs", "route": "/theirs", "role": "No Such Role"},
		{"title": "Mine again", "route": "/mine"},
	]
	titles = [item.title for item in get_portal_menu()]
	assert titles[0] == "Mine" and "Theirs" not in titles and "Mine again" not in titles


def test_home_pages_by_role(hooks):
	from frappe.website.utils import get_home_page

	role = make_role("Ops Test Visitor", desk_access=0)
	user = make_user(role)
	hooks["role_home_page"] = {role: ["/parcels"]}
	frappe.set_user(user)
	assert get_home_page() == "parcels"
	frappe.set_user("Guest")
	assert get_home_page() == "login"


def test_every_kind_of_reply(request_of):
	from frappe.utils.response import build_response

	request_of()
	out = frappe.local.response
	out.update(type="download", filename="表 1.csv", filecontent="a,b")
	reply = build_response()
	assert reply.get_data() == b"a,b"
	assert (
		reply.headers["Content-Disposition"]
		== "attachment; filename=\"_ 1.csv\"; filename*=UTF-8''%E8%A1%A8%201.csv"
	)
	out.update(type="download", filename="x.html", display_content_as="inline")
	assert build_response().headers["Content-Disposition"].startswith("attachment")
	out.update(type="download", filename="x.png")
	assert build_response().headers["Content-Disposition"].startswith("inline")
	out.update(type="pdf", filename='x"\r\n.pdf')
	reply = build_response()
	assert (reply.mimetype, "\n" in reply.headers["Content-Disposition"]) == ("application/pdf", False)


def test_only_a_proxy_of_this_machine_is_believed_about_addresses():
	user = make_user()
	log = {"user": user, "status": "Failed"}
	browser = Browser(address="203.0.113.9, 198.51.100.1")
	browser.login(user, "wrong")
	assert frappe.db.get_value("Activity Log", log, "ip_address") == "198.51.100.1"
	frappe.db.delete("Activity Log", log)
	answer = browser.post(
		"/api/method/login",
		data={"usr": user, "pwd": "wrong"},
		environ_overrides={"REMOTE_ADDR": "192.0.2.50"},
	)
	assert answer.status_code == 401
	assert frappe.db.get_value("Activity Log", log, "ip_address") == "192.0.2.50"
	frappe.db.delete("Activity Log", log)
	remove_user(user)
	frappe.db.commit()


@pytest.mark.parametrize("host", ["../../etc", "no-such-site", "..", "a/b", ".hidden"])
def test_a_host_names_a_site_or_none(host):
	answer = Browser(**{"X-Frappe-Site-Name": host}).get(
		"/api/method/ping", headers={"X-Frappe-Site-Name": host}
	)
	assert answer.status_code in (200, 400, 404)
	if answer.status_code == 200:
		assert frappe.conf.default_site


def test_a_request_leaves_the_callers_context_alone():
	before = (frappe.local.site, frappe.session.user, frappe.db)
	frappe.db.rollback()
	assert (
		Client(frappe.app.application)
		.get("/api/method/ping", headers={"X-Frappe-Site-Name": before[0]})
		.status_code
		== 200
	)
	assert (frappe.local.site, frappe.session.user, frappe.db) == before


def test_many_writers_wait_for_each_other_and_none_fails():
	manager = make_user("System Manager")
	browser = signed_in(manager)
	frappe.db.delete("Comment", {"content": "from many"})
	frappe.db.commit()
	statuses = []

	def write():
		client = Client(frappe.app.application)
		client.set_cookie("sid", browser.cookie("sid").value)
		for _ in range(4):
			answer = client.post(
				"/api/resource/Comment",
				json={"comment_type": "Info", "content": "from many"},
				headers=browser.headers,
			)
			statuses.append(answer.status_code)

	threads = [threading.Thread(target=write) for _ in range(8)]
	[thread.start() for thread in threads]
	[thread.join() for thread in threads]
	frappe.db.rollback()
	assert statuses == [200] * 32
	assert frappe.db.count("Comment", {"content": "from many"}) == 32
	frappe.db.delete("Comment", {"content": "from many"})
	remove_user(manager)
	frappe.db.commit()


def test_the_page_follows_the_print_formats_style():
	from frappe.utils.pdf import get_page_css

	css = "<style>@media screen { .print-format { margin: 0 auto; } }</style>"
	assert "size: A4; margin: 15mm 15mm 15mm 15mm;" in get_page_css(css, {})
	css += "<style>.x .print-format { margin: 1mm } .print-format { margin-top: 5mm; orientation: Landscape; page-size: A5 }</style>"
	assert "size: A5 landscape; margin: 5mm 15mm 15mm 15mm;" in get_page_css(css, {})
	assert "margin: 1mm 2mm 1mm 2mm;" in get_page_css("<style>.print-format { margin: 1mm 2mm; }</style>", {})
	assert "size: 80mm 200mm;" in get_page_css("", {"page-width": "80mm", "page-height": "200mm"})
	assert "url(" not in get_page_css("<style>.print-format { page-size: url(x); }</style>", {})


def test_headers_and_footers_stand_on_every_page():
	pypdf, pytest_pdf = pytest.importorskip("pypdf"), pytest.importorskip("weasyprint")
	assert pytest_pdf
	from frappe.utils.pdf import get_pdf

	html = (
		'<div class="print-format">' + "<p>line</p>" * 120 + '<div id="header-html">HEAD</div>'
		'<div id="footer-html">page <span class="page"></span> of <span class="topage"></span></div></div>'
	)
	pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(get_pdf(html))).pages]
	assert len(pages) > 1
	for number, text in enumerate(pages, 1):
		assert "HEAD" in text and f"page {number} of {len(pages)}" in " ".join(text.split())


def test_a_print_shows_the_sites_pictures_and_nobody_elses():
	from frappe.utils.file_manager import save_file
	from frappe.utils.response import find_asset, find_file

	assert find_asset("/assets/frappe/css/print.css", frappe.get_all_apps())
	for path in ("/assets/frappe/../hooks.py", "/assets/os/x", "/assets/", "/assets/frappe/"):
		assert not find_asset(path, frappe.get_all_apps())
	doc = save_file("seal.png", b"\x89PNG" + frappe.generate_hash().encode(), None, None, is_private=1)
	assert find_file(doc.file_url)
	frappe.set_user("Guest")
	assert not find_file(doc.file_url)
