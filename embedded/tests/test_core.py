"""The embedded host's own ways: where it may run, how SQLite is locked, how a table follows its DocType."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import frappe
from tests.making import doctype, doctypes, field

pytestmark = pytest.mark.embedded_only
THING = "Ops Test Host"


@pytest.fixture
def thing(site: str) -> Iterator[str]:
	"""A DocType with one committed row."""
	with doctypes(THING):
		doctype(THING, [field("title"), field("qty"), field("code")])
		frappe.db.bulk_insert(THING, ["name", "title", "qty", "code"], [("A", "Alpha", "5", "a")])
		frappe.db.commit()
		yield THING


def elsewhere(work: Callable[[], object], read_only: bool = False) -> tuple[threading.Thread, list]:
	"""Start a piece of work in a context and a thread of its own; its result comes in the list."""
	site, sites_path, result = frappe.local.site, frappe.local.sites_path, []

	def run() -> None:
		frappe.init(site, sites_path=sites_path)
		frappe.connect()
		frappe.local.read_only = read_only
		try:
			result.append(work())
			frappe.db.commit()
		finally:
			frappe.destroy()

	thread = threading.Thread(target=run)
	thread.start()
	return thread, result


def test_it_refuses_to_run_beside_frappe(tmp_path: Path) -> None:
	(tmp_path / "frappe-15.0.0.dist-info").mkdir()
	(tmp_path / "frappe-15.0.0.dist-info" / "METADATA").write_text("Name: frappe\nVersion: 15.0.0\n")
	code = f"import sys; sys.path.append({str(tmp_path)!r}); import frappe"
	done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
	assert done.returncode and "The Frappe Framework is installed here" in done.stderr


def test_a_reader_does_not_wait_for_a_writer(thing: str) -> None:
	frappe.db.set_value(thing, "A", "title", "not yet")
	thread, result = elsewhere(lambda: frappe.db.get_value(thing, "A", "title"), read_only=True)
	thread.join(timeout=5)
	assert result == ["Alpha"]


def test_a_writer_waits_for_the_one_before(thing: str) -> None:
	frappe.db.set_value(thing, "A", "title", "first")
	thread, result = elsewhere(lambda: frappe.db.get_value(thing, "A", "title", for_update=True))
	thread.join(timeout=0.3)
	assert thread.is_alive() and not result
	frappe.db.commit()
	thread.join(timeout=5)
	assert result == ["first"]


def test_a_reading_unit_that_writes_begins_anew(thing: str) -> None:
	def work() -> str:
		frappe.db.get_value(thing, "A", "title")
		writer, _result = elsewhere(lambda: frappe.db.set_value(thing, "A", "title", "other"))
		writer.join(timeout=5)
		frappe.db.set_value(thing, "A", "qty", "6")
		return frappe.db.get_value(thing, "A", "title")

	frappe.db.rollback()
	thread, result = elsewhere(work, read_only=True)
	thread.join(timeout=10)
	assert result == ["other"]


def test_a_table_follows_its_doctype(thing: str) -> None:
	doc = frappe.get_doc("DocType", thing)
	doc.fields = [
		field("title"),
		field("qty", "Int"),
		field("code", unique=1),
		field("new", "Int", default="3"),
	]
	doc.save()
	assert frappe.db.get_value(thing, "A", ["title", "qty", "code", "new"]) == ("Alpha", 5, "a", 3)
	with pytest.raises(Exception) as taken:
		frappe.db.bulk_insert(thing, ["name", "code"], [("B", "A")])
	assert frappe.db.is_unique_key_violation(taken.value)
	doc.fields = [field("title"), field("qty", "Int"), field("code")]
	doc.save()
	frappe.db.bulk_insert(thing, ["name", "code"], [("B", "A")])
	assert "new" in frappe.db.get_table_columns(thing)
