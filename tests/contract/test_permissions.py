"""Who may do what: roles, owners, permission levels, user permissions, hooks."""

from collections.abc import Iterator

import pytest

import frappe
from frappe.tests.utils import patch_hooks
from tests.making import doctype, doctypes, field, permission, role, users

REGION, ROW, DOC = "Ops Test Region", "Ops Test Region Row", "Ops Test Guarded"
CLERK, CHIEF, OWNER, PORTAL = "Ops Test Clerk", "Ops Test Chief", "Ops Test Owner", "Ops Test Portal"


@pytest.fixture(scope="module", autouse=True)
def made(site: str) -> Iterator[None]:
	"""Regions, and documents that belong to them."""
	with doctypes(DOC, ROW, REGION):
		role(PORTAL, desk_access=0)
		doctype(REGION, [field("title")], autoname="field:title", permissions=[permission(CLERK, "read")])
		doctype(ROW, [field("region", "Link", REGION), field("secret", permlevel=1)], istable=1)
		fields = [
			field("title"), field("region", "Link", REGION),
			field("other_region", "Link", REGION, ignore_user_permissions=1), field("rows", "Table", ROW),
			field("level1", permlevel=1), field("level2", permlevel=2, default="fixed"),
		]  # fmt: skip
		permissions = [
			permission(CLERK, "read", "write", "create"), permission(CLERK, "read", permlevel=1),
			permission(CHIEF, "read", "write", "create", "delete"), permission(CHIEF, "read", "write", permlevel=1),
			permission(OWNER, "read", "write", "create", "delete", if_owner=1), permission(PORTAL, "select"),
		]  # fmt: skip
		doctype(DOC, fields, permissions=permissions)
		for region in ("North", "South"):
			frappe.get_doc({"doctype": REGION, "title": region}).insert()
		frappe.db.commit()
		yield


@pytest.fixture(scope="module")
def people(made: None) -> Iterator[dict[str, str]]:
	"""A user for each role, and a second owner."""
	with users(clerk=(CLERK,), chief=(CHIEF,), owner=(OWNER,), owner2=(OWNER,), portal=(PORTAL,)) as made:
		yield made


@pytest.fixture(autouse=True)
def _forget(people: dict[str, str]) -> Iterator[None]:
	"""What a test gave to a user is forgotten with it."""
	yield
	frappe.db.rollback()
	for email in people.values():
		frappe.clear_cache(user=email)


@pytest.fixture
def docs() -> dict[str, str]:
	"""Four documents of Administrator's."""
	values = {
		"A": {"region": "North", "level1": "x", "rows": [{"region": "North", "secret": "s"}]},
		"B": {"region": "South", "other_region": "North"}, "C": {"rows": [{"region": "South"}]}, "D": {},
	}  # fmt: skip
	return {title: new(title=title, **rest).insert().name for title, rest in values.items()}


def new(**values):
	return frappe.get_doc({"doctype": DOC, **values})


def hold(user: str, doctype_name: str, name: str, applicable_for: str | None = None) -> None:
	"""Give a user permission."""
	values = {"user": user, "allow": doctype_name, "for_value": name, "applicable_for": applicable_for}
	to_all = int(not applicable_for)
	frappe.get_doc({"doctype": "User Permission", "apply_to_all_doctypes": to_all, **values}).insert()


def as_user(name: str, call):
	frappe.set_user(name)
	try:
		return call()
	finally:
		frappe.set_user("Administrator")


def listed(name: str, **options) -> str:
	return as_user(name, lambda: "".join(sorted(frappe.get_list(DOC, pluck="title", **options))))


def may(name: str, doc: str | None, *rights: str) -> list[bool]:
	return [bool(frappe.has_permission(DOC, right, doc, user=name)) for right in rights]


def test_roles(people):
	assert set(frappe.get_roles(people["clerk"])) == {CLERK, "All", "Guest", "Desk User"}
	assert set(frappe.get_roles(people["portal"])) == {PORTAL, "All", "Guest"}
	assert frappe.get_roles("Guest") == ["Guest"]
	assert {CLERK, "System Manager"} <= set(frappe.get_roles("Administrator"))
	assert frappe.db.get_value("User", people["portal"], "user_type") == "Website User"
	portal = frappe.get_doc("User", people["portal"])
	portal.append("roles", {"role": CLERK})
	portal.save()
	assert CLERK in frappe.get_roles(people["portal"])
	assert frappe.db.get_value("User", people["portal"], "user_type") == "System User"
	portal.remove(portal.roles[-1])
	portal.save()
	assert CLERK not in frappe.get_roles(people["portal"])


def test_what_roles_allow(people, docs):
	rights = ("read", "write", "create", "delete", "submit", "select")
	for doc in (None, docs["A"]):
		assert may(people["clerk"], doc, *rights) == [True, True, True, False, False, False]
		assert may(people["chief"], doc, *rights) == [True, True, True, True, False, False]
		assert may(people["portal"], doc, *rights) == [False, False, False, False, False, True]
		assert may("Guest", doc, *rights) == [False] * 6
		assert may("Administrator", doc, *rights)[:4] == [True] * 4
	assert listed(people["clerk"]) == listed("Administrator") == "ABCD"
	with pytest.raises(frappe.PermissionError):
		listed("Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.has_permission(DOC, "read", user="Guest", throw=True)


def test_what_is_refused_changes_nothing(people, docs):
	count = frappe.db.count(DOC)
	refused = [
		("clerk", lambda: frappe.delete_doc(DOC, docs["A"])),
		("portal", lambda: new(title="X").insert()),
		("portal", lambda: frappe.get_doc(DOC, docs["A"]).save()),
		("portal", lambda: frappe.get_doc(DOC, docs["A"]).check_permission("read")),
		("owner", lambda: frappe.get_doc(DOC, docs["A"]).save()),
	]
	before = frappe.db.get_value(DOC, docs["A"], "modified")
	for name, call in refused:
		with pytest.raises(frappe.PermissionError):
			as_user(people[name], call)
	assert frappe.db.count(DOC) == count and frappe.db.get_value(DOC, docs["A"], "modified") == before
	as_user(people["portal"], lambda: new(title="X").insert(ignore_permissions=True))


def test_owners(people, docs):
	own = as_user(people["owner"], lambda: new(title="O").insert()).name
	assert (listed(people["owner"]), listed(people["owner2"])) == ("O", "")
	assert may(people["owner"], own, "read", "write", "delete") == [True] * 3
	assert may(people["owner2"], own, "read", "write", "delete") == [False] * 3
	assert may(people["owner"], None, "read", "create", "write") == [True, True, False]


def test_permission_levels(people, docs):
	doc = as_user(people["clerk"], lambda: new(title="P", level1="a", level2="b").insert())
	assert (doc.level1, doc.level2) == (None, "fixed")

	def change():
		doc = frappe.get_doc(DOC, docs["A"])
		doc.update({"title": "A2", "level1": "c", "level2": "c"})
		doc.rows[0].secret = "c"
		doc.append("rows", {"secret": "new"})
		return doc.save()

	doc = as_user(people["clerk"], change)
	assert (doc.title, doc.level1, [row.secret for row in doc.rows]) == ("A2", "x", ["s", None])
	doc = as_user(people["chief"], change)
	assert (doc.level1, doc.level2, doc.rows[0].secret) == ("c", "fixed", "c")
	fields = ["title", "level1", "level2"]
	rows = as_user(people["clerk"], lambda: frappe.get_list(DOC, fields=fields, filters={"name": docs["A"]}))
	assert rows == [{"title": "A2", "level1": "c"}]


def test_user_permissions(people, docs):
	clerk = people["clerk"]
	hold(clerk, REGION, "North")
	assert listed(clerk) == "ACD"
	assert as_user(clerk, lambda: frappe.get_list(REGION, pluck="name")) == ["North"]
	assert [may(clerk, docs[t], "read") for t in "ABCD"] == [[True], [False], [False], [True]]
	for values in ({"region": "South"}, {"rows": [{"region": "South"}]}):
		with pytest.raises(frappe.PermissionError):
			as_user(clerk, lambda values=values: new(title="X", **values).insert())
	with pytest.raises(frappe.PermissionError):
		as_user(clerk, lambda: frappe.get_doc(DOC, docs["A"]).update({"region": "South"}).save())
	assert as_user(clerk, lambda: new(title="X", region="North", other_region="South").insert()).name
	assert listed(people["chief"]) == "ABCDX"


def test_user_permissions_for_one_doctype(people, docs):
	hold(people["clerk"], REGION, "North", applicable_for=DOC)
	assert listed(people["clerk"]) == "ACD"
	assert len(as_user(people["clerk"], lambda: frappe.get_list(REGION, pluck="name"))) == 2
	hold(people["clerk"], REGION, "South", applicable_for=DOC)
	assert listed(people["clerk"]) == "ABCD"


def test_user_permission_on_the_doctype_itself(people, docs):
	hold(people["clerk"], DOC, docs["A"])
	assert listed(people["clerk"]) == "A" and may(people["clerk"], docs["B"], "read") == [False]


def test_an_owner_is_not_held_by_user_permissions(people, docs):
	hold(people["owner"], REGION, "North")
	own = as_user(people["owner"], lambda: new(title="O").insert()).name
	frappe.db.set_value(DOC, own, "region", "South")
	assert listed(people["owner"]) == "O" and may(people["owner"], own, "read", "write", "create") == [
		True,
		True,
		False,
	]


def test_hooks(people, docs, monkeypatch: pytest.MonkeyPatch):
	verdicts = {docs["A"]: False, docs["B"]: True}
	monkeypatch.setattr(
		frappe.utils,
		"ops_test_verdict",
		lambda doc, ptype, user, debug=False: verdicts.get(doc.name),
		raising=False,
	)
	condition = f"`tab{DOC}`.`title` != 'B'"
	monkeypatch.setattr(
		frappe.utils, "ops_test_condition", lambda user, doctype=None: condition, raising=False
	)
	hooks = {
		"has_permission": {DOC: ["frappe.utils.ops_test_verdict"]},
		"permission_query_conditions": {DOC: ["frappe.utils.ops_test_condition"]},
	}
	with patch_hooks(hooks):
		assert [may(people["clerk"], docs[t], "read") for t in "ABC"] == [[False], [True], [True]]
		assert may(people["portal"], docs["B"], "read") == [False], "a hook can only deny"
		assert may(people["clerk"], None, "read") == [True]
		assert listed(people["clerk"]) == listed("Administrator") == "ACD"
		assert len(frappe.get_all(DOC, filters={"name": ("in", list(docs.values()))})) == 4


def test_only_for(people, monkeypatch: pytest.MonkeyPatch):
	monkeypatch.setitem(frappe.flags, "in_test", False)
	frappe.only_for("System Manager")
	with pytest.raises(frappe.PermissionError):
		as_user(people["clerk"], lambda: frappe.only_for("System Manager"))
	as_user(people["clerk"], lambda: frappe.only_for(["System Manager", CLERK]))
