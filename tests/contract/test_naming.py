"""How documents get their names."""

from collections.abc import Iterator

import pytest

import frappe
from frappe.model.naming import NamingSeries, make_autoname
from frappe.utils import now_datetime
from tests.making import doctype, doctypes, field

RULES = {
	"Ops Test By Field": "field:title",
	"Ops Test By Series": "naming_series:",
	"Ops Test By Format": "format:OTF-{title}-{YY}{MM}-{###}",
	"Ops Test By Expression": "OTE-.YYYY.-.####",
	"Ops Test By Prompt": "prompt",
	"Ops Test By Hash": "hash",
	"Ops Test By Nothing": "",
}
FIELD, SERIES, FORMAT, EXPRESSION, PROMPT, HASH, NOTHING = RULES


@pytest.fixture(scope="module", autouse=True)
def made(site: str) -> Iterator[None]:
	"""A DocType for each rule."""
	with doctypes(*RULES):
		for name, rule in RULES.items():
			series = (
				[field("naming_series", "Select", "OTA-.YYYY.-\nOTB-.##")] if rule == "naming_series:" else []
			)
			doctype(name, [field("title"), *series], autoname=rule)
		for prefix in ("OTA-", "OTB-", "OTE-", "OTF-", "OTX-"):
			frappe.db.sql("delete from `tabSeries` where `name` like %s", (f"{prefix}%",))
		frappe.db.commit()
		yield


def name_of(doctype_name: str, **values) -> str:
	return frappe.get_doc({"doctype": doctype_name, "title": "t", **values}).insert().name


def test_by_field():
	assert name_of(FIELD, title=" padded ") == "padded"
	with pytest.raises(frappe.ValidationError, match="Title is required"):
		name_of(FIELD, title="")


def test_by_naming_series_field():
	year = now_datetime().year
	assert [name_of(SERIES), name_of(SERIES)] == [f"OTA-{year}-00001", f"OTA-{year}-00002"]
	assert name_of(SERIES, naming_series="OTB-.##") == "OTB-01"


def test_by_format():
	month = now_datetime().strftime("%y%m")
	assert [name_of(FORMAT), name_of(FORMAT)] == [f"OTF-t-{month}-001", f"OTF-t-{month}-002"]
	assert name_of(FORMAT, title="u") == f"OTF-u-{month}-001"


def test_by_expression_the_given_name_does_not_count():
	assert name_of(EXPRESSION, name="given").startswith(f"OTE-{now_datetime().year}-0")


def test_by_prompt():
	assert name_of(PROMPT, name="given") == "given"
	with pytest.raises(frappe.ValidationError, match="set the document name"):
		name_of(PROMPT)


def test_by_hash_and_by_nothing():
	for doctype_name in (HASH, NOTHING):
		assert len(name_of(doctype_name, name="given")) == 10
	assert len({make_autoname("hash") for _ in range(1000)}) == 1000


def test_set_name_wins():
	doc = frappe.get_doc({"doctype": EXPRESSION, "title": "t"}).insert(set_name="chosen")
	assert doc.name == "chosen"


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
	name = name_of(SERIES)
	frappe.delete_doc(SERIES, name)
	assert name_of(SERIES) == name


def test_make_autoname():
	today = now_datetime()
	assert make_autoname("OTX-.YY.MM.DD.-.###") == f"OTX-{today:%y%m%d}-001"
	assert make_autoname("OTX-") == "OTX-00001"
	assert (
		make_autoname("OTX-.{title}.-.##", doc=frappe.get_doc({"doctype": HASH, "title": "t"})) == "OTX-t-01"
	)
	for bad in ("OT$-.##", "OT##"):
		with pytest.raises(frappe.ValidationError):
			make_autoname(bad)


def test_series_api():
	series = NamingSeries("OTX-.YYYY.-.####")
	year = now_datetime().year
	assert (series.get_prefix(), series.get_current_value()) == (f"OTX-{year}-", 0)
	assert series.get_preview() == [f"OTX-{year}-{n:04}" for n in (1, 2, 3)]
	series.update_counter(41)
	assert make_autoname("OTX-.YYYY.-.####") == f"OTX-{year}-0042"
