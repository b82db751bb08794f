"""Files: who gets them, under which name they lie, and what a browser may do with them."""

import io
import os

import pytest

import frappe
from frappe.utils.file_manager import get_file, save_file
from tests.web import (
	Browser,
	make_doctype,
	make_role,
	make_user,
	remove_doctype,
	remove_user,
	signed_in,
)

CASE = "Ops Test Case"


@pytest.fixture(scope="module")
def people():
	"""Two clerks who see their own cases only, and a customer of the portal who sees his."""
	frappe.set_user("Administrator")
	clerk_role, portal_role = make_role("Ops Test Clerk"), make_role("Ops Test Visitor", desk_access=0)
	own = {"read": 1, "write": 1, "create": 1, "if_owner": 1}
	make_doctype(
		CASE,
		[
			{"fieldname": "title", "fieldtype": "Data", "label": "Title"},
			{"fieldname": "photo", "fieldtype": "Attach", "label": "Photo"},
		],
		[{"role": role, **own} for role in (clerk_role, portal_role)]
		+ [{"role": "System Manager", "read": 1, "write": 1}],
	)
	users = frappe._dict(
		clerk=make_user(clerk_role), other=make_user(clerk_role), customer=make_user(portal_role)
	)
	users.browsers = frappe._dict({name: signed_in(user) for name, user in users.items()})
	yield users
	frappe.set_user("Administrator")
	for name in frappe.get_all("File", {"attached_to_doctype": CASE}, pluck="name"):
		frappe.delete_doc("File", name, force=True)
	remove_doctype(CASE)
	for name in ("clerk", "other", "customer"):
		remove_user(users[name])
	frappe.db.commit()


@pytest.fixture
def case(people):
	"""A case of the first clerk."""
	frappe.set_user(people.clerk)
	name = frappe.get_doc({"doctype": CASE, "title": "Broken"}).insert().name
	frappe.set_user("Administrator")
	frappe.db.commit()
	yield name
	frappe.db.rollback()
	for file in frappe.get_all("File", {"attached_to_name": name}, pluck="name"):
		frappe.delete_doc("File", file, force=True)
	frappe.delete_doc(CASE, name, force=True)
	frappe.db.commit()


def upload(browser, content: bytes, filename: str, **form):
	return browser.post(
		"/api/method/upload_file", data={"file": (io.BytesIO(content), filename), "is_private": "1", **form}
	)


def stored(case, content: bytes = b"for the clerk only", filename: str = "evidence.txt", private: int = 1):
	"""A file of the case, of which nobody but the system is the owner."""
	doc = save_file(filename, content + frappe.generate_hash().encode(), CASE, case, is_private=private)
	frappe.db.commit()
	return doc


def test_an_upload_lies_with_its_document(people, case):
	answer = upload(people.browsers.clerk, b"hello", "photo of the box.txt", doctype=CASE, docname=case)
	assert answer.status_code == 200
	data = answer.json["message"]
	assert (data["attached_to_doctype"], data["attached_to_name"], data["is_private"]) == (CASE, case, 1)
	assert data["file_url"].startswith("/private/files/") and data["file_size"] == 5
	doc = frappe.get_doc("File", data["name"])
	assert (doc.owner, doc.get_content()) == (people.clerk, "hello")
	assert os.path.isfile(doc.get_full_path())


def test_private_files_go_to_those_who_may_read_the_document(people, case):
	doc = stored(case)
	answer = people.browsers.clerk.get(doc.file_url)
	assert (answer.status_code, answer.get_data()[:8]) == (200, b"for the ")
	assert "public" not in (answer.headers.get("Cache-Control") or "")
	for browser in (people.browsers.other, people.browsers.customer, Browser()):
		assert browser.get(doc.file_url).status_code == 403
		assert browser.get(doc.file_url + "x").status_code == 403, "the answer does not tell what exists"


@pytest.mark.embedded_only  # Frappe 15.55 lets it pass
def test_a_guessed_address_opens_nothing(people, case):
	doc = stored(case)
	browser = people.browsers.other
	for values in (
		{"doctype": "File", "file_url": doc.file_url, "is_private": 1},
		{"doctype": "File", "file_url": doc.file_url, "is_private": 0, "file_name": "mine.txt"},
		{"doctype": "File", "file_url": doc.file_url.replace("/private", ""), "file_name": "mine.txt"},
		{"doctype": "File", "file_url": "/private/files/../files/" + os.path.basename(doc.file_url)},
	):
		browser.post("/api/resource/File", json=values)
		assert browser.get(doc.file_url).status_code == 403
	browser.post("/api/method/upload_file", data={"file_url": doc.file_url, "is_private": "1"})
	assert browser.get(doc.file_url).status_code == 403


def test_nobody_attaches_to_what_he_may_not_write(people, case):
	for browser in (people.browsers.other, people.browsers.customer, Browser()):
		assert upload(browser, b"planted", "x.txt", doctype=CASE, docname=case).status_code == 403
	assert not frappe.db.exists("File", {"attached_to_name": case})


def test_other_peoples_file_records_are_closed(people, case):
	doc = stored(case)
	browser = people.browsers.other
	assert browser.get(f"/api/resource/File/{doc.name}").status_code == 403
	assert browser.put(f"/api/resource/File/{doc.name}", json={"is_private": 0}).status_code == 403
	assert browser.delete(f"/api/resource/File/{doc.name}").status_code == 403
	assert people.browsers.clerk.get(f"/api/resource/File/{doc.name}").status_code == 200


@pytest.mark.parametrize(
	"path",
	[
		"/private/files/../../site_config.json",
		"/private/files/..%2f..%2fsite_config.json",
		"/private/files/%2e%2e/%2e%2e/site_config.json",
		"/private/files//etc/passwd",
		"/private/files/....//site_config.json",
		"/files/../../site_config.json",
		"/files/..%2f..%2fprivate%2ffiles%2fx",
		"/assets/frappe/../../../site_config.json",
		"/assets/..%2f..%2fsite_config.json",
		"/assets/frappe/%2e%2e/hooks.py",
	],
)
def test_no_path_leads_out_of_the_folder(people, path):
	for browser in (people.browsers.clerk, Browser()):
		answer = browser.get(path)
		assert answer.status_code in (400, 403, 404), path
		assert b"db_name" not in answer.get_data() and b"app_name =" not in answer.get_data()


@pytest.mark.parametrize(
	"filename",
	[
		"../../../evil.txt",
		"..\\..\\evil.txt",
		"/etc/cron.d/evil.txt",
		"a\x00b.txt",
		"con<script>.txt",
		".htaccess.txt",
	],
)
def test_names_are_made_harmless(people, case, filename):
	answer = upload(people.browsers.clerk, b"x" + filename.encode(), filename, doctype=CASE, docname=case)
	if answer.status_code != 200:
		return
	doc = frappe.get_doc("File", answer.json["message"]["name"])
	folder = os.path.realpath(frappe.get_site_path("private", "files"))
	assert os.path.dirname(os.path.realpath(doc.get_full_path())) == folder
	assert "\x00" not in doc.file_url and ".." not in doc.file_url.split("/")


@pytest.mark.parametrize(
	"url",
	[
		"file:///etc/passwd",
		"/etc/passwd",
		"../site_config.json",
		"/private/files/../../../../../../etc/passwd",
	],
)
def test_a_file_record_points_nowhere_else(url):
	with pytest.raises(Exception):
		frappe.get_doc({"doctype": "File", "file_url": url, "file_name": "x"}).insert().get_content()


@pytest.mark.parametrize("filename", ["x.svg", "x.html", "x.xml"])
def test_what_a_browser_would_run_is_only_downloaded(people, case, filename):
	body = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
	answer = upload(people.browsers.clerk, body, filename, doctype=CASE, docname=case)
	if answer.status_code == 200:
		shown = people.browsers.clerk.get(answer.json["message"]["file_url"])
		assert shown.headers["Content-Disposition"].startswith("attachment")


def test_customers_send_pictures_and_papers_only(people):
	frappe.set_user(people.customer)
	case = frappe.get_doc({"doctype": CASE, "title": "Return"}).insert(ignore_permissions=True).name
	frappe.set_user("Administrator")
	browser = people.browsers.customer
	png = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
	assert upload(browser, png, "box.png", doctype=CASE, docname=case).status_code == 200
	for filename in ("x.html", "x.svg", "x.exe", "x.js", "x.php"):
		assert upload(browser, b"<script>1</script>", filename, doctype=CASE, docname=case).status_code >= 400
	assert upload(Browser(), png, "box.png").status_code == 403


def test_too_large_is_refused(people, case):
	browser = people.browsers.clerk
	limit = 26 * 1024 * 1024
	answer = upload(browser, b"x" * limit, "large.txt", doctype=CASE, docname=case)
	assert answer.status_code >= 400
	assert not frappe.db.exists("File", {"file_name": "large.txt", "attached_to_name": case})


def test_code_stores_and_reads_files(case):
	doc = save_file("report.csv", "a,b\n1,2\n", CASE, case, is_private=1)
	assert frappe.get_doc("File", doc.name).get_content() == "a,b\n1,2\n"
	assert get_file(doc.file_url)[1] == "a,b\n1,2\n"
	binary = frappe.get_doc(
		{"doctype": "File", "file_name": "b.bin", "content": b"\xff\xfe\x00\x01", "is_private": 1}
	).insert()
	assert binary.get_content() == b"\xff\xfe\x00\x01"
	path = binary.get_full_path()
	binary.delete()
	frappe.db.commit()
	assert not os.path.exists(path)


def test_the_same_content_is_stored_once_and_kept_while_it_is_used(case):
	content = frappe.generate_hash().encode()
	first = save_file("one.txt", content, CASE, case, is_private=1)
	second = save_file("two.txt", content, CASE, case, is_private=1)
	assert first.file_url == second.file_url
	frappe.delete_doc("File", first.name, force=True)
	frappe.db.commit()
	assert frappe.get_doc("File", second.name).get_content() == content.decode()


def test_a_rollback_takes_the_file_with_it(case):
	doc = save_file("dropped.txt", frappe.generate_hash(), CASE, case, is_private=1)
	path = doc.get_full_path()
	assert os.path.exists(path)
	frappe.db.rollback()
	assert not os.path.exists(path)


def test_what_becomes_private_is_no_longer_public(case):
	doc = save_file("leaflet.txt", frappe.generate_hash(), CASE, case, is_private=0)
	frappe.db.commit()
	before = doc.get_full_path()
	doc = frappe.get_doc("File", doc.name)
	doc.is_private = 1
	doc.save()
	frappe.db.commit()
	assert doc.file_url.startswith("/private/files/") and os.path.exists(doc.get_full_path())
	assert not os.path.exists(before)


def test_two_files_of_a_name_do_not_meet(case):
	first = save_file("same name.txt", "one " + frappe.generate_hash(), CASE, case, is_private=1)
	second = save_file("same name.txt", "two " + frappe.generate_hash(), CASE, case, is_private=1)
	assert first.file_url != second.file_url
	assert (first.get_content()[:3], second.get_content()[:3]) == ("one", "two")
