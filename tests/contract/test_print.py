"""Print: the plain format and formats of the app, who may print what, and PDF."""

import unicodedata
from io import BytesIO

import pytest
from pypdf import PdfReader

import frappe
from tests.web import Browser, make_doctype, make_role, make_user, remove_doctype, remove_user, with_keys

FORM, ROW, FORMAT = "Ops Test Form", "Ops Test Form Row", "Ops Test Form Print"
SECRET = "only-for-managers"


@pytest.fixture(scope="module")
def people():
	"""A clerk who may read and print, a reader who may only read; a submittable DocType with rows and a format."""
	frappe.set_user("Administrator")
	clerk_role, reader_role = make_role("Ops Test Clerk"), make_role("Ops Test Reader")
	remove_doctype(FORM)
	make_doctype(
		ROW,
		[
			{"fieldname": "product", "fieldtype": "Data", "label": "Product", "in_list_view": 1},
			{"fieldname": "qty", "fieldtype": "Float", "label": "Qty", "in_list_view": 1},
		],
		[],
		istable=1,
	)
	make_doctype(
		FORM,
		[
			{"fieldname": "customer_name", "fieldtype": "Data", "label": "Customer Name"},
			{"fieldname": "remark", "fieldtype": "Small Text", "label": "Remark"},
			{"fieldname": "internal", "fieldtype": "Data", "label": "Internal", "print_hide": 1},
			{"fieldname": "secret", "fieldtype": "Data", "label": "Secret", "permlevel": 1},
			{"fieldname": "items", "fieldtype": "Table", "label": "Items", "options": ROW},
		],
		[
			{
				"role": "System Manager",
				"read": 1,
				"write": 1,
				"create": 1,
				"submit": 1,
				"cancel": 1,
				"delete": 1,
				"print": 1,
			},
			{"role": "System Manager", "permlevel": 1, "read": 1, "write": 1},
			{"role": clerk_role, "read": 1, "print": 1},
			{"role": reader_role, "read": 1, "print": 0},
		],
		is_submittable=1,
	)
	if not frappe.db.exists("Print Format", FORMAT):
		frappe.get_doc(
			{
				"doctype": "Print Format",
				"name": FORMAT,
				"doc_type": FORM,
				"standard": "No",
				"custom_format": 1,
				"print_format_type": "Jinja",
				"html": "<style>.print-format { margin-top: 10mm; page-size: A5; orientation: Landscape; }</style>"
				"<h1>Form {{ doc.name }}</h1><p>{{ doc.customer_name | e }}</p>"
				"{% for row in doc['items'] %}<li>{{ row.product | e }} x {{ row.qty }}</li>{% endfor %}",
			}
		).insert()
	users = frappe._dict(
		clerk=make_user(clerk_role),
		reader=make_user(reader_role),
		manager=make_user("System Manager"),
		visitor=make_user(make_role("Ops Test Visitor", desk_access=0)),
	)
	users.programs = frappe._dict({name: with_keys(user) for name, user in users.items()})
	frappe.db.commit()
	yield users
	frappe.set_user("Administrator")
	frappe.delete_doc("Print Format", FORMAT, force=True)
	frappe.db.delete(FORM)
	for doctype in (FORM, ROW):
		remove_doctype(doctype)
	for name in ("clerk", "reader", "manager", "visitor"):
		remove_user(users[name])
	frappe.db.commit()


@pytest.fixture
def form(people):
	"""A draft with an attack in every text."""
	frappe.set_user("Administrator")
	doc = frappe.get_doc(
		{
			"doctype": FORM,
			"customer_name": "王 & Sons {{ 99991 * 99989 }}",
			"remark": "two\nlines",
			"internal": "not-to-be-printed",
			"secret": SECRET,
			"items": [{"product": "轴承 6204", "qty": 2}, {"product": "Belt", "qty": 1.5}],
		}
	).insert()
	frappe.db.commit()
	return doc


@pytest.fixture(autouse=True)
def settings():
	"""Drafts may be printed, cancelled documents not, as on a fresh site; restored afterwards."""
	fields = ("allow_print_for_draft", "allow_print_for_cancelled", "add_draft_heading")
	before = {field: frappe.db.get_single_value("Print Settings", field) for field in fields}
	_set(allow_print_for_draft=1, allow_print_for_cancelled=0, add_draft_heading=1)
	yield
	_set(**before)


def _set(**values) -> None:
	for field, value in values.items():
		frappe.db.set_single_value("Print Settings", field, value)
	frappe.clear_document_cache("Print Settings", "Print Settings")
	frappe.db.commit()


def page(browser, form, **query):
	return browser.get("/printview", query_string={"doctype": FORM, "name": form.name, **query})


def text(response) -> str:
	return response.get_data(as_text=True)


def test_the_plain_format_shows_the_fields_and_rows(people, form):
	shown = page(people.programs.clerk, form)
	assert shown.status_code == 200
	html = text(shown)
	for expected in (form.name, "Customer Name", "王 &", "轴承 6204", "Belt", "print-format"):
		assert expected in html
	assert "not-to-be-printed" not in html
	assert SECRET not in html
	assert SECRET in text(page(people.programs.manager, form))


def test_a_format_of_its_own_is_rendered_with_the_document(people, form):
	html = text(page(people.programs.clerk, form, format=FORMAT))
	assert f"<h1>Form {form.name}</h1>" in html
	assert "<li>轴承 6204 x 2.0</li>" in html
	assert SECRET not in html


def test_a_documents_text_is_not_a_template(people, form):
	for query in ({}, {"format": FORMAT}):
		html = text(page(people.programs.clerk, form, **query))
		assert "9998000099" not in html and "{{ 99991 * 99989 }}" in html


@pytest.mark.embedded_only  # on a bench what text fields may hold is cleaned when it is saved
def test_a_documents_text_is_not_markup(people, form):
	frappe.db.set_value(FORM, form.name, "customer_name", "<script>alert(1)</script>")
	for query in ({}, {"format": FORMAT}):
		assert "<script>alert(1)" not in text(page(people.programs.clerk, form, **query))


def test_only_those_who_may_print(people, form):
	for query in ({}, {"format": FORMAT}):
		for browser in (people.programs.visitor, Browser()):
			refused = page(browser, form, **query)
			assert refused.status_code in (403, 404)
			assert "轴承" not in text(refused)
	for browser in (people.programs.visitor, Browser()):
		url = "/api/method/frappe.utils.print_format.download_pdf"
		assert browser.get(url, query_string={"doctype": FORM, "name": form.name}).status_code in (403, 404)


@pytest.mark.embedded_only  # Frappe 15.55 lets readers print
def test_reading_is_not_printing(people, form):
	assert page(people.programs.reader, form).status_code == 403


def test_missing_documents_and_formats(people, form):
	program = people.programs.clerk
	assert program.get("/printview", query_string={"doctype": FORM, "name": "none such"}).status_code == 404
	assert (
		program.get("/printview", query_string={"doctype": "No Such DocType", "name": "x"}).status_code >= 400
	)
	assert page(program, form, format="No Such Format").status_code in (200, 404)


@pytest.mark.parametrize(
	"format", ["../../../site_config.json", "{{ 99991 * 99989 }}", "<script>alert(1)</script>"]
)
def test_a_format_is_a_record_and_nothing_else(people, form, format):
	answer = page(people.programs.clerk, form, format=format)
	assert (
		"9998000099" not in text(answer)
		and "db_name" not in text(answer)
		and "<script>alert(1)" not in text(answer)
	)


def test_drafts_and_cancelled_documents_follow_the_settings(people, form):
	program = people.programs.clerk
	assert "DRAFT" in text(page(program, form)).upper()
	_set(allow_print_for_draft=0)
	assert page(program, form).status_code == 403
	form.reload()
	form.submit()
	shown = page(program, form)
	assert shown.status_code == 200 and ">DRAFT<" not in text(shown).upper()
	form.cancel()
	assert page(program, form).status_code == 403
	_set(allow_print_for_cancelled=1)
	assert page(program, form).status_code == 200


def test_code_prints_with_the_same_formats(form):
	html = frappe.get_print(FORM, form.name, FORMAT)
	assert f"<h1>Form {form.name}</h1>" in html
	assert "print-format" in html


def test_labels_follow_the_language(people, form):
	frappe.get_doc(
		{
			"doctype": "Translation",
			"language": "zh",
			"source_text": "Customer Name",
			"translated_text": "客户名称之译",
		}
	).insert()
	frappe.db.commit()
	try:
		assert "客户名称之译" in text(page(people.programs.clerk, form, _lang="zh"))
	finally:
		frappe.db.delete("Translation", {"translated_text": "客户名称之译"})
		frappe.db.commit()


def pdf_or_skip(make):
	"""The PDF, or a skipped test where the host lacks what it draws with."""
	try:
		return make()
	except Exception as e:
		if type(e).__name__ in ("OSError", "PrintFormatError"):
			pytest.skip(f"no PDF here: {e}")
		raise


def test_a_pdf_has_the_formats_page(form):
	content = pdf_or_skip(lambda: frappe.get_print(FORM, form.name, FORMAT, as_pdf=True))
	pages = PdfReader(BytesIO(content)).pages
	width, height = (float(x) / 72 * 25.4 for x in pages[0].mediabox[2:])
	assert (round(width), round(height)) == (210, 148)
	# fonts draw "fi" as one letter, and names are random
	assert form.name in unicodedata.normalize("NFKC", pages[0].extract_text())


def test_a_pdf_is_downloaded(people, form):
	answer = people.programs.clerk.get(
		"/api/method/frappe.utils.print_format.download_pdf",
		query_string={"doctype": FORM, "name": form.name, "format": FORMAT},
	)
	if answer.status_code != 200 and answer.json["exc_type"] in ("OSError", "PrintFormatError"):
		pytest.skip("no PDF here")
	assert answer.mimetype == "application/pdf"
	assert answer.get_data()[:5] == b"%PDF-"
	assert f"{form.name}.pdf" in answer.headers["Content-Disposition"].replace("%20", "-")


def test_pdf_of_html_reaches_nothing_outside(form, tmp_path):
	from frappe.utils.pdf import get_pdf

	secret = tmp_path / "secret.txt"
	secret.write_text("file-that-must-stay")
	html = f'<div class="print-format"><p>seen</p><object data="file://{secret}"></object><img src="file://{secret}"></div>'
	try:
		content = pdf_or_skip(lambda: get_pdf(html))
	except frappe.ValidationError:
		return  # refused as a whole
	text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
	assert "seen" in text and "file-that-must-stay" not in text
