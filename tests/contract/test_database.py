"""frappe.db: values, transactions, bulk writes, schema."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

import frappe
from frappe.utils import now_datetime
from tests.making import doctype, doctypes, field

THING = "Ops Test Value"


@pytest.fixture(scope="module", autouse=True)
def things(site: str) -> Iterator[None]:
	"""A DocType with a unique column and two rows."""
	with doctypes(THING):
		fields = [
			field("title"), field("qty", "Int"), field("price", "Currency"), field("due", "Date"), field("at", "Datetime"),
			field("clock", "Time"), field("flag", "Check"), field("code", unique=1), field("kind", default="plain"),
			field("text", "Long Text"),
		]  # fmt: skip
		doctype(THING, fields)
		frappe.db.commit()
		yield


@pytest.fixture(autouse=True)
def rows(things: None) -> None:
	"""Two rows, undone after each test."""
	frappe.db.delete(THING)
	columns = ["name", "creation", "modified", "title", "qty", "code"]
	stamp = datetime(2024, 1, 1)
	frappe.db.bulk_insert(
		THING,
		columns,
		[("A", stamp, stamp, "Alpha", 5, "a"), ("B", stamp, stamp + timedelta(1), "Beta", 7, "b")],
	)


def test_one_value_several_values_no_value() -> None:
	assert frappe.db.get_value(THING, "A", "title") == "Alpha"
	assert frappe.db.get_value(THING, "a", ["title", "qty"]) == ("Alpha", 5)
	assert frappe.db.get_value(THING, {"qty": [">", 1]}, ["title", "qty"], as_dict=True) == {
		"title": "Beta",
		"qty": 7,
	}
	assert frappe.db.get_value(THING, {"title": "nobody"}, "name") is None
	assert frappe.db.get_value(THING, "nobody", ["title", "qty"]) is None
	assert frappe.db.get_value(THING, {"qty": ["in", [5, 6]]}) == "A"
	assert frappe.db.get_values(THING, {"qty": [">", 0]}, "name", order_by="qty asc", pluck=True) == [
		"A",
		"B",
	]
	assert frappe.db.exists(THING, "A") == "A" and frappe.db.exists(THING, {"title": "beta"}) == "B"
	assert not frappe.db.exists(THING, "nobody") and not frappe.db.exists(THING, None)
	assert frappe.db.exists({"doctype": THING, "title": "Beta"}) == "B"
	assert frappe.db.count(THING) == 2 and frappe.db.count(THING, {"qty": [">", 5]}) == 1


def test_written_values_come_back_in_their_columns_type() -> None:
	before = frappe.db.get_value(THING, "A", "modified")
	frappe.db.set_value(
		THING,
		"A",
		{"title": "New", "due": "2024-03-03", "at": "2024-05-05T10:11:12", "clock": "9:05", "flag": True},
	)
	row = frappe.db.get_value(THING, "A", ["title", "due", "at", "clock", "flag", "modified_by"])
	assert row == (
		"New",
		date(2024, 3, 3),
		datetime(2024, 5, 5, 10, 11, 12),
		timedelta(hours=9, minutes=5),
		1,
		"Administrator",
	)
	assert frappe.db.get_value(THING, "A", "modified") > before
	frappe.db.set_value(THING, {"qty": [">", 0]}, "title", "all", update_modified=False)
	assert frappe.db.count(THING, {"title": "all"}) == 2
	frappe.db.set_value(THING, None, "title", "nobody", update_modified=False)
	assert frappe.db.count(THING, {"title": "nobody"}) == 0
	frappe.db.set_value(THING, "A", "title", None)
	assert frappe.db.get_value(THING, "A", "title") is None
	moment = now_datetime()
	frappe.db.set_value(THING, "A", "at", moment)
	assert frappe.db.get_value(THING, {"at": moment}) == "A"
	assert frappe.db.sql(f"select name from `tab{THING}` where at = %s", moment) == (("A",),)
	with pytest.raises(frappe.db.OperationalError):
		frappe.db.set_value(THING, "A", "nosuch", 1)


def test_plain_statements() -> None:
	table = f"`tab{THING}`"
	assert frappe.db.sql(f"select name, qty from {table} where name in %s order by name", (("A", "B"),)) == (
		("A", 5),
		("B", 7),
	)
	assert frappe.db.sql(
		f"select name from {table} where title like '%%a%%' and qty = %(q)s", {"q": 5}, as_dict=True
	) == [{"name": "A"}]
	assert frappe.db.sql(f"select name from {table} where title like '%lph%'", pluck=True) == ["A"]
	assert frappe.db.sql(f"select qty from {table} order by qty", pluck=True) == [5, 7]
	text = frappe.db.escape("it's")
	assert frappe.db.sql(f"select name from {table} where title = {text}") == ()
	frappe.db.sql(f"insert ignore into {table} (name, title) values (%s, %s)", ("A", "again"))
	assert frappe.db.get_value(THING, "A", "title") == "Alpha"


def test_a_taken_value_is_told_from_a_taken_name() -> None:
	with pytest.raises(Exception) as taken:
		frappe.db.bulk_insert(THING, ["name", "code"], [("A", "c")])
	assert frappe.db.is_primary_key_violation(taken.value)
	with pytest.raises(Exception) as taken:
		frappe.db.set_value(THING, "A", "code", "b")
	assert frappe.db.is_unique_key_violation(taken.value) and not frappe.db.is_primary_key_violation(
		taken.value
	)


def test_many_rows_at_once() -> None:
	frappe.db.bulk_insert(
		THING,
		["name", "due", "at"],
		((f"N{i}", date(2024, 1, 1), "2024-01-01 10:00:00") for i in range(2500)),
		chunk_size=1000,
	)
	row = frappe.db.get_value(THING, "N2499", ["qty", "price", "title", "due", "at", "kind", "flag"])
	assert row == (0, 0, None, date(2024, 1, 1), datetime(2024, 1, 1, 10), "plain", 0)
	frappe.db.bulk_insert(THING, ["name", "title"], [("A", "again"), ("N", "new")], ignore_duplicates=True)
	assert frappe.db.get_value(THING, "A", "title") == "Alpha" and frappe.db.exists(THING, "N")
	frappe.db.delete(THING, {"name": ["like", "N%"]})
	assert frappe.db.count(THING) == 2


def test_a_savepoint_undoes_its_part() -> None:
	frappe.db.savepoint("here")
	frappe.db.set_value(THING, "A", "qty", 50)
	frappe.db.rollback(save_point="here")
	assert frappe.db.get_value(THING, "A", "qty") == 5


def test_callbacks_wait_for_the_transactions_end() -> None:
	called: list[str] = []
	frappe.db.rollback()
	frappe.db.after_commit.add(lambda: called.append("lost"))
	frappe.db.after_rollback.add(lambda: called.append("after rollback"))
	frappe.db.rollback()
	frappe.db.after_commit.add(lambda: called.append("after commit"))
	frappe.db.commit()
	frappe.db.commit()
	assert called == ["after rollback", "after commit"]


def test_singles() -> None:
	frappe.db.set_single_value("System Settings", "app_name", "Ours")
	assert frappe.db.get_single_value("System Settings", "app_name") == "Ours"
	assert frappe.db.get_value("System Settings", None, "app_name") == "Ours"
	assert type(frappe.db.get_single_value("System Settings", "setup_complete")) is int


def test_the_schema_can_be_asked() -> None:
	assert frappe.db.table_exists(THING) and not frappe.db.table_exists("Ops Test Nothing")
	assert {"name", "modified", "docstatus", "title"} < set(frappe.db.get_table_columns(THING))


def test_the_meta_says_what_a_doctype_is() -> None:
	meta = frappe.get_meta(THING)
	assert meta.get_field("qty").fieldtype == "Int" and meta.has_field("qty") and not meta.has_field("nosuch")
	assert meta.get_label("qty") == "Qty"
	assert [df.fieldname for df in meta.get("fields", {"fieldtype": "Date"})] == ["due"]
	assert not meta.istable and not meta.issingle
	assert {"name", "owner", "docstatus", "title", "text"} < set(meta.get_valid_columns())
	with pytest.raises(frappe.DoesNotExistError):
		frappe.get_meta("Ops Test Nothing")


def test_who_reads_for_update_waits_for_the_one_before() -> None:
	frappe.db.commit()
	site, sites_path, failed = frappe.local.site, frappe.local.sites_path, []

	def count_up() -> None:
		frappe.init(site, sites_path=sites_path)
		frappe.connect()
		try:
			for _ in range(10):
				qty = frappe.db.get_value(THING, "A", "qty", for_update=True)
				frappe.db.set_value(THING, "A", "qty", qty + 1)
				frappe.db.commit()
		except Exception as error:
			failed.append(error)
		finally:
			frappe.destroy()

	threads = [threading.Thread(target=count_up) for _ in range(4)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join()
	frappe.db.rollback()
	assert not failed
	assert frappe.db.get_value(THING, "A", "qty") == 45


def test_many_rows_are_updated_at_once() -> None:
	frappe.db.bulk_update(
		THING,
		{
			"A": {"qty": 1, "due": "2024-02-01"},
			"B": {"qty": 2, "due": None},
			"nobody": {"qty": 3, "due": None},
		},
	)
	assert frappe.db.get_value(THING, "A", ["qty", "due"]) == (1, date(2024, 2, 1))
	assert frappe.db.get_value(THING, "B", ["qty", "due", "modified_by"]) == (2, None, "Administrator")


def test_a_doctype_adds_its_own_indexes_when_its_table_is_made() -> None:
	"""on_doctype_update of its module is called, and add_index may be called again."""

	def columns() -> list[str]:
		if frappe.db.db_type == "sqlite":
			return [row[2] for row in frappe.db.sql("pragma index_info(`tabOps Clock.status_warn_at_index`)")]
		found = frappe.db.sql("show index from `tabOps Clock` where Key_name = 'status_warn_at_index'")
		return [row[4] for row in found]

	assert columns() == ["status", "warn_at"]
	frappe.db.add_index("Ops Clock", ["status", "warn_at"])
	assert columns() == ["status", "warn_at"]
