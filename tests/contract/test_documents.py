"""Documents: life cycle, checks, child rows, versions, comments, deletion."""

import json
from collections.abc import Iterator
from datetime import date, datetime

import pytest

import frappe
from frappe.utils.password import get_decrypted_password
from tests.making import doctype, doctypes, field

LINKED, ROW, DOC, SUBMITTED = "Ops Test Linked", "Ops Test Row", "Ops Test Doc", "Ops Test Submitted"
EVENTS = (
	"before_insert autoname before_validate validate before_save before_submit after_insert on_update on_submit "
	"before_cancel on_cancel before_update_after_submit on_update_after_submit on_change on_trash after_delete"
).split()


@pytest.fixture(scope="module", autouse=True)
def made(site: str) -> Iterator[None]:
	"""A DocType with most kinds of fields, one to link to, a child and a submittable one."""
	with doctypes(SUBMITTED, DOC, ROW, LINKED):
		doctype(LINKED, [field("title"), field("colour"), field("price", "Currency")], autoname="field:title")
		rows = [
			field("item", "Link", LINKED), field("qty", "Int", reqd=1), field("rate", "Currency"),
			field("colour", fetch_from="item.colour"), field("kind", "Select", "A\nB"),
		]  # fmt: skip
		doctype(ROW, rows, istable=1)
		fields = [
			field("title", reqd=1), field("link", "Link", LINKED), field("plain_link", "Link", "User"),
			field("colour", fetch_from="link.colour"), field("own_colour", fetch_from="link.colour", fetch_if_empty=1),
			field("kind", "Select", "A\nB\nC"), field("day", "Date"), field("at", "Datetime", default="now"),
			field("number", "Int", default="5"), field("yes", "Check"), field("price", "Float"), field("money", "Currency"),
			field("constant", set_only_once=1), field("code", unique=1), field("email", options="Email"),
			field("text", "Text"), field("source", "Code"), field("count", "Float", non_negative=1),
			field("kept", "Data", no_copy=1), field("type", "Link", "DocType"), field("other", "Dynamic Link", "type"),
			field("who", "Link", "User", default="__user"), field("secret", "Password"), field("rows", "Table", ROW),
		]  # fmt: skip
		doctype(DOC, fields, autoname="OTD-.#####", track_changes=1)
		fields = [
			field("title", reqd=1), field("free", allow_on_submit=1), field("before", "Link", SUBMITTED), field("rows", "Table", ROW),
			field("notes", "Table", ROW, allow_on_submit=1),
		]  # fmt: skip
		doctype(SUBMITTED, fields, is_submittable=1, autoname="OTS-.#####")
		frappe.get_doc({"doctype": LINKED, "title": "L1", "colour": "red", "price": 5.5}).insert()
		frappe.db.commit()
		yield


def new(**values):
	return frappe.get_doc({"doctype": DOC, "title": "a title", **values})


def submittable(**values):
	return frappe.get_doc({"doctype": SUBMITTED, "title": "a title", **values})


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[str]:
	"""The life-cycle methods that were run on our documents, in their order."""
	seen = []
	run_method = frappe.model.document.Document.run_method

	def noting(self, method, *args, **kwargs):
		if self.doctype in (DOC, SUBMITTED) and method in EVENTS:
			seen.append(method)
		return run_method(self, method, *args, **kwargs)

	monkeypatch.setattr(frappe.model.document.Document, "run_method", noting)
	return seen


def test_life_cycle_of_a_plain_document(events):
	doc = new().insert()
	assert events == (
		"before_insert autoname before_validate validate before_save after_insert on_update on_change".split()
	)
	events.clear()
	doc.save()
	assert events == "before_validate validate before_save on_update on_change".split()
	events.clear()
	doc.delete()
	assert events == "on_trash on_change after_delete".split()
	assert not frappe.db.exists(DOC, doc.name)


def test_life_cycle_of_a_submittable_document(events):
	doc = submittable().insert()
	events.clear()
	doc.submit()
	assert events == "before_validate validate before_submit on_update on_submit on_change".split()
	events.clear()
	doc.free = "x"
	doc.save()
	assert events == "before_update_after_submit on_update_after_submit on_change".split()
	events.clear()
	doc.cancel()
	assert events == "before_cancel on_cancel on_change".split()
	events.clear()
	assert submittable(docstatus=1).insert().docstatus == 1
	assert (
		events[-6:] == "before_submit after_insert on_update on_submit on_change".split()[-6:]
		or "before_save" not in events
	)


def test_defaults_fetched_values_and_types():
	doc = new(link="L1", number="7", yes="1", day="2026-01-02", rows=[{"item": "L1", "qty": "2"}]).insert()
	assert (doc.colour, doc.own_colour, doc.rows[0].colour, doc.kind, doc.who) == (
		"red",
		"red",
		"red",
		"A",
		"Administrator",
	)
	doc = frappe.get_doc(DOC, doc.name)
	assert (doc.number, doc.yes, doc.day, doc.price, doc.money) == (7, 1, date(2026, 1, 2), 0.0, 0.0)
	assert isinstance(doc.at, datetime) and isinstance(doc.creation, datetime)
	assert (doc.rows[0].qty, doc.rows[0].idx, doc.rows[0].parenttype, doc.rows[0].parentfield) == (
		2,
		1,
		DOC,
		"rows",
	)
	assert (doc.docstatus, doc.owner, doc.modified_by, doc.text, doc.code) == (
		0,
		"Administrator",
		"Administrator",
		None,
		None,
	)
	assert frappe.new_doc(DOC).number == 5
	assert new().number is None and new().rows == [] and new().get("nothing", 3) == 3


def test_fetched_value_is_kept_when_it_may_be_and_renewed_when_not():
	doc = new(link="L1", colour="blue", own_colour="blue").insert()
	assert (doc.colour, doc.own_colour) == ("red", "blue")


def test_links_are_found_whatever_their_case():
	assert new(link="l1").insert().link == "L1"


@pytest.mark.parametrize(
	("values", "error"),
	[
		({"title": None}, "MandatoryError"),
		({"rows": [{"qty": None}]}, "MandatoryError"),
		({"plain_link": "nobody@example.com"}, "LinkValidationError"),
		({"type": "User", "other": "nobody@example.com"}, "LinkValidationError"),
		({"other": "nobody@example.com"}, "ValidationError"),
		({"kind": "Z"}, "ValidationError"),
		({"rows": [{"qty": 1, "kind": "Z"}]}, "ValidationError"),
		({"title": "x" * 141}, "CharacterLengthExceededError"),
		({"rows": [{"qty": 1, "colour": "x" * 141}]}, "CharacterLengthExceededError"),
		({"count": -1}, "NonNegativeError"),
		({"email": "no address"}, "InvalidEmailAddressError"),
		({"text": ["a"]}, "ValidationError"),
		({"docstatus": 2}, "DocstatusTransitionError"),
	],
)
def test_what_is_refused(values, error):
	before = frappe.db.count(DOC)
	frappe.db.savepoint("refused")
	with pytest.raises(getattr(frappe, error)):
		new(**values).insert()
	frappe.db.rollback(save_point="refused")
	assert frappe.db.count(DOC) == before


def test_zero_is_a_value():
	assert new(rows=[{"qty": 0}]).insert().rows[0].qty == 0


def test_messages_name_the_row_and_the_field():
	frappe.clear_messages()
	with pytest.raises(frappe.MandatoryError, match=r"\[Ops Test Doc, OTD-\d+\]: qty"):
		new(rows=[{"qty": 1}, {}]).insert()
	assert "Row #2: Value missing for: Qty" in str(frappe.get_message_log())
	with pytest.raises(frappe.ValidationError, match='Row #1: Kind cannot be "Z"'):
		new(rows=[{"qty": 1, "kind": "Z"}]).insert()
	with pytest.raises(frappe.LinkValidationError, match="Could not find Plain Link: nobody"):
		new(plain_link="nobody").insert()


def test_unique_values_and_names():
	new(code="once").insert()
	frappe.db.savepoint("again")
	with pytest.raises(frappe.UniqueValidationError):
		new(code="once").insert()
	frappe.db.rollback(save_point="again")
	with pytest.raises(frappe.UniqueValidationError):
		new(code="ONCE").insert()
	frappe.db.rollback(save_point="again")
	new(code="").insert()
	new(code="").insert()
	with pytest.raises(frappe.DuplicateEntryError):
		frappe.get_doc({"doctype": LINKED, "title": "L1"}).insert()


def test_optimistic_locking():
	mine, theirs = new().insert(), None
	mine, theirs = frappe.get_doc(DOC, mine.name), frappe.get_doc(DOC, mine.name)
	theirs.save()
	with pytest.raises(frappe.TimestampMismatchError):
		mine.save()
	mine.reload()
	mine.save()


def test_a_constant_is_set_once():
	doc = new(constant="c").insert()
	doc.constant = "d"
	with pytest.raises(frappe.CannotChangeConstantError):
		doc.save()


@pytest.mark.parametrize(
	"change", [{"owner": "Guest"}, {"creation": "2020-01-01 00:00:00"}, {"creation": None}]
)
def test_owner_and_time_of_creation_stay(change):
	doc = new(owner="Guest", creation="2020-01-01 00:00:00").insert()
	assert doc.owner == "Administrator" and not str(doc.creation).startswith("2020")
	doc = frappe.get_doc(DOC, doc.name).update(change)
	with pytest.raises(frappe.CannotChangeConstantError):
		doc.save()


def test_child_rows_are_added_changed_ordered_and_deleted():
	doc = new(rows=[{"qty": 1}, {"qty": 2}]).insert()
	kept = doc.rows[1].name
	doc.remove(doc.rows[0])
	doc.append("rows", {"qty": 3})
	doc.save()
	doc = frappe.get_doc(DOC, doc.name)
	assert [(row.idx, row.qty) for row in doc.rows] == [(1, 2), (2, 3)] and doc.rows[0].name == kept
	doc.set("rows", [])
	doc.save()
	assert not frappe.db.count(ROW, {"parent": doc.name})


def test_submitted_documents_change_where_they_may():
	doc = submittable(rows=[{"qty": 1}], notes=[{"qty": 1}]).insert().submit()
	doc.free = "changed"
	doc.append("notes", {"qty": 2})
	doc.save()
	for change in (
		lambda d: d.set("title", "other"), lambda d: d.rows[0].set("qty", 2), lambda d: d.append("rows", {"qty": 2}),
		lambda d: d.notes[0].set("qty", 5),
	):  # fmt: skip
		doc = frappe.get_doc(SUBMITTED, doc.name)
		change(doc)
		with pytest.raises(frappe.UpdateAfterSubmitError):
			doc.save()
	doc = frappe.get_doc(SUBMITTED, doc.name)
	doc.docstatus = 0
	with pytest.raises(frappe.DocstatusTransitionError):
		doc.save()
	doc = frappe.get_doc(SUBMITTED, doc.name)
	doc.cancel()
	with pytest.raises(frappe.ValidationError, match="Cannot edit cancelled document"):
		frappe.get_doc(SUBMITTED, doc.name).save()
	with pytest.raises(frappe.DocstatusTransitionError):
		submittable().insert().cancel()


def test_amending():
	doc = submittable().insert().submit()
	doc.cancel()
	for number in (1, 2):
		amended = frappe.copy_doc(doc)
		assert amended.is_new() and not amended.name and not amended.owner
		amended.docstatus, amended.amended_from = 0, doc.name
		doc = amended.insert()
		assert doc.name.endswith(f"-{number}")
		doc.submit().cancel()


def test_copies_leave_out_what_may_not_be_copied():
	doc = new(kept="k", rows=[{"qty": 1}]).insert()
	assert frappe.copy_doc(doc).kept == "k"
	copy = frappe.copy_doc(doc, ignore_no_copy=False)
	assert copy.kept is None and copy.rows[0].qty == 1 and not copy.rows[0].name


def test_submitted_documents_hold_what_they_point_at():
	first = submittable().insert().submit()
	second = submittable(before=first.name).insert().submit()
	for forbidden in (first.cancel, lambda: frappe.delete_doc(LINKED, "L1")):
		frappe.db.savepoint("linked")
		new(link="L1").insert()
		with pytest.raises(frappe.LinkExistsError):
			forbidden()
		frappe.db.rollback(save_point="linked")
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc(SUBMITTED, second.name)
	second.reload().cancel()
	first.reload().cancel()
	with pytest.raises(frappe.CancelledLinkError):
		submittable(before=first.name).insert()


def test_deleting_takes_rows_comments_and_versions_along():
	doc = new(rows=[{"qty": 1}]).insert()
	doc.add_comment("Comment", "hello")
	doc.title = "other"
	doc.save(ignore_version=False)
	doc.delete()
	assert not frappe.db.count(ROW, {"parent": doc.name})
	assert not frappe.db.count("Comment", {"reference_doctype": DOC, "reference_name": doc.name})
	assert frappe.delete_doc(DOC, doc.name) is False


def test_versions_say_what_changed():
	doc = new(rows=[{"qty": 1}]).insert()
	doc.title = "other"
	doc.rows[0].qty = 3
	doc.append("rows", {"qty": 2})
	doc.save(ignore_version=False)
	version = json.loads(frappe.get_last_doc("Version", {"ref_doctype": DOC, "docname": doc.name}).data)
	assert ["title", "a title", "other"] in version["changed"]
	field, idx, name, changes = version["row_changed"][0]
	assert (field, idx, name) == ("rows", 0, doc.rows[0].name) and ["qty", 1, 3] in changes
	assert (
		version["added"][0][0] == "rows" and version["added"][0][1]["qty"] == 2 and version["removed"] == []
	)


def test_comments():
	doc = new().insert()
	comment = doc.add_comment("Comment", "hello")
	found = frappe.get_all(
		"Comment", {"reference_name": doc.name}, ["comment_type", "content", "comment_email", "owner"]
	)
	assert found == [
		{
			"comment_type": "Comment",
			"content": "hello",
			"comment_email": "Administrator",
			"owner": "Administrator",
		}
	]
	assert comment.reference_doctype == DOC


def test_scripts_are_taken_out_of_texts_but_not_out_of_code():
	script = "<script>alert(1)</script>"
	doc = new(text=f"<b>bold</b>{script}", source=script, kept="a < b & c").insert()
	assert "<script>" not in doc.text and "<b>bold</b>" in doc.text
	assert (doc.source, doc.kept) == (script, "a < b & c")


def test_passwords_are_not_in_the_row():
	doc = new(secret="geheim").insert()
	assert frappe.db.get_value(DOC, doc.name, "secret") == "******"
	assert get_decrypted_password(DOC, doc.name, "secret") == "geheim"
	doc.save()
	assert get_decrypted_password(DOC, doc.name, "secret") == "geheim"


def test_what_a_save_changes(events):
	doc = new(day="2026-01-02", rows=[{"qty": 1}]).insert()
	seen = {}

	def validate(self):
		seen.update(
			{name: self.has_value_changed(name) for name in ("title", "day", "number")},
			old=self.get_doc_before_save().title,
		)

	doc = frappe.get_doc(DOC, doc.name)
	doc.title, doc.day = "other", "2026-01-02"
	original = type(doc).__dict__.get("validate")
	type(doc).validate = validate
	try:
		doc.save()
	finally:
		del type(doc).validate
		assert original is None
	assert seen == {"title": True, "day": False, "number": False, "old": "a title"}


def test_db_set_writes_at_once():
	doc = new().insert()
	before = doc.modified
	doc.db_set({"number": 9, "kept": "k"})
	assert frappe.db.get_value(DOC, doc.name, ["number", "kept"]) == (9, "k")
	assert str(doc.modified) > str(before)
	doc.db_set("number", 10, update_modified=False)
	assert doc.number == 10
	doc.save()


def test_db_set_remembers_what_a_new_document_was_before():
	doc = new(number=3).insert()
	assert doc.get_doc_before_save() is None
	doc.db_set("number", 9)
	assert doc.get_doc_before_save().number == 3


def test_reading():
	doc = new(title="only one").insert()
	assert frappe.get_doc(DOC, {"title": "only one"}).name == doc.name
	assert frappe.get_doc(doctype=DOC, title="x").title == "x"
	assert frappe.get_doc(doc) is doc
	assert frappe.get_cached_value(DOC, doc.name, "title") == "only one"
	doc.title = "renamed"
	doc.save()
	assert frappe.get_cached_value(DOC, doc.name, "title") == "renamed"
	assert frappe.get_last_doc(DOC).name == doc.name
	for missing in ("nothing", {"title": "nothing"}):
		with pytest.raises(frappe.DoesNotExistError):
			frappe.get_doc(DOC, missing)
	values = doc.as_dict()
	assert values.doctype == DOC and values.rows == [] and json.loads(frappe.as_json(doc))["name"] == doc.name
	assert "text" in values and "text" not in doc.as_dict(no_nulls=True)


def test_singles():
	settings = frappe.get_doc("System Settings")
	settings.allow_login_after_fail = 77
	settings.save()
	assert frappe.db.get_single_value("System Settings", "allow_login_after_fail") == 77
	assert frappe.get_single("System Settings").allow_login_after_fail == 77


def test_a_failed_insert_leaves_the_transaction_usable():
	frappe.db.savepoint("one")
	with pytest.raises(frappe.ValidationError):
		new(kind="Z").insert()
	frappe.db.rollback(save_point="one")
	assert new().insert().name
