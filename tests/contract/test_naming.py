"""How documents get their names."""

from collections.abc import Iterator

import pytest

import frappe
from frappe.model.naming import make_autoname
from frappe.utils import now_datetime
from tests.making import doctype, doctypes, field

RULES = {
	"Ops Test By Field": "field:title",
	"Ops Test By Format": "format:OTF-{title}-{size}",
	"Ops Test By Expression": "OTE-.YYYY.-.####",
	"Ops Test By Prompt": "prompt",
	"Ops Test By Hash": "hash",
	"Ops Test By Nothing": "",
}
FIELD, FORMAT, EXPRESSION, PROMPT, HASH, NOTHING = RULES


@pytest.fixture(scope="module", autouse=True)
def made(site: str) -> Iterator[None]:
	"""A DocType for each rule."""
	with doctypes(*RULES):
		for name, rule in RULES.items():
			doctype(name, [field("title"), field("size", "Int")], autoname=rule)
		for prefix in ("OTE-", "OTX-"):
			frappe.db.sql("delete from `tabSeries` where `name` like %s", (f"{prefix}%",))
		frappe.db.commit()
		yield


def name_of(doctype_name: str, **values) -> str:
	return frappe.get_doc({"doctype": doctype_name, "title": "t", **values}).insert().name


def test_by_field():
	assert name_of(FIELD, title=" padded ") == "padded"
	with pytest.raises(frappe.ValidationError, match="Title is required"):
		name_of(FIELD, title="")


def test_by_format():
	assert name_of(FORMAT, size=3) == "OTF-t-3"


def test_by_expression_the_given_name_does_not_count():
	assert name_of(EXPRESSION, name="given").startswith(f"OTE-{now_datetime().year}-0")


def test_by_prompt():
	assert name_of(PROMPT, name="given") == "given"
	with pytest.raises(frappe.ValidationError, match="set the document name"):
		name_of(PROMPT)


def test_by_hash_and_by_nothing():
	for doctype_name in (HASH, NOTHING):
		assert len(name_of(doctype_name, name="given")) == 10


@pytest.mark.parametrize("bad", ["a<b", "New Ops Test By Field 1", "Ops Test By Field"])
def test_names_that_cannot_be(bad):
	with pytest.raises(frappe.NameError):
		name_of(FIELD, title=bad)


def test_a_rolled_back_savepoint_rolls_the_number_back():
	first = name_of(EXPRESSION)
	frappe.db.savepoint("number")
	second = name_of(EXPRESSION)
	frappe.db.rollback(save_point="number")
	assert name_of(EXPRESSION) == second != first


def test_deleting_the_last_one_steps_the_number_back():
	name = name_of(EXPRESSION)
	frappe.delete_doc(EXPRESSION, name)
	assert name_of(EXPRESSION) == name


def test_make_autoname():
	today = now_datetime()
	assert make_autoname("OTX-.YY.MM.DD.-.###") == f"OTX-{today:%y%m%d}-001"
	assert make_autoname("OTX-.YY.MM.DD.-.###") == f"OTX-{today:%y%m%d}-002"
