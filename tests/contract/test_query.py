"""get_list, get_all and frappe.qb: fields, filters, orders, groups, and what does not get through."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from pypika import Case
from pypika.analytics import RowNumber

import frappe
from frappe.query_builder.functions import Coalesce, Count, Max, Sum
from tests.making import doctype, doctypes, field, permission, role, user

THING, ROW = "Ops Test Thing", "Ops Test Thing Row"
COLUMNS = [
	"name", "creation", "modified", "owner", "modified_by", "docstatus", "idx", "title", "qty", "amount", "due", "at",
	"clock", "flag", "kind",
]  # fmt: skip
ROWS = [
	("A", date(2024, 1, 1), "Administrator", 0, "Alpha", 5, 1.5, date(2024, 1, 5), datetime(2024, 1, 5, 10), timedelta(hours=9), 1, "x"),
	("B", date(2024, 1, 2), "Administrator", 0, "beta", 0, 0, None, None, None, 0, None),
	("C", date(2024, 1, 3), "Guest", 0, "", 7, 2.25, date(2024, 2, 1), datetime(2024, 1, 6), timedelta(hours=15, minutes=30), 0, ""),
	("D", date(2024, 1, 4), "Administrator", 1, None, -3, 100.1, date(2023, 12, 31), datetime(2024, 1, 5, 23, 59, 59, 5), timedelta(hours=23), 1, "y"),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def things(site: str) -> Iterator[None]:
	"""Four things, three rows of a child table."""
	with doctypes(THING, ROW):
		doctype(ROW, [field("item"), field("qty", "Float")], istable=1)
		fields = [
			field("title"), field("qty", "Int"), field("amount", "Currency"), field("due", "Date"), field("at", "Datetime"),
			field("clock", "Time"), field("flag", "Check"), field("kind", "Select", "\nx\ny"),
			field("secret", permlevel=1), field("rows", "Table", ROW),
		]  # fmt: skip
		readers = [permission("System Manager", "read", "write"), permission(role("Ops Test Reader"), "read")]
		doctype(THING, fields, permissions=readers, sort_field="creation", sort_order="ASC")
		stamped = [
			(n, datetime(d.year, d.month, d.day), datetime(d.year, d.month, d.day), o, o, s, 0, *rest)
			for n, d, o, s, *rest in ROWS
		]
		frappe.db.bulk_insert(THING, COLUMNS, stamped)
		rows = [("r1", "A", 1, "i1", 1), ("r2", "A", 2, "i2", 2.5), ("r3", "C", 1, "i1", 4)]
		child = ["name", "parent", "idx", "item", "qty", "parenttype", "parentfield"]
		frappe.db.bulk_insert(ROW, child, [(*row, THING, "rows") for row in rows])
		user("ops-test-reader", "Ops Test Reader")
		frappe.db.commit()
		yield


def names(filters: Any = None, **more: Any) -> str:
	"""The names found, in one word."""
	return "".join(frappe.get_all(THING, filters=filters, pluck="name", order_by="name asc", **more))


@pytest.mark.parametrize(
	("filters", "found"),
	[
		({"title": "alpha"}, "A"),
		({"title": ""}, "CD"),
		({"title": ["!=", "Alpha"]}, "BCD"),
		({"title": ["!=", ""]}, "AB"),
		({"title": ["like", "%A%"]}, "AB"),
		({"title": ["not like", "%a%"]}, "CD"),
		({"title": ["in", ["Alpha", "BETA"]]}, "AB"),
		({"title": ["in", ["Alpha", ""]]}, "ACD"),
		({"title": ["in", "Alpha,beta"]}, "AB"),
		({"title": ["not in", ["Alpha"]]}, "BCD"),
		({"title": ["not in", ["Alpha", ""]]}, "B"),
		({"title": ["is", "set"]}, "AB"),
		({"title": ["is", "not set"]}, "CD"),
		({"due": ["is", "set"]}, "ACD"),
		({"due": ["is", "not set"]}, "B"),
		({"name": ["in", []]}, ""),
		({"name": ["not in", []]}, "ABCD"),
		({"name": "a"}, "A"),
		({"qty": [">", "1"]}, "AC"),
		({"qty": "5"}, "A"),
		({"qty": ["not in", [5]]}, "BCD"),
		({"amount": ["<", 2]}, "AB"),
		({"due": ["<", "2024-01-05"]}, "BD"),
		({"due": [">", "2024-01-01"]}, "AC"),
		({"due": date(2024, 1, 5)}, "A"),
		({"due": ["!=", "2024-01-05"]}, "BCD"),
		({"due": ["between", ["2024-01-01", "2024-01-31"]]}, "A"),
		({"at": "2024-01-05 10:00:00"}, "A"),
		({"at": datetime(2024, 1, 5, 10)}, "A"),
		({"at": ["<=", "2024-01-06"]}, "ABCD"),
		({"at": [">=", date(2024, 1, 6)]}, "C"),
		({"at": ["between", ["2024-01-05", "2024-01-05"]]}, "AD"),
		({"at": ["between", ["2024-01-05 00:00:00", "2024-01-05 10:00:00"]]}, "A"),
		({"clock": [">", "10:00:00"]}, "CD"),
		({"clock": ["<", timedelta(hours=10)]}, "AB"),
		({"flag": 1, "kind": "x"}, "A"),
		({"docstatus": ["<", 1], "owner": "guest"}, "C"),
		({"creation": [">", "2024-01-02"]}, "CD"),
		([["title", "=", "Alpha"]], "A"),
		([[THING, "qty", ">", 0], ["flag", "=", 0]], "C"),
		([[ROW, "item", "=", "i1"]], "AC"),
		([[ROW, "qty", ">", 0]], "AAC"),
	],
)
def test_filters(filters: Any, found: str) -> None:
	assert names(filters) == found


def test_either_filters_stand_beside_the_others() -> None:
	assert names(or_filters={"title": "alpha", "qty": 7}) == "AC"
	assert names([["name", "!=", "A"]], or_filters=[["qty", "=", 7], ["qty", "=", 5]]) == "C"
	assert names([[ROW, "qty", ">", 0]], distinct=True) == "AC"


def test_rows_come_as_dicts_tuples_or_values() -> None:
	assert frappe.get_all(THING) == [{"name": name} for name in "ABCD"]
	assert frappe.get_all(THING, fields=["name", "qty as q"], order_by="qty desc", limit=1) == [
		{"name": "C", "q": 7}
	]
	page = frappe.get_all(
		THING, fields=["name"], order_by="name", limit_start=1, limit_page_length=2, as_list=True
	)
	assert page == (("B",), ("C",))
	assert frappe.get_all(THING, pluck="qty", order_by="qty") == [-3, 0, 5, 7]
	(row,) = frappe.get_all(THING, filters={"name": "A"}, fields=["*"])
	assert (row.at, row.due, row.clock) == (datetime(2024, 1, 5, 10), date(2024, 1, 5), timedelta(hours=9))
	assert (row.amount, row.qty, row.flag, row.kind) == (1.5, 5, 1, "x")
	assert isinstance(row.amount, float) and type(row.flag) is int


def test_groups_and_totals() -> None:
	totals = frappe.get_all(THING, fields=["count(*) as n", "sum(qty) as s", "max(due) as m", "min(at) as a"])
	assert totals == [{"n": 4, "s": 9, "m": date(2024, 2, 1), "a": datetime(2024, 1, 5, 10)}]
	by_flag = frappe.get_all(
		THING, fields=["flag", "count(name) as n", "sum(amount) as s"], group_by="flag", order_by="flag"
	)
	assert by_flag == [{"flag": 0, "n": 2, "s": 2.25}, {"flag": 1, "n": 2, "s": 101.6}]


def test_a_childs_column_is_joined() -> None:
	fields = ["name", f"`tab{ROW}`.item as item"]
	found = frappe.get_all(THING, fields=fields, filters={"name": "A"}, order_by=f"`tab{ROW}`.idx asc")
	assert [row["item"] for row in found] == ["i1", "i2"]
	assert frappe.get_all(ROW, filters={"parent": "A"}, pluck="item", order_by="idx") == ["i1", "i2"]


ATTACKS = (
	"name; drop table tabUser", "name, (select password from __Auth limit 1)", "(select 1)", "sleep(3)", "name -- x", "`name` #",
	"name union select name from tabUser", "version()", "benchmark(100000,md5(1))", "name/**/from/**/tabUser", "@@version",
	"load_file('/etc/passwd')", "`tabUser`.`name`", "if(1=1,name,title)",
)  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_sql_does_not_get_through(text: str) -> None:
	frappe.set_user("ops-test-reader@example.com")
	for asked in (
		{"fields": [text]},
		{"order_by": text},
		{"group_by": text},
		{"filters": [[text, "=", 1]]},
		{"filters": [["name", text, 1]]},
	):
		frappe.db.savepoint("attack")
		try:
			rows = frappe.get_list(THING, **asked)
		except Exception:
			frappe.db.rollback(save_point="attack")
		else:
			assert "@" not in str(rows) and "$" not in str(rows)
	assert frappe.db.table_exists("User")


def test_a_list_shows_what_the_user_may_read() -> None:
	frappe.set_user("ops-test-reader@example.com")
	(row,) = frappe.get_list(THING, fields=["name", "secret"], filters={"name": "A"})
	assert row == {"name": "A"}
	assert "secret" not in frappe.get_list(THING, fields=["*"], limit=1)[0]
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.get_list(THING)
	assert len(frappe.get_all(THING)) == 4


def test_the_query_builder() -> None:
	thing = frappe.qb.DocType(THING)
	query = frappe.qb.from_(thing).select(thing.name).orderby(thing.name)
	assert query.where(thing.at == "2024-01-05 10:00:00").run() == (("A",),)
	assert query.where(thing.at >= datetime(2024, 1, 6)).run(pluck=True) == ["C"]
	assert query.where(thing.name.isin(["A", "B"]) & (thing.flag == 1)).run(as_dict=True) == [{"name": "A"}]
	assert query.where(thing.title.like("%ALPHA%")).run(pluck=True) == ["A"]
	assert query.where(thing.title == "x' or '1'='1").run() == ()
	totals = frappe.qb.from_(thing).select(
		thing.flag, Count("*").as_("n"), Sum(thing.qty).as_("s"), Max(thing.due).as_("due")
	)
	assert totals.groupby(thing.flag).orderby(thing.flag).run(as_dict=True) == [
		{"flag": 0, "n": 2, "s": 7, "due": date(2024, 2, 1)},
		{"flag": 1, "n": 2, "s": 2, "due": date(2024, 1, 5)},
	]
	early = Case().when(thing.at < datetime(2024, 1, 5, 12), 1).else_(0)
	assert frappe.qb.from_(thing).select(Sum(early)).where(thing.name == "A").run() == ((1,),)
	late = Case().when(thing.at < datetime(2024, 1, 5, 9), 1).else_(0)
	assert frappe.qb.from_(thing).select(Sum(late)).where(thing.name == "A").run() == ((0,),)
	row = frappe.qb.DocType(ROW)
	joined = (
		frappe.qb.from_(thing)
		.left_join(row)
		.on(row.parent == thing.name)
		.groupby(thing.name)
		.orderby(thing.name)
	)
	assert joined.select(thing.name, Coalesce(Sum(row.qty), 0)).run() == (
		("A", 3.5),
		("B", 0),
		("C", 4),
		("D", 0),
	)


def test_the_query_builder_writes() -> None:
	thing = frappe.qb.DocType(THING)
	frappe.qb.update(thing).set(thing.title, "It's 50%").set(thing.qty, thing.qty + 1).where(
		thing.name == "A"
	).run()
	assert frappe.db.get_value(THING, "A", ["title", "qty"]) == ("It's 50%", 6)
	frappe.qb.from_(thing).delete().where(thing.name == "B").run()
	assert names() == "ACD"
	frappe.qb.into(thing).columns("name", "title").insert("E", "new").run()
	assert frappe.db.get_value(THING, "E", ["title", "qty", "due"]) == ("new", 0, None)


@pytest.mark.parametrize(
	("days_ago", "span", "inside"),
	[
		(0, "today", True),
		(1, "today", False),
		(0, "this week", True),
		(7, "this week", False),
		(7, "last 7 days", True),
		(8, "last 7 days", False),
		(30, "last 30 days", True),
		(31, "last 30 days", False),
	],
)
def test_a_span_of_days_counts_its_days_whole(days_ago: int, span: str, inside: bool) -> None:
	day = frappe.utils.getdate() - timedelta(days=days_ago)
	values = [
		(name, datetime.combine(day, at)) for name, at in (("first", time.min), ("last", time(23, 59, 59)))
	]
	frappe.db.bulk_insert(THING, ["name", "at"], values)
	assert bool(names({"at": ["timespan", span]})) == inside
	assert len(frappe.get_all(THING, {"at": ["timespan", span]})) == (2 if inside else 0)
	assert bool(names([["at", "Timespan", span]])) == inside


def test_the_first_rows_of_every_group_in_one_statement() -> None:
	row = frappe.qb.DocType(ROW)
	place = RowNumber().over(row.parent).orderby(row.qty, row.name)
	ranked = (
		frappe.qb.from_(row).select(row.parent, row.item, place.as_("place")).where(row.parenttype == THING)
	)
	query = frappe.qb.from_(ranked).select(ranked.parent, ranked["item"]).where(ranked.place <= 1)
	assert query.orderby(ranked.parent).run() == (("A", "i1"), ("C", "i1"))
